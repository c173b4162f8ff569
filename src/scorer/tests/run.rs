//! Latency and cost.

use serde_json::json;

use super::*;
use crate::domain::Usd;

fn limit(name: &str, threshold: f64) -> Assertion {
    Assertion {
        threshold: Some(threshold),
        ..assertion(name, json!(null))
    }
}

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

/// Judges a call; the answer has no text, which these assertions do not need.
fn call(
    one: Assertion,
    cost: Option<Cost>,
    latency_ms: Option<u64>,
    cached: bool,
) -> (Option<bool>, String) {
    let scorer = Scorer::new(&case(vec![one])).expect("a scorer");
    let answer = answer(None);
    let judgement = scorer.score(&AnswerFacts {
        answer: &answer,
        cost,
        latency_ms,
        cached,
    });
    (judgement.pass, judgement.scores[0].reason.clone())
}

#[test]
fn latency_is_at_most_the_threshold() {
    let judged = |name, threshold, ms| call(limit(name, threshold), None, ms, false);
    assert_eq!(
        judged("latency", 500.0, Some(500)),
        (Some(true), "500 ms, at most 500 ms".to_owned())
    );
    assert_eq!(
        judged("latency", 500.0, Some(501)),
        (
            Some(false),
            "expected at most 500 ms, found 501 ms".to_owned()
        )
    );
    assert_eq!(
        judged("not-latency", 500.0, Some(501)),
        (Some(true), "501 ms, more than 500 ms".to_owned())
    );
    assert_eq!(
        judged("not-latency", 0.5, Some(0)),
        (
            Some(false),
            "expected more than 0.5 ms, found 0 ms".to_owned()
        )
    );
}

#[test]
fn a_cached_answer_is_judged_by_its_recorded_call() {
    let (pass, reason) = call(limit("latency", 500.0), None, Some(812), true);
    assert_eq!(
        (pass, reason.as_str()),
        (
            Some(false),
            "expected at most 500 ms, found 812 ms (cached)"
        )
    );
}

#[test]
fn cost_is_exact_to_the_picodollar() {
    let judged = |threshold, billed: &str, imputed: &str| {
        let cost = Cost {
            billed: usd(billed),
            imputed: usd(imputed),
        };
        call(limit("cost", threshold), Some(cost), None, false)
    };
    assert_eq!(
        judged(0.001, "0.001", "0"),
        (Some(true), "$0.001, at most $0.001".to_owned())
    );
    assert_eq!(
        judged(0.001, "0.001000000001", "0"),
        (
            Some(false),
            "expected at most $0.001, found $0.001000000001".to_owned()
        )
    );
    assert_eq!(
        judged(0.000_000_1, "0.0000001", "0.0000001"),
        (
            Some(false),
            "expected at most $0.0000001, found $0.0000001 billed and $0.0000001 imputed"
                .to_owned()
        )
    );
    assert_eq!(judged(0.0, "0", "0").0, Some(true));
}

#[test]
fn what_is_not_known_is_unscored_and_not_zero() {
    for name in ["latency", "not-latency"] {
        assert_eq!(
            call(limit(name, 1.0), None, None, false),
            (None, "no latency is known for this answer".to_owned())
        );
    }
    for name in ["cost", "not-cost"] {
        assert_eq!(
            call(limit(name, 1.0), None, None, false),
            (None, "no cost is known for this answer".to_owned())
        );
    }
    let cost = Cost {
        billed: Usd::MAX,
        imputed: Usd::MAX,
    };
    assert_eq!(call(limit("cost", 1.0), Some(cost), None, false).0, None);
}

#[test]
fn limits_that_cannot_judge_are_refused() {
    assert!(
        refused(assertion("latency", json!(null)))
            .ends_with("threshold is missing, expected milliseconds, at least 0")
    );
    assert!(
        refused(limit("latency", -1.0))
            .ends_with("threshold is -1, expected milliseconds, at least 0")
    );
    for bad in [1e-13, f64::NAN, f64::INFINITY, 1e9] {
        assert!(
            refused(limit("cost", bad))
                .contains("expected US dollars, at least 0, with at most 12 decimals"),
            "{bad}"
        );
    }
}
