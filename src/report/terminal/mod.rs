//! The screen: what anyone sees first after a run.
//!
//! From top to bottom: what was run, a row for each variant and model, what flipped since the previous iteration and why,
//! which cases fail where, what is missing, the gates, the money. [`terminal`] is the order; each part has its file.

mod changes;
mod delta;
mod details;
mod failing;
mod footer;
mod gates;
mod heading;
mod listing;
mod missing;
mod names;
mod rows;
mod unsettled;
mod wording;

use crate::report::view::View;
use crate::summary::Facts;

pub(crate) use delta::Delta;
pub(crate) use names::{Names, label};
pub(crate) use rows::{aligned, interval, pass};

/// Lays out one run for a terminal; ends with a line feed.
///
/// No line is wider than the view, whatever the run holds; texts of models and files are made harmless and cut.
pub fn terminal(facts: &Facts, view: &View) -> String {
    let names = Names::of(facts, view.lang);
    let rows = rows::rows(facts, &names, view);
    let mut after_rows = changes::changes(facts, &names, &rows, view);
    after_rows.extend(failing::failing(facts, &names, view));
    after_rows.extend(missing::missing(facts, &names, view));
    let mut decisions = gates::gates(facts, view);
    decisions.extend(unsettled::unsettled(facts, &names, view));
    paragraphs(&[
        heading::heading(facts, view),
        rows.lines,
        details::details(facts, &names, view),
        after_rows,
        decisions,
        footer::footer(facts, view),
    ])
}

/// Joins groups of lines with an empty line between them; groups without lines leave none.
pub(crate) fn paragraphs(groups: &[Vec<String>]) -> String {
    let mut text = String::new();
    for group in groups.iter().filter(|group| !group.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        for line in group {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests;
