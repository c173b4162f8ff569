//! The rate of one token class, with its tiers.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::Rate;
use crate::pricing::unit::{self, Unit};

/// What one unit of a class costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClassRate {
    /// The class's unit.
    #[serde(with = "unit")]
    pub(super) unit: &'static Unit,
    /// The rate below every tier.
    pub(super) rate: Rate,
    /// Dearer (or cheaper) rates for long inputs, by ascending start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tiers: Vec<Tier>,
}

/// A step of a price: a cliff, all tokens of the class cost its rate once it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tier {
    /// Reached when a request's input tokens, cached ones included, are *more* than this.
    pub(super) start: u64,
    /// What a unit costs then.
    pub(super) rate: Rate,
}

impl ClassRate {
    /// Makes the rate of a unit out of dollars for `unit.per` of it; `None` when it is negative or out of range.
    pub(super) fn flat(unit: &'static Unit, dollars: Decimal) -> Option<Self> {
        Some(Self {
            unit,
            rate: Rate::from_decimal(dollars, unit.per)?,
            tiers: Vec::new(),
        })
    }

    /// Adds tiers, given in any order.
    pub(super) fn with_tiers(
        mut self,
        tiers: impl IntoIterator<Item = (u64, Decimal)>,
    ) -> Option<Self> {
        for (start, dollars) in tiers {
            let rate = Rate::from_decimal(dollars, self.unit.per)?;
            self.tiers.push(Tier { start, rate });
        }
        self.tiers.sort_by_key(|tier| tier.start);
        Some(self)
    }

    /// Returns the rate for a request with so many input tokens in all.
    pub(super) fn at(&self, input: u64) -> Rate {
        self.tiers
            .iter()
            .rfind(|tier| input > tier.start)
            .map_or(self.rate, |tier| tier.rate)
    }

    /// Returns all rates that a request with at most so many input tokens can meet.
    pub(super) fn reachable(&self, input_bound: u64) -> impl Iterator<Item = Rate> {
        let tiers = self
            .tiers
            .iter()
            .filter(move |tier| input_bound > tier.start);
        std::iter::once(self.rate).chain(tiers.map(|tier| tier.rate))
    }

    /// Tells whether it costs nothing on every tier.
    pub(super) fn is_free(&self) -> bool {
        self.reachable(u64::MAX).all(|rate| rate == Rate::FREE)
    }
}
