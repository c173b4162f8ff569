//! One run that every format is tried on: 24 cases of two variants, Chinese names, a previous iteration, a scripted price.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::domain::{
    Answer, AnswerText, CaseId, Cost, Fault, FinishReason, Gate, Message, ModelRef, MoneyClass,
    Outcome, PromptName, Revision, Role, RunStatus, Score, TrialKey, TrialRow, Usage, Usd, Variant,
    Vars,
};
use crate::report::view::History;
use crate::summary::{
    BudgetLeft, Comparison, ComparisonKind, Discordant, Facts, Flip, Git, Interval, SideName,
    Totals, Unkept, VariantFacts, Verdict,
};

/// The cities, each with one or more cases; the ids mix scripts and widths.
const CASES: [&str; 24] = [
    "beijing-01",
    "beijing-02",
    "上海-01",
    "上海-02",
    "guangzhou-03",
    "guangzhou-04",
    "chengdu-01",
    "chengdu-02",
    "chengdu-03",
    "深圳🌞-01",
    "西安-01",
    "西安-02",
    "harbin-01",
    "harbin-02",
    "乌鲁木齐-01",
    "kunming-01",
    "kunming-02",
    "lhasa-01",
    "天津-01",
    "天津-02",
    "wuhan-01",
    "wuhan-02",
    "xiamen-01",
    "sanya-01",
];

/// The cases that the unsuffixed variant fails.
const FAILING: [usize; 13] = [1, 2, 5, 8, 9, 11, 13, 14, 16, 18, 19, 21, 23];

pub(crate) fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

pub(crate) fn case_id(i: usize) -> CaseId {
    CaseId(CASES[i].to_owned())
}

pub(crate) fn model() -> ModelRef {
    "scripted/weather".parse().expect("a model")
}

pub(crate) fn detailed() -> Variant {
    Variant(Some("detailed".to_owned()))
}

fn revision(digit: &str) -> Revision {
    Revision(digit.repeat(64))
}

/// The footer's history: iteration 3, some cents and minutes since the first.
pub(crate) fn history() -> History {
    History {
        iteration: 3,
        since_first: Some((usd("0.0721"), Duration::from_mins(26))),
    }
}

/// Two variants: 11 of 24 against 24 of 24, no cap, one iteration before.
pub(crate) fn weather() -> Facts {
    let mut results = Vec::new();
    for variant in [Variant::UNSUFFIXED, detailed()] {
        for i in 0..CASES.len() {
            let fails = variant == Variant::UNSUFFIXED && FAILING.contains(&i);
            results.push(row(&variant, i, !fails));
        }
    }
    Facts {
        id: "0199a000-0000-7000-8000-000000000007".to_owned(),
        number: 7,
        status: RunStatus::Finished,
        started_at: "2026-11-24T08:00:00Z".to_owned(),
        finished_at: Some("2026-11-24T08:00:09Z".to_owned()),
        seed: 1,
        resumed_from: None,
        tags: BTreeMap::new(),
        note: None,
        prompt: PromptName("weather".to_owned()),
        suite: "evals/weather.yaml".to_owned(),
        git: Some(Git {
            commit: "0123456789abcdef".to_owned(),
            dirty: true,
        }),
        filtered: false,
        totals: totals(),
        budget: None,
        variants: vec![variant(Variant::UNSUFFIXED, 11), variant(detailed(), 24)],
        comparisons: vec![between_variants(), since_previous()],
        gates: Vec::new(),
        results,
        labels: BTreeMap::from([(case_id(2), "weather.csv:17 上海".to_owned())]),
        vars: (0..CASES.len()).map(|i| (case_id(i), vars(i))).collect(),
        unkept: Unkept::default(),
        warnings: Vec::new(),
    }
}

fn vars(i: usize) -> Vars {
    let mut vars = Vars::new();
    vars.insert("city".to_owned(), json!(CASES[i]));
    vars.insert("days".to_owned(), json!(2));
    vars
}

