//! Compiled assertions, `assert-set` among them: a group with a threshold, a weight and a metric of its own.

use serde_json::Value;

use crate::domain::{Answer, Assertion, AssertionKind, Score};
use crate::scorer::check::{self, Cache, Check, Finding};
use crate::scorer::phrase::{bounded, excerpt};
use crate::scorer::seen::Seen;
use crate::scorer::total::{self, Verdict};
use crate::scorer::{Refusal, ScorerError};

/// An assertion that can judge.
#[derive(Debug)]
pub(super) struct Compiled {
    /// Its type as the suite wrote it.
    kind: String,
    negated: bool,
    metric: Option<String>,
    weight: f64,
    work: Work,
}

#[derive(Debug)]
enum Work {
    One(Box<dyn Check>),
    Set {
        children: Vec<Compiled>,
        threshold: Option<f64>,
    },
}

/// Compiles assertions.
///
/// Errors: those of all of them.
pub(super) fn compile_all(
    asserts: &[Assertion],
    cache: &mut Cache,
) -> Result<Vec<Compiled>, Vec<ScorerError>> {
    let mut compiled = Vec::with_capacity(asserts.len());
    let mut errors = Vec::new();
    for assertion in asserts {
        match compile(assertion, cache) {
            Ok(one) => compiled.push(one),
            Err(more) => errors.extend(more),
        }
    }
    if errors.is_empty() {
        Ok(compiled)
    } else {
        Err(errors)
    }
}

fn compile(assertion: &Assertion, cache: &mut Cache) -> Result<Compiled, Vec<ScorerError>> {
    let kind = format!(
        "{}{}",
        if assertion.negated { "not-" } else { "" },
        assertion.kind.name()
    );
    let refuse = |refusal| {
        vec![ScorerError {
            place: assertion.place.clone(),
            kind: kind.clone(),
            refusal,
        }]
    };
    let work = if assertion.kind == AssertionKind::AssertSet {
        if assertion.children.is_empty() {
            return Err(refuse(Refusal::Empty { what: "the set" }));
        }
        if assertion.negated || assertion.value != Value::Null {
            return Err(refuse(Refusal::Value {
                found: "negated or given",
                expected: "a plain set without value",
            }));
        }
        Work::Set {
            children: compile_all(&assertion.children, cache)?,
            threshold: assertion.threshold,
        }
    } else {
        Work::One(check::compile(assertion, cache).map_err(refuse)?)
    };
    Ok(Compiled {
        kind,
        negated: assertion.negated,
        metric: assertion.metric.clone(),
        weight: assertion.weight,
        work,
    })
}

impl Compiled {
    /// Judges an answer and appends the score, for a set also its children's.
    ///
    /// `share` is the product of the weights of the sets around it.
    pub(super) fn judge(&self, seen: &Seen<'_>, share: f64, scores: &mut Vec<Score>) -> Verdict {
        let index = scores.len();
        scores.push(self.score(share));
        let (pass, score, reason) = match &self.work {
            Work::One(check) => judge_one(check.as_ref(), self.negated, seen),
            Work::Set {
                children,
                threshold,
            } => {
                let inner: Vec<Verdict> = children
                    .iter()
                    .map(|child| child.judge(seen, share * self.weight, scores))
                    .collect();
                let (pass, score) = total::of(&inner, *threshold);
                (
                    pass,
                    score,
                    set_reason(&inner, *threshold, &scores[index + 1..]),
                )
            }
        };
        let idle = self.weight <= 0.0;
        let own = &mut scores[index];
        own.pass = if idle { pass.map(|_| true) } else { pass };
        own.score = score;
        own.reason = bounded(if idle && pass == Some(false) {
            format!("report only: {reason}")
        } else {
            reason
        });
        Verdict {
            weight: self.weight,
            pass: own.pass,
            score,
        }
    }

    fn score(&self, share: f64) -> Score {
        Score {
            kind: self.kind.clone(),
            metric: self.metric.clone(),
            weight: share * self.weight,
            pass: None,
            score: None,
            reason: String::new(),
        }
    }
}

fn judge_one(
    check: &dyn Check,
    negated: bool,
    seen: &Seen<'_>,
) -> (Option<bool>, Option<f64>, String) {
    if check.needs_text() && seen.facts.answer.text.is_none() {
        return (Some(false), Some(0.0), without_text(seen.facts.answer));
    }
    let Finding { holds, reason } = check.look(seen, negated);
    let pass = holds.map(|holds| holds != negated);
    (pass, pass.map(|pass| if pass { 1.0 } else { 0.0 }), reason)
}

/// Says what came instead of a text.
fn without_text(answer: &Answer) -> String {
    if let Some(call) = answer.tool_calls.first() {
        return format!("expected a text, found a call of tool `{}`", call.name);
    }
    match (&answer.refusal, &answer.reasoning) {
        (Some(refusal), _) => format!("expected a text, found a refusal: {}", excerpt(refusal)),
        (None, Some(_)) => "expected a text, found reasoning only".to_owned(),
        (None, None) => "expected a text, found none".to_owned(),
    }
}

/// Counts the children that passed and repeats the first reason against.
fn set_reason(inner: &[Verdict], threshold: Option<f64>, scores: &[Score]) -> String {
    let passed = inner
        .iter()
        .filter(|verdict| verdict.pass == Some(true))
        .count();
    let needed = threshold
        .map(|threshold| format!(", needs a score of {threshold}"))
        .unwrap_or_default();
    let against = scores
        .iter()
        .find(|score| score.pass == Some(false))
        .map(|score| format!(": {}", score.reason))
        .unwrap_or_default();
    format!("{passed} of {} passed{needed}{against}", inner.len())
}
