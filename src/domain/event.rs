//! What the engine tells whoever watches. For display only: nothing that must not be lost depends on it.

use crate::domain::{Cost, RunId, TrialKey};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The run begins.
    RunStarted {
        /// The run.
        run: RunId,
        /// How many trials it has.
        trials: usize,
    },
    /// A trial ended.
    TrialEnded {
        /// Which.
        key: TrialKey,
        /// Its verdict.
        pass: Option<bool>,
        /// True for an error.
        error: bool,
        /// True for a cache hit.
        cached: bool,
        /// What it cost.
        cost: Cost,
    },
    /// A call waits: for money that other calls hold, or for a provider that asked for patience.
    Waiting {
        /// Why, for a person.
        reason: String,
    },
    /// The run is ending early; what is in flight is kept.
    Draining {
        /// Why, for a person.
        reason: String,
    },
    /// The run ended.
    RunEnded,
}

/// Where events go. A closure that must not block.
pub type Progress = std::sync::Arc<dyn Fn(Event) + Send + Sync>;
