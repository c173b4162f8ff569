//! What changed: against the previous iteration, another run, another model; what flipped and why before any number.

use std::collections::BTreeSet;

use crate::domain::CaseId;
use crate::report::layout::{Fill, fill, names_that_fit};
use crate::report::safe;
use crate::report::style::{DOUBT, GOOD, Piece, paint};
use crate::report::terminal::listing::{and_more, with_reasons};
use crate::report::terminal::rows::{Rows, in_table};
use crate::report::terminal::wording::{flips, headed, notes, passed_before, statistics, title};
use crate::report::terminal::{Delta, Names, label};
use crate::report::view::View;
use crate::summary::{Comparison, ComparisonKind, Facts, Flip};

/// Writes every comparison that the table does not hold whole.
pub(super) fn changes(facts: &Facts, names: &Names, rows: &Rows, view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    for comparison in &facts.comparisons {
        if rows.difference_shown && is_in_table(facts, comparison) {
            lines.extend(beside_the_table(comparison, names, view));
        } else {
            lines.extend(change(facts, comparison, names, view));
        }
    }
    lines
}

/// Writes what must be said of a comparison that the table shows, if anything must.
fn beside_the_table(comparison: &Comparison, names: &Names, view: &View) -> Vec<String> {
    let mut pieces = notes(comparison, view);
    pieces.extend(statistics(comparison, view));
    if pieces.is_empty() {
        return Vec::new();
    }
    pieces.insert(0, headed(&title(comparison, names), view));
    fill(&pieces, line(view))
}

fn change(facts: &Facts, comparison: &Comparison, names: &Names, view: &View) -> Vec<String> {
    let inside = matches!(
        comparison.kind,
        ComparisonKind::Variant | ComparisonKind::Model
    );
    let before = passed_before(facts, comparison).unwrap_or_default();
    let mut pieces = vec![headed(
        &format!("{}{before}", title(comparison, names)),
        view,
    )];
    // Which cases fail in one variant only is told apart.
    if !inside {
        pieces.push(flips(comparison, view).into());
    }
    pieces.push(Delta::of(comparison, view.lang).map_or_else(
        || Piece::new(DOUBT, view.lang.no_pairs()),
        |delta| delta.piece(),
    ));
    pieces.extend(notes(comparison, view));
    let mut lines = fill(&pieces, line(view));
    if !inside {
        lines.extend(flipped(facts, comparison, view));
    }
    let numbers: Vec<Piece> = statistics(comparison, view).into_iter().collect();
    lines.extend(fill(
        &numbers,
        Fill {
            indent: 3,
            ..line(view)
        },
    ));
    lines
}

/// Lists the cases that fail now, with their reasons, then those that pass now.
fn flipped(facts: &Facts, comparison: &Comparison, view: &View) -> Vec<String> {
    let now = |word: &'static str| {
        comparison
            .flipped
            .iter()
            .filter(move |flip| flip.now == word)
    };
    let fails: Vec<&Flip> = now("fail").collect();
    let told: Vec<(String, String)> = fails
        .iter()
        .take(view.most_cases())
        .map(|flip| (label(facts, &flip.case), safe::line(&flip.reason)))
        .collect();
    let mut lines = with_reasons(&told, view);
    lines.extend(and_more(fails.len() - told.len(), view));
    let passes: Vec<String> = now("pass").map(|flip| label(facts, &flip.case)).collect();
    if !passes.is_empty() {
        let (list, _) = names_that_fit(&passes, view.width.saturating_sub(5), ", ");
        lines.push(format!("   {} {list}", paint(GOOD, "✓", view.styled)));
    }
    lines
}

fn is_in_table(facts: &Facts, comparison: &Comparison) -> bool {
    let side = &comparison.candidate;
    in_table(facts, &side.variant, &side.model).is_some_and(|shown| std::ptr::eq(shown, comparison))
}

/// How lines of a comparison are set.
pub(super) fn line(view: &View) -> Fill<'static> {
    Fill::spaced(view)
}

/// Returns the cases that are told of as failing since the previous iteration.
pub(super) fn told(facts: &Facts) -> BTreeSet<&CaseId> {
    facts
        .comparisons
        .iter()
        .filter(|c| matches!(c.kind, ComparisonKind::Previous | ComparisonKind::Run))
        .flat_map(|c| &c.flipped)
        .filter(|flip| flip.now == "fail")
        .map(|flip| &flip.case)
        .collect()
}
