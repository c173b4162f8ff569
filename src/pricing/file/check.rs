//! Every entry of a price file, looked at before one of them is believed.
//!
//! Serde's own errors do not say which of a thousand models is at fault, nor what is wrong with a price in it.

use std::collections::BTreeSet;
use std::fmt;

use rust_decimal::Decimal;
use serde::Deserialize as _;
use serde_json::Value;

use crate::pricing::amount::Amount;
use crate::pricing::book::{Part, Row};
use crate::pricing::clause::Clause;
use crate::pricing::unit::Unit;

/// Dollars for a million tokens (or a thousand searches) beyond which a price is a slip of the pen: 16 times the dearest
/// that there is.
const MOST: i64 = 10_000;

/// An entry that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands: `openai/gpt-5`, or the provider alone.
    pub place: String,
    /// What was found, and what was expected.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Reads a list of providers.
///
/// Errors: all mistakes, in the list's order.
pub(super) fn parts(list: &[Value]) -> Result<Vec<Part>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut seen = BTreeSet::new();
    let mut parts = Vec::new();
    for (i, value) in list.iter().enumerate() {
        let place = name(value).map_or_else(|| format!("provider {}", i + 1), str::to_owned);
        if !seen.insert(place.clone()) {
            mistakes.push(twice(&place));
        }
        parts.extend(part(&place, value, &mut mistakes));
    }
    if mistakes.is_empty() {
        Ok(parts)
    } else {
        Err(mistakes)
    }
}

/// Says what a value is.
pub(super) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn name(value: &Value) -> Option<&str> {
    value.get("id")?.as_str().filter(|id| !id.trim().is_empty())
}

fn twice(place: &str) -> Mistake {
    Mistake {
        place: place.to_owned(),
        what: "found twice, expected once".to_owned(),
    }
}

fn part(place: &str, value: &Value, mistakes: &mut Vec<Mistake>) -> Option<Part> {
    let mut mistake = |what: String| {
        mistakes.push(Mistake {
            place: place.to_owned(),
            what,
        });
    };
    let Some(models) = value.get("models").and_then(Value::as_array) else {
        let found = value.get("models").map_or_else(|| kind(value), kind);
        mistake(format!(
            "found {found}, expected `id` and a list of `models`"
        ));
        return None;
    };
    // The models are read one by one below: an error of one of them would not say which it is.
    let mut bare = value.clone();
    bare["models"] = Value::Array(Vec::new());
    let mut part = match Part::deserialize(bare) {
        Ok(part) => part,
        Err(error) => {
            mistake(error.to_string());
            return None;
        }
    };
    for pattern in part.bad_patterns() {
        mistake(format!("found `{pattern}`, expected a regular expression"));
    }
    let mut seen = BTreeSet::new();
    for (i, value) in models.iter().enumerate() {
        let model = name(value).map_or_else(|| format!("model {}", i + 1), str::to_owned);
        let place = format!("{place}/{model}");
        if !seen.insert(model) {
            mistakes.push(twice(&place));
        }
        let before = mistakes.len();
        prices(value, |what| {
            let place = place.clone();
            mistakes.push(Mistake { place, what });
        });
        if mistakes.len() > before {
            continue;
        }
        match row(value) {
            Ok(row) => part.models.push(row),
            Err(what) => mistakes.push(Mistake { place, what }),
        }
    }
    Some(part)
}

fn row(value: &Value) -> Result<Row, String> {
    let row = Row::deserialize(value).map_err(|error| error.to_string())?;
    match bad(row.clause.patterns().into_iter()).first() {
        None => Ok(row),
        Some(pattern) => Err(format!("found `{pattern}`, expected a regular expression")),
    }
}

impl Part {
    /// Returns the patterns that are no regular expressions, those of its models apart.
    fn bad_patterns(&self) -> Vec<String> {
        let clauses = [&self.provider_match, &self.model_match];
        let matches = clauses.into_iter().flatten().flat_map(Clause::patterns);
        bad(self.api_pattern.iter().chain(matches))
    }
}

fn bad<'a>(patterns: impl Iterator<Item = &'a crate::pricing::clause::Pattern>) -> Vec<String> {
    let bad = patterns.filter(|pattern| pattern.regex().is_none());
    bad.map(|pattern| pattern.source().to_owned()).collect()
}

/// Looks at all prices of a model: one object of them, or a list of dated ones.
fn prices(model: &Value, mut mistake: impl FnMut(String)) {
    match model.get("prices") {
        Some(Value::Array(entries)) => {
            for entry in entries {
                one_day(entry.get("prices").unwrap_or(entry), &mut mistake);
            }
        }
        Some(prices) => one_day(prices, &mut mistake),
        None => mistake("lacks `prices`, expected an object of them, or a list".to_owned()),
    }
}

fn one_day(prices: &Value, mistake: &mut impl FnMut(String)) {
    let Value::Object(prices) = prices else {
        mistake(format!("`prices` is {}, expected an object", kind(prices)));
        return;
    };
    for (key, value) in prices {
        let Some(unit) = Unit::priced_by(key) else {
            mistake(format!(
                "`{key}` is no price that is known, expected one such as `input_mtok`"
            ));
            continue;
        };
        let tiers = value.get("tiers").and_then(Value::as_array);
        let steps = tiers.into_iter().flatten().map(|step| step.get("price"));
        let numbers = match value {
            Value::Object(fields) => std::iter::once(fields.get("base")).chain(steps).collect(),
            _ => vec![Some(value)],
        };
        for number in numbers {
            if let Err(found) = usable(number.unwrap_or(&Value::Null)) {
                mistake(format!(
                    "`{key}` is {found}, expected dollars for {} from 0 to {MOST}",
                    unit.per
                ));
            }
        }
    }
}

/// Demands an amount that can be a price.
fn usable(value: &Value) -> Result<(), String> {
    let amount = match value {
        Value::Number(_) => Amount::deserialize(value).map_err(|_| kind(value))?,
        _ => return Err(kind(value)),
    };
    if amount.0.is_sign_negative() && !amount.0.is_zero() || amount.0 > Decimal::from(MOST) {
        return Err(kind(value));
    }
    Ok(())
}
