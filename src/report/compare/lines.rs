//! A comparison as JSON, `pw.compare/v1`: every input with where it came from, every output at full precision.

use serde_json::{Map, Value as Json, json};

use crate::economics::{
    Comparison, Dist, InputLine, Inputs, Investment, Learning, Next, OwnTraining, Shown, Value,
};
use crate::report::compare::{Solved, gates, says};
use crate::report::json::pretty;
use crate::report::text::Lang;

/// Writes everything; the same inputs and the same seed give the same bytes.
pub(crate) fn compare_json(
    inputs: &Inputs,
    comparison: &Comparison,
    solved: Option<&Solved>,
) -> String {
    let verdict = &comparison.verdict;
    let mut report = json!({
        "schema": "pw.compare/v1",
        "as_of": inputs.as_of.to_string(),
        "seed": inputs.seed,
        "inputs": inputs.lines.iter().map(input).collect::<Vec<_>>(),
        "prompt": path(0, &verdict.prompt, &comparison.prompt_investment, &verdict.prompt_flow, comparison),
        "finetune": finetune(inputs, comparison),
        "comparison": {
            "gain_usd": verdict.gain_usd,
            "break_even_volume": verdict.break_even_volume,
            "case": verdict.case.word(),
            "payback_month": verdict.payback_month,
        },
        "uncertainty": uncertainty(comparison),
        "gates": comparison.gates.iter().map(|gate| json!({
            "gate": gate.kind.word(),
            "met": gate.met,
            "reason": gates::reason(gate, Lang::En),
        })).collect::<Vec<_>>(),
        "recommendation": {
            "path": if comparison.recommends_finetune() { "finetune" } else { "prompt" },
            "hypothetical": comparison.is_hypothetical(),
            "sentence": says::sentence(comparison, inputs.world.market.horizon_months, Lang::En),
            "next_measurement": next(comparison.next.as_ref()),
            "turns": comparison.flips.iter().map(|flip| json!({
                "key": flip.key,
                "now": flip.now,
                "at": flip.at,
            })).collect::<Vec<_>>(),
        },
    });
    if let (Some(solved), Some(report)) = (solved, report.as_object_mut()) {
        let value = json!({ "key": solved.key, "value": solved.value });
        report.insert("solved".to_owned(), value);
    }
    pretty(&report)
}

fn input(line: &InputLine) -> Json {
    let value = match &line.value {
        Shown::Number(number) => json!(number),
        Shown::Text(text) => json!(text),
    };
    json!({
        "key": line.key,
        "value": value,
        "dist": line.dist.as_ref().map(dist),
        "provenance": line.provenance.word(),
        "source": line.source,
        "date": line.date,
    })
}

fn dist(dist: &Dist) -> Json {
    let word = dist.word();
    match dist {
        Dist::Normal { mean, sd } => json!({ "dist": word, "mean": mean, "sd": sd }),
        Dist::Lognormal { p5, p95 } => json!({ "dist": word, "p5": p5, "p95": p95 }),
        Dist::Beta { passed, cases } => {
            json!({ "dist": word, "passed": passed, "cases": cases })
        }
        Dist::Pert { low, mode, high } => {
            json!({ "dist": word, "low": low, "mode": mode, "high": high })
        }
        Dist::Uniform { low, high } => json!({ "dist": word, "low": low, "high": high }),
        Dist::Discrete { values, weights } => {
            json!({ "dist": word, "values": values, "weights": weights })
        }
    }
}

