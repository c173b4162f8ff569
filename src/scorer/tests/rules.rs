//! What holds for every type: weights, thresholds, sets, answers without text.

use serde_json::json;

use super::*;
use crate::domain::{Score, ToolCall};

fn set(threshold: Option<f64>, children: Vec<Assertion>) -> Assertion {
    Assertion {
        threshold,
        children,
        metric: Some("sky".to_owned()),
        ..assertion("assert-set", json!(null))
    }
}

fn weighted(weight: f64, one: Assertion) -> Assertion {
    Assertion { weight, ..one }
}

#[test]
fn scores_keep_the_suites_order_and_words() {
    let asserts = vec![
        Assertion {
            metric: Some("dry".to_owned()),
            ..weighted(2.0, assertion("not-contains", json!("雨")))
        },
        assertion("contains", json!("雪")),
    ];
    let judgement = judge_all(&case(asserts), "晴");
    assert_eq!(
        judgement.scores,
        [
            Score {
                kind: "not-contains".to_owned(),
                metric: Some("dry".to_owned()),
                weight: 2.0,
                pass: Some(true),
                score: Some(1.0),
                reason: "does not have `雨`".to_owned()
            },
            Score {
                kind: "contains".to_owned(),
                metric: None,
                weight: 1.0,
                pass: Some(false),
                score: Some(0.0),
                reason: "expected `雪` in “晴”".to_owned()
            },
        ]
    );
    assert_eq!(judgement.pass, Some(false));
    assert_eq!(judgement.score, Some(2.0 / 3.0));
}

#[test]
fn a_threshold_overrides_both_ways() {
    let asserts = || {
        vec![
            assertion("contains", json!("晴")),
            assertion("contains", json!("雨")),
        ]
    };
    let judged = |threshold| {
        judge_all(
            &Case {
                threshold,
                ..case(asserts())
            },
            "晴",
        )
    };
    assert_eq!(
        (judged(None).pass, judged(None).score),
        (Some(false), Some(0.5))
    );
    assert_eq!(judged(Some(0.5)).pass, Some(true));
    assert_eq!(judged(Some(0.6)).pass, Some(false));
}

#[test]
fn no_assertions_pass() {
    let judgement = judge_all(
        &Case {
            threshold: Some(1.0),
            ..case(Vec::new())
        },
        "晴",
    );
    assert_eq!(
        judgement,
        Judgement {
            scores: Vec::new(),
            pass: Some(true),
            score: Some(1.0)
        }
    );
}

#[test]
fn weight_zero_reports_only() {
    let asserts = vec![
        weighted(0.0, assertion("contains", json!("雨"))),
        assertion("contains", json!("晴")),
    ];
    let judgement = judge_all(&case(asserts), "晴");
    let idle = &judgement.scores[0];
    assert_eq!((idle.pass, idle.score), (Some(true), Some(0.0)));
    assert_eq!(idle.reason, "report only: expected `雨` in “晴”");
    assert_eq!((judgement.pass, judgement.score), (Some(true), Some(1.0)));
    let set = weighted(0.0, set(None, vec![assertion("contains", json!("雨"))]));
    assert_eq!(judge_all(&case(vec![set]), "晴").pass, Some(true));
}

#[test]
fn a_set_has_its_own_threshold_weight_and_metric() {
    let children = || {
        vec![
            assertion("contains", json!("晴")),
            weighted(3.0, assertion("contains", json!("雨"))),
        ]
    };
    let asserts = vec![
        weighted(2.0, set(Some(0.25), children())),
        assertion("contains", json!("晴")),
    ];
    let judgement = judge_all(&case(asserts), "晴");
    let kinds: Vec<(&str, f64, Option<bool>)> = judgement
        .scores
        .iter()
        .map(|score| (score.kind.as_str(), score.weight, score.pass))
        .collect();
    assert_eq!(
        kinds,
        [
            ("assert-set", 2.0, Some(true)),
            ("contains", 2.0, Some(true)),
            ("contains", 6.0, Some(false)),
            ("contains", 1.0, Some(true)),
        ]
    );
    assert_eq!(judgement.scores[0].metric.as_deref(), Some("sky"));
    assert_eq!(
        judgement.scores[0].reason,
        "1 of 2 passed, needs a score of 0.25: expected `雨` in “晴”"
    );
    assert_eq!(judgement.pass, Some(true));
    assert_eq!(judgement.score, Some(0.5));
    assert_eq!(
        judge_all(&case(vec![set(None, children())]), "晴").pass,
        Some(false)
    );
}

