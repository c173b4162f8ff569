//! What the ledger is asked to book, and what it answers: plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use crate::domain::{
    Answer, Case, CaseId, Clock, Cost, FailPoint, Fault, ModelRef, PromptName, Purpose, Revision,
    RunId, Score, Sha256Hex, TrialKey, Usd, Variant,
};
use crate::ledger::keep::Keep;
use crate::summary::Git;

/// How to open a ledger for writing.
#[derive(Clone)]
pub struct OpenOptions {
    /// The database; its folder is created where it is missing.
    pub path: PathBuf,
    /// Tells the time of postings, and so their day and month.
    pub clock: Arc<dyn Clock>,
    /// What is kept of texts.
    pub keep: Keep,
    /// Called with `before-anchor` between each commit and its anchor.
    pub fail: FailPoint,
}

/// A run, before its first call.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Its UUID of version 7.
    pub id: RunId,
    /// The command line, as typed.
    pub command: String,
    /// The workspace, by the name under which its prompts are found again.
    pub workspace: String,
    /// The prompt.
    pub prompt: PromptName,
    /// The suite's file.
    pub suite: String,
    /// Hash of the suite.
    pub suite_hash: Sha256Hex,
    /// Its seed.
    pub seed: u64,
    /// Version of `pw`.
    pub version: String,
    /// State of the source tree.
    pub git: Option<Git>,
    /// The user's labels.
    pub tags: BTreeMap<String, String>,
    /// The user's remark.
    pub note: Option<String>,
    /// What else the command needs to write the same report again (caps, gates, warnings); never a secret.
    pub settings: Value,
    /// The run it goes on from.
    pub resumed_from: Option<RunId>,
    /// True when only some of the suite's cases were asked for: such a run gives no iteration.
    pub filtered: bool,
    /// Its variants in trial order: name, revision, and the revision's full text as JSON.
    pub revisions: Vec<(Variant, Revision, String)>,
    /// Its models in trial order.
    pub models: Vec<ModelRef>,
    /// Its cases in suite order.
    pub cases: Vec<Case>,
}

/// One request that we want answered, before its first attempt.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// Its UUID of version 7.
    pub id: Uuid,
    /// Why it is paid.
    pub purpose: Purpose,
    /// The workspace, as in [`NewRun`].
    pub workspace: String,
    /// The prompt, where there is one.
    pub prompt: Option<PromptName>,
    /// The variant.
    pub variant: Variant,
    /// The revision, where there is one.
    pub revision: Option<Revision>,
    /// The run; must have begun.
    pub run: Option<RunId>,
    /// The case.
    pub case: Option<CaseId>,
    /// The repeat, from 1.
    pub repeat: Option<u32>,
    /// Endpoint and model.
    pub model: ModelRef,
    /// Under what an accepted answer is found again; `None` for endpoints that are never cached.
    pub request_key: Option<String>,
    /// The request as JSON; an object whose `messages` are a list of [`crate::domain::Message`]. Stored once a call.
    pub request: String,
}

/// Limits of dollars billed; `None` is no cap, zero is a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    /// For the call's run; a call without one is its own run.
    pub run: Option<Usd>,
    /// For the day (UTC), over the whole ledger.
    pub day: Option<Usd>,
    /// For the month (UTC), over the whole ledger.
    pub month: Option<Usd>,
}

/// A price, stored with the call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Price {
    /// Where it comes from.
    pub source: String,
    /// The date from which it holds.
    pub from: Option<String>,
    /// Its rates as JSON, so that a cost can be worked out again.
    pub rates: Option<String>,
}

/// Asks to set the worst case of one attempt aside before it is sent.
#[derive(Debug, Clone)]
pub struct Hold {
    /// The attempt's UUID of version 7.
    pub attempt: Uuid,
    /// Its number within the call, from 1.
    pub number: u32,
    /// Its worst case; zero for free models, which need no budget.
    pub amount: Usd,
    /// What it wants answered.
    pub call: Arc<NewCall>,
    /// The price that the worst case was worked out with.
    pub price: Option<Price>,
    /// The caps in force.
    pub caps: Caps,
}

/// What became of a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldOutcome {
    /// The money is set aside, durably: send.
    Held,
    /// A cap would be passed: nothing was written.
    Refused(Refused),
}

