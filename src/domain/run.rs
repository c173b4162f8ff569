//! A run, why calls are paid, and what a user demands of the result.

use serde::{Deserialize, Serialize};

/// A run's `UUIDv7`, as text.
pub type RunId = String;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Begun and not ended; a dead process's becomes interrupted.
    Started,
    /// All trials were run.
    Finished,
    /// Stopped by the person, what was in flight kept.
    Cancelled,
    /// Its process died.
    Interrupted,
    /// Stopped by a fault of the environment.
    Failed,
    /// Stopped by a cap.
    OutOfBudget,
}

impl RunStatus {
    /// Returns the word that is stored and reported.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::OutOfBudget => "out-of-budget",
        }
    }

    /// Returns the status of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Started,
            Self::Finished,
            Self::Cancelled,
            Self::Interrupted,
            Self::Failed,
            Self::OutOfBudget,
        ]
        .into_iter()
        .find(|status| status.word() == word)
    }
}

/// Why a call is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A trial of an evaluation.
    Eval,
    /// A judge's score.
    Judge,
    /// A proposal of an optimiser.
    Improve,
    /// A fine-tuning job or its data.
    Finetune,
    /// `pw try`.
    Play,
}

impl Purpose {
    /// Returns the word that is stored and reported.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Eval => "eval",
            Self::Judge => "judge",
            Self::Improve => "improve",
            Self::Finetune => "finetune",
            Self::Play => "play",
        }
    }

    /// Returns the purpose of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Eval,
            Self::Judge,
            Self::Improve,
            Self::Finetune,
            Self::Play,
        ]
        .into_iter()
        .find(|purpose| purpose.word() == word)
    }
}

/// A criterion the user declared, before it is judged. Rates are in [0, 1], costs in dollars.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "snake_case")]
pub enum GateSpec {
    /// The pass rate is at least this.
    Rate {
        /// The least rate.
        required: f64,
    },
    /// The lower bound of the pass rate's interval is at least this.
    LowerBound {
        /// The least bound.
        required: f64,
    },
    /// A call costs at most this many dollars.
    MaxCostPerCall {
        /// The most dollars.
        required: f64,
    },
    /// No comparison says REJECT.
    FailOnReject,
    /// Every comparison says ADOPT.
    FailOnInconclusive,
    /// The comparison with the previous iteration does not say REJECT.
    FailOnRegression,
}

/// A judged criterion; missing one is exit 3, an undecided one (`met` is `None`) exit 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Its name: `rate`, `lower_bound`, `max_cost_per_call`, `reject`, `inconclusive`, `regression`.
    pub gate: String,
    /// The variant it judges.
    pub of: crate::domain::Variant,
    /// What was demanded.
    pub required: Option<f64>,
    /// What was found.
    pub found: Option<f64>,
    /// Met, missed, or undecided because errors leave it open.
    pub met: Option<bool>,
}
