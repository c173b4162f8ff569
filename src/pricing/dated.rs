//! Dated lists of prices: which entry holds at a moment.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use serde::de::{Deserialize, Deserializer, Error};

use crate::pricing::amount::Amount;
use crate::pricing::class::ClassRate;
use crate::pricing::unit::Unit;

/// Prices by key, such as `input_mtok`.
pub(super) type Keyed = BTreeMap<String, Written>;

/// A row's prices: one object, or a list of entries that may carry a constraint each.
#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum Dated {
    List(Vec<Entry>),
    Always(Keyed),
}

/// An entry of a dated list.
#[derive(Debug, PartialEq, serde::Deserialize)]
pub(super) struct Entry {
    constraint: Option<Constraint>,
    pub(super) prices: Keyed,
}

/// When a price of a list holds, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Unless another does.
    Always,
    /// From this day on.
    From(Date),
    /// From the first time of the day until just before the second.
    Hours(Time, Time),
}

impl Entry {
    /// Returns when it holds.
    pub(super) fn when(&self) -> When {
        match &self.constraint {
            None => When::Always,
            Some(Constraint::From { start_date }) => When::From(*start_date),
            Some(Constraint::Hours {
                start_time,
                end_time,
            }) => When::Hours(start_time.0, end_time.0),
        }
    }
}

/// When an entry holds, in UTC.
#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(untagged)]
enum Constraint {
    From { start_date: Date },
    Hours { start_time: Utc, end_time: Utc },
}

/// A price as the book writes it: a number, or a base with tiers.
#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum Written {
    Flat(Amount),
    Tiered { base: Amount, tiers: Vec<Step> },
}

#[derive(Debug, PartialEq, serde::Deserialize)]
pub(super) struct Step {
    start: u64,
    price: Amount,
}

/// A time of day, written `00:30:00Z`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Utc(Time);

impl<'de> Deserialize<'de> for Utc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.strip_suffix('Z')
            .and_then(|time| time.parse().ok())
            .map(Self)
            .ok_or_else(|| {
                D::Error::custom(format_args!(
                    "found time `{text}`, expected one in UTC such as `00:30:00Z`"
                ))
            })
    }
}

impl Constraint {
    fn holds(&self, at: Timestamp) -> bool {
        let now = Offset::UTC.to_datetime(at);
        match self {
            Self::From { start_date } => now.date() >= *start_date,
            Self::Hours {
                start_time,
                end_time,
            } => start_time.0 <= now.time() && now.time() < end_time.0,
        }
    }
}

impl Dated {
    /// Returns the prices that hold at a moment, and the date from which they do, where the book says it.
    ///
    /// A list is read from its end, and the first entry that holds wins; where none does, the first entry stands.
    pub(super) fn at(&self, at: Timestamp) -> Option<(&Keyed, Option<Date>)> {
        let entries = match self {
            Self::Always(prices) => return Some((prices, None)),
            Self::List(entries) => entries,
        };
        let entry = entries.get(self.in_force(at)?)?;
        let from = match entry.constraint {
            Some(Constraint::From { start_date }) => Some(start_date),
            _ => None,
        };
        Some((&entry.prices, from))
    }

    /// Returns the place in its list of the entry that holds at a moment; `None` where there is no list, or nothing in it.
    pub(super) fn in_force(&self, at: Timestamp) -> Option<usize> {
        let Self::List(entries) = self else {
            return None;
        };
        let holds = |entry: &Entry| entry.constraint.as_ref().is_none_or(|c| c.holds(at));
        let first = (!entries.is_empty()).then_some(0);
        entries.iter().rposition(holds).or(first)
    }

    /// Returns when each entry of the list holds; nothing where there is no list.
    pub(super) fn whens(&self) -> Vec<When> {
        match self {
            Self::Always(_) => Vec::new(),
            Self::List(entries) => entries.iter().map(Entry::when).collect(),
        }
    }

