//! The clauses by which the book recognises a provider or a model.

use std::fmt;
use std::sync::OnceLock;

use regex::Regex;
use serde::{Deserialize, Deserializer};

/// A condition on a name, case-insensitive; a name is lower-cased before it meets one.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Clause {
    Equals(Lower),
    StartsWith(Lower),
    EndsWith(Lower),
    Contains(Lower),
    Regex(Pattern),
    Or(Vec<Clause>),
    And(Vec<Clause>),
}

/// A text in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lower(String);

impl<'de> Deserialize<'de> for Lower {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.to_lowercase()))
    }
}

/// A regular expression, compiled when it is first asked: a run asks few of the book's.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

impl From<String> for Pattern {
    fn from(source: String) -> Self {
        Self {
            source,
            compiled: OnceLock::new(),
        }
    }
}

impl Pattern {
    /// Tells whether it matches anywhere in the text.
    pub(super) fn found_in(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Tells whether it matches at the very start of the text.
    pub(super) fn starts(&self, text: &str) -> bool {
        self.regex()
            .and_then(|regex| regex.find(text))
            .is_some_and(|found| found.start() == 0)
    }

    /// Returns its text.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// `None` for a pattern that the regex crate refuses; a test holds that the book has none.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(&self.source).ok())
            .as_ref()
    }
}

impl Clause {
    /// Returns the simple clause that recognises a lower-cased name.
    ///
    /// One that names it exactly comes before a looser one: of `or: [starts_with: x, equals: x-1]`, the second gives `x-1`.
    /// Of `and`, the first of its clauses stands for all.
    pub(super) fn matching(&self, name: &str) -> Option<&Self> {
        let found = match self {
            Self::Equals(text) => name == text.0,
            Self::StartsWith(text) => name.starts_with(&text.0),
            Self::EndsWith(text) => name.ends_with(&text.0),
            Self::Contains(text) => name.contains(&text.0),
            Self::Regex(pattern) => pattern.found_in(name),
            Self::Or(clauses) => {
                let mut found = clauses.iter().filter_map(|clause| clause.matching(name));
                let first = found.next()?;
                let exact = std::iter::once(first)
                    .chain(found)
                    .find(|clause| clause.is_exact());
                return Some(exact.unwrap_or(first));
            }
            Self::And(clauses) => {
                let all: Option<Vec<&Self>> =
                    clauses.iter().map(|clause| clause.matching(name)).collect();
                return all?.first().copied();
            }
        };
        found.then_some(self)
    }

    /// Tells whether it matches a lower-cased name.
    pub(super) fn matches(&self, name: &str) -> bool {
        self.matching(name).is_some()
    }

    /// Tells whether it recognises one name only.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Self::Equals(_))
    }

    /// Returns all names that it recognises exactly.
    pub(super) fn exact_names(&self) -> Vec<&str> {
        match self {
            Self::Equals(text) => vec![&text.0],
            Self::Or(clauses) => clauses.iter().flat_map(Self::exact_names).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns all patterns in it.
    pub(super) fn patterns(&self) -> Vec<&Pattern> {
        match self {
            Self::Regex(pattern) => vec![pattern],
            Self::Or(clauses) | Self::And(clauses) => {
                clauses.iter().flat_map(Self::patterns).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(text) => write!(f, "equals {}", text.0),
            Self::StartsWith(text) => write!(f, "starts_with {}", text.0),
            Self::EndsWith(text) => write!(f, "ends_with {}", text.0),
            Self::Contains(text) => write!(f, "contains {}", text.0),
            Self::Regex(pattern) => write!(f, "regex {}", pattern.source),
            Self::Or(clauses) => write!(f, "one of {} clauses", clauses.len()),
            Self::And(clauses) => write!(f, "all of {} clauses", clauses.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(clause: &str, name: &str) -> Option<String> {
        let clause: Clause = serde_json::from_str(clause).expect("a clause");
        clause.matching(name).map(ToString::to_string)
    }

    #[test]
    fn each_clause_says_what_matched() {
        for (clause, name, expected) in [
            (r#"{"equals":"GPT-5"}"#, "gpt-5", Some("equals gpt-5")),
            (r#"{"equals":"gpt-5"}"#, "gpt-5-mini", None),
            (r#"{"starts_with":"gpt"}"#, "gpt-5", Some("starts_with gpt")),
            (
                r#"{"ends_with":"mini"}"#,
                "gpt-5-mini",
                Some("ends_with mini"),
            ),
            (r#"{"contains":"5"}"#, "gpt-5-mini", Some("contains 5")),
            (r#"{"regex":"^o[134]"}"#, "o3-pro", Some("regex ^o[134]")),
            (r#"{"regex":"^o[134]"}"#, "go3", None),
            (
                r#"{"or":[{"starts_with":"x"},{"equals":"x-1"}]}"#,
                "x-1",
                Some("equals x-1"),
            ),
            (
                r#"{"or":[{"starts_with":"x"},{"equals":"x-1"}]}"#,
                "x-2",
                Some("starts_with x"),
            ),
            (
                r#"{"and":[{"contains":"x"},{"contains":"y"}]}"#,
                "xy",
                Some("contains x"),
            ),
            (r#"{"and":[{"contains":"x"},{"contains":"y"}]}"#, "x", None),
        ] {
            assert_eq!(given(clause, name).as_deref(), expected, "{clause} {name}");
        }
    }
}
