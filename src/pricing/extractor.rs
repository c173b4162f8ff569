//! How the book reads a body: paths to counts, and the units they count.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::Usage;
use crate::pricing::clause::Clause;

/// How the bodies of one flavour of a provider's API are read.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Extractor {
    #[serde(rename = "api_flavor")]
    pub(super) flavor: String,
    /// Where the counts are kept.
    pub(super) root: Path,
    #[serde(default = "default_model_path")]
    model_path: Path,
    mappings: Vec<Mapping>,
}

/// One count and its unit; counts of the same unit are summed.
#[derive(Debug, PartialEq, Deserialize)]
struct Mapping {
    path: Path,
    dest: String,
    required: bool,
}

/// The way to a value: one key, or several steps.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub(super) struct Path(Vec<Step>);

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Step {
    Key(String),
    /// The first item of a list whose field matches.
    Item {
        field: String,
        #[serde(rename = "match")]
        clause: Clause,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Key(String),
    Steps(Vec<Step>),
}

impl From<Written> for Path {
    fn from(written: Written) -> Self {
        match written {
            Written::Key(key) => Self(vec![Step::Key(key)]),
            Written::Steps(steps) => Self(steps),
        }
    }
}

fn default_model_path() -> Path {
    Path(vec![Step::Key("model".to_owned())])
}

/// Why an extractor does not read a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// A value that must be there is absent or null.
    Absent {
        /// Where it was looked for, such as `usage.input_tokens`.
        path: String,
    },
    /// A value is no count.
    NoCount {
        /// Where it stands.
        path: String,
        /// What stands there.
        found: String,
    },
    /// None of the counts is there.
    Nothing,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent { path } => write!(f, "`{path}` is absent or null"),
            Self::NoCount { path, found } => {
                write!(
                    f,
                    "found {found} at `{path}`, expected a whole number, not negative"
                )
            }
            Self::Nothing => f.write_str("none of its counts is there"),
        }
    }
}

impl Path {
    /// Returns the value, `None` where it or something on the way is absent or null.
    ///
    /// Errors: what stands on the way, if a path cannot lead through it.
    fn follow<'a>(&self, from: &'a Value) -> Result<Option<&'a Value>, &'a Value> {
        let mut value = from;
        for step in &self.0 {
            let next = match (step, value) {
                (Step::Key(key), Value::Object(fields)) => fields.get(key),
                (Step::Item { field, clause }, Value::Array(items)) => {
                    items.iter().find(|item| is_match(item, field, clause))
                }
                (_, Value::Null) => None,
                _ => return Err(value),
            };
            match next {
                None | Some(Value::Null) => return Ok(None),
                Some(next) => value = next,
            }
        }
        Ok(Some(value))
    }
}

fn is_match(item: &Value, field: &str, clause: &Clause) -> bool {
    let word = item.get(field).and_then(Value::as_str);
    word.is_some_and(|word| clause.matches(&word.to_lowercase()))
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if i == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Item { field, clause } => write!(f, "[{field} {clause}]")?,
            }
        }
        Ok(())
    }
}

impl Extractor {
    /// Returns the model that a body names.
    pub(super) fn model(&self, body: &Value) -> Option<String> {
        let name = self.model_path.follow(body).ok().flatten()?.as_str()?;
        Some(name.to_owned()).filter(|name| !name.trim().is_empty())
    }

    /// Returns the counts of a body, zeros left out.
    ///
    /// Errors: the first that is missing or none.
    pub(super) fn usage(&self, body: &Value) -> Result<Usage, Misfit> {
        let root = match self.root.follow(body) {
            Ok(Some(root)) => root,
            Ok(None) => {
                let path = self.root.to_string();
                return Err(Misfit::Absent { path });
            }
            Err(found) => return Err(no_count(self.root.to_string(), found)),
        };
        let (mut usage, mut found) = (Usage::default(), false);
        for mapping in &self.mappings {
            if let Some(count) = self.count(mapping, root)? {
                found = true;
                let sum = usage.get(&mapping.dest).saturating_add(count);
                usage.set(&mapping.dest, sum);
            }
        }
        usage.0.retain(|_, count| *count > 0);
        if found {
            Ok(usage)
        } else {
            Err(Misfit::Nothing)
        }
    }

    fn count(&self, mapping: &Mapping, root: &Value) -> Result<Option<u64>, Misfit> {
        let path = || format!("{}.{}", self.root, mapping.path);
        match mapping.path.follow(root) {
            Err(found) => Err(no_count(path(), found)),
            Ok(None) if mapping.required => Err(Misfit::Absent { path: path() }),
            Ok(None) => Ok(None),
            Ok(Some(value)) => match whole(value) {
                Some(count) => Ok(Some(count)),
                None => Err(no_count(path(), value)),
            },
        }
    }
}

fn no_count(path: String, value: &Value) -> Misfit {
    let found = match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    };
    Misfit::NoCount { path, found }
}

/// A whole number that is not negative, even when it is written as `12.0`.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        let is_whole = float.fract() == 0.0 && (0.0..9e15).contains(&float);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, not negative and below 2^53, checked above"
        )]
        is_whole.then_some(float as u64)
    })
}
