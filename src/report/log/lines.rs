//! Iterations as lists: exact amounts and shares, for programs and spreadsheets.

use serde::Serialize;

use crate::domain::{ModelRef, PromptName, Usd, Variant};
use crate::report::csv::csv;
use crate::report::json::pretty;
use crate::stats::Interval;
use crate::summary::{Iteration, Series, Verdict, course};

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    prompt: &'a str,
    series: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    variant: &'a Variant,
    model: &'a ModelRef,
    iterations: Vec<Line<'a>>,
    best: Option<u32>,
    best_flattered_by: Option<f64>,
    plateau_revisions: Option<usize>,
    billed_usd: Usd,
    working_seconds: u64,
}

/// One iteration; the fields are those of [`COLUMNS`].
#[derive(Serialize)]
struct Line<'a> {
    variant: &'a str,
    model: String,
    iteration: u32,
    revision: &'a str,
    first: String,
    run: Option<u64>,
    cases: Option<usize>,
    passed: Option<usize>,
    failed: Option<usize>,
    pass_rate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    held_out_cases: Option<usize>,
    held_out_rate: Option<f64>,
    held_out_low: Option<f64>,
    held_out_high: Option<f64>,
    gain: Option<f64>,
    gain_low: Option<f64>,
    gain_high: Option<f64>,
    verdict: Option<Verdict>,
    target_usd: Usd,
    judges_usd: Usd,
    imputed_usd: Usd,
    billed_so_far_usd: Usd,
    working_seconds: u64,
    lines_added: usize,
    lines_removed: usize,
}

const COLUMNS: [&str; 27] = [
    "variant",
    "model",
    "iteration",
    "revision",
    "first",
    "run",
    "cases",
    "passed",
    "failed",
    "pass_rate",
    "low",
    "high",
    "held_out_cases",
    "held_out_rate",
    "held_out_low",
    "held_out_high",
    "gain",
    "gain_low",
    "gain_high",
    "verdict",
    "target_usd",
    "judges_usd",
    "imputed_usd",
    "billed_so_far_usd",
    "working_seconds",
    "lines_added",
    "lines_removed",
];

impl<'a> Line<'a> {
    fn all(series: &'a Series) -> impl Iterator<Item = Self> {
        let iterations = series.iterations.iter().zip(series.billed_so_far());
        iterations.map(|(one, so_far)| Self::of(series, one, so_far))
    }

    fn of(series: &'a Series, one: &'a Iteration, so_far: Usd) -> Self {
        let (facts, held_out) = (one.facts.as_ref(), one.held_out.as_ref());
        let gain = one.since_previous.as_ref();
        let (low, high) = ends(facts.and_then(|facts| facts.interval));
        let (held_out_low, held_out_high) = ends(held_out.and_then(|facts| facts.interval));
        let (gain_low, gain_high) = ends(gain.and_then(|gain| gain.interval));
        Self {
            variant: series.variant.as_str(),
            model: series.model.to_string(),
            iteration: one.number,
            revision: &one.revision.0,
            first: one.first.to_string(),
            run: one.run,
            cases: facts.map(|facts| facts.cases),
            passed: facts.map(|facts| facts.passed),
            failed: facts.map(|facts| facts.failed),
            pass_rate: facts.and_then(|facts| facts.pass_rate),
            low,
            high,
            held_out_cases: held_out.map(|facts| facts.cases),
            held_out_rate: held_out.and_then(|facts| facts.pass_rate),
            held_out_low,
            held_out_high,
            gain: one.gain(),
            gain_low,
            gain_high,
            verdict: gain.and_then(|gain| gain.verdict),
            target_usd: one.target.billed,
            judges_usd: one.judges.billed,
            imputed_usd: one.target.imputed.saturating_add(one.judges.imputed),
            billed_so_far_usd: so_far,
            working_seconds: one.worked.as_secs(),
            lines_added: one.change.added,
            lines_removed: one.change.removed,
        }
    }
}

/// Writes iterations as `pw.log/v1`: amounts exact, rates as shares in [0, 1].
pub fn log_json(prompt: &PromptName, series: &[Series]) -> String {
    pretty(&Report {
        schema: "pw.log/v1",
        prompt: &prompt.0,
        series: series.iter().map(listed).collect(),
    })
}

fn listed(one: &Series) -> Listed<'_> {
    let course = course(&one.iterations);
    let best = course.best.and_then(|best| one.iterations.get(best));
    Listed {
        variant: &one.variant,
        model: &one.model,
        iterations: Line::all(one).collect(),
        best: best.map(|best| best.number),
        best_flattered_by: course.flattery,
        plateau_revisions: course.plateau.map(|plateau| plateau.revisions),
        billed_usd: course.billed,
        working_seconds: course.worked.as_secs(),
    }
}

/// Writes iterations as CSV with a header, one a line.
pub fn log_csv(series: &[Series]) -> String {
    csv(&COLUMNS, series.iter().flat_map(Line::all))
}

/// Returns both ends of an interval that may be missing.
fn ends(interval: Option<Interval>) -> (Option<f64>, Option<f64>) {
    interval.map_or((None, None), |interval| {
        (Some(interval.low), Some(interval.high))
    })
}
