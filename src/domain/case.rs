//! A case of a suite and what is expected of its answers.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::{Message, Role, TextKey, canonical_json};

/// A case's inputs, in file order.
pub type Vars = Map<String, Value>;

/// A case's stable name: the given `id`, or a hash of vars and turns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub String);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where something was read: a file as the user would write it, and a line from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The file, relative to the workspace.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One entry of `tests`: inputs and expectations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its stable name.
    pub id: CaseId,
    /// True when the author gave the id; hashed ids pair by the variables that templates read instead.
    pub named: bool,
    /// What people see: the id if given, else `weather.csv:17 北京`.
    pub label: String,
    /// Where it stands.
    pub place: Place,
    /// A person's remark.
    pub description: Option<String>,
    /// Its inputs.
    pub vars: Vars,
    /// Given turns of a conversation, sent as history.
    pub turns: Vec<Message>,
    /// What is expected of the answer.
    pub asserts: Vec<Assertion>,
    /// Score at which the case passes whatever its assertions say; none: all must pass.
    pub threshold: Option<f64>,
    /// Cases that belong together (the unit of analysis of clustered tests).
    pub cluster: Option<String>,
    /// True for `split: holdout`.
    pub holdout: bool,
    /// Free data, kept and reported.
    pub metadata: Map<String, Value>,
}

impl Case {
    /// Returns the case as it is kept where texts are not: its names and numbers, and keyed hashes of its inputs, by which it
    /// is still paired with the same case of another run. What is expected of answers is left out.
    #[must_use]
    pub fn without_texts(&self, key: &TextKey) -> Self {
        let hash = |value: &Value| Value::from(key.hex(&canonical_json(value)));
        let turns = serde_json::to_value(&self.turns).unwrap_or_default();
        Self {
            id: self.id.clone(),
            named: self.named,
            label: self.id.0.clone(),
            place: self.place.clone(),
            description: None,
            vars: (self.vars.iter())
                .map(|(name, value)| (name.clone(), hash(value)))
                .collect(),
            turns: (!self.turns.is_empty())
                .then(|| Message::text(Role::User, key.hex(&canonical_json(&turns))))
                .into_iter()
                .collect(),
            asserts: Vec::new(),
            threshold: self.threshold,
            cluster: self.cluster.as_deref().map(|cluster| key.hex(cluster)),
            holdout: self.holdout,
            metadata: Map::new(),
        }
    }
}

impl CaseId {
    /// Returns the id as it is kept where texts are not. One that the author gave is a name and stays, but for the values
    /// that a matrix put in brackets; one that was made of the inputs would tell them to whoever tries.
    #[must_use]
    pub fn without_texts(&self, named: bool, key: &TextKey) -> Self {
        const DIGITS: usize = 12;
        let hash = |text: &str| key.hex(text)[..DIGITS].to_owned();
        if !named {
            return Self(hash(&self.0));
        }
        match self.0.strip_suffix(']').and_then(|id| id.split_once('[')) {
            Some((name, values)) => Self(format!("{name}[{}]", hash(values))),
            None => self.clone(),
        }
    }
}

/// One entry of `assert`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assertion {
    /// The type, without `not-`.
    pub kind: AssertionKind,
    /// True for the `not-` form.
    pub negated: bool,
    /// What the type compares with; its variables are already filled in.
    pub value: Value,
    /// The type's own threshold.
    pub threshold: Option<f64>,
    /// Weight in the case's score; 0 only reports.
    pub weight: f64,
    /// Name under which the score is averaged.
    pub metric: Option<String>,
    /// The children of an `assert-set`; empty for every other type.
    pub children: Vec<Assertion>,
    /// Where it stands.
    pub place: Place,
}

/// The type of an assertion, in promptfoo's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "the names are promptfoo's; `scorer/` documents each in its own file"
)]
pub enum AssertionKind {
    Equals,
    Contains,
    ContainsAll,
    ContainsAny,
    Icontains,
    IcontainsAll,
    IcontainsAny,
    StartsWith,
    Regex,
    IsJson,
    ContainsJson,
    Levenshtein,
    Latency,
    Cost,
    AssertSet,
}

impl AssertionKind {
    /// Every type, in the order of the documentation.
    pub const ALL: [Self; 15] = [
        Self::Equals,
        Self::Contains,
        Self::ContainsAll,
        Self::ContainsAny,
        Self::Icontains,
        Self::IcontainsAll,
        Self::IcontainsAny,
        Self::StartsWith,
        Self::Regex,
        Self::IsJson,
        Self::ContainsJson,
        Self::Levenshtein,
        Self::Latency,
        Self::Cost,
        Self::AssertSet,
    ];

    /// Returns the name that suites write.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::Contains => "contains",
            Self::ContainsAll => "contains-all",
            Self::ContainsAny => "contains-any",
            Self::Icontains => "icontains",
            Self::IcontainsAll => "icontains-all",
            Self::IcontainsAny => "icontains-any",
            Self::StartsWith => "starts-with",
            Self::Regex => "regex",
            Self::IsJson => "is-json",
            Self::ContainsJson => "contains-json",
            Self::Levenshtein => "levenshtein",
            Self::Latency => "latency",
            Self::Cost => "cost",
            Self::AssertSet => "assert-set",
        }
    }

    /// Returns the type of a name, without `not-`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
