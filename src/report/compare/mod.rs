//! `pw compare`: the decision, what it rests on and how sure it is; [`lines`] has it as JSON.

mod amount;
mod bars;
mod gates;
mod lines;
mod says;
mod tables;

use crate::economics::{Comparison, Inputs};
use crate::report::compare::amount::plain;
use crate::report::layout::{Fill, fill, wrap};
use crate::report::safe;
use crate::report::style::{BOLD, DIM, Piece, paint};
use crate::report::terminal::paragraphs;
use crate::report::view::View;

pub(crate) use lines::compare_json;

/// A number at which both paths cost the same.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Solved {
    pub(crate) key: String,
    pub(crate) value: f64,
}

/// Lays a comparison out: gates that are missed, the recommendation, costs, uncertainty, what turns it, assumptions.
pub(crate) fn compare(
    file: &str,
    inputs: &Inputs,
    comparison: &Comparison,
    solved: Option<&Solved>,
    view: &View,
) -> String {
    let lang = view.lang;
    let market = &inputs.world.market;
    let title = lang.compare_title(
        &safe::line(file),
        &plain(market.horizon_months),
        &inputs.as_of.to_string(),
        &plain(market.volume),
    );
    let sentence = says::sentence(comparison, market.horizon_months, lang);
    let mut groups = vec![fill(&[Piece::new(DIM, title)], Fill::dotted(view))];
    groups.push(gates::missed(&comparison.gates, view));
    groups.push(bold(&sentence, view));
    if let Some(solved) = solved {
        groups.push(bold(
            &lang.solved_at(&solved.key, &plain(solved.value)),
            view,
        ));
    }
    groups.push(tables::costs(comparison, view));
    groups.push(said(says::decision(inputs, comparison, lang), view));
    groups.push(bars::tornado(comparison, view));
    groups.push(tables::turns(comparison, view));
    groups.push(said(says::learning(comparison, lang), view));
    groups.push(gates::unchecked(&comparison.gates, view));
    groups.push(tables::assumptions(inputs, view));
    paragraphs(&groups)
}

fn bold(text: &str, view: &View) -> Vec<String> {
    wrap(text, view.width)
        .iter()
        .map(|line| paint(BOLD, line, view.styled))
        .collect()
}

/// Sets each remark on lines of its own.
fn said(remarks: Vec<String>, view: &View) -> Vec<String> {
    let how = Fill {
        between: " ",
        indent: 1,
        hanging: 3,
        width: view.width,
        styled: view.styled,
    };
    remarks
        .into_iter()
        .flat_map(|remark| fill(&[Piece::from(remark)], how))
        .collect()
}

#[cfg(test)]
mod tests;
