//! The facts of one run, as `pw.eval/v1` names them; every format carries the same ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    CaseId, Gate, ModelRef, PromptName, Revision, RunId, RunStatus, TrialRow, Usage, Usd, Variant,
};
use crate::stats::Interval;

/// One run, whole: what a report is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The run's UUIDv7.
    pub id: RunId,
    /// The run's number in its ledger, as people write it.
    pub number: u64,
    /// How it ended.
    pub status: RunStatus,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// Its seed.
    pub seed: u64,
    /// The run it goes on from.
    pub resumed_from: Option<RunId>,
    /// The user's labels.
    pub tags: BTreeMap<String, String>,
    /// The user's remark.
    pub note: Option<String>,
    /// The prompt.
    pub prompt: PromptName,
    /// The suite's file.
    pub suite: String,
    /// State of the source tree.
    pub git: Option<Git>,
    /// True when only some of the suite's cases were asked for: such a run gives no iteration.
    pub filtered: bool,
    /// Sums of calls, tokens and money, from the ledger.
    pub totals: Totals,
    /// The run's cap and what is left, where there is one.
    pub budget: Option<BudgetLeft>,
    /// One for each variant × model, in trial order.
    pub variants: Vec<VariantFacts>,
    /// Variants against the baseline, then each against its previous iteration.
    pub comparisons: Vec<Comparison>,
    /// Declared criteria, judged.
    pub gates: Vec<Gate>,
    /// All rows, in trial order.
    pub results: Vec<TrialRow>,
    /// People's names of cases (`weather.csv:17 北京`), by id.
    pub labels: BTreeMap<CaseId, String>,
    /// The cases' inputs, by id; empty where texts are not kept.
    pub vars: BTreeMap<CaseId, crate::domain::Vars>,
    /// Texts of the run that the ledger does not keep.
    pub unkept: Unkept,
    /// Things to tell the person.
    pub warnings: Vec<String>,
}

/// State of the source tree at the start of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    /// The commit, in hex.
    pub commit: String,
    /// True when tracked files differ from it.
    pub dirty: bool,
}

/// Sums over a run's calls, read from the ledger's postings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Requests that wanted an answer, cache hits not counted.
    pub calls: u64,
    /// Answers that came from the cache.
    pub cached: u64,
    /// Answers that came from the run that this one goes on from, or scores again.
    pub carried: u64,
    /// Tries on the wire.
    pub attempts: u64,
    /// What settled attempts used.
    pub usage: Usage,
    /// Owed to providers.
    pub billed: Usd,
    /// Declared cost of local machines.
    pub imputed: Usd,
    /// Still held.
    pub held: Usd,
    /// Held by attempts whose answer was lost, at their worst case.
    pub lost: Usd,
    /// What cache hits would have cost.
    pub saved: Usd,
    /// Billed by purpose.
    pub by_purpose: BTreeMap<String, Usd>,
}

/// Texts that the ledger does not keep: no such answer is reused, shown or scored again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Unkept {
    /// True where no text at all is kept.
    pub all: bool,
    /// Requests and answers of which only the hash is kept.
    pub texts: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A run's cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetLeft {
    /// The cap.
    pub run: Usd,
    /// The cap less what is spent, held and lost.
    pub left: Usd,
}

