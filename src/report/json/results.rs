//! The results: one object for each trial.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::domain::{
    Answer, FaultCode, FinishReason, Message, ModelRef, Outcome, Part, Role, Score, TrialRow,
    Usage, Usd, Variant, Vars, unit,
};
use crate::report::json::Sum;
use crate::summary::Facts;

#[derive(Debug, Serialize)]
pub(super) struct Result<'a> {
    variant: &'a Variant,
    model: &'a ModelRef,
    case: &'a str,
    repeat: u32,
    vars: VarsJson<'a>,
    messages: Vec<MessageJson<'a>>,
    output: Option<&'a str>,
    outcome: &'static str,
    finish_reason: Option<&'a FinishReason>,
    model_returned: Option<&'a str>,
    pass: Option<bool>,
    score: Option<f64>,
    assertions: &'a [Score],
    usage: Option<UsageJson<'a>>,
    billed_usd: Usd,
    imputed_usd: Usd,
    cost_usd: Option<Sum>,
    /// What the provider itself says; left out where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_usd: Option<Usd>,
    price: Option<Price<'a>>,
    cached: bool,
    attempts: u32,
    latency_ms: Option<u64>,
    error: Option<Error<'a>>,
}

impl<'a> Result<'a> {
    pub(super) fn of(row: &'a TrialRow, facts: &'a Facts) -> Self {
        let answer = answer(row);
        let cost = Sum(row.answer_cost.billed, row.answer_cost.imputed);
        let bought = answer.is_some() || !(cost.0.is_zero() && cost.1.is_zero());
        Self {
            variant: &row.key.variant,
            model: &row.key.model,
            case: &row.key.case.0,
            repeat: row.key.repeat,
            vars: VarsJson(facts.vars.get(&row.key.case)),
            messages: row.messages.iter().map(MessageJson::of).collect(),
            output: answer.and_then(|answer| answer.text.as_deref()),
            outcome: match row.outcome {
                Outcome::Answered { .. } => "answered",
                Outcome::Error { .. } => "error",
                Outcome::Skipped => "skipped",
            },
            finish_reason: answer.and_then(|answer| answer.finish_reason.as_ref()),
            model_returned: answer.and_then(|answer| answer.model_returned.as_deref()),
            pass: row.pass,
            score: row.score,
            assertions: &row.scores,
            usage: answer
                .and_then(|answer| answer.usage.as_ref())
                .map(UsageJson),
            billed_usd: row.cost.billed,
            imputed_usd: row.cost.imputed,
            cost_usd: bought.then_some(cost),
            reported_usd: answer.and_then(Answer::reported_cost),
            price: row.price.as_ref().map(Price::of),
            cached: row.cached,
            attempts: row.attempts,
            latency_ms: row.latency_ms,
            error: Error::of(&row.outcome),
        }
    }
}

fn answer(row: &TrialRow) -> Option<&Answer> {
    match &row.outcome {
        Outcome::Answered { answer } => Some(answer),
        Outcome::Error { .. } | Outcome::Skipped => None,
    }
}

/// A case's inputs; an empty object where they are not kept.
#[derive(Debug)]
struct VarsJson<'a>(Option<&'a Vars>);

impl Serialize for VarsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            Some(vars) => vars.serialize(serializer),
            None => serializer.serialize_map(Some(0))?.end(),
        }
    }
}

#[derive(Debug, Serialize)]
struct MessageJson<'a> {
    role: Role,
    content: Content<'a>,
}

/// Text as a string; parts as a list where there is more than text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Content<'a> {
    One(&'a str),
    Text(String),
    Parts(&'a [Part]),
}

impl<'a> MessageJson<'a> {
    fn of(message: &'a Message) -> Self {
        let content = match message.content.as_slice() {
            [Part::Text { text }] => Content::One(text),
            parts if parts.iter().all(|part| matches!(part, Part::Text { .. })) => {
                Content::Text(message.plain_text())
            }
            parts => Content::Parts(parts),
        };
        Self {
            role: message.role,
            content,
        }
    }
}

/// What was used, as far as the provider reported it; the four units of the totals first, under the names they have there.
#[derive(Debug)]
struct UsageJson<'a>(&'a Usage);

impl Serialize for UsageJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        const RENAMED: [(&str, &str); 4] = [
            (unit::INPUT, "input_tokens"),
            (unit::CACHE_READ, "cached_input_tokens"),
            (unit::OUTPUT, "output_tokens"),
            (unit::REASONING, "reasoning_tokens"),
        ];
        let counts: &BTreeMap<String, u64> = &self.0.0;
        let mut map = serializer.serialize_map(None)?;
        for (unit, name) in RENAMED {
            if let Some(count) = counts.get(unit) {
                map.serialize_entry(name, count)?;
            }
        }
        for (unit, count) in counts {
            if RENAMED.iter().all(|(renamed, _)| renamed != unit) {
                map.serialize_entry(unit, count)?;
            }
        }
        map.end()
    }
}

#[derive(Debug, Serialize)]
struct Price<'a> {
    source: &'a str,
    from: Option<&'a str>,
}

impl<'a> Price<'a> {
    fn of((source, from): &'a (String, Option<String>)) -> Self {
        Self {
            source,
            from: from.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Error<'a> {
    #[serde(serialize_with = "in_words")]
    fault: FaultCode,
    status: Option<u16>,
    message: &'a str,
}

impl<'a> Error<'a> {
    fn of(outcome: &'a Outcome) -> Option<Self> {
        match outcome {
            Outcome::Error { fault } => Some(Self {
                fault: fault.code,
                status: fault.status,
                message: &fault.message,
            }),
            Outcome::Answered { .. } | Outcome::Skipped => None,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn in_words<S: Serializer>(
    code: &FaultCode,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(code)
}
