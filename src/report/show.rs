//! Recorded trials in full: what was sent, what came back, what each assertion said, what it cost.

mod trial;

pub(crate) use trial::{assertion, mark, said};

use crate::domain::{CaseId, Outcome, TrialRow};
use crate::report::layout::{Fill, fill};
use crate::report::safe;
use crate::report::standing::passes;
use crate::report::style::{BOLD, DIM, Piece};
use crate::report::terminal::{label, paragraphs};
use crate::report::view::View;
use crate::summary::Facts;

/// Writes one case of a run in full, a block for each trial; `None` when the run has no such case.
///
/// The case is named by its id or by what people call it.
pub fn case(facts: &Facts, id: &CaseId, view: &View) -> Option<String> {
    let meant =
        |row: &&TrialRow| row.key.case == *id || facts.labels.get(&row.key.case) == Some(&id.0);
    let rows: Vec<&TrialRow> = facts.results.iter().filter(meant).collect();
    let case = &rows.first()?.key.case;
    let name = label(facts, case);
    let mut head = vec![Piece::new(BOLD, name.as_str())];
    if safe::line(&case.0) != name {
        head.push(Piece::new(DIM, safe::line(&case.0)));
    }
    let mut groups = vec![heading(head, facts, view)];
    groups[0].extend(vars(facts, case, view));
    let who = trial::Who::of(facts, view);
    groups.extend(rows.into_iter().map(|row| trial::whole(row, who, view)));
    Some(paragraphs(&groups))
}

/// Writes the trials of a run that failed, could not be judged or brought no answer, in trial order.
pub fn failed(facts: &Facts, view: &View) -> String {
    let bad =
        |row: &&TrialRow| passes(row) != Some(true) && !matches!(row.outcome, Outcome::Skipped);
    let rows: Vec<&TrialRow> = facts.results.iter().filter(bad).collect();
    let what = if rows.is_empty() {
        view.lang.nothing_failed().to_owned()
    } else {
        view.lang.not_passed(rows.len())
    };
    let who = trial::Who::of(facts, view);
    let mut groups = vec![heading(vec![Piece::new(BOLD, what)], facts, view)];
    let excerpt = |row: &TrialRow| trial::excerpt(row, &label(facts, &row.key.case), who, view);
    groups.extend(rows.into_iter().map(excerpt));
    paragraphs(&groups)
}

fn heading(mut pieces: Vec<Piece>, facts: &Facts, view: &View) -> Vec<String> {
    pieces.push(safe::line(&facts.prompt.0).into());
    pieces.push(view.lang.run(&facts.number.to_string()).into());
    let how = Fill {
        between: " · ",
        indent: 0,
        hanging: 1,
        width: view.width,
        styled: view.styled,
    };
    fill(&pieces, how)
}

fn vars(facts: &Facts, case: &CaseId, view: &View) -> Vec<String> {
    let Some(vars) = facts.vars.get(case).filter(|vars| !vars.is_empty()) else {
        return Vec::new();
    };
    let text: Vec<String> = vars
        .iter()
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}: {text}"),
            None => format!("{name}: {value}"),
        })
        .collect();
    said(view.lang.vars(), &text.join("\n"), view)
}

#[cfg(test)]
mod tests;
