//! The first lines: what was run, and how it ended where it did not end well.

use crate::domain::{Outcome, RunStatus, Variant};
use crate::report::layout::{Fill, fill};
use crate::report::number::many;
use crate::report::safe;
use crate::report::style::{BAD, BOLD, DIM, DOUBT, Piece};
use crate::report::terminal::Names;
use crate::report::view::View;
use crate::summary::Facts;

pub(super) fn heading(facts: &Facts, view: &View) -> Vec<String> {
    let how = Fill::dotted(view);
    let mut lines = fill(&what(facts, view), how);
    if view.verbose > 0 {
        lines.extend(fill(&circumstances(facts, view), Fill { indent: 1, ..how }));
    }
    lines.extend(fill(&ending(facts, view), Fill { indent: 1, ..how }));
    lines
}

fn what(facts: &Facts, view: &View) -> Vec<Piece> {
    let names = Names::of(facts, view.lang);
    let mut pieces = vec![
        Piece::new(BOLD, safe::line(&facts.prompt.0)),
        extent(facts, names, view).into(),
    ];
    if let [only] = facts.variants.as_slice() {
        let named = only.variant != Variant::UNSUFFIXED;
        pieces.extend(named.then(|| names.variant(&only.variant).into()));
    }
    match facts.variants.as_slice() {
        [first, ..] if names.models == 1 => {
            pieces.push(safe::line(&first.model.to_string()).into());
        }
        [_, ..] => pieces.push(view.lang.models(names.models).into()),
        [] => {}
    }
    pieces.push(view.lang.run(&facts.number.to_string()).into());
    if facts.filtered {
        pieces.push(Piece::new(DOUBT, view.lang.filtered()));
    }
    pieces
}

/// Writes `24 cases × 2 variants × 3 repeats`; factors of one are left out.
fn extent(facts: &Facts, names: Names, view: &View) -> String {
    let cases = facts
        .variants
        .iter()
        .map(|row| row.cases)
        .max()
        .unwrap_or(0);
    let repeats = facts
        .variants
        .iter()
        .filter(|row| row.cases > 0)
        .map(|row| row.trials / row.cases)
        .max()
        .unwrap_or(1);
    let mut factors = vec![view.lang.cases(cases)];
    if names.variants > 1 {
        factors.push(view.lang.variants(names.variants));
    }
    if repeats > 1 {
        factors.push(view.lang.repeats(repeats));
    }
    factors.join(" × ")
}

/// Tells, for `-v`, when and from what state of the sources the run came.
fn circumstances(facts: &Facts, view: &View) -> Vec<Piece> {
    let mut texts = vec![
        safe::line(&facts.started_at),
        view.lang.seed(&facts.seed.to_string()),
    ];
    if let Some(git) = &facts.git {
        let short: String = git.commit.chars().take(8).collect();
        let dirty = if git.dirty { view.lang.dirty() } else { "" };
        texts.push(format!("git {}{dirty}", safe::line(&short)));
    }
    if let Some(run) = &facts.resumed_from {
        texts.push(view.lang.resumed_from(&safe::line(run)));
    }
    texts.extend(
        facts
            .tags
            .iter()
            .map(|(key, value)| safe::line(&format!("{key}={value}"))),
    );
    texts.extend(facts.note.as_deref().map(safe::line));
    texts
        .into_iter()
        .map(|text| Piece::new(DIM, text))
        .collect()
}

fn ending(facts: &Facts, view: &View) -> Vec<Piece> {
    let (style, word) = match facts.status {
        RunStatus::Finished => return Vec::new(),
        RunStatus::Started => (DOUBT, view.lang.not_ended()),
        RunStatus::Cancelled => (DOUBT, view.lang.cancelled()),
        RunStatus::Interrupted => (BAD, view.lang.interrupted()),
        RunStatus::Failed => (BAD, view.lang.run_failed()),
        RunStatus::OutOfBudget => (BAD, view.lang.out_of_budget()),
    };
    let done = facts
        .results
        .iter()
        .filter(|row| !matches!(row.outcome, Outcome::Skipped))
        .count();
    let all: usize = facts.variants.iter().map(|row| row.trials).sum();
    let mut pieces = vec![Piece::new(style.bold(), word)];
    if all > 0 {
        pieces.push(view.lang.trials_ran(&many(done), &many(all)).into());
    }
    if facts.comparisons.iter().all(|c| c.verdict.is_none()) {
        pieces.push(view.lang.no_verdict().into());
    }
    pieces
}
