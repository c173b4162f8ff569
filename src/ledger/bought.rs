//! What another ledger's answers were bought for and what they cost, read from its postings.

use std::collections::HashMap;

use serde::Deserialize;

use crate::domain::Usd;

/// What an answer of another ledger was bought for; `""` for what was not given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Bought {
    pub(super) day: i64,
    pub(super) purpose: String,
    pub(super) workspace: String,
    pub(super) prompt: String,
    pub(super) variant: String,
    pub(super) revision: String,
    pub(super) endpoint: String,
    pub(super) model: String,
}

/// Picodollars and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sums {
    pub(super) billed: i64,
    pub(super) imputed: i64,
    pub(super) answers: i64,
}

impl Sums {
    /// Adds; a sum beyond the range stays at its end, where no stored sum is.
    pub(super) fn add(&mut self, other: Self) {
        self.billed = self.billed.saturating_add(other.billed);
        self.imputed = self.imputed.saturating_add(other.imputed);
        self.answers = self.answers.saturating_add(other.answers);
    }
}

/// Attempts whose answer has not come, with what they were for.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    open: HashMap<String, Bought>,
}

#[derive(Deserialize)]
struct Entry {
    attempt: String,
    kind: String,
    day: i64,
    spent: Usd,
    imputed: Usd,
    #[serde(flatten)]
    context: Context,
}

/// What only a hold says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Context {
    purpose: String,
    workspace: String,
    prompt: String,
    variant: String,
    revision: String,
    endpoint: String,
    model: String,
}

impl Tracker {
    /// Sees the next posting of a chain; returns what was bought where it is an answer's.
    ///
    /// Errors: what is wrong with the posting.
    pub(super) fn see(&mut self, entry: &str) -> Result<Option<(Bought, Sums)>, String> {
        let entry: Entry = serde_json::from_str(entry).map_err(|e| format!("found {e}"))?;
        let day = entry.day;
        match entry.kind.as_str() {
            "hold" => {
                let Context {
                    purpose,
                    workspace,
                    prompt,
                    variant,
                    revision,
                    endpoint,
                    model,
                } = entry.context;
                let bought = Bought {
                    day,
                    purpose,
                    workspace,
                    prompt,
                    variant,
                    revision,
                    endpoint,
                    model,
                };
                self.open.insert(entry.attempt, bought);
                Ok(None)
            }
            "settle" | "reconcile" => {
                let bought = self.open.remove(&entry.attempt);
                let bought = bought.ok_or("found an answer to an attempt that was not held for")?;
                let (billed, imputed) = (entry.spent.picos(), entry.imputed.picos());
                if billed < 0 || imputed < 0 {
                    return Err("found a negative cost".to_owned());
                }
                Ok(Some((
                    bought,
                    Sums {
                        billed,
                        imputed,
                        answers: 1,
                    },
                )))
            }
            "void" => {
                self.open.remove(&entry.attempt);
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}
