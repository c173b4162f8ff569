//! Arguments of `pw eval`. One value a flag, repeatable, so that a TARGET is never swallowed.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::domain::Usd;

/// Arguments of `pw eval`. A run keeps them, so that it can be gone on with; a flag of a later `pw` is absent there.
#[derive(Debug, Clone, Default, clap::Args, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct EvalArgs {
    /// Prompts (`prompts/weather.hbs`, or just `weather`) or folders [default: every prompt that has a suite]
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Use this suite instead of the prompt's own
    #[arg(long, value_name = "FILE")]
    pub suite: Option<PathBuf>,
    /// Evaluate only this variant, `""` for the unsuffixed one; repeatable
    #[arg(long = "variant", value_name = "V")]
    pub variants: Vec<String>,
    /// Ask this model, or the one that an endpoint serves; repeatable
    #[arg(long = "model", value_name = "ENDPOINT[/MODEL]")]
    pub models: Vec<String>,
    /// Compare each variant with this one [default: `pw.baseline`, else the unsuffixed one]
    #[arg(long, value_name = "V")]
    pub baseline: Option<String>,
    /// Compare with `previous`, `best`, a run, a revision, or `none`
    #[arg(long, value_name = "WHAT", default_value = "previous")]
    pub against: String,
    /// Ask for each answer N times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repeat: Option<u32>,
    /// Evaluate only this case; repeatable
    #[arg(long = "case", value_name = "ID")]
    pub cases: Vec<String>,
    /// Evaluate only cases whose id or label matches
    #[arg(long, value_name = "REGEX")]
    pub filter: Option<String>,
    /// Evaluate only cases that failed in RUN [default: the last run of the prompt]
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true, default_missing_value = "last")]
    pub failed: Option<String>,
    /// Evaluate N cases drawn by the seed
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    /// Draw with this seed
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Set a variable in every case; repeatable
    #[arg(long = "set", value_name = "K=V")]
    pub set: Vec<String>,
    /// Keep at most N calls in flight
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub concurrency: Option<u32>,
    /// Give up an attempt after this long, such as `90s`
    #[arg(long, value_name = "DUR")]
    pub timeout: Option<String>,
    /// Let an answer have at most N tokens
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_tokens: Option<u32>,
    /// Never let this run cost more; 0 is a legal budget
    #[arg(long, value_name = "USD")]
    pub budget: Option<Usd>,
    /// Keep the texts of prompts, inputs and answers, or nothing but hashes [default: `store` under `[ledger]`]
    #[arg(long, value_name = "WHAT", value_parser = ["text", "hash"])]
    pub store: Option<String>,
    /// Buy every answer again
    #[arg(long)]
    pub no_cache: bool,
    /// Run again whenever the prompt, its partials or its suite change
    #[arg(long)]
    pub watch: bool,
    /// Adopt only what gains more than this, in points of a hundred
    #[arg(long, value_name = "POINTS", default_value_t = 0.0)]
    pub min_gain: f64,
    /// Demand this pass rate, from 0 to 1
    #[arg(long, value_name = "RATE")]
    pub threshold: Option<f64>,
    /// Demand that no verdict is this; repeatable
    #[arg(long = "fail-on", value_name = "WHAT", value_enum)]
    pub fail_on: Vec<FailOn>,
    /// Stop after N errors
    #[arg(long, value_name = "N")]
    pub max_errors: Option<usize>,
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<Format>,
    /// Write the report to FILE, in the form of its ending
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Label the run; repeatable
    #[arg(long = "tag", value_name = "K=V")]
    pub tags: Vec<String>,
    /// Say what this run is for
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Write nothing to stderr but errors
    #[arg(long)]
    pub quiet: bool,
    /// Say what it would cost and send nothing; the same as `pw estimate`
    #[arg(long, conflicts_with_all = ["watch", "output"])]
    pub dry_run: bool,
    /// Do not ask before an expensive run
    #[arg(long)]
    pub yes: bool,
}

/// Verdicts that a user may forbid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// A candidate is worse
    Reject,
    /// A comparison cannot tell
    Inconclusive,
    /// A variant is worse than its previous iteration
    Regression,
}

/// Forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// For a terminal
    Text,
    /// `pw.eval/v1`
    Json,
}
