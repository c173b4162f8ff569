//! What a suite says about its runs: models, judge, repeats, budget, gates.

use crate::domain::{GateSpec, ModelRef, Usd};
use crate::suite::draft::{SHARE, is_share};
use crate::suite::reading::Reading;
use crate::suite::tree::{Data, Entry, Node};
use crate::suite::{FlawKind, known};

/// Reads `models`: one `ENDPOINT/MODEL` or a list of them.
pub(super) fn models(entry: &Entry, reading: &mut Reading<'_>) -> Vec<ModelRef> {
    let nodes = if let Data::List(items) = &entry.node.data {
        items.as_slice()
    } else {
        std::slice::from_ref(&entry.node)
    };
    let mut models = Vec::new();
    for node in nodes {
        let Some(model) = model(&entry.key, node, reading) else {
            continue;
        };
        if models.contains(&model) {
            let kind = FlawKind::Twice {
                what: "model",
                name: model.to_string(),
                first: None,
            };
            reading.flaw(node.line, kind);
        } else {
            models.push(model);
        }
    }
    models
}

/// Reads `judge`: one `ENDPOINT/MODEL`.
pub(super) fn judge(entry: &Entry, reading: &mut Reading<'_>) -> Option<ModelRef> {
    model(&entry.key, &entry.node, reading)
}

fn model(key: &str, node: &Node, reading: &mut Reading<'_>) -> Option<ModelRef> {
    let model = match &node.data {
        Data::Text(text) => text.parse().ok(),
        _ => None,
    };
    if model.is_none() {
        let kind = FlawKind::Value {
            key: key.to_owned(),
            found: node.words(),
            expected: "`ENDPOINT/MODEL`, such as `openai/gpt-5-mini`".to_owned(),
        };
        reading.flaw(node.line, kind);
    }
    model
}

/// Reads `repeat`: a whole number from 1.
pub(super) fn repeat(entry: &Entry, reading: &mut Reading<'_>) -> Option<u32> {
    let repeat = match &entry.node.data {
        Data::Number(number) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok()),
        _ => None,
    };
    let repeat = repeat.filter(|repeat| *repeat > 0);
    if repeat.is_none() {
        reading.unexpected(entry, "a whole number of at least 1");
    }
    repeat
}

/// Reads `budget`: US dollars, exactly as written; never by way of a float.
pub(super) fn budget(entry: &Entry, reading: &mut Reading<'_>) -> Option<Usd> {
    let budget = match &entry.node.data {
        Data::Text(_) | Data::Number(_) => reading
            .scalar_text(&entry.node)
            .and_then(|text| text.parse::<Usd>().ok()),
        _ => None,
    };
    let budget = budget.filter(|budget| *budget >= Usd::ZERO);
    if budget.is_none() {
        reading.unexpected(entry, "an amount in US dollars, such as `\"1.00\"`");
    }
    budget
}

/// Reads the gates under `pass`.
pub(super) fn gates(entry: &Entry, reading: &mut Reading<'_>) -> Vec<GateSpec> {
    let mut gates = Vec::new();
    for gate in reading.entries_of(entry, "a map of gates") {
        let spec = match gate.key.as_str() {
            "rate" => reading
                .number_of(gate, SHARE, is_share)
                .map(|required| GateSpec::Rate { required }),
            "lower_bound" => reading
                .number_of(gate, SHARE, is_share)
                .map(|required| GateSpec::LowerBound { required }),
            "max_cost_per_call" => {
                dollars(gate, reading).map(|required| GateSpec::MaxCostPerCall { required })
            }
            _ => {
                reading.unknown(gate, "`pass`", known::PASS);
                None
            }
        };
        gates.extend(spec);
    }
    gates
}

fn dollars(entry: &Entry, reading: &mut Reading<'_>) -> Option<f64> {
    let dollars = match &entry.node.data {
        Data::Number(number) => number.as_f64(),
        Data::Text(text) => text.parse::<Usd>().ok().map(Usd::as_f64),
        _ => None,
    };
    let dollars = dollars.filter(|dollars| *dollars >= 0.0);
    if dollars.is_none() {
        reading.unexpected(entry, "an amount in US dollars of at least 0");
    }
    dollars
}
