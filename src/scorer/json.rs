//! `equals` with data, `is-json`, `contains-json`.
//!
//! `is-json` wants the whole answer to be JSON, `contains-json` an object somewhere in it; a schema under `value` must hold
//! for the answer, or for one of the objects.

use std::sync::Arc;

use jsonschema::Validator;
use serde_json::{Number, Value};

use crate::domain::{Assertion, AssertionKind};
use crate::scorer::Refusal;
use crate::scorer::check::{Cache, Check, Finding, words};
use crate::scorer::phrase::excerpt;
use crate::scorer::schema;
use crate::scorer::seen::{Seen, nfc};

/// Compiles `equals` with a list or a map: deep equality with the answer read as JSON.
pub(super) fn equals(value: &Value) -> Result<Box<dyn Check>, Refusal> {
    if value.is_object() || value.is_array() {
        return Ok(Box::new(DeepEquals(composed(value))));
    }
    Err(Refusal::Value {
        found: words(value),
        expected: "a text, a list or a map",
    })
}

/// Compiles `is-json` and `contains-json`.
pub(super) fn compile(assertion: &Assertion, cache: &mut Cache) -> Result<Box<dyn Check>, Refusal> {
    let schema = match &assertion.value {
        Value::Null => None,
        value @ (Value::Object(_) | Value::Bool(_)) => Some(schema::compile(value, cache)?),
        other => {
            return Err(Refusal::Value {
                found: words(other),
                expected: "a JSON schema or nothing",
            });
        }
    };
    Ok(match assertion.kind {
        AssertionKind::IsJson => Box::new(IsJson(schema)),
        _ => Box::new(ContainsJson(schema)),
    })
}

#[derive(Debug)]
struct DeepEquals(Value);

impl Check for DeepEquals {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let holds = seen
            .json()
            .is_ok_and(|found| same(&self.0, &composed(found)));
        let expected = || self.0.to_string().chars().take(100).collect::<String>();
        let reason = match (holds, negated, seen.json()) {
            (true, false, _) => "is the expected JSON".to_owned(),
            (true, true, _) => format!("expected anything but `{}`", expected()),
            (false, true, _) => "is not the JSON that must not come".to_owned(),
            (false, false, Ok(_)) => {
                format!("expected `{}`, found {}", expected(), excerpt(seen.text()))
            }
            (false, false, Err(_)) => format!(
                "expected `{}`, found no JSON: {}",
                expected(),
                excerpt(seen.text())
            ),
        };
        Finding::new(holds, reason)
    }
}

#[derive(Debug)]
struct IsJson(Option<Arc<Validator>>);

impl Check for IsJson {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let complaint = match (seen.json(), &self.0) {
            (Err(error), _) => Some(format!(
                "expected JSON, found {} ({error})",
                excerpt(seen.text())
            )),
            (Ok(value), Some(schema)) => schema::complaint(schema, value),
            (Ok(_), None) => None,
        };
        let fits = if self.0.is_some() {
            "is JSON that fits the schema"
        } else {
            "is JSON"
        };
        finding(complaint.as_deref(), fits, negated, seen)
    }
}

#[derive(Debug)]
struct ContainsJson(Option<Arc<Validator>>);

impl Check for ContainsJson {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let objects = seen.objects();
        let complaint = match &self.0 {
            _ if objects.is_empty() => Some(format!(
                "expected a JSON object in {}",
                excerpt(seen.text())
            )),
            None => None,
            Some(schema) => first_complaint(
                schema,
                objects.iter().map(|object| Value::Object(object.clone())),
            ),
        };
        let fits = if self.0.is_some() {
            "has a JSON object that fits the schema"
        } else {
            "has a JSON object"
        };
        finding(complaint.as_deref(), fits, negated, seen)
    }
}

/// Returns what is wrong with the first value, unless one of them fits.
fn first_complaint(schema: &Validator, values: impl Iterator<Item = Value>) -> Option<String> {
    let mut first = None;
    for value in values {
        let complaint = schema::complaint(schema, &value)?;
        first.get_or_insert(complaint);
    }
    first
}

fn finding(complaint: Option<&str>, fits: &str, negated: bool, seen: &Seen<'_>) -> Finding {
    let reason = match (complaint, negated) {
        (None, false) => fits.to_owned(),
        (None, true) => format!("{fits}, expected the contrary: {}", excerpt(seen.text())),
        (Some(complaint), false) => complaint.to_owned(),
        (Some(complaint), true) => format!("as wished: {complaint}"),
    };
    Finding::new(complaint.is_none(), reason)
}

/// Returns a value with every text and key in NFC.
fn composed(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(nfc(text).into_owned()),
        Value::Array(items) => items.iter().map(composed).collect(),
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| (nfc(key).into_owned(), composed(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Deep equality in which `1` is `1.0`, as JSON and JavaScript have it; the order of keys does not matter.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

fn same_number(a: &Number, b: &Number) -> bool {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a == b,
        _ => a.as_f64() == b.as_f64(),
    }
}