fn totals() -> Totals {
    Totals {
        calls: 48,
        cached: 0,
        carried: 0,
        attempts: 48,
        usage: Usage::of(1_540, 770),
        billed: usd("0.00366"),
        by_purpose: BTreeMap::from([("eval".to_owned(), usd("0.00366"))]),
        ..Totals::default()
    }
}

fn variant(variant: Variant, passed: usize) -> VariantFacts {
    let first = variant == Variant::UNSUFFIXED;
    VariantFacts {
        revision: revision(if first { "a" } else { "d" }),
        variant,
        iteration: Some(if first { 3 } else { 1 }),
        model: model(),
        cases: 24,
        trials: 24,
        passed,
        failed: 24 - passed,
        unscored: 0,
        errors: 0,
        skipped: 0,
        cut: 0,
        pass_rate: Some(if first { 11.0 / 24.0 } else { 1.0 }),
        interval: Some(if first {
            Interval {
                low: 0.279,
                high: 0.649,
            }
        } else {
            Interval {
                low: 0.862,
                high: 1.0,
            }
        }),
        interval_method: Some("wilson"),
        score: Some(if first { 0.625 } else { 1.0 }),
        metrics: BTreeMap::from([("语气".to_owned(), 0.5)]),
        billed: usd("0.00183"),
        imputed: Usd::ZERO,
        usd_per_1k_calls: Some(usd(if first { "0.0488" } else { "0.1037" })),
        latency_p50_ms: Some(if first { 8 } else { 1_230 }),
        latency_p95_ms: Some(if first { 21 } else { 2_050 }),
    }
}

pub(crate) fn row(variant: &Variant, i: usize, pass: bool) -> TrialRow {
    TrialRow {
        key: TrialKey {
            variant: variant.clone(),
            model: model(),
            case: case_id(i),
            repeat: 1,
        },
        messages: vec![
            Message::text(Role::System, "你是天气助手。只用一句话回答。"),
            Message::text(Role::User, format!("{}今天天气怎么样？", CASES[i])),
        ],
        outcome: Outcome::Answered {
            answer: Box::new(answer("今天成都阴天，气温17°C到21°C")),
        },
        text: AnswerText::Kept,
        scores: vec![
            Score {
                kind: "contains".to_owned(),
                metric: None,
                weight: 1.0,
                pass: Some(pass),
                score: Some(if pass { 1.0 } else { 0.0 }),
                reason: if pass {
                    "found `最低`".to_owned()
                } else {
                    "expected `最低` in “今天成都阴天，气温17°C到21°C”, found neither it nor `low`"
                        .to_owned()
                },
            },
            Score {
                kind: "latency".to_owned(),
                metric: Some("speed".to_owned()),
                weight: 0.5,
                pass: Some(true),
                score: Some(1.0),
                reason: "9 ms, at most 1000 ms".to_owned(),
            },
        ],
        pass: Some(pass),
        score: Some(if pass { 1.0 } else { 0.33 }),
        cost: Cost {
            billed: usd("0.00007625"),
            imputed: Usd::ZERO,
        },
        answer_cost: Cost {
            billed: usd("0.00007625"),
            imputed: Usd::ZERO,
        },
        price: Some(("pw.toml".to_owned(), Some("2026-10-01".to_owned()))),
        cached: false,
        attempts: 1,
        latency_ms: Some(9),
    }
}

fn answer(text: &str) -> Answer {
    Answer {
        text: Some(text.to_owned()),
        refusal: None,
        reasoning: None,
        tool_calls: Vec::new(),
        finish_reason: Some(FinishReason::Stop),
        model_returned: Some("weather-2026".to_owned()),
        tier_returned: None,
        usage: Some(Usage::of(32, 16)),
        usage_raw: None,
        response_id: None,
        request_id: None,
        logprobs: None,
        timings: None,
        warnings: Vec::new(),
    }
}

