//! A run and its parts, but for the results.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{Gate, ModelRef, PromptName, Revision, RunStatus, Usd, Variant, unit};
use crate::report::json::results::Result;
use crate::summary::{
    BudgetLeft, Comparison, ComparisonKind, Discordant, Facts, Flip, Git, Interval, SideName,
    Totals, Unkept, VariantFacts, Verdict,
};

#[derive(Debug, Serialize)]
pub(super) struct Run<'a> {
    id: &'a str,
    status: RunStatus,
    started_at: &'a str,
    finished_at: Option<&'a str>,
    seed: u64,
    resumed_from: Option<&'a str>,
    tags: &'a BTreeMap<String, String>,
    note: Option<&'a str>,
    prompt: &'a PromptName,
    suite: &'a str,
    git: Option<&'a Git>,
    totals: TotalsJson<'a>,
    /// Absent where every text is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    unkept: Option<Unkept>,
    budget: Option<Budget>,
    variants: Vec<VariantJson<'a>>,
    comparisons: Vec<ComparisonJson<'a>>,
    gates: &'a [Gate],
    results: Vec<Result<'a>>,
}

impl<'a> Run<'a> {
    pub(super) fn of(facts: &'a Facts) -> Self {
        Self {
            id: &facts.id,
            status: facts.status,
            started_at: &facts.started_at,
            finished_at: facts.finished_at.as_deref(),
            seed: facts.seed,
            resumed_from: facts.resumed_from.as_deref(),
            tags: &facts.tags,
            note: facts.note.as_deref(),
            prompt: &facts.prompt,
            suite: &facts.suite,
            git: facts.git.as_ref(),
            totals: TotalsJson::of(&facts.totals),
            unkept: Some(facts.unkept).filter(|unkept| *unkept != Unkept::default()),
            budget: facts.budget.map(Budget::of),
            variants: facts.variants.iter().map(VariantJson::of).collect(),
            comparisons: facts.comparisons.iter().map(ComparisonJson::of).collect(),
            gates: &facts.gates,
            results: facts
                .results
                .iter()
                .map(|row| Result::of(row, facts))
                .collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct TotalsJson<'a> {
    calls: u64,
    cached: u64,
    carried: u64,
    attempts: u64,
    usage: TotalUsage,
    billed_usd: Usd,
    imputed_usd: Usd,
    held_usd: Usd,
    lost_usd: Usd,
    saved_usd: Usd,
    by_purpose: &'a BTreeMap<String, Usd>,
}

impl<'a> TotalsJson<'a> {
    fn of(totals: &'a Totals) -> Self {
        Self {
            calls: totals.calls,
            cached: totals.cached,
            carried: totals.carried,
            attempts: totals.attempts,
            usage: TotalUsage {
                input_tokens: totals.usage.get(unit::INPUT),
                cached_input_tokens: totals.usage.get(unit::CACHE_READ),
                output_tokens: totals.usage.get(unit::OUTPUT),
                reasoning_tokens: totals.usage.get(unit::REASONING),
            },
            billed_usd: totals.billed,
            imputed_usd: totals.imputed,
            held_usd: totals.held,
            lost_usd: totals.lost,
            saved_usd: totals.saved,
            by_purpose: &totals.by_purpose,
        }
    }
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the report's keys")]
struct TotalUsage {
    input_tokens: u64,
    cached_input_tokens: u64,
    output_tokens: u64,
    reasoning_tokens: u64,
}

#[derive(Debug, Serialize)]
struct Budget {
    run: Usd,
    left: Usd,
}

impl Budget {
    fn of(budget: BudgetLeft) -> Self {
        Self {
            run: budget.run,
            left: budget.left,
        }
    }
}

#[derive(Debug, Serialize)]
struct VariantJson<'a> {
    variant: &'a Variant,
    revision: &'a Revision,
    iteration: Option<u32>,
    model: &'a ModelRef,
    cases: usize,
    trials: usize,
    passed: usize,
    failed: usize,
    unscored: usize,
    errors: usize,
    skipped: usize,
    cut: usize,
    pass_rate: Option<f64>,
    interval: Option<[f64; 2]>,
    interval_method: Option<&'static str>,
    score: Option<f64>,
    metrics: &'a BTreeMap<String, f64>,
    billed_usd: Usd,
    imputed_usd: Usd,
    usd_per_1k_calls: Option<Usd>,
    latency_ms: Latency,
}

#[derive(Debug, Serialize)]
struct Latency {
    p50: Option<u64>,
    p95: Option<u64>,
}

impl<'a> VariantJson<'a> {
    fn of(row: &'a VariantFacts) -> Self {
        Self {
            variant: &row.variant,
            revision: &row.revision,
            iteration: row.iteration,
            model: &row.model,
            cases: row.cases,
            trials: row.trials,
            passed: row.passed,
            failed: row.failed,
            unscored: row.unscored,
            errors: row.errors,
            skipped: row.skipped,
            cut: row.cut,
            pass_rate: row.pass_rate,
            interval: row.interval.map(bounds),
            interval_method: row.interval_method,
            score: row.score,
            metrics: &row.metrics,
            billed_usd: row.billed,
            imputed_usd: row.imputed,
            usd_per_1k_calls: row.usd_per_1k_calls,
            latency_ms: Latency {
                p50: row.latency_p50_ms,
                p95: row.latency_p95_ms,
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct ComparisonJson<'a> {
    reference: Side<'a>,
    candidate: Side<'a>,
    kind: ComparisonKind,
    metric: &'a str,
    pairs: usize,
    dropped: usize,
    discordant: Discordant,
    difference: Option<f64>,
    interval: Option<[f64; 2]>,
    method: &'a str,
    p_value: Option<f64>,
    p_adjusted: Option<f64>,
    verdict: Option<Verdict>,
    cases_more: Option<u64>,
    usd_more: Option<Usd>,
    flipped: &'a [Flip],
}

impl<'a> ComparisonJson<'a> {
    fn of(comparison: &'a Comparison) -> Self {
        Self {
            reference: Side::of(&comparison.reference),
            candidate: Side::of(&comparison.candidate),
            kind: comparison.kind,
            metric: comparison.metric,
            pairs: comparison.pairs,
            dropped: comparison.dropped,
            discordant: comparison.discordant,
            difference: comparison.difference,
            interval: comparison.interval.map(bounds),
            method: comparison.method,
            p_value: comparison.p_value,
            p_adjusted: comparison.p_adjusted,
            verdict: comparison.verdict,
            cases_more: comparison.cases_more,
            usd_more: comparison.usd_more,
            flipped: &comparison.flipped,
        }
    }
}

#[derive(Debug, Serialize)]
struct Side<'a> {
    variant: &'a Variant,
    model: &'a ModelRef,
    revision: &'a Revision,
    run: &'a str,
}

impl<'a> Side<'a> {
    fn of(side: &'a SideName) -> Self {
        Self {
            variant: &side.variant,
            model: &side.model,
            revision: &side.revision,
            run: &side.run,
        }
    }
}

fn bounds(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}
