//! Why an assertion cannot judge; found before anything is sent.

use std::collections::HashSet;

use crate::domain::Place;

/// An assertion that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{place}: `{kind}` cannot judge: {refusal}")]
pub struct ScorerError {
    /// Where it stands.
    pub place: Place,
    /// Its type as the suite wrote it.
    pub kind: String,
    /// Why.
    pub refusal: Refusal,
}

/// Why an assertion is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The value is of another kind than the type compares with.
    #[error("value is {found}, expected {expected}")]
    Value {
        /// What was found, in words.
        found: &'static str,
        /// What the type needs.
        expected: &'static str,
    },
    /// The value is empty, so that the answer would not matter.
    #[error("{what} is empty, so that every answer gets the same verdict")]
    Empty {
        /// What is empty: `value`, or an item of a list.
        what: &'static str,
    },
    /// A threshold that is missing or out of range.
    #[error("threshold is {found}, expected {expected}")]
    Threshold {
        /// What was found.
        found: String,
        /// What is possible.
        expected: &'static str,
    },
    /// A pattern that uses what only a backtracking engine can do.
    #[error("pattern `{pattern}` uses {feature}, which the linear-time engine does not have")]
    BacktrackingPattern {
        /// The pattern, bounded.
        pattern: String,
        /// The feature, such as `look-ahead`.
        feature: &'static str,
    },
    /// A pattern that is no regular expression, or a huge one.
    #[error("pattern `{pattern}` is not usable: {cause}")]
    Pattern {
        /// The pattern, bounded.
        pattern: String,
        /// Why.
        cause: String,
    },
    /// A keyword that the schema's draft does not have; validators skip it, so that the schema would accept too much.
    #[error("unknown schema keyword `{keyword}` at `{path}`{}", meant(*nearest))]
    SchemaKeyword {
        /// The keyword.
        keyword: String,
        /// Where in the schema.
        path: String,
        /// The known keyword that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A value that is no schema, or refers to one outside.
    #[error("the schema is not usable: {cause}")]
    Schema {
        /// Why, bounded.
        cause: String,
    },
}

fn meant(nearest: Option<&'static str>) -> String {
    nearest
        .map(|name| format!(", did you mean `{name}`?"))
        .unwrap_or_default()
}

/// Keeps one of equal errors: an assertion of `defaultTest` is compiled for every case.
pub(super) fn once(errors: Vec<ScorerError>) -> Vec<ScorerError> {
    let mut seen = HashSet::new();
    errors
        .into_iter()
        .filter(|error| seen.insert(error.to_string()))
        .collect()
}
