//! What a row counts as: the one place that says who failed and what is missing.

use crate::domain::{FinishReason, Outcome, TrialRow};

/// What a trial counts as; every trial is exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Answered, and passed.
    Passed,
    /// Answered and failed, cut at the limit, or failed by a fault that the request caused.
    Failed,
    /// Answered, but an assertion could not judge.
    Unscored,
    /// Missing data: a fault that says nothing about the variant.
    Missing,
    /// Never sent.
    Skipped,
}

impl Standing {
    pub(super) fn of(row: &TrialRow) -> Self {
        match (&row.outcome, row.pass) {
            (Outcome::Skipped, _) => Self::Skipped,
            (Outcome::Error { fault }, _) if fault.caused_by_request => Self::Failed,
            (Outcome::Error { .. }, _) => Self::Missing,
            (Outcome::Answered { .. }, _) if is_cut(row) => Self::Failed,
            (Outcome::Answered { .. }, Some(true)) => Self::Passed,
            (Outcome::Answered { .. }, Some(false)) => Self::Failed,
            (Outcome::Answered { .. }, None) => Self::Unscored,
        }
    }
}

/// Tells whether a trial counts as passed; `None` when it counts for nothing (unscored, missing, skipped).
///
/// An answer cut at the limit of tokens and a fault that the request caused count as failures, whatever `row.pass` says.
pub fn passes(row: &TrialRow) -> Option<bool> {
    match Standing::of(row) {
        Standing::Passed => Some(true),
        Standing::Failed => Some(false),
        Standing::Unscored | Standing::Missing | Standing::Skipped => None,
    }
}

/// The score a trial counts with, in [0, 1]; 0 for a failure that no assertion judged, `None` as [`passes`].
pub(super) fn score(row: &TrialRow) -> Option<f64> {
    let pass = passes(row)?;
    Some(row.score.unwrap_or(if pass { 1.0 } else { 0.0 }))
}

/// Tells whether the answer was cut at the limit of tokens.
pub(super) fn is_cut(row: &TrialRow) -> bool {
    matches!(&row.outcome, Outcome::Answered { answer } if answer.finish_reason == Some(FinishReason::Length))
}

/// Why a trial failed: the first failing assertion's reason, else what the fault says; empty when it did not fail.
pub(super) fn failing_reason(row: &TrialRow) -> String {
    if passes(row) != Some(false) {
        return String::new();
    }
    let failing = row.scores.iter().find(|score| score.pass == Some(false));
    match (&row.outcome, failing) {
        (Outcome::Error { fault }, _) => fault.message.clone(),
        (_, Some(score)) => score.reason.clone(),
        _ if is_cut(row) => "the answer was cut at the limit of tokens".to_owned(),
        _ => row
            .score
            .map(|score| format!("score {score:.2}"))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::rows::{answered, cut, fault, graded, skipped, unscored};

    #[test]
    fn every_outcome_has_its_standing() {
        for (row, standing, pass, value) in [
            (answered("a", true), Standing::Passed, Some(true), Some(1.0)),
            (
                answered("a", false),
                Standing::Failed,
                Some(false),
                Some(0.0),
            ),
            (graded("a", 0.4), Standing::Failed, Some(false), Some(0.4)),
            (unscored("a"), Standing::Unscored, None, None),
            (fault("a", true), Standing::Failed, Some(false), Some(0.0)),
            (fault("a", false), Standing::Missing, None, None),
            (skipped("a"), Standing::Skipped, None, None),
            // A cut answer fails even where every assertion liked its beginning.
            (
                cut("a", Some(true)),
                Standing::Failed,
                Some(false),
                Some(1.0),
            ),
            (cut("a", None), Standing::Failed, Some(false), Some(0.0)),
        ] {
            assert_eq!(Standing::of(&row), standing);
            assert_eq!(passes(&row), pass);
            assert_eq!(score(&row), value);
        }
    }

    #[test]
    fn reasons_come_from_the_assertion_then_the_fault_then_the_cut() {
        assert_eq!(failing_reason(&answered("a", false)), "expected `晴`");
        assert_eq!(failing_reason(&fault("a", true)), "content filter");
        assert_eq!(
            failing_reason(&cut("a", None)),
            "the answer was cut at the limit of tokens"
        );
        assert_eq!(failing_reason(&graded("a", 0.4)), "score 0.40");
        assert_eq!(failing_reason(&answered("a", true)), "");
        assert_eq!(failing_reason(&fault("a", false)), "");
    }
}
