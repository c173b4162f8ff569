//! The criteria that the user declared: met, missed, or left open by errors.

use crate::domain::Gate;
use crate::report::layout::{Fill, fill};
use crate::report::money::{dollars, from_float};
use crate::report::number::percents_apart;
use crate::report::safe;
use crate::report::style::{BAD, DOUBT, GOOD, Piece};
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::Facts;

pub(super) fn gates(facts: &Facts, view: &View) -> Vec<String> {
    let how = Fill::spaced(view);
    facts
        .gates
        .iter()
        .flat_map(|gate| fill(&pieces(gate, view), how))
        .collect()
}

fn pieces(gate: &Gate, view: &View) -> Vec<Piece> {
    let lang = view.lang;
    let (style, sign, word) = match gate.met {
        Some(true) => (GOOD, "✓", lang.gate_met()),
        Some(false) => (BAD, "✗", lang.gate_missed()),
        None => (DOUBT, "?", lang.gate_open()),
    };
    let of = match gate.of.as_str() {
        "" => String::new(),
        name => format!(" ({})", safe::line(name)),
    };
    vec![
        Piece::new(
            style,
            format!("{sign} {} `{}`{of}", lang.gate(), safe::line(&gate.gate)),
        ),
        Piece::new(style, word),
        numbers(gate, lang).into(),
    ]
}

fn numbers(gate: &Gate, lang: Lang) -> String {
    let cost = gate.gate == "max_cost_per_call";
    let show = |dollar: f64| dollars(from_float(dollar));
    match (gate.found, gate.required) {
        (Some(found), Some(required)) if cost => lang.at_most(&show(found), &show(required)),
        (None, Some(required)) if cost => lang.at_most(lang.unknown(), &show(required)),
        (Some(found), Some(required)) => {
            let (found, required) = percents_apart(found, required);
            lang.at_least(&lang.percent(&found), &lang.percent(&required))
        }
        (None, Some(required)) => {
            let (_, required) = percents_apart(0.0, required);
            lang.at_least(lang.unknown(), &lang.percent(&required))
        }
        (_, None) => String::new(),
    }
}
