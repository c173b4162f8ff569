//! What can be wrong with a `compare.toml`.

use crate::domain::{Place, and_list, count};

/// A file that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", list(.flaws))]
pub(crate) struct InputsError {
    /// Every mistake, in the order of lines.
    pub(crate) flaws: Vec<Flaw>,
}

impl InputsError {
    /// Tells whether a price is among what is missing.
    pub(crate) fn is_about_prices(&self) -> bool {
        self.flaws.iter().any(|flaw| match flaw {
            Flaw::NoPrice { .. } => true,
            Flaw::Missing { keys, .. } => keys.iter().any(|key| key.contains(".price.")),
            _ => false,
        })
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    /// Not TOML.
    #[error("`{place}:{column}` is not TOML: {message}")]
    Syntax {
        place: Place,
        column: usize,
        message: String,
    },
    /// A key that means nothing.
    #[error("unknown key `{key}` at `{place}`, {}", instead(.nearest.as_deref(), .known))]
    Unknown {
        key: String,
        place: Place,
        nearest: Option<String>,
        known: Vec<String>,
    },
    /// A value of the wrong type or out of its range.
    #[error("`{key}` at `{place}` is {found}, expected {expected}")]
    Wrong {
        key: String,
        place: Place,
        found: String,
        expected: String,
    },
    /// What no default can stand for.
    #[error("`{file}` lacks {}", and_list(.keys, 99))]
    Missing { file: String, keys: Vec<String> },
    /// A model without a price.
    #[error("`{key}` at `{place}`: {why}")]
    NoPrice {
        key: String,
        place: Place,
        why: String,
    },
}

impl Flaw {
    /// Tells whether a key was given, only wrongly, or under a name that is nearly its own.
    pub(crate) fn is_about(&self, key: &str) -> bool {
        match self {
            Self::Wrong { key: wrong, .. } => wrong == key,
            Self::Unknown {
                key: unknown,
                nearest,
                ..
            } => {
                let table = |name: &str| name.rsplit_once('.').map(|(table, _)| table.to_owned());
                let name = key.rsplit('.').next();
                nearest.as_deref() == name && table(unknown) == table(key)
            }
            _ => false,
        }
    }
}

fn instead(nearest: Option<&str>, known: &[String]) -> String {
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("expected one of {}", and_list(known, 12)),
    }
}

fn list(flaws: &[Flaw]) -> String {
    match flaws {
        [one] => one.to_string(),
        all => {
            let lines: Vec<String> = all.iter().map(|flaw| format!("\n  {flaw}")).collect();
            format!("found {}{}", count(all.len(), "mistake"), lines.concat())
        }
    }
}
