//! Rows for this room's tests.

use crate::domain::{
    Answer, AnswerText, CaseId, Cost, Fault, FinishReason, ModelRef, MoneyClass, Outcome, Revision,
    Score, TrialKey, TrialRow, Usd, Variant,
};

use super::{PairedRow, Side, SideName, VariantIdentity};

pub(super) fn model() -> ModelRef {
    ModelRef {
        endpoint: "scripted".to_owned(),
        model: "weather".to_owned(),
    }
}

/// An answer of one case that costs a tenth of a cent.
pub(super) fn answered(case: &str, pass: bool) -> TrialRow {
    let value = if pass { 1.0 } else { 0.0 };
    let mut row = skipped(case);
    row.outcome = answer(FinishReason::Stop);
    row.scores = vec![Score {
        kind: "contains".to_owned(),
        metric: Some("sky".to_owned()),
        weight: 1.0,
        pass: Some(pass),
        score: Some(value),
        reason: if pass {
            "found `晴`"
        } else {
            "expected `晴`"
        }
        .to_owned(),
    }];
    row.pass = Some(pass);
    row.score = Some(value);
    row.answer_cost = billed(1_000_000_000);
    row.latency_ms = Some(10);
    row
}

/// A failing answer with a score between the extremes and no assertion to blame.
pub(super) fn graded(case: &str, score: f64) -> TrialRow {
    let mut row = answered(case, false);
    row.score = Some(score);
    row.scores.clear();
    row
}

pub(super) fn unscored(case: &str) -> TrialRow {
    let mut row = answered(case, true);
    (row.pass, row.score) = (None, None);
    row.scores[0].pass = None;
    row.scores[0].score = None;
    row
}

pub(super) fn cut(case: &str, pass: Option<bool>) -> TrialRow {
    let mut row = pass.map_or_else(|| unscored(case), |pass| answered(case, pass));
    row.outcome = answer(FinishReason::Length);
    row
}

pub(super) fn fault(case: &str, caused_by_request: bool) -> TrialRow {
    let mut fault = Fault::new(1, MoneyClass::Refused, "content filter");
    fault.caused_by_request = caused_by_request;
    let mut row = skipped(case);
    row.outcome = Outcome::Error { fault };
    row
}

pub(super) fn skipped(case: &str) -> TrialRow {
    TrialRow {
        key: TrialKey {
            variant: Variant::UNSUFFIXED,
            model: model(),
            case: CaseId(case.to_owned()),
            repeat: 1,
        },
        messages: Vec::new(),
        outcome: Outcome::Skipped,
        text: AnswerText::Kept,
        scores: Vec::new(),
        pass: None,
        score: None,
        cost: Cost::default(),
        answer_cost: Cost::default(),
        price: None,
        cached: false,
        attempts: 1,
        latency_ms: None,
    }
}

pub(super) fn billed(picos: i64) -> Cost {
    Cost {
        billed: Usd::from_picos(picos),
        imputed: Usd::ZERO,
    }
}

fn answer(finish_reason: FinishReason) -> Outcome {
    Outcome::Answered {
        answer: Box::new(Answer {
            text: Some("晴".to_owned()),
            refusal: None,
            reasoning: None,
            tool_calls: Vec::new(),
            finish_reason: Some(finish_reason),
            model_returned: None,
            tier_returned: None,
            usage: None,
            usage_raw: None,
            response_id: None,
            request_id: None,
            logprobs: None,
            timings: None,
            warnings: Vec::new(),
        }),
    }
}

pub(super) fn identity(variant: Option<&str>) -> VariantIdentity {
    VariantIdentity {
        variant: Variant(variant.map(str::to_owned)),
        revision: Revision("0".repeat(64)),
        model: model(),
        iteration: Some(1),
    }
}

fn name(variant: Option<&str>) -> SideName {
    SideName {
        variant: Variant(variant.map(str::to_owned)),
        model: model(),
        revision: Revision("0".repeat(64)),
        run: "run".to_owned(),
        iteration: None,
    }
}

/// A side whose rows pair by case id; `cluster` names each case's cluster.
pub(super) fn side<'a>(
    variant: Option<&str>,
    rows: &'a [TrialRow],
    cluster: impl Fn(&'a str) -> Option<&'a str>,
) -> Side<'a> {
    let rows = rows
        .iter()
        .map(|row| PairedRow {
            pair_key: &row.key.case.0,
            cluster: cluster(&row.key.case.0),
            row,
        })
        .collect();
    Side {
        name: name(variant),
        rows,
    }
}

/// One row a case from a text: `+` passes, `-` fails, `?` unscored, `!` missing, `x` refused by content filter.
pub(super) fn rows(marks: &str) -> Vec<TrialRow> {
    marks
        .chars()
        .enumerate()
        .map(|(index, mark)| row(mark, &format!("case-{index:03}")))
        .collect()
}

/// Several rows a case: one word of marks, as in [`rows`], for each case.
pub(super) fn repeats(cases: &[&str]) -> Vec<TrialRow> {
    let mut rows = Vec::new();
    for (index, marks) in cases.iter().enumerate() {
        for (repeat, mark) in (1..).zip(marks.chars()) {
            let mut row = row(mark, &format!("case-{index:03}"));
            row.key.repeat = repeat;
            rows.push(row);
        }
    }
    rows
}

fn row(mark: char, case: &str) -> TrialRow {
    match mark {
        '+' => answered(case, true),
        '-' => answered(case, false),
        '?' => unscored(case),
        '!' => fault(case, false),
        'x' => fault(case, true),
        _ => skipped(case),
    }
}
