//! One table for each family, with promptfoo's documented and measured semantics as the oracle, and the rules for all.

mod json;
mod pattern;
mod rules;
mod run;
mod text;

use serde_json::Value;

use crate::domain::{
    Answer, Assertion, AssertionKind, Case, CaseId, Cost, FinishReason, Place, Vars,
};
use crate::scorer::{AnswerFacts, Judgement, Scorer};

/// An assertion of weight 1 in line 3.
fn assertion(name: &str, value: Value) -> Assertion {
    let (base, negated) = name
        .strip_prefix("not-")
        .map_or((name, false), |base| (base, true));
    Assertion {
        kind: AssertionKind::parse(base).expect("a type"),
        negated,
        value,
        threshold: None,
        weight: 1.0,
        metric: None,
        children: Vec::new(),
        place: Place {
            file: "evals/weather.yaml".to_owned(),
            line: 3,
        },
    }
}

fn case(asserts: Vec<Assertion>) -> Case {
    Case {
        id: CaseId("a".to_owned()),
        named: true,
        label: "a".to_owned(),
        place: Place::default(),
        description: None,
        vars: Vars::new(),
        turns: Vec::new(),
        asserts,
        threshold: None,
        cluster: None,
        holdout: false,
        metadata: Vars::new(),
    }
}

fn answer(text: Option<&str>) -> Answer {
    Answer {
        text: text.map(str::to_owned),
        refusal: None,
        reasoning: None,
        tool_calls: Vec::new(),
        finish_reason: Some(FinishReason::Stop),
        model_returned: None,
        tier_returned: None,
        usage: None,
        usage_raw: None,
        response_id: None,
        request_id: None,
        logprobs: None,
        timings: None,
        warnings: Vec::new(),
    }
}

fn facts(answer: &Answer) -> AnswerFacts<'_> {
    AnswerFacts {
        answer,
        cost: Some(Cost::default()),
        latency_ms: Some(9),
        cached: false,
    }
}

fn judge_all(case: &Case, text: &str) -> Judgement {
    let scorer = Scorer::new(case).unwrap_or_else(|errors| panic!("{errors:?}"));
    scorer.score(&facts(&answer(Some(text))))
}

/// Judges a text by one assertion: whether it passes, and why.
fn judge(one: Assertion, text: &str) -> (bool, String) {
    let judgement = judge_all(&case(vec![one]), text);
    let score = &judgement.scores[0];
    let pass = score.pass.expect("a verdict");
    assert_eq!(judgement.pass, Some(pass));
    assert_eq!(score.score, Some(if pass { 1.0 } else { 0.0 }));
    assert!(score.reason.chars().count() <= 300, "{}", score.reason);
    (pass, score.reason.clone())
}

/// Checks a type on a text, its `not-` form included: of the two exactly one passes.
fn check(name: &str, value: impl Into<Value>, text: &str, passes: bool) {
    let value = value.into();
    let (plain, why) = judge(assertion(name, value.clone()), text);
    assert_eq!(plain, passes, "{name} {value} on {text:.80}: {why}");
    let (negated, why) = judge(assertion(&format!("not-{name}"), value.clone()), text);
    assert_eq!(negated, !passes, "not-{name} {value} on {text:.80}: {why}");
}

/// Returns why an assertion is refused.
fn refused(one: Assertion) -> String {
    let errors = Scorer::new(&case(vec![one])).expect_err("a refusal");
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].to_string()
}