#[test]
fn an_unscored_assertion_leaves_the_case_open_unless_it_is_decided() {
    let cost = || Assertion {
        threshold: Some(1.0),
        ..assertion("cost", json!(null))
    };
    let judged = |asserts, threshold| {
        let scorer = Scorer::new(&Case {
            threshold,
            ..case(asserts)
        })
        .expect("a scorer");
        let answer = answer(Some("晴"));
        let judgement = scorer.score(&AnswerFacts {
            cost: None,
            ..facts(&answer)
        });
        (judgement.pass, judgement.score)
    };
    assert_eq!(
        judged(vec![cost(), assertion("contains", json!("晴"))], None),
        (None, None)
    );
    assert_eq!(
        judged(vec![cost(), assertion("contains", json!("雨"))], None),
        (Some(false), None)
    );
    assert_eq!(
        judged(vec![cost(), assertion("contains", json!("晴"))], Some(0.5)),
        (Some(true), None)
    );
    assert_eq!(
        judged(
            vec![weighted(0.0, cost()), assertion("contains", json!("晴"))],
            None
        ),
        (Some(true), Some(1.0))
    );
    assert_eq!(judged(vec![set(None, vec![cost()])], None), (None, None));
}

#[test]
fn an_answer_without_text_fails_every_assertion_about_text() {
    let mut silent = answer(None);
    let judged = |answer: &Answer, name: &str, value: Value| {
        let scorer = Scorer::new(&case(vec![assertion(name, value)])).expect("a scorer");
        let judgement = scorer.score(&facts(answer));
        (judgement.pass, judgement.scores[0].reason.clone())
    };
    for kind in AssertionKind::ALL {
        let value = match kind {
            AssertionKind::AssertSet | AssertionKind::Latency | AssertionKind::Cost => continue,
            AssertionKind::IsJson | AssertionKind::ContainsJson => json!(null),
            _ => json!("雨"),
        };
        for name in [kind.name().to_owned(), format!("not-{}", kind.name())] {
            let (pass, reason) = judged(&silent, &name, value.clone());
            assert_eq!(
                (pass, reason.as_str()),
                (Some(false), "expected a text, found none"),
                "{name}"
            );
        }
    }
    silent.reasoning = Some("…".to_owned());
    assert_eq!(
        judged(&silent, "equals", json!("a")).1,
        "expected a text, found reasoning only"
    );
    silent.refusal = Some("不行".to_owned());
    assert_eq!(
        judged(&silent, "not-contains", json!("a")).1,
        "expected a text, found a refusal: “不行”"
    );
    silent.tool_calls.push(ToolCall {
        id: "1".to_owned(),
        name: "look_up".to_owned(),
        arguments: "{}".to_owned(),
    });
    assert_eq!(
        judged(&silent, "equals", json!("a")).1,
        "expected a text, found a call of tool `look_up`"
    );
    // A text that is empty is a text.
    assert!(judge(assertion("not-contains", json!("a")), "").0);
}

#[test]
fn every_refusal_of_all_cases_is_listed_once() {
    let bad = || {
        vec![
            assertion("contains", json!("")),
            set(
                None,
                vec![assertion("regex", json!("(")), set(None, Vec::new())],
            ),
        ]
    };
    let errors =
        Scorer::for_cases(&[case(bad()), case(Vec::new()), case(bad())]).expect_err("refusals");
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "evals/weather.yaml:3: `contains` cannot judge: value is empty, so that every answer gets the same verdict",
            "evals/weather.yaml:3: `regex` cannot judge: pattern `(` is not usable: unclosed group",
            "evals/weather.yaml:3: `assert-set` cannot judge: the set is empty, so that every answer gets the same verdict",
        ]
    );
}

#[test]
fn many_cases_with_one_pattern_compile_it_once() {
    let schema =
        json!({"type": "object", "properties": {"a": {"type": "string", "format": "date"}}});
    let asserts = || {
        vec![
            assertion("regex", json!(r"\p{L}+\d{1,50}")),
            assertion("is-json", schema.clone()),
        ]
    };
    let cases: Vec<Case> = (0..5_000).map(|_| case(asserts())).collect();
    let start = std::time::Instant::now();
    let scorers = Scorer::for_cases(&cases).expect("scorers");
    assert_eq!(scorers.len(), 5_000);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