    /// Returns the prices of every moment.
    pub(super) fn all(&self) -> Vec<&Keyed> {
        match self {
            Self::Always(prices) => vec![prices],
            Self::List(entries) => entries.iter().map(|entry| &entry.prices).collect(),
        }
    }
}

/// Makes rates of a row's prices, ordered by unit.
///
/// Errors: every key that is no price of a known unit, or no possible amount. A key that was only left out would price
/// calls too low.
pub(super) fn rates(prices: &Keyed) -> Result<Vec<ClassRate>, Vec<String>> {
    let (mut rates, mut bad) = (Vec::new(), Vec::new());
    for (key, written) in prices {
        match Unit::priced_by(key).and_then(|unit| written.rate(unit)) {
            Some(rate) => rates.push(rate),
            None => bad.push(key.clone()),
        }
    }
    if !bad.is_empty() {
        return Err(bad);
    }
    rates.sort_by(|a, b| a.unit.name.cmp(&b.unit.name));
    Ok(rates)
}

impl Written {
    fn rate(&self, unit: &'static Unit) -> Option<ClassRate> {
        match self {
            Self::Flat(amount) => ClassRate::flat(unit, amount.0),
            Self::Tiered { base, tiers } => ClassRate::flat(unit, base.0)?
                .with_tiers(tiers.iter().map(|step| (step.start, step.price.0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input_at(json: &str, at: &str) -> (i64, Option<String>) {
        let dated: Dated = serde_json::from_str(json).expect("dated prices");
        let (prices, from) = dated.at(at.parse().expect(at)).expect("an entry");
        let rates = rates(prices).expect("rates");
        let million = rates[0].rate.attos() / 1_000_000_000_000;
        (million, from.map(|date| date.to_string()))
    }

    #[test]
    fn dates_hold_from_their_first_moment_in_utc() {
        let list = r#"[{"prices":{"input_mtok":1}},
            {"constraint":{"start_date":"2026-09-01"},"prices":{"input_mtok":2}},
            {"constraint":{"start_date":"2027-01-01"},"prices":{"input_mtok":3}}]"#;
        for (at, expected) in [
            ("2026-08-31T23:59:59.999Z", (1, None)),
            ("2026-09-01T07:00:00+08:00", (1, None)),
            ("2026-09-01T00:00:00Z", (2, Some("2026-09-01".to_owned()))),
            ("2030-01-01T00:00:00Z", (3, Some("2027-01-01".to_owned()))),
        ] {
            assert_eq!(input_at(list, at), expected, "{at}");
        }
    }

    #[test]
    fn hours_hold_from_start_until_just_before_the_end() {
        let list = r#"[{"prices":{"input_mtok":1}},
            {"constraint":{"start_time":"00:30:00Z","end_time":"16:30:00Z"},"prices":{"input_mtok":2}}]"#;
        for (at, expected) in [
            ("2026-01-01T00:29:59Z", 1),
            ("2026-01-01T00:30:00Z", 2),
            ("2026-01-01T16:29:59Z", 2),
            ("2026-01-01T16:30:00Z", 1),
        ] {
            assert_eq!(input_at(list, at), (expected, None), "{at}");
        }
    }

    #[test]
    fn the_first_entry_stands_where_none_holds() {
        let list = r#"[{"constraint":{"start_date":"2099-01-01"},"prices":{"input_mtok":1}},
            {"constraint":{"start_date":"2098-01-01"},"prices":{"input_mtok":2}}]"#;
        assert_eq!(input_at(list, "2026-01-01T00:00:00Z").0, 1);
        let none: Dated = serde_json::from_str("[]").expect("an empty list");
        assert!(none.at(Timestamp::UNIX_EPOCH).is_none());
    }

    #[test]
    fn every_bad_key_of_a_row_is_named() {
        let prices: Keyed =
            serde_json::from_str(r#"{"input_mtok":-1,"output_mtok":2,"pancakes":3}"#)
                .expect("prices");
        assert_eq!(
            rates(&prices),
            Err(vec!["input_mtok".to_owned(), "pancakes".to_owned()])
        );
    }
}
