//! The cases of two runs, put together.

use std::collections::BTreeMap;

use crate::domain::{CaseId, TrialRow};
use crate::report::standing::passes;
use crate::summary::{Comparison, Facts, SideName};

/// A case in both runs, or in one of them; with the share of its judged trials that passed.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) case: &'a CaseId,
    pub(super) before: Vec<&'a TrialRow>,
    pub(super) after: Vec<&'a TrialRow>,
    pub(super) was: Option<f64>,
    pub(super) now: Option<f64>,
}

impl Pair<'_> {
    /// Tells whether both sides were judged.
    pub(super) fn judged(&self) -> bool {
        self.was.is_some() && self.now.is_some()
    }

    /// Tells whether both sides were judged and differ.
    pub(super) fn flipped(&self) -> bool {
        matches!((self.was, self.now), (Some(was), Some(now)) if (was - now).abs() > f64::EPSILON)
    }
}

/// Pairs the cases by id: those of the candidate in trial order, then those that only the reference has.
pub(super) fn pairs<'a>(a: &'a Facts, b: &'a Facts, comparison: &Comparison) -> Vec<Pair<'a>> {
    let (mut before, older) = by_case(a, &comparison.reference);
    let (mut after, newer) = by_case(b, &comparison.candidate);
    let gone: Vec<&CaseId> = older
        .into_iter()
        .filter(|case| !after.contains_key(case))
        .collect();
    newer
        .into_iter()
        .chain(gone)
        .map(|case| {
            let before = before.remove(case).unwrap_or_default();
            let after = after.remove(case).unwrap_or_default();
            let (was, now) = (share(&before), share(&after));
            Pair {
                case,
                before,
                after,
                was,
                now,
            }
        })
        .collect()
}

type ByCase<'a> = BTreeMap<&'a CaseId, Vec<&'a TrialRow>>;

fn by_case<'a>(facts: &'a Facts, side: &SideName) -> (ByCase<'a>, Vec<&'a CaseId>) {
    let mut rows = ByCase::new();
    let mut order = Vec::new();
    let mine = |row: &&TrialRow| row.key.variant == side.variant && row.key.model == side.model;
    for row in facts.results.iter().filter(mine) {
        let trials = rows.entry(&row.key.case).or_default();
        if trials.is_empty() {
            order.push(&row.key.case);
        }
        trials.push(row);
    }
    (rows, order)
}

/// Returns the share of passing trials among the judged ones.
#[expect(clippy::cast_precision_loss, reason = "repeats are few")]
fn share(rows: &[&TrialRow]) -> Option<f64> {
    let judged: Vec<bool> = rows.iter().filter_map(|row| passes(row)).collect();
    let passed = judged.iter().filter(|pass| **pass).count();
    (!judged.is_empty()).then(|| passed as f64 / judged.len() as f64)
}