/// One variant × model of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantFacts {
    /// The variant.
    pub variant: Variant,
    /// Its revision.
    pub revision: Revision,
    /// The iteration's number; `None` for a filtered or incomplete run of a revision that has none yet.
    pub iteration: Option<u32>,
    /// The model.
    pub model: ModelRef,
    /// Cases.
    pub cases: usize,
    /// Trials: cases × repeats. `trials = passed + failed + unscored + errors + skipped`.
    pub trials: usize,
    /// Answered and passed.
    pub passed: usize,
    /// Answered and failed, or failed by a fault that the request caused.
    pub failed: usize,
    /// Answered, but an assertion could not judge.
    pub unscored: usize,
    /// Missing data: transport, quota, 5xx.
    pub errors: usize,
    /// Never sent.
    pub skipped: usize,
    /// Answers cut at the token limit, whatever their score.
    pub cut: usize,
    /// Mean over judged cases of their share of passing repeats; `None` when no case was judged.
    pub pass_rate: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<Interval>,
    /// `wilson`, or `t` over per-case means when there are repeats.
    pub interval_method: Option<&'static str>,
    /// Mean over judged cases of their mean score.
    pub score: Option<f64>,
    /// Weighted means by metric.
    pub metrics: BTreeMap<String, f64>,
    /// What this run paid for the accepted answers.
    pub billed: Usd,
    /// Declared cost of local machines for them.
    pub imputed: Usd,
    /// What a thousand calls cost at the answers' own (original) cost, billed and imputed together; `None` without answers.
    pub usd_per_1k_calls: Option<Usd>,
    /// Median latency in milliseconds.
    pub latency_p50_ms: Option<u64>,
    /// 95th percentile of latency in milliseconds (nearest rank).
    pub latency_p95_ms: Option<u64>,
}

/// Which two things are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ComparisonKind {
    /// Two variants of one run.
    Variant,
    /// A variant with its previous iteration, from the ledger.
    Previous,
    /// Two models of one run.
    Model,
    /// Two recorded runs.
    Run,
}

/// What names one side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideName {
    /// The variant.
    pub variant: Variant,
    /// The model.
    pub model: ModelRef,
    /// Its revision.
    pub revision: Revision,
    /// The run its answers come from.
    pub run: RunId,
    /// The iteration's number, where the revision is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub iteration: Option<u32>,
}

/// The word at the end of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// The candidate is better, beyond noise and `--min-gain`.
    Adopt,
    /// The candidate is not.
    Reject,
    /// This many cases cannot tell.
    Inconclusive,
}

/// Cases on which the two sides differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Discordant {
    /// The candidate is better.
    pub better: usize,
    /// The candidate is worse.
    pub worse: usize,
}

/// A case whose pass changed between the two sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flip {
    /// The case.
    pub case: CaseId,
    /// `pass` or `fail` on the candidate's side.
    pub now: &'static str,
    /// Why: the failing side's first failing reason.
    pub reason: String,
}

/// A paired comparison of two sides over the same cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is there today.
    pub reference: SideName,
    /// What might replace it.
    pub candidate: SideName,
    /// Which two things.
    pub kind: ComparisonKind,
    /// `pass` or `score`.
    pub metric: &'static str,
    /// Cases judged on both sides.
    pub pairs: usize,
    /// Cases that could not be paired: changed, missing or unscored on a side.
    pub dropped: usize,
    /// Cases on which they differ.
    pub discordant: Discordant,
    /// Candidate minus reference, in [-1, 1]; `None` without pairs.
    pub difference: Option<f64>,
    /// Its interval, at 95 % unless a remark says that Holm's procedure asked for more.
    pub interval: Option<Interval>,
    /// `mcnemar-exact`, `paired-t` or `paired-t-clustered`.
    pub method: &'static str,
    /// Two-sided p of the method.
    pub p_value: Option<f64>,
    /// Holm's, when several candidates meet one baseline.
    pub p_adjusted: Option<f64>,
    /// The word; `None` where none is given (cancelled and capped runs, no pairs).
    pub verdict: Option<Verdict>,
    /// Cases beyond these that would give 80 % power at the difference seen; 0 when decided, `None` when unknowable.
    pub cases_more: Option<u64>,
    /// What they would cost, both sides.
    pub usd_more: Option<Usd>,
    /// Cases whose pass changed, in trial order, failures first.
    pub flipped: Vec<Flip>,
    /// Said beside the numbers: `too few clusters`, `missing rows could overturn it`, …
    pub remarks: Vec<String>,
}
