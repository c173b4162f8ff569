//! Cases whose pass changed.

use crate::domain::TrialRow;

use super::Flip;
use super::pairing::{Metric, Pair};
use super::standing::{failing_reason, passes};

/// Returns the cases whose pass changed, failures first, each in trial order.
///
/// With repeats a case passes when more than half of its judged repeats do, so that one odd repeat flips nothing.
pub(super) fn flips(pairs: &[Pair<'_>]) -> Vec<Flip> {
    let (failing, passing): (Vec<Flip>, Vec<Flip>) = pairs
        .iter()
        .filter_map(flip)
        .partition(|flip| flip.now == "fail");
    failing.into_iter().chain(passing).collect()
}

fn flip(pair: &Pair<'_>) -> Option<Flip> {
    let (reference, candidate) = pair.values(Metric::Pass)?;
    let (now, failing) = match (reference > 0.5, candidate > 0.5) {
        (true, false) => ("fail", &pair.candidate),
        (false, true) => ("pass", &pair.reference),
        _ => return None,
    };
    Some(Flip {
        case: pair.candidate.first()?.key.case.clone(),
        now,
        reason: first_reason(failing),
    })
}

fn first_reason(rows: &[&TrialRow]) -> String {
    rows.iter()
        .find(|row| passes(row) == Some(false))
        .map(|row| failing_reason(row))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::summary::pairing::Pairing;
    use crate::summary::rows::{repeats, rows, side};

    use super::*;

    fn found(
        reference: &[TrialRow],
        candidate: &[TrialRow],
    ) -> Vec<(String, &'static str, String)> {
        let pairing = Pairing::of(
            &side(None, reference, |_| None),
            &side(Some("b"), candidate, |_| None),
        );
        flips(&pairing.pairs)
            .into_iter()
            .map(|flip| (flip.case.0, flip.now, flip.reason))
            .collect()
    }

    #[test]
    fn failures_come_first_with_the_failing_sides_reason() {
        let expected = [
            ("case-001", "fail", "expected `晴`"),
            ("case-004", "fail", "content filter"),
            ("case-000", "pass", "expected `晴`"),
        ];
        let found = found(&rows("-++!+"), &rows("+-+-x"));
        assert_eq!(found.len(), expected.len());
        for ((case, now, reason), expected) in found.iter().zip(expected) {
            assert_eq!((case.as_str(), *now, reason.as_str()), expected);
        }
    }

    #[test]
    fn with_repeats_the_majority_flips() {
        let found = found(
            &repeats(&["+++", "++-", "+--", "++-"]),
            &repeats(&["++-", "+--", "+--", "!+-"]),
        );
        let cases: Vec<&str> = found.iter().map(|(case, _, _)| case.as_str()).collect();
        assert_eq!(cases, ["case-001", "case-003"]);
    }
}
