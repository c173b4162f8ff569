//! The facts of one variant × model.

use std::collections::BTreeMap;

use crate::domain::{CaseId, ModelRef, Outcome, Revision, TrialRow, Usd, Variant};
use crate::stats::{Interval, Mean, nearest_rank, real, wilson};

use super::VariantFacts;
use super::standing::{Standing, is_cut, passes, score};
use super::verdict::ALPHA;

/// What names the variant that rows belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantIdentity {
    /// The variant.
    pub variant: Variant,
    /// Its revision.
    pub revision: Revision,
    /// The model.
    pub model: ModelRef,
    /// The iteration's number, where it has one.
    pub iteration: Option<u32>,
}

/// Sums up the rows of one variant × model; their order does not matter.
///
/// A case's pass is its share of passing repeats among the judged ones, the rate is the mean over judged cases.
pub fn variant_facts(identity: VariantIdentity, rows: &[&TrialRow]) -> VariantFacts {
    let count = |standing| {
        rows.iter()
            .filter(|row| Standing::of(row) == standing)
            .count()
    };
    let cases = cases(rows);
    let rate = pass_rate(&cases);
    let latencies: Vec<u64> = answered(rows).filter_map(|row| row.latency_ms).collect();
    VariantFacts {
        variant: identity.variant,
        revision: identity.revision,
        iteration: identity.iteration,
        model: identity.model,
        cases: cases.len(),
        trials: rows.len(),
        passed: count(Standing::Passed),
        failed: count(Standing::Failed),
        unscored: count(Standing::Unscored),
        errors: count(Standing::Missing),
        skipped: count(Standing::Skipped),
        cut: rows.iter().filter(|row| is_cut(row)).count(),
        pass_rate: rate.map(|rate| rate.value),
        interval: rate.map(|rate| rate.interval),
        interval_method: rate.map(|rate| rate.method),
        score: mean(cases.values().filter_map(|case| mean_of(&case.scores))),
        metrics: metrics(rows),
        billed: sum(rows.iter().map(|row| row.cost.billed)),
        imputed: sum(rows.iter().map(|row| row.cost.imputed)),
        usd_per_1k_calls: usd_per_1k_calls(rows),
        latency_p50_ms: nearest_rank(&latencies, 50),
        latency_p95_ms: nearest_rank(&latencies, 95),
    }
}

/// What the repeats of one case came to.
#[derive(Default)]
struct CaseResult {
    trials: usize,
    passes: Vec<f64>,
    scores: Vec<f64>,
}

fn cases<'a>(rows: &[&'a TrialRow]) -> BTreeMap<&'a CaseId, CaseResult> {
    let mut cases: BTreeMap<&CaseId, CaseResult> = BTreeMap::new();
    for row in rows {
        let case = cases.entry(&row.key.case).or_default();
        case.trials += 1;
        case.passes
            .extend(passes(row).map(|pass| real(usize::from(pass))));
        case.scores.extend(score(row));
    }
    cases
}

#[derive(Clone, Copy)]
struct PassRate {
    value: f64,
    interval: Interval,
    method: &'static str,
}

/// Wilson's interval where each case has one trial, else t over per-case shares.
fn pass_rate(cases: &BTreeMap<&CaseId, CaseResult>) -> Option<PassRate> {
    let shares: Vec<f64> = cases
        .values()
        .filter_map(|case| mean_of(&case.passes))
        .collect();
    let mean = Mean::of(&shares)?;
    let (interval, method) = if cases.values().all(|case| case.trials == 1) {
        let passed = shares.iter().filter(|share| **share > 0.5).count();
        (wilson(passed, shares.len(), ALPHA)?, "wilson")
    } else {
        (mean.interval(Interval::SHARE, ALPHA), "t")
    };
    Some(PassRate {
        value: mean.mean,
        interval,
        method,
    })
}

/// Weighted means by metric; plain ones where all of a metric's weights are 0, which only report.
fn metrics(rows: &[&TrialRow]) -> BTreeMap<String, f64> {
    let mut pairs: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for score in rows.iter().flat_map(|row| &row.scores) {
        if let (Some(metric), Some(value)) = (&score.metric, score.score) {
            pairs
                .entry(metric)
                .or_default()
                .push((value, score.weight.max(0.0)));
        }
    }
    pairs
        .into_iter()
        .filter_map(|(metric, pairs)| Some((metric.to_owned(), weighted_mean(&pairs)?)))
        .collect()
}

fn weighted_mean(pairs: &[(f64, f64)]) -> Option<f64> {
    let weight: f64 = pairs.iter().map(|(_, weight)| weight).sum();
    if weight > 0.0 {
        let sum: f64 = pairs.iter().map(|(value, weight)| value * weight).sum();
        return Some(sum / weight);
    }
    mean(pairs.iter().map(|(value, _)| *value))
}

fn mean_of(values: &[f64]) -> Option<f64> {
    mean(values.iter().copied())
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / real(count))
}

fn answered<'a>(rows: &[&'a TrialRow]) -> impl Iterator<Item = &'a TrialRow> {
    rows.iter()
        .copied()
        .filter(|row| matches!(row.outcome, Outcome::Answered { .. }))
}

/// A sum for display; the ledger holds the booked one.
fn sum(amounts: impl Iterator<Item = Usd>) -> Usd {
    amounts.fold(Usd::ZERO, Usd::saturating_add)
}

/// The mean cost of an answer when it was bought, times a thousand, rounded half up to a picodollar.
fn usd_per_1k_calls(rows: &[&TrialRow]) -> Option<Usd> {
    let costs: Vec<i128> = answered(rows)
        .map(|row| &row.answer_cost)
        .map(|cost| i128::from(cost.billed.picos()) + i128::from(cost.imputed.picos()))
        .collect();
    let count = i128::try_from(costs.len()).ok().filter(|n| *n > 0)?;
    let thousandfold: i128 = costs.iter().sum::<i128>() * 1000;
    let mean = (2 * thousandfold + count).div_euclid(2 * count);
    i64::try_from(mean).ok().map(Usd::from_picos)
}

#[cfg(test)]
mod tests;
