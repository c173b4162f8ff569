//! A paired comparison: from two sides' rows to a verdict.

use crate::domain::Usd;
use crate::stats::{holm, holm_levels};

use super::flips::flips;
use super::forecast::{cases_more, cost_of};
use super::pairing::{Metric, Pair, Pairing};
use super::sample::Sample;
use super::verdict::{ALPHA, Rule};
use super::{Comparison, ComparisonKind, Side, Verdict, remark};

/// Clusters from which the clustered t test is trusted.
const ENOUGH_CLUSTERS: usize = 10;

/// What a comparison is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompareOptions {
    /// Which two things are compared.
    pub kind: ComparisonKind,
    /// The least gain worth adopting, as a share in [0, 1].
    pub min_gain: f64,
    /// False for cancelled and capped runs, which get no verdict.
    pub give_verdict: bool,
}

/// Compares one candidate with a reference; see [`compare_all`].
pub fn compare(reference: &Side<'_>, candidate: &Side<'_>, options: &CompareOptions) -> Comparison {
    Evidence::of(reference, candidate).judged(options, Level::ALONE)
}

/// Compares several candidates with one reference, in the order given; with more than one, Holm's procedure keeps the chance
/// of any false verdict below 5 %.
///
/// Each interval is then at the level at which Holm's procedure tested its candidate, so that it agrees with the verdict; a
/// remark says the level. Candidates without a judged pair are not tested and do not count.
pub fn compare_all(
    reference: &Side<'_>,
    candidates: &[Side<'_>],
    options: &CompareOptions,
) -> Vec<Comparison> {
    let evidence: Vec<Evidence> = candidates
        .iter()
        .map(|candidate| Evidence::of(reference, candidate))
        .collect();
    let mut levels = levels(&evidence, options.min_gain).into_iter();
    evidence
        .into_iter()
        .map(|evidence| {
            let tested = evidence.sample.and_then(|_| levels.next());
            evidence.judged(options, tested.unwrap_or(Level::ALONE))
        })
        .collect()
}

/// The level of each tested candidate.
fn levels(evidence: &[Evidence<'_>], min_gain: f64) -> Vec<Level> {
    let samples: Vec<&Sample> = evidence
        .iter()
        .filter_map(|one| one.sample.as_ref())
        .collect();
    if samples.len() < 2 {
        return vec![Level::ALONE; samples.len()];
    }
    let rule = Rule {
        min_gain,
        alpha: ALPHA,
    };
    let at_gain: Vec<f64> = samples.iter().map(|sample| rule.p(sample)).collect();
    let at_zero: Vec<f64> = samples.iter().map(|sample| sample.p_value()).collect();
    holm_levels(&at_gain, ALPHA)
        .into_iter()
        .zip(holm(&at_zero))
        .map(|(alpha, p_adjusted)| Level {
            alpha,
            p_adjusted: Some(p_adjusted),
            candidates: samples.len(),
        })
        .collect()
}

/// How strictly a candidate is tested.
#[derive(Clone, Copy)]
struct Level {
    alpha: f64,
    p_adjusted: Option<f64>,
    candidates: usize,
}

impl Level {
    const ALONE: Self = Self {
        alpha: ALPHA,
        p_adjusted: None,
        candidates: 1,
    };
}

/// Everything about two sides that does not depend on how strict the test is.
struct Evidence<'a> {
    reference: &'a Side<'a>,
    candidate: &'a Side<'a>,
    pairing: Pairing<'a>,
    metric: Metric,
    sample: Option<Sample>,
    /// The same with every row that lacks a verdict counted against the candidate; `None` when none lacks one.
    worst: Option<Sample>,
}

impl<'a> Evidence<'a> {
    fn of(reference: &'a Side<'a>, candidate: &'a Side<'a>) -> Self {
        let pairing = Pairing::of(reference, candidate);
        let metric = pairing.metric();
        let sample = Sample::of(&pairing.pairs, metric, |pair| pair.values(metric));
        let worst = pairing.pairs.iter().any(Pair::is_incomplete);
        let worst = worst
            .then(|| Sample::of(&pairing.pairs, metric, |pair| pair.worst_values(metric)))
            .flatten();
        Self {
            reference,
            candidate,
            pairing,
            metric,
            sample,
            worst,
        }
    }

    fn judged(&self, options: &CompareOptions, level: Level) -> Comparison {
        let mut comparison = self.unjudged(options.kind);
        let Some(sample) = &self.sample else {
            return comparison;
        };
        comparison.method = sample.method();
        comparison.discordant = sample.discordant;
        comparison.difference = Some(sample.difference());
        comparison.interval = Some(sample.interval(level.alpha));
        comparison.p_value = Some(sample.p_value());
        comparison.p_adjusted = level.p_adjusted;
        let rule = Rule {
            min_gain: options.min_gain,
            alpha: level.alpha,
        };
        comparison.remarks = remarks(sample, rule, level);
        if options.give_verdict {
            self.decide(&mut comparison, sample, rule);
        }
        comparison
    }

    /// The comparison before any statistics: who, how many, what flipped.
    fn unjudged(&self, kind: ComparisonKind) -> Comparison {
        let pairs = self.sample.map_or(0, |sample| sample.pairs);
        Comparison {
            reference: self.reference.name.clone(),
            candidate: self.candidate.name.clone(),
            kind,
            metric: self.metric.word(),
            pairs,
            dropped: self.pairing.unmatched + self.pairing.pairs.len() - pairs,
            discordant: super::Discordant::default(),
            difference: None,
            interval: None,
            method: "mcnemar-exact",
            p_value: None,
            p_adjusted: None,
            verdict: None,
            cases_more: None,
            usd_more: None,
            flipped: flips(&self.pairing.pairs),
            remarks: Vec::new(),
        }
    }

    fn decide(&self, comparison: &mut Comparison, sample: &Sample, rule: Rule) {
        let verdict = rule.judge(sample);
        comparison.verdict = Some(verdict);
        match verdict {
            Verdict::Adopt if self.missing_overturn(rule) => {
                // More cases would not help; the missing answers would.
                comparison.verdict = Some(Verdict::Inconclusive);
                comparison
                    .remarks
                    .push(remark::MISSING_COULD_OVERTURN.to_owned());
            }
            Verdict::Adopt | Verdict::Reject => {
                (comparison.cases_more, comparison.usd_more) = (Some(0), Some(Usd::ZERO));
            }
            Verdict::Inconclusive => {
                comparison.cases_more = cases_more(sample, rule);
                comparison.usd_more = comparison
                    .cases_more
                    .and_then(|more| cost_of(self.reference, self.candidate, more));
            }
        }
    }

    fn missing_overturn(&self, rule: Rule) -> bool {
        self.worst
            .is_some_and(|worst| rule.judge(&worst) != Verdict::Adopt)
    }
}

/// What is to be said beside the numbers, whatever the verdict.
fn remarks(sample: &Sample, rule: Rule, level: Level) -> Vec<String> {
    let mut remarks = Vec::new();
    if level.alpha < ALPHA {
        remarks.push(remark::holm_interval(level.alpha, level.candidates));
    }
    if sample
        .clusters()
        .is_some_and(|count| count < ENOUGH_CLUSTERS)
    {
        remarks.push(remark::TOO_FEW_CLUSTERS.to_owned());
    }
    if sample.lacks_spread() {
        remarks.push(remark::ALL_EQUAL.to_owned());
    }
    if rule.disagrees(sample) {
        remarks.push(remark::disagree(sample.p_value()));
    }
    remarks
}

#[cfg(test)]
mod tests;
