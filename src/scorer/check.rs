//! The families of assertions, and what each of them must offer.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jsonschema::Validator;
use regex::Regex;

use crate::domain::{Assertion, AssertionKind};
use crate::scorer::seen::Seen;
use crate::scorer::{Refusal, distance, json, pattern, run, text};

/// A compiled assertion.
pub(super) trait Check: fmt::Debug + Send + Sync {
    /// Looks at an answer. `negated` changes only the words of the reason; the caller turns the verdict round.
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding;

    /// Tells whether there is nothing to look at when the answer has no text.
    fn needs_text(&self) -> bool {
        true
    }
}

/// What a check found.
#[derive(Debug)]
pub(super) struct Finding {
    /// Whether the condition holds, before `not-`; `None` when that cannot be told.
    pub(super) holds: Option<bool>,
    /// Why, for a person.
    pub(super) reason: String,
}

impl Finding {
    pub(super) fn new(holds: bool, reason: String) -> Self {
        Self {
            holds: Some(holds),
            reason,
        }
    }

    pub(super) fn unknown(reason: &str) -> Self {
        Self {
            holds: None,
            reason: reason.to_owned(),
        }
    }
}

/// What was compiled already, for the cases of one suite.
#[derive(Debug, Default)]
pub(super) struct Cache {
    pub(super) patterns: HashMap<String, Regex>,
    pub(super) schemas: HashMap<String, Arc<Validator>>,
}

/// Compiles one assertion; `AssertSet` is none of these, see `set`.
///
/// Errors: why it could never judge.
pub(super) fn compile(assertion: &Assertion, cache: &mut Cache) -> Result<Box<dyn Check>, Refusal> {
    match assertion.kind {
        AssertionKind::Equals if !assertion.value.is_string() => json::equals(&assertion.value),
        AssertionKind::Equals
        | AssertionKind::Contains
        | AssertionKind::ContainsAll
        | AssertionKind::ContainsAny
        | AssertionKind::Icontains
        | AssertionKind::IcontainsAll
        | AssertionKind::IcontainsAny
        | AssertionKind::StartsWith => text::compile(assertion),
        AssertionKind::Regex => pattern::compile(assertion, cache),
        AssertionKind::IsJson | AssertionKind::ContainsJson => json::compile(assertion, cache),
        AssertionKind::Levenshtein => distance::compile(assertion),
        AssertionKind::Latency | AssertionKind::Cost => run::compile(assertion),
        AssertionKind::AssertSet => Err(Refusal::Value {
            found: "a set",
            expected: "a single assertion",
        }),
    }
}

/// Names a value in an error.
pub(super) fn words(value: &serde_json::Value) -> &'static str {
    use serde_json::Value;
    match value {
        Value::Null => "missing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