/// What both paths have; `which` is 0 for the prompt.
fn path(
    which: usize,
    value: &Value,
    investment: &Investment,
    flow: &[f64],
    comparison: &Comparison,
) -> Json {
    let curve = [&comparison.prompt_curve, &comparison.finetune_curve][which];
    json!({
        "request_usd": comparison.request_usd[which],
        "investment_usd": value.investment_usd,
        "people_usd": part(investment, investment.people_usd),
        "evaluation_usd": part(investment, investment.evaluation_usd),
        "sunk_usd": investment.sunk_usd,
        "fixed_usd": value.fixed_usd(),
        "tokens_usd": value.tokens_usd,
        "error_usd": value.error_usd,
        "hosting_usd": value.hosting_usd,
        "maintenance_usd": value.maintenance_usd,
        "total_usd": value.total_usd(),
        "usd_per_correct": value.usd_per_correct(),
        "equivalent_monthly_usd": comparison.equivalent_monthly_usd[which],
        "cash_flow": flow,
        "curve": curve.as_ref().map(learning),
    })
}

/// A part of an investment that was given as a whole is not known.
fn part(investment: &Investment, usd: f64) -> Option<f64> {
    investment.given_usd.is_none().then_some(usd)
}

fn learning(learning: &Learning) -> Json {
    let curve = &learning.curve;
    json!({
        "a": curve.a,
        "b": curve.b,
        "c": curve.c,
        "chi2": curve.chi2,
        "extrapolates": curve.extrapolates(),
        "iterations_to_target": learning.to_target,
        "far": learning.far,
        "optimum": learning.optimum,
        "stop": learning.should_stop,
    })
}

fn finetune(inputs: &Inputs, comparison: &Comparison) -> Json {
    let verdict = &comparison.verdict;
    let investment = &comparison.finetune_investment;
    let flow = &verdict.finetune_flow;
    let mut report = path(1, &verdict.finetune, investment, flow, comparison);
    let finetune = &inputs.world.finetune;
    let tokens = finetune.training.billed_tokens(finetune.labels.count);
    let own = finetune.training.own.as_ref();
    let more = [
        ("labels_usd", json!(part(investment, investment.labels_usd))),
        (
            "training_usd",
            json!(part(investment, investment.training_usd)),
        ),
        ("training_tokens", json!(tokens)),
        ("gpu_hours", json!(own.map(|own| own.gpu_hours(tokens)))),
        ("memory_gb", json!(own.map(OwnTraining::memory_gb))),
        ("gpus", json!(own.map(OwnTraining::gpus_needed))),
    ];
    if let Some(report) = report.as_object_mut() {
        report.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
    report
}

fn uncertainty(comparison: &Comparison) -> Json {
    let found = &comparison.uncertainty;
    let evppi: Map<String, Json> = found
        .evppi
        .iter()
        .map(|(key, usd)| ((*key).to_owned(), json!(usd)))
        .collect();
    json!({
        "exact": found.exact,
        "draws": found.draws,
        "p_finetune_wins": found.p_finetune_wins,
        "standard_error": found.standard_error,
        "mean_gain_usd": found.mean_gain_usd,
        "p5_usd": found.p5_usd,
        "p50_usd": found.p50_usd,
        "p95_usd": found.p95_usd,
        "regret_prompt_usd": found.regret_prompt_usd,
        "regret_finetune_usd": found.regret_finetune_usd,
        "evpi_usd": found.evpi_usd,
        "evppi": evppi,
        "evsi": comparison.evsi.iter().map(|(cases, usd)| json!({
            "pilot_cases": cases,
            "usd": usd,
        })).collect::<Vec<_>>(),
        "tornado": found.tornado.iter().map(|bar| json!({
            "key": bar.key,
            "low": bar.low,
            "high": bar.high,
            "gain_low_usd": bar.gain_low_usd,
            "gain_high_usd": bar.gain_high_usd,
        })).collect::<Vec<_>>(),
    })
}

fn next(next: Option<&Next>) -> Json {
    match next {
        None => Json::Null,
        Some(Next::Measure(one)) => json!({
            "key": one.key,
            "cases": one.cases,
            "worth_usd": one.worth_usd,
            "cost_usd": one.cost_usd,
        }),
        Some(Next::FindOut { key, worth_usd }) => json!({
            "key": key,
            "cases": null,
            "worth_usd": worth_usd,
            "cost_usd": null,
        }),
    }
}
