//! What a trial counts as on the screen; the same rule as the rates': what the request caused is a failure, what the
//! transport caused is missing.

use crate::domain::{FinishReason, Outcome, TrialRow};
use crate::report::safe;
use crate::report::text::Lang;

/// Tells whether a trial counts as passed; `None` when it counts for nothing.
///
/// An answer cut at the limit of tokens counts as failed, whatever its assertions say.
pub(crate) fn passes(row: &TrialRow) -> Option<bool> {
    match &row.outcome {
        Outcome::Skipped => None,
        Outcome::Error { fault } => fault.caused_by_request.then_some(false),
        Outcome::Answered { .. } if is_cut(row) => Some(false),
        Outcome::Answered { .. } => row.pass,
    }
}

/// Returns why a trial failed, as one harmless line; `None` when it did not fail.
pub(crate) fn reason(row: &TrialRow, lang: Lang) -> Option<String> {
    if passes(row) != Some(false) {
        return None;
    }
    if let Outcome::Error { fault } = &row.outcome {
        return Some(safe::line(&fault.message));
    }
    let failing = row.scores.iter().find(|score| score.pass == Some(false));
    Some(match failing {
        Some(score) => safe::line(&score.reason),
        None if is_cut(row) => lang.was_cut().to_owned(),
        None => row
            .score
            .map(|score| lang.score(&format!("{score:.2}")))
            .unwrap_or_default(),
    })
}

fn is_cut(row: &TrialRow) -> bool {
    matches!(&row.outcome, Outcome::Answered { answer } if answer.finish_reason == Some(FinishReason::Length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Variant;
    use crate::report::fixture::{break_row, row};

    #[test]
    fn what_the_request_caused_is_a_failure_and_the_rest_is_missing() {
        let fresh = |pass| row(&Variant::UNSUFFIXED, 0, pass);
        assert_eq!(passes(&fresh(true)), Some(true));
        assert_eq!(reason(&fresh(true), Lang::En), None);
        assert!(
            reason(&fresh(false), Lang::En)
                .expect("a reason")
                .starts_with("expected `最低`")
        );
        let mut broken = fresh(true);
        break_row(&mut broken, 6, "context\ntoo long", true);
        assert_eq!(
            (passes(&broken), reason(&broken, Lang::En)),
            (Some(false), Some("context too long".to_owned()))
        );
        break_row(&mut broken, 9, "overloaded", false);
        assert_eq!((passes(&broken), reason(&broken, Lang::En)), (None, None));
        let mut cut = fresh(true);
        if let Outcome::Answered { answer } = &mut cut.outcome {
            answer.finish_reason = Some(FinishReason::Length);
        }
        assert_eq!(
            reason(&cut, Lang::Zh),
            Some("回答因 token 上限被截断".to_owned())
        );
    }
}
