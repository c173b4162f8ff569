//! Which cases fail, where, and why.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{CaseId, ModelRef, Outcome, TrialRow, Variant};
use crate::report::layout::{cut, names_that_fit, width};
use crate::report::number::many;
use crate::report::safe;
use crate::report::style::{DIM, paint};
use crate::report::terminal::changes::{told, with_reasons};
use crate::report::terminal::{Names, label};
use crate::report::view::View;
use crate::summary::Facts;

/// One row of the table: which of its cases failed, with the first reason, and which have a pass in every trial.
#[derive(Debug)]
struct Side<'a> {
    variant: &'a Variant,
    model: &'a ModelRef,
    failed: BTreeMap<&'a CaseId, String>,
    /// The same cases in trial order.
    order: Vec<&'a CaseId>,
    passed: BTreeSet<&'a CaseId>,
}

pub(super) fn failing(facts: &Facts, names: &Names, view: &View) -> Vec<String> {
    let sides = sides(facts);
    match sides.as_slice() {
        [] => Vec::new(),
        [only] => listed(
            facts,
            &only.order,
            only,
            view.lang.cases_fail(only.order.len()),
            view,
        ),
        several => between(facts, several, names, view),
    }
}

fn between(facts: &Facts, sides: &[Side<'_>], names: &Names, view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    for (i, side) in sides.iter().enumerate() {
        let others = || {
            sides
                .iter()
                .enumerate()
                .filter(move |(j, _)| *j != i)
                .map(|(_, other)| other)
        };
        let alone: Vec<&CaseId> = side
            .order
            .iter()
            .copied()
            .filter(|case| others().all(|other| other.passed.contains(case)))
            .collect();
        let head = view
            .lang
            .fail_only_in(alone.len(), &names.row(side.variant, side.model));
        if view.verbose > 0 {
            lines.extend(listed(facts, &alone, side, head, view));
        } else {
            lines.extend(named(facts, &alone, &head, view));
        }
    }
    let everywhere: Vec<&CaseId> = sides[0]
        .order
        .iter()
        .copied()
        .filter(|case| sides.iter().all(|side| side.failed.contains_key(case)))
        .collect();
    let head = view.lang.fail_everywhere(everywhere.len());
    lines.extend(listed(facts, &everywhere, &sides[0], head, view));
    lines
}

/// Writes how many cases and the first of them, on one line.
fn named(facts: &Facts, cases: &[&CaseId], head: &str, view: &View) -> Option<String> {
    let names: Vec<String> = cases
        .iter()
        .take(100)
        .map(|case| label(facts, case))
        .collect();
    if names.is_empty() {
        return None;
    }
    let room = view.width.saturating_sub(1 + width(head) + 2);
    let all = names.join(", ");
    let text = if cases.len() == names.len() && width(&all) <= room {
        format!(" {head}: {all}")
    } else {
        let head = format!(" {head} · {} ", view.lang.first());
        let (list, _) = names_that_fit(&names, view.width.saturating_sub(width(&head)), ", ");
        format!("{head}{list}")
    };
    Some(cut(&text, view.width))
}

/// Writes how many cases, and the first of them under each other with their reasons.
fn listed(
    facts: &Facts,
    cases: &[&CaseId],
    side: &Side<'_>,
    head: String,
    view: &View,
) -> Vec<String> {
    if cases.is_empty() {
        return Vec::new();
    }
    let fresh: Vec<&CaseId> = cases
        .iter()
        .copied()
        .filter(|case| !told(facts, case))
        .collect();
    let shown: Vec<(String, String)> = fresh
        .iter()
        .take(view.most_cases())
        .map(|case| {
            (
                label(facts, case),
                side.failed.get(*case).cloned().unwrap_or_default(),
            )
        })
        .collect();
    let mut lines = vec![cut(&format!(" {head}"), view.width)];
    lines.extend(with_reasons(&shown, view));
    if fresh.len() > shown.len() {
        let more = view.lang.and_more(&many(fresh.len() - shown.len()));
        lines.push(paint(
            DIM,
            &cut(&format!("   {more}"), view.width),
            view.styled,
        ));
    }
    lines
}

fn sides(facts: &Facts) -> Vec<Side<'_>> {
    let mut sides: Vec<Side<'_>> = facts
        .variants
        .iter()
        .map(|row| Side {
            variant: &row.variant,
            model: &row.model,
            failed: BTreeMap::new(),
            order: Vec::new(),
            passed: BTreeSet::new(),
        })
        .collect();
    let index: BTreeMap<(&Variant, &ModelRef), usize> = facts
        .variants
        .iter()
        .enumerate()
        .map(|(i, row)| ((&row.variant, &row.model), i))
        .collect();
    for row in &facts.results {
        let place = index.get(&(&row.key.variant, &row.key.model));
        if let Some(side) = place.and_then(|i| sides.get_mut(*i)) {
            side.add(row);
        }
    }
    for side in &mut sides {
        let failed = &side.failed;
        side.passed.retain(|case| !failed.contains_key(case));
    }
    sides
}

impl<'a> Side<'a> {
    fn add(&mut self, row: &'a TrialRow) {
        if let Some(reason) = reason(row) {
            if !self.failed.contains_key(&row.key.case) {
                self.order.push(&row.key.case);
                self.failed.insert(&row.key.case, reason);
            }
        } else if row.pass == Some(true) {
            self.passed.insert(&row.key.case);
        }
    }
}

/// Returns why a trial failed, as one harmless line; `None` when it did not fail.
fn reason(row: &TrialRow) -> Option<String> {
    match &row.outcome {
        Outcome::Error { fault } if fault.caused_by_request => Some(safe::line(&fault.message)),
        Outcome::Answered { .. } if row.pass == Some(false) => {
            let failing = row.scores.iter().find(|score| score.pass == Some(false));
            Some(
                failing
                    .map(|score| safe::line(&score.reason))
                    .unwrap_or_default(),
            )
        }
        _ => None,
    }
}
