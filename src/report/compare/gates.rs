//! Conditions without which fine-tuning cannot be had.

use crate::economics::{Gate, GateKind};
use crate::report::compare::amount::plain;
use crate::report::layout::{Fill, fill};
use crate::report::style::{BAD, DIM, Piece};
use crate::report::text::Lang;
use crate::report::view::View;

/// Returns what a gate found and what it needs.
pub(super) fn reason(gate: &Gate, lang: Lang) -> String {
    let known = |limit: &Option<f64>| limit.map(plain);
    match &gate.kind {
        GateKind::JobsAccepted { as_of, until } => {
            lang.gate_jobs(&as_of.to_string(), &until.to_string())
        }
        GateKind::BaseModel { left_months, least } => {
            lang.gate_base(&tenths(*left_months), &plain(*least))
        }
        GateKind::Horizon {
            left_months,
            horizon_months,
        } => lang.gate_horizon(&tenths(*left_months), &plain(*horizon_months)),
        GateKind::MinimumExamples { examples, least } => {
            lang.gate_examples(&plain(*examples), &plain(*least))
        }
        GateKind::Context { tokens, limit } => known(limit).map_or_else(
            || lang.unchecked("finetune.context_tokens"),
            |limit| lang.gate_context(&plain(*tokens), &limit),
        ),
        GateKind::Capacity { requests, capacity } => known(capacity).map_or_else(
            || lang.unchecked("finetune.tokens_per_second"),
            |capacity| lang.gate_capacity(&plain(requests.round()), &capacity),
        ),
        GateKind::Memory { needed, gpus } => known(gpus).map_or_else(
            || lang.unchecked("finetune.own_training.gpus"),
            |gpus| lang.gate_memory(&plain(*needed), &gpus),
        ),
    }
}

fn tenths(months: f64) -> String {
    format!("{months:.1}")
}

/// Lists what is missed, under a warning that all else is hypothetical.
pub(super) fn missed(gates: &[Gate], view: &View) -> Vec<String> {
    let missed: Vec<&Gate> = gates
        .iter()
        .filter(|gate| gate.met == Some(false))
        .collect();
    if missed.is_empty() {
        return Vec::new();
    }
    let mut lines = fill(
        &[Piece::new(BAD, view.lang.not_available())],
        Fill::dotted(view),
    );
    for gate in missed {
        let mark = if view.ascii { "x" } else { "✗" };
        let text = format!("{mark} {}", reason(gate, view.lang));
        lines.extend(fill(&[Piece::new(BAD, text)], Fill::spaced(view)));
    }
    lines
}

/// Lists what could not be judged.
pub(super) fn unchecked(gates: &[Gate], view: &View) -> Vec<String> {
    let open = gates.iter().filter(|gate| gate.met.is_none());
    open.flat_map(|gate| {
        let text = format!("{}: {}", gate.kind.word(), reason(gate, view.lang));
        fill(&[Piece::new(DIM, text)], Fill::spaced(view))
    })
    .collect()
}
