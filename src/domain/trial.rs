//! One trial: variant × model × case × repeat, and the row it leaves.

use serde::{Deserialize, Serialize};

use crate::domain::{CaseId, Cost, Message, ModelRef, Outcome, Score, Variant};

/// What identifies a trial within a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TrialKey {
    /// The variant.
    pub variant: Variant,
    /// The model.
    pub model: ModelRef,
    /// The case.
    pub case: CaseId,
    /// The repeat, from 1.
    pub repeat: u32,
}

/// Whether a recorded answer's text is at hand; where it is not, its verdict stands and cannot be found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerText {
    /// It is.
    #[default]
    Kept,
    /// Only its hash was ever kept, and how many bytes it had as it would have been stored.
    Hashed(u64),
    /// It was removed, or is not the one that was hashed.
    Gone,
}

/// Everything a trial left; reports and statistics read nothing else. Rows are kept in trial order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialRow {
    /// Which trial.
    pub key: TrialKey,
    /// What was sent; empty when texts are not kept.
    pub messages: Vec<Message>,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether the answer in `outcome` has its text.
    #[serde(default)]
    pub text: AnswerText,
    /// One score for each assertion, in the suite's order; empty unless answered.
    pub scores: Vec<Score>,
    /// Whether the case passed in this trial; `None` when unscored, in error or skipped.
    pub pass: Option<bool>,
    /// The weighted mean of the scores in [0, 1]; `None` as above.
    pub score: Option<f64>,
    /// What this run paid for it: zero on a cache hit. Lost attempts are not in it.
    pub cost: Cost,
    /// What the answer cost when it was bought: the figure for costs a call.
    pub answer_cost: Cost,
    /// Source of the price and the date from which it holds.
    pub price: Option<(String, Option<String>)>,
    /// True when the answer came from the ledger.
    pub cached: bool,
    /// Attempts on the wire in this run.
    pub attempts: u32,
    /// Milliseconds from first byte sent to last byte read of the accepted attempt, as recorded when it was bought.
    pub latency_ms: Option<u64>,
}

impl TrialRow {
    /// Tells whether the row is missing data: an error that the request itself did not cause.
    pub fn is_missing(&self) -> bool {
        match &self.outcome {
            Outcome::Answered { .. } => false,
            Outcome::Error { fault } => !fault.caused_by_request,
            Outcome::Skipped => true,
        }
    }
}