/// Which cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CapScope {
    /// The run's.
    Run,
    /// The day's.
    Day,
    /// The month's.
    Month,
}

impl CapScope {
    /// Returns the word that is stored and reported.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

/// A cap that a hold would pass, with everything that stands against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which cap.
    pub scope: CapScope,
    /// What was asked for.
    pub amount: Usd,
    /// The cap.
    pub cap: Usd,
    /// Spent so far.
    pub spent: Usd,
    /// Held by attempts in flight.
    pub held: Usd,
    /// Held by attempts whose answer was lost.
    pub lost: Usd,
    /// The part of `held` that this ledger handle's own attempts hold.
    pub held_here: Usd,
    /// The processes that hold the rest.
    pub others: Vec<u32>,
}

impl Refused {
    /// Tells whether the hold may fit once attempts in flight give back what they do not need.
    pub fn may_fit_later(&self) -> bool {
        let fixed = i128::from(self.spent.picos()) + i128::from(self.lost.picos());
        !self.held.is_zero()
            && fixed + i128::from(self.amount.picos()) <= i128::from(self.cap.picos())
    }
}

/// Books an answer at its actual cost.
#[derive(Debug, Clone)]
pub struct Settle {
    /// The attempt; open, or lost when its answer came late.
    pub attempt: Uuid,
    /// What it cost; `None` where the provider did not say what it used: the answer is kept and its hold stays lost, until
    /// reconciled.
    pub cost: Option<Cost>,
    /// The price it was worked out with.
    pub price: Option<Price>,
    /// The answer with its usage, ids, returned model and tier.
    pub answer: Answer,
    /// Milliseconds from first byte sent to last byte read.
    pub latency_ms: Option<u64>,
    /// True when the call takes it as its answer; false for one that was paid for and cannot be used. A call keeps its first.
    pub accepted: bool,
}

/// What a trial leaves; its answer and money are those of its call.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialRecord {
    /// Its place in trial order. A second record for the same place replaces the first.
    pub position: u32,
    /// Which trial.
    pub key: TrialKey,
    /// What came of it.
    pub outcome: Recorded,
    /// The call made in this run, answered or not.
    pub call: Option<Uuid>,
    /// The earlier call whose answer was taken instead.
    pub cached_from: Option<Uuid>,
    /// Why it was taken, where it was.
    pub taken: Taken,
    /// Attempts on the wire in this run.
    pub attempts: u32,
    /// The accepted attempt's latency, as recorded when it was bought.
    pub latency_ms: Option<u64>,
    /// Its verdict.
    pub pass: Option<bool>,
    /// Its score.
    pub score: Option<f64>,
    /// Its scores in the suite's order, each with its judge's call.
    pub scores: Vec<(Score, Option<Uuid>)>,
}

/// Why a trial takes a recorded answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Taken {
    /// The cache has it: else it would have been bought.
    #[default]
    Cached,
    /// The run goes on from one that has it.
    Resumed,
    /// The run scores it again.
    Rescored,
}

impl Taken {
    /// Returns the word that is stored; none for the cache.
    pub(super) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Cached => None,
            Self::Resumed => Some("resumed"),
            Self::Rescored => Some("rescored"),
        }
    }
}

/// An outcome without the answer, which lies with the call.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    /// A model answered.
    Answered,
    /// No usable answer.
    Error(Fault),
    /// Never sent.
    Skipped,
}

/// A revision's number among the iterations of its prompt × variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iteration {
    /// The variant.
    pub variant: Variant,
    /// Its revision.
    pub revision: Revision,
    /// The number, from 1.
    pub number: u32,
}

/// What a run, a day or a month has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Owed to providers.
    pub spent: Usd,
    /// Held by attempts in flight.
    pub held: Usd,
    /// Held by attempts whose answer was lost, at their worst case.
    pub lost: Usd,
    /// The part of `spent` that was above the holds.
    pub overrun: Usd,
}

/// What was found of processes that died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Processes.
    pub writers: u64,
    /// Attempts that were open and are lost now.
    pub attempts: u64,
    /// Runs that were going and are interrupted now.
    pub runs: u64,
}