/// Turns a row into an error that is missing data, or one that the request caused.
pub(crate) fn break_row(row: &mut TrialRow, code: u8, message: &str, caused_by_request: bool) {
    let mut fault = Fault::new(code, MoneyClass::Refused, message);
    fault.status = Some(429);
    fault.caused_by_request = caused_by_request;
    row.outcome = Outcome::Error { fault };
    row.scores.clear();
    row.pass = None;
    row.score = None;
    row.cost = Cost::default();
    row.answer_cost = Cost::default();
    row.price = None;
    row.latency_ms = None;
}

fn side(variant: Variant, revision: Revision, run: &str, iteration: Option<u32>) -> SideName {
    SideName {
        variant,
        model: model(),
        revision,
        run: run.to_owned(),
        iteration,
    }
}

pub(crate) fn between_variants() -> Comparison {
    let run = "0199a000-0000-7000-8000-000000000007";
    Comparison {
        reference: side(Variant::UNSUFFIXED, revision("a"), run, Some(3)),
        candidate: side(detailed(), revision("d"), run, Some(1)),
        kind: ComparisonKind::Variant,
        metric: "pass",
        pairs: 24,
        dropped: 0,
        discordant: Discordant {
            better: 13,
            worse: 0,
        },
        difference: Some(13.0 / 24.0),
        interval: Some(Interval {
            low: 0.329,
            high: 0.721,
        }),
        method: "mcnemar-exact",
        p_value: Some(0.000_244),
        p_adjusted: None,
        verdict: Some(Verdict::Adopt),
        cases_more: Some(0),
        usd_more: None,
        flipped: FAILING
            .iter()
            .map(|i| Flip {
                case: case_id(*i),
                now: "pass",
                reason: "expected `最低`".to_owned(),
            })
            .collect(),
        remarks: Vec::new(),
    }
}

pub(crate) fn since_previous() -> Comparison {
    let flip = |i: usize, now: &'static str, reason: &str| Flip {
        case: case_id(i),
        now,
        reason: reason.to_owned(),
    };
    Comparison {
        reference: side(
            Variant::UNSUFFIXED,
            revision("b"),
            "0199a000-0000-7000-8000-000000000005",
            Some(2),
        ),
        candidate: side(
            Variant::UNSUFFIXED,
            revision("a"),
            "0199a000-0000-7000-8000-000000000007",
            Some(3),
        ),
        kind: ComparisonKind::Previous,
        discordant: Discordant {
            better: 2,
            worse: 1,
        },
        difference: Some(1.0 / 24.0),
        interval: Some(Interval {
            low: -0.14,
            high: 0.23,
        }),
        p_value: Some(1.0),
        verdict: Some(Verdict::Inconclusive),
        cases_more: Some(516),
        usd_more: Some(usd("0.0787")),
        flipped: vec![
            flip(
                8,
                "fail",
                "expected `最低` in “今天成都阴天，气温17°C到21°C”, found neither it nor `low`",
            ),
            flip(0, "pass", "expected `最高`"),
            flip(10, "pass", "expected `最高`"),
        ],
        ..between_variants()
    }
}

