//! What recorded answers would have cost at other prices: a report, never a change.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::{ModelRef, Usd};
use crate::summary::spend::{SpendBy, SpendSource, names, order};

/// Why an answer has no other price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpriced {
    /// The provider did not say what it used.
    Usage,
    /// No price is known for its model, its tier or what it used.
    Price,
}

/// Recorded amounts beside those at other prices, of the answers that have both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RepricedSums {
    /// Answers that have both.
    pub answers: u64,
    /// What they cost, as recorded.
    pub recorded: Usd,
    /// What they would have cost.
    pub repriced: Usd,
}

impl RepricedSums {
    /// Returns by how much the other prices are dearer; below zero where they are cheaper.
    pub fn difference(&self) -> Usd {
        // Both are sums of costs, which are not negative, so that their difference cannot overflow.
        Usd::from_picos(self.repriced.picos() - self.recorded.picos())
    }

    fn add(&mut self, recorded: Usd, repriced: Usd) {
        self.answers += 1;
        self.recorded = self.recorded.saturating_add(recorded);
        self.repriced = self.repriced.saturating_add(repriced);
    }
}

/// Answers at other prices, in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repriced {
    /// What the groups are.
    pub by: SpendBy,
    groups: BTreeMap<(u64, Option<String>), RepricedSums>,
    /// Sums over all answers that have another price.
    pub total: RepricedSums,
    /// Answers without a usage.
    pub without_usage: u64,
    /// Answers without a price, by the model that was asked.
    pub without_price: BTreeMap<ModelRef, u64>,
    /// What the answers of the last two cost, as recorded.
    pub left_out: Usd,
    /// Answers in books of other ledgers that were imported; they are not priced again.
    pub imported: u64,
}

impl Repriced {
    /// Makes an empty report.
    pub fn new(by: SpendBy) -> Self {
        Self {
            by,
            groups: BTreeMap::new(),
            total: RepricedSums::default(),
            without_usage: 0,
            without_price: BTreeMap::new(),
            left_out: Usd::ZERO,
            imported: 0,
        }
    }

    /// Adds an answer that cost `recorded` on a day.
    pub fn add(
        &mut self,
        day: Date,
        source: &SpendSource,
        recorded: Usd,
        repriced: Result<Usd, Unpriced>,
    ) {
        let repriced = match repriced {
            Ok(repriced) => repriced,
            Err(why) => {
                self.left_out = self.left_out.saturating_add(recorded);
                match why {
                    Unpriced::Usage => self.without_usage += 1,
                    Unpriced::Price => {
                        *self.without_price.entry(source.model.clone()).or_default() += 1;
                    }
                }
                return;
            }
        };
        self.total.add(recorded, repriced);
        for name in names(day, source, self.by) {
            let group = self.groups.entry((order(source, self.by), name));
            group.or_default().add(recorded, repriced);
        }
    }

    /// Returns the groups: in time where they follow each other in time, else the dearest at the other prices first.
    pub fn groups(&self) -> Vec<(Option<&str>, RepricedSums)> {
        let groups = self.groups.iter();
        let mut groups: Vec<_> = groups
            .map(|((_, name), sums)| (name.as_deref(), *sums))
            .collect();
        if !self.by.is_time() {
            groups.sort_by_key(|(_, sums)| std::cmp::Reverse((sums.repriced, sums.recorded)));
        }
        groups
    }

    /// Returns how many answers were left out for want of a usage or a price.
    pub fn unpriced(&self) -> u64 {
        self.without_usage + self.without_price.values().sum::<u64>()
    }
}
