//! Declared criteria, judged.

use crate::domain::{Gate, GateSpec, Variant};
use crate::stats::{real, wilson};

use super::verdict::ALPHA;
use super::{Comparison, ComparisonKind, VariantFacts, Verdict};

/// Shares that differ by less are equal: a rate over repeats is a sum of thirds.
const ROUNDING: f64 = 1e-9;

/// Judges criteria of `of`, in the order given.
///
/// With several models the least favourable one decides. A criterion is undecided (`met` is `None`) when rows without a
/// verdict (errors, skipped, unscored) could turn it either way, or when there is nothing to judge.
pub fn judge_gates(
    specs: &[GateSpec],
    of: &Variant,
    facts: &[VariantFacts],
    comparisons: &[Comparison],
) -> Vec<Gate> {
    let facts: Vec<&VariantFacts> = facts.iter().filter(|one| one.variant == *of).collect();
    specs
        .iter()
        .map(|spec| {
            let judged = judge(spec, &facts, comparisons);
            Gate {
                gate: judged.name.to_owned(),
                of: of.clone(),
                required: judged.required,
                found: judged.found,
                met: judged.met,
            }
        })
        .collect()
}

struct Judged {
    name: &'static str,
    required: Option<f64>,
    found: Option<f64>,
    met: Option<bool>,
}

fn judge(spec: &GateSpec, facts: &[&VariantFacts], comparisons: &[Comparison]) -> Judged {
    let rejects = |one: &Comparison| one.verdict == Some(Verdict::Reject);
    match *spec {
        GateSpec::Rate { required } => Judged {
            name: "rate",
            required: Some(required),
            found: least(facts.iter().map(|one| one.pass_rate)),
            met: all(facts.iter().map(|one| rate_reaches(one, required))),
        },
        GateSpec::LowerBound { required } => Judged {
            name: "lower_bound",
            required: Some(required),
            found: least(facts.iter().map(|one| one.interval.map(|two| two.low))),
            met: all(facts.iter().map(|one| bound_reaches(one, required))),
        },
        GateSpec::MaxCostPerCall { required } => cost_gate(facts, required),
        GateSpec::FailOnReject => verdict_gate("reject", comparisons.iter(), rejects),
        GateSpec::FailOnInconclusive => verdict_gate("inconclusive", comparisons.iter(), |one| {
            one.verdict.is_some_and(|verdict| verdict != Verdict::Adopt)
        }),
        GateSpec::FailOnRegression => {
            let previous = comparisons
                .iter()
                .filter(|one| one.kind == ComparisonKind::Previous);
            verdict_gate("regression", previous, rejects)
        }
    }
}

/// Whether the rate reaches what is required, whatever the missing rows would have been.
fn rate_reaches(facts: &VariantFacts, required: f64) -> Option<bool> {
    if missing(facts) == 0 {
        return facts.pass_rate.map(|rate| reaches(rate, required));
    }
    let trials = real(facts.trials);
    agreed(
        reaches(real(facts.passed) / trials, required),
        reaches(real(facts.passed + missing(facts)) / trials, required),
    )
}

/// As [`rate_reaches`], of the interval's lower bound.
fn bound_reaches(facts: &VariantFacts, required: f64) -> Option<bool> {
    if missing(facts) == 0 {
        return facts
            .interval
            .map(|interval| reaches(interval.low, required));
    }
    if facts.cases == facts.trials {
        let low = |passed| wilson(passed, facts.trials, ALPHA).map(|interval| interval.low);
        return agreed(
            reaches(low(facts.passed)?, required),
            reaches(low(facts.passed + missing(facts))?, required),
        );
    }
    // The spread of shares that were never seen is unknown, but a bound is never above its rate.
    rate_reaches(facts, required).filter(|met| !met)
}

fn cost_gate(facts: &[&VariantFacts], required: f64) -> Judged {
    let cost = |one: &VariantFacts| one.usd_per_1k_calls.map(|usd| usd.as_f64() / 1000.0);
    let costs = facts.iter().map(|one| cost(one));
    Judged {
        name: "max_cost_per_call",
        required: Some(required),
        found: least(costs.clone().map(|cost| cost.map(|usd| -usd))).map(|usd| -usd),
        // A relative tolerance: a call may cost far less than any absolute one.
        met: all(costs.map(|cost| cost.map(|usd| usd <= required * (1.0 + ROUNDING)))),
    }
}

/// No comparison may be an offender; one with pairs and no verdict leaves it undecided. `found` counts offenders.
fn verdict_gate<'a>(
    name: &'static str,
    comparisons: impl Iterator<Item = &'a Comparison>,
    offends: impl Fn(&Comparison) -> bool,
) -> Judged {
    let (mut offenders, mut open) = (0, false);
    for comparison in comparisons.filter(|one| one.pairs > 0) {
        offenders += usize::from(offends(comparison));
        open |= comparison.verdict.is_none();
    }
    Judged {
        name,
        required: None,
        found: Some(real(offenders)),
        met: if offenders > 0 {
            Some(false)
        } else {
            (!open).then_some(true)
        },
    }
}

fn missing(facts: &VariantFacts) -> usize {
    facts.errors + facts.skipped + facts.unscored
}

fn reaches(found: f64, required: f64) -> bool {
    found >= required - ROUNDING
}

fn agreed(worst: bool, best: bool) -> Option<bool> {
    (worst == best).then_some(worst)
}

/// False if any is, else undecided if any is or none is given, else true.
fn all(met: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let met: Vec<Option<bool>> = met.collect();
    if met.contains(&Some(false)) {
        return Some(false);
    }
    (!met.is_empty() && !met.contains(&None)).then_some(true)
}

fn least(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    values.flatten().min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests;
