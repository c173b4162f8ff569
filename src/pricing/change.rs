//! Two books side by side: what a newer one changes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::domain::Usd;
use crate::pricing::book::{Book, Row};
use crate::pricing::class::ClassRate;
use crate::pricing::dated::{Dated, When, rates};

/// A price that rises or falls by more than this asks before it is believed.
const BOUND: i128 = 5;

/// What a newer book does with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has other prices, or other names lead to it.
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

impl Fate {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Changed, Self::Added, Self::Removed];

    /// Returns its word, as in reports for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// A model that two books do not give alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelChange {
    /// Its provider.
    pub provider: String,
    /// Its model.
    pub model: String,
    /// What became of it.
    pub fate: Fate,
    /// Its prices: those that differ, or, of one that only one book has, all that hold now.
    pub prices: Vec<PriceChange>,
    /// Other names lead to it than before, so that calls may be priced by another row.
    pub names: bool,
}

/// A price that two books do not give alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceChange {
    /// The class's unit.
    pub unit: String,
    /// How many of it the amounts are for.
    pub per: u32,
    /// For a request with more input tokens than this.
    pub above: Option<u64>,
    /// When the amounts are those; `None` is now.
    pub when: Option<When>,
    /// The older book's price.
    pub before: Option<Usd>,
    /// The newer book's.
    pub after: Option<Usd>,
}

impl PriceChange {
    /// Returns the newer price over the older one; `None` where there is no such number.
    pub fn factor(&self) -> Option<f64> {
        match (self.before, self.after) {
            (Some(before), Some(after)) if !before.is_zero() => {
                Some(after.as_f64() / before.as_f64())
            }
            _ => None,
        }
    }

    /// Tells whether it asks first: more than five times up or down, or nothing where something is paid.
    pub fn is_large(&self) -> bool {
        let after = i128::from(self.after.unwrap_or(Usd::MAX).picos());
        match self.before {
            // A model that costs nothing is not held against any budget.
            None => after == 0,
            Some(_) if self.after.is_none() => false,
            Some(before) => {
                let before = i128::from(before.picos());
                before != after && (after > BOUND * before || before > BOUND * after)
            }
        }
    }
}

impl Book {
    /// Returns what a newer book changes, in the order of this one and then of the newer.
    pub fn changes(&self, newer: &Self, now: Timestamp) -> Vec<ModelChange> {
        let (before, after) = (rows(self), rows(newer));
        let index: BTreeMap<_, _> = after.iter().copied().collect();
        let old: BTreeMap<_, _> = before.iter().copied().collect();
        let mut changes = Vec::new();
        for (name, row) in &before {
            changes.extend(match index.get(name) {
                Some(newer) => changed(*name, row, newer, now),
                None => Some(alone(*name, row, Fate::Removed, now)),
            });
        }
        let added = after.iter().filter(|(name, _)| !old.contains_key(name));
        changes.extend(added.map(|(name, row)| alone(*name, row, Fate::Added, now)));
        changes
    }
}

type Name<'a> = (&'a str, &'a str);

fn rows(book: &Book) -> Vec<(Name<'_>, &Row)> {
    let mut rows = Vec::new();
    for part in &book.providers {
        rows.extend(
            part.models
                .iter()
                .map(|row| ((part.id.as_str(), row.id.as_str()), row)),
        );
    }
    rows
}

fn change(name: Name<'_>, fate: Fate, prices: Vec<PriceChange>) -> ModelChange {
    ModelChange {
        provider: name.0.to_owned(),
        model: name.1.to_owned(),
        fate,
        prices,
        names: false,
    }
}

fn changed(name: Name<'_>, before: &Row, after: &Row, now: Timestamp) -> Option<ModelChange> {
    let mut prices: Vec<PriceChange> = Vec::new();
    for (when, at) in moments(&before.prices, &after.prices, now) {
        for price in between(&before.prices, &after.prices, when, at) {
            // What holds now and later is told once.
            let told = |one: &PriceChange| {
                PriceChange {
                    when,
                    ..one.clone()
                } == price
            };
            if price.before != price.after && !prices.iter().any(told) {
                prices.push(price);
            }
        }
    }
    let names = before.clause != after.clause;
    let differs = names || !prices.is_empty();
    differs.then(|| ModelChange {
        names,
        ..change(name, Fate::Changed, prices)
    })
}

fn alone(name: Name<'_>, row: &Row, fate: Fate, now: Timestamp) -> ModelChange {
    let nothing = Dated::Always(BTreeMap::new());
    let (before, after) = match fate {
        Fate::Added => (&nothing, &row.prices),
        Fate::Removed | Fate::Changed => (&row.prices, &nothing),
    };
    change(name, fate, between(before, after, None, now))
}

/// Returns the moments at which two schedules are compared: now, then once within each of their entries.
fn moments(before: &Dated, after: &Dated, now: Timestamp) -> Vec<(Option<When>, Timestamp)> {
    let today = Offset::UTC.to_datetime(now).date();
    let at = |date: jiff::civil::DateTime| Offset::UTC.to_timestamp(date).unwrap_or(now);
    let mut moments = vec![(None, now)];
    for when in before.whens().into_iter().chain(after.whens()) {
        let moment = match when {
            // Before every date, else outside of every hour.
            When::Always => match before
                .whens()
                .into_iter()
                .chain(after.whens())
                .find_map(end)
            {
                Some(end) => at(today.to_datetime(end)),
                None => Timestamp::UNIX_EPOCH,
            },
            When::From(date) => at(date.at(0, 0, 0, 0)),
            When::Hours(from, _) => at(today.to_datetime(from)),
        };
        moments.push((Some(when), moment));
    }
    moments
}

fn end(when: When) -> Option<jiff::civil::Time> {
    match when {
        When::Hours(_, to) => Some(to),
        When::Always | When::From(_) => None,
    }
}

/// Compares all classes and tiers of two schedules at one moment.
fn between(before: &Dated, after: &Dated, when: Option<When>, at: Timestamp) -> Vec<PriceChange> {
    let (before, after) = (classes(before, at), classes(after, at));
    let mut keys: Vec<(&str, Option<u64>)> = Vec::new();
    for class in before.iter().chain(&after) {
        let starts = class.tiers.iter().map(|tier| Some(tier.start));
        for start in std::iter::once(None).chain(starts) {
            keys.push((&class.unit.name, start));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let price = |classes: &[ClassRate], unit: &str, above: Option<u64>| {
        let class = classes.iter().find(|class| class.unit.name == unit)?;
        let rate = class.at(above.map_or(0, |start| start.saturating_add(1)));
        Some((
            class.unit.per,
            rate.times(class.unit.per.into()).unwrap_or(Usd::MAX),
        ))
    };
    let compare = |(unit, above): (&str, Option<u64>)| {
        let both = (price(&before, unit, above), price(&after, unit, above));
        PriceChange {
            unit: unit.to_owned(),
            per: both.0.or(both.1).map_or(1, |(per, _)| per),
            above,
            when,
            before: both.0.map(|(_, usd)| usd),
            after: both.1.map(|(_, usd)| usd),
        }
    };
    keys.into_iter().map(compare).collect()
}

/// Returns the rates at a moment; none where no price is known. A file's prices were checked when it was read.
fn classes(prices: &Dated, at: Timestamp) -> Vec<ClassRate> {
    let in_force = prices.at(at);
    in_force
        .and_then(|(prices, _)| rates(prices).ok())
        .unwrap_or_default()
}