/// The same run under a cap that it reached, with everything that can go wrong with money and answers.
pub(crate) fn troubled() -> Facts {
    let mut facts = weather();
    facts.status = RunStatus::OutOfBudget;
    facts.budget = Some(BudgetLeft {
        run: usd("1"),
        left: usd("0.0042"),
    });
    facts.totals.attempts = 53;
    facts.totals.cached = 6;
    facts.totals.saved = usd("0.00047");
    facts.totals.held = usd("0.01");
    facts.totals.lost = usd("0.0512");
    facts.totals.imputed = usd("0.0000244");
    facts
        .totals
        .by_purpose
        .insert("judge".to_owned(), usd("0.9"));
    for i in [0, 3, 4] {
        break_row(
            &mut facts.results[i],
            1,
            "rate limit reached for\u{1b}[31m weather",
            false,
        );
    }
    break_row(
        &mut facts.results[6],
        6,
        "context too long: 9,000 of 8,192 tokens",
        true,
    );
    facts.results[7].outcome = Outcome::Skipped;
    facts.results[7].pass = None;
    facts.results[10].pass = None;
    let row = &mut facts.variants[0];
    (
        row.passed,
        row.failed,
        row.errors,
        row.unscored,
        row.skipped,
        row.cut,
    ) = (5, 14, 3, 1, 1, 2);
    row.usd_per_1k_calls = None;
    row.pass_rate = Some(5.0 / 19.0);
    row.interval = Some(Interval {
        low: 0.118,
        high: 0.489,
    });
    for comparison in &mut facts.comparisons {
        comparison.verdict = None;
        comparison.pairs = 19;
        comparison.dropped = 5;
    }
    facts.gates = vec![
        gate("rate", Some(0.9), Some(0.8996), Some(false)),
        gate("lower_bound", Some(0.1), Some(0.118), Some(true)),
        gate("max_cost_per_call", Some(0.01), Some(0.0488), Some(false)),
        gate("regression", None, None, None),
    ];
    facts
}

fn gate(name: &str, required: Option<f64>, found: Option<f64>, met: Option<bool>) -> Gate {
    Gate {
        gate: name.to_owned(),
        of: Variant::UNSUFFIXED,
        required,
        found,
        met,
    }
}

/// A run of nothing.
pub(crate) fn empty() -> Facts {
    Facts {
        status: RunStatus::Failed,
        variants: Vec::new(),
        comparisons: Vec::new(),
        results: Vec::new(),
        totals: Totals::default(),
        ..weather()
    }
}

/// Two variants on two models with three repeats; the second model fails more.
pub(crate) fn grid() -> Facts {
    let mut facts = weather();
    let other: ModelRef = "openai/gpt-5-mini".parse().expect("a model");
    let mut results = Vec::new();
    for (m, model) in [model(), other.clone()].into_iter().enumerate() {
        for (v, variant) in [Variant::UNSUFFIXED, detailed()].into_iter().enumerate() {
            for i in 0..CASES.len() {
                for repeat in 1..=3 {
                    let fails =
                        i == 3 || (v == 0 && FAILING.contains(&i)) || (m == 1 && i % 6 == 0);
                    let mut row = row(&variant, i, !fails);
                    row.key.model = model.clone();
                    row.key.repeat = repeat;
                    results.push(row);
                }
            }
        }
    }
    facts.results = results;
    let again = facts.variants.clone().into_iter().map(|row| VariantFacts {
        model: other.clone(),
        usd_per_1k_calls: Some(usd("1234.5")),
        ..row
    });
    facts.variants.extend(again);
    for row in &mut facts.variants {
        (row.trials, row.passed, row.failed) = (72, row.passed * 3, row.failed * 3);
    }
    let mut comparison = between_variants();
    comparison.candidate.model = other.clone();
    comparison.reference.model = other;
    comparison.method = "paired-t";
    comparison.difference = Some(-0.003);
    comparison.interval = Some(Interval {
        low: -0.12,
        high: 0.114,
    });
    comparison.verdict = Some(Verdict::Inconclusive);
    comparison.cases_more = None;
    comparison.remarks = vec!["too few clusters".to_owned()];
    facts.comparisons.push(comparison);
    facts
}

/// One variant, no earlier iteration, everything free.
pub(crate) fn alone() -> Facts {
    let mut facts = weather();
    facts.variants.truncate(1);
    facts.results.truncate(24);
    facts.comparisons.clear();
    facts.totals.billed = Usd::ZERO;
    facts.variants[0].usd_per_1k_calls = Some(Usd::ZERO);
    facts.variants[0].iteration = Some(1);
    facts
}
