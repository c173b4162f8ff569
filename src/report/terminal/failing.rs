//! Which cases fail, where, and why.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{CaseId, ModelRef, TrialRow, Variant};
use crate::report::layout::{cut, names_that_fit, width};
use crate::report::standing::{passes, reason};
use crate::report::terminal::changes::told;
use crate::report::terminal::listing::{and_more, with_reasons};
use crate::report::terminal::{Names, label};
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::Facts;

/// One row of the table: which of its cases failed, with the first reason, and which passed in every judged trial.
#[derive(Debug)]
struct Side<'a> {
    variant: &'a Variant,
    model: &'a ModelRef,
    failed: BTreeMap<&'a CaseId, String>,
    /// The same cases in trial order.
    order: Vec<&'a CaseId>,
    passed: BTreeSet<&'a CaseId>,
}

/// Writes the failing cases: of one row with their reasons, of several those that fail in one only, and those that fail in all.
pub(super) fn failing(facts: &Facts, names: &Names, view: &View) -> Vec<String> {
    let sides = sides(facts, view.lang);
    match sides.as_slice() {
        [] => Vec::new(),
        [only] => listed(
            facts,
            &only.order,
            only,
            &view.lang.cases_fail(only.order.len()),
            view,
        ),
        several => between(facts, several, names, view),
    }
}

fn between(facts: &Facts, sides: &[Side<'_>], names: &Names, view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    for (i, side) in sides.iter().enumerate() {
        let passes_elsewhere = |case: &&CaseId| {
            sides
                .iter()
                .enumerate()
                .all(|(j, other)| i == j || other.passed.contains(case))
        };
        let alone: Vec<&CaseId> = side
            .order
            .iter()
            .copied()
            .filter(passes_elsewhere)
            .collect();
        let head = view
            .lang
            .fail_only_in(alone.len(), &names.row(side.variant, side.model));
        if view.verbose > 0 {
            lines.extend(listed(facts, &alone, side, &head, view));
        } else {
            lines.extend(named(facts, &alone, &head, view));
        }
    }
    let in_all = |case: &&CaseId| sides.iter().all(|side| side.failed.contains_key(case));
    let everywhere: Vec<&CaseId> = sides[0].order.iter().copied().filter(in_all).collect();
    let head = view.lang.fail_everywhere(everywhere.len());
    lines.extend(listed(facts, &everywhere, &sides[0], &head, view));
    lines
}

/// Writes how many cases and the first of them, on one line, or on two where one has no room for a few names.
fn named(facts: &Facts, cases: &[&CaseId], head: &str, view: &View) -> Vec<String> {
    let names: Vec<String> = cases
        .iter()
        .take(100)
        .map(|case| label(facts, case))
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    let whole = format!(" {head}{}{}", view.lang.colon(), names.join(", "));
    if cases.len() == names.len() && width(&whole) <= view.width {
        return vec![whole];
    }
    let start = format!(" {head} · {}", view.lang.first());
    let room = view.width.saturating_sub(width(&start));
    if room >= 24 {
        return vec![format!("{start}{}", names_that_fit(&names, room, ", ").0)];
    }
    let (list, _) = names_that_fit(&names, view.width.saturating_sub(3), ", ");
    vec![cut(&format!(" {head}"), view.width), format!("   {list}")]
}

/// Writes how many cases, and the first of them under each other with their reasons.
///
/// A case that is told of as failing since the previous iteration is counted and not told of twice.
fn listed(
    facts: &Facts,
    cases: &[&CaseId],
    side: &Side<'_>,
    head: &str,
    view: &View,
) -> Vec<String> {
    if cases.is_empty() {
        return Vec::new();
    }
    let told = told(facts);
    let fresh: Vec<&CaseId> = cases
        .iter()
        .copied()
        .filter(|case| !told.contains(case))
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
    lines.extend(and_more(fresh.len() - shown.len(), view));
    lines
}

fn sides(facts: &Facts, lang: Lang) -> Vec<Side<'_>> {
    let side = |variant, model| Side {
        variant,
        model,
        failed: BTreeMap::new(),
        order: Vec::new(),
        passed: BTreeSet::new(),
    };
    let mut sides: Vec<Side<'_>> = facts
        .variants
        .iter()
        .map(|row| side(&row.variant, &row.model))
        .collect();
    let places: BTreeMap<(&Variant, &ModelRef), usize> = sides
        .iter()
        .enumerate()
        .map(|(i, side)| ((side.variant, side.model), i))
        .collect();
    for row in &facts.results {
        let place = places.get(&(&row.key.variant, &row.key.model));
        if let Some(side) = place.and_then(|i| sides.get_mut(*i)) {
            side.add(row, lang);
        }
    }
    for Side { failed, passed, .. } in &mut sides {
        passed.retain(|case| !failed.contains_key(case));
    }
    sides
}

impl<'a> Side<'a> {
    fn add(&mut self, row: &'a TrialRow, lang: Lang) {
        let case = &row.key.case;
        if passes(row) == Some(true) {
            self.passed.insert(case);
        } else if !self.failed.contains_key(case)
            && let Some(reason) = reason(row, lang)
        {
            self.order.push(case);
            self.failed.insert(case, reason);
        }
    }
}
