//! From the verdicts of assertions to the verdict of their case or set.

/// Below this a difference of scores is the float's, not the suite's.
const TOLERANCE: f64 = 1e-9;

/// One assertion's part in its case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict {
    pub(super) weight: f64,
    pub(super) pass: Option<bool>,
    pub(super) score: Option<f64>,
}

/// Returns pass and score: the weighted mean; all must pass, or the mean reach the threshold.
///
/// No assertions pass with score 1 whatever the threshold. With all weights 0 the score is 0. An unscored assertion leaves
/// no score, and no verdict either, unless the others decide it.
///
/// Source: promptfoo's formula, measured; the unscored state is ours.
pub(super) fn of(verdicts: &[Verdict], threshold: Option<f64>) -> (Option<bool>, Option<f64>) {
    if verdicts.is_empty() {
        return (Some(true), Some(1.0));
    }
    let mean = |missing: f64| {
        let weights: f64 = verdicts.iter().map(|one| one.weight).sum();
        let sum: f64 = verdicts
            .iter()
            .map(|one| one.weight * one.score.unwrap_or(missing))
            .sum();
        if weights > 0.0 { sum / weights } else { 0.0 }
    };
    let counting = || verdicts.iter().filter(|one| one.weight > 0.0);
    let score = counting().all(|one| one.score.is_some()).then(|| mean(0.0));
    let pass = match threshold {
        Some(threshold) => {
            let reaches = |score: f64| score >= threshold - TOLERANCE;
            let (least, most) = (reaches(mean(0.0)), reaches(mean(1.0)));
            (least == most).then_some(least)
        }
        None if counting().any(|one| one.pass == Some(false)) => Some(false),
        None => counting().all(|one| one.pass.is_some()).then_some(true),
    };
    (pass, score)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(weight: f64, score: Option<f64>) -> Verdict {
        Verdict {
            weight,
            pass: score.map(|score| weight <= 0.0 || score > 0.5),
            score,
        }
    }

    #[test]
    fn the_mean_is_weighted_and_all_must_pass() {
        let two = [verdict(3.0, Some(1.0)), verdict(1.0, Some(0.0))];
        assert_eq!(of(&two, None), (Some(false), Some(0.75)));
        assert_eq!(of(&two, Some(0.75)), (Some(true), Some(0.75)));
        assert_eq!(of(&two, Some(0.76)), (Some(false), Some(0.75)));
        assert_eq!(of(&[], Some(1.0)), (Some(true), Some(1.0)));
    }

    #[test]
    fn weight_zero_takes_no_part() {
        let idle = [verdict(0.0, Some(0.0))];
        assert_eq!(of(&idle, None), (Some(true), Some(0.0)));
        assert_eq!(of(&idle, Some(0.1)), (Some(false), Some(0.0)));
        let unscored = [verdict(0.0, None), verdict(1.0, Some(1.0))];
        assert_eq!(of(&unscored, None), (Some(true), Some(1.0)));
    }

    #[test]
    fn an_unscored_one_leaves_open_what_the_others_do_not_decide() {
        let (yes, no, unknown) = (
            verdict(1.0, Some(1.0)),
            verdict(1.0, Some(0.0)),
            verdict(1.0, None),
        );
        assert_eq!(of(&[yes, unknown], None), (None, None));
        assert_eq!(of(&[no, unknown], None), (Some(false), None));
        assert_eq!(of(&[yes, unknown], Some(0.5)), (Some(true), None));
        assert_eq!(of(&[no, unknown], Some(0.6)), (Some(false), None));
        assert_eq!(of(&[no, unknown], Some(0.4)), (None, None));
    }

    #[test]
    fn a_mean_of_tenths_reaches_its_own_threshold() {
        let tenths: Vec<Verdict> = (0..10)
            .map(|index| verdict(0.1, Some(if index < 7 { 1.0 } else { 0.0 })))
            .collect();
        assert_eq!(of(&tenths, Some(0.7)).0, Some(true));
    }
}
