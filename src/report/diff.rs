//! Two recorded runs side by side, case by case.

use std::collections::BTreeMap;

use crate::domain::{CaseId, Outcome, TrialRow};
use crate::report::layout::{Fill, fill};
use crate::report::number::many;
use crate::report::safe;
use crate::report::show::{assertion, mark, said};
use crate::report::style::{BOLD, DIM, DOUBT, PLAIN, Piece, paint};
use crate::report::table::{Align, Table};
use crate::report::terminal::{Delta, Names, label, paragraphs};
use crate::report::view::View;
use crate::summary::{Comparison, Facts, SideName};

/// Writes what differs between two runs, regressions first, with both answers; `-v` adds a table of all cases.
///
/// The comparison's reference is looked for in `a`, its candidate in `b`.
pub fn diff(a: &Facts, b: &Facts, comparison: &Comparison, view: &View) -> String {
    let pairs = pairs(a, b, comparison);
    let mut groups = vec![
        heading(a, b, comparison, view),
        verdict(comparison, &pairs, view),
    ];
    let mut flipped: Vec<&Pair<'_>> = pairs.iter().filter(|pair| pair.flipped()).collect();
    // Stable: trial order within each group.
    flipped.sort_by_key(|pair| pair.now > pair.was);
    groups.extend(
        flipped
            .iter()
            .take(most(view))
            .map(|pair| both(a, b, pair, view)),
    );
    if flipped.len() > most(view) {
        groups.push(vec![format!(
            " {}",
            view.lang.and_more(&many(flipped.len() - most(view)))
        )]);
    }
    if view.verbose > 0 {
        groups.push(all(a, b, &pairs, view));
    }
    paragraphs(&groups)
}

fn most(view: &View) -> usize {
    view.most_cases().saturating_mul(4)
}

/// A case in both runs, or in one of them; with the share of its judged trials that passed.
#[derive(Debug)]
struct Pair<'a> {
    case: &'a CaseId,
    before: Vec<&'a TrialRow>,
    after: Vec<&'a TrialRow>,
    was: Option<f64>,
    now: Option<f64>,
}

impl Pair<'_> {
    fn flipped(&self) -> bool {
        matches!((self.was, self.now), (Some(was), Some(now)) if (was - now).abs() > f64::EPSILON)
    }
}

/// Pairs the cases by id: those of the candidate in trial order, then those that only the reference has.
fn pairs<'a>(a: &'a Facts, b: &'a Facts, comparison: &Comparison) -> Vec<Pair<'a>> {
    let (before, _) = by_case(a, &comparison.reference);
    let (after, order) = by_case(b, &comparison.candidate);
    let (_, older) = by_case(a, &comparison.reference);
    let gone = older.into_iter().filter(|case| !after.contains_key(case));
    order
        .into_iter()
        .chain(gone)
        .map(|case| {
            let before = before.get(case).cloned().unwrap_or_default();
            let after = after.get(case).cloned().unwrap_or_default();
            let (was, now) = (share(&before), share(&after));
            Pair {
                case,
                before,
                after,
                was,
                now,
            }
        })
        .collect()
}

fn by_case<'a>(
    facts: &'a Facts,
    side: &SideName,
) -> (BTreeMap<&'a CaseId, Vec<&'a TrialRow>>, Vec<&'a CaseId>) {
    let mut rows: BTreeMap<&CaseId, Vec<&TrialRow>> = BTreeMap::new();
    let mut order = Vec::new();
    let mine = |row: &&TrialRow| row.key.variant == side.variant && row.key.model == side.model;
    for row in facts.results.iter().filter(mine) {
        let trials = rows.entry(&row.key.case).or_default();
        if trials.is_empty() {
            order.push(&row.key.case);
        }
        trials.push(row);
    }
    (rows, order)
}

/// Returns the share of passing trials among the judged ones.
#[expect(clippy::cast_precision_loss, reason = "repeats are few")]
fn share(rows: &[&TrialRow]) -> Option<f64> {
    let failed = |row: &&&TrialRow| {
        row.pass == Some(false)
            || matches!(&row.outcome, Outcome::Error { fault } if fault.caused_by_request)
    };
    let passed = rows.iter().filter(|row| row.pass == Some(true)).count();
    let judged = passed + rows.iter().filter(failed).count();
    (judged > 0).then(|| passed as f64 / judged as f64)
}

fn heading(a: &Facts, b: &Facts, comparison: &Comparison, view: &View) -> Vec<String> {
    let side = |facts: &Facts, side: &SideName| {
        let names = Names {
            lang: view.lang,
            ..Names::of(facts, view.lang)
        };
        format!(
            "{} @{}",
            names.variant(&side.variant),
            safe::line(side.revision.short())
        )
    };
    let (old, new) = (
        view.lang.run(&a.number.to_string()),
        view.lang.run(&b.number.to_string()),
    );
    let mut pieces = vec![
        Piece::new(BOLD, safe::line(&b.prompt.0)),
        Piece::from(format!("{old} -> {new}")),
        format!(
            "{} -> {}",
            side(a, &comparison.reference),
            side(b, &comparison.candidate)
        )
        .into(),
    ];
    let (before, after) = (&comparison.reference.model, &comparison.candidate.model);
    if before == after {
        pieces.push(safe::line(&after.to_string()).into());
    } else {
        pieces.push(safe::line(&format!("{before} -> {after}")).into());
    }
    fill(&pieces, line(0, view))
}

fn verdict(comparison: &Comparison, pairs: &[Pair<'_>], view: &View) -> Vec<String> {
    let lang = view.lang;
    let differing = pairs.iter().filter(|pair| pair.flipped()).count();
    let mut pieces = vec![if differing == 0 {
        Piece::from(lang.no_differences())
    } else {
        lang.differing(differing).into()
    }];
    pieces.push(
        lang.the_same(
            pairs
                .iter()
                .filter(|p| p.was.is_some() && p.now.is_some() && !p.flipped())
                .count(),
        )
        .into(),
    );
    if comparison.dropped > 0 {
        pieces.push(Piece::new(DOUBT, lang.dropped(comparison.dropped)));
    }
    pieces.push(
        Delta::of(comparison, lang)
            .map_or_else(|| Piece::new(DOUBT, lang.no_pairs()), |delta| delta.piece()),
    );
    pieces.extend(
        comparison
            .remarks
            .iter()
            .map(|remark| Piece::new(DOUBT, lang.remark(&safe::line(remark)))),
    );
    fill(&pieces, line(1, view))
}

/// Writes a flipped case: its name, then each side's answer and what was wrong with it.
fn both(a: &Facts, b: &Facts, pair: &Pair<'_>, view: &View) -> Vec<String> {
    let name = label(if pair.after.is_empty() { a } else { b }, pair.case);
    let change = format!(
        "{} -> {}",
        written(&pair.before, pair.was),
        written(&pair.after, pair.now)
    );
    let pieces = [Piece::new(BOLD, name), Piece::new(PLAIN, change)];
    let mut lines = fill(
        &pieces,
        Fill {
            between: "  ",
            ..line(1, view)
        },
    );
    lines.extend(side(view.lang.was(), &pair.before, view));
    lines.extend(side(view.lang.now(), &pair.after, view));
    lines
}

/// Writes the trial that tells most of one side: the first that did not pass, else the first.
fn side(who: &str, rows: &[&TrialRow], view: &View) -> Vec<String> {
    let telling = rows
        .iter()
        .find(|row| row.pass != Some(true))
        .or_else(|| rows.first());
    let Some(row) = telling else {
        return Vec::new();
    };
    let mut lines = said(who, &outcome(row, view), view);
    let wrong = row.scores.iter().filter(|score| score.pass == Some(false));
    lines.extend(wrong.flat_map(|score| assertion(score, view)));
    lines
}

fn outcome(row: &TrialRow, view: &View) -> String {
    match &row.outcome {
        Outcome::Answered { answer } => answer
            .text
            .clone()
            .or_else(|| answer.refusal.clone())
            .unwrap_or_else(|| view.lang.no_text().to_owned()),
        Outcome::Error { fault } => format!("{} {}", fault.code, fault.message),
        Outcome::Skipped => view.lang.not_sent().to_owned(),
    }
}

/// Writes one side of a case in a word: the sign of its trial, or how many of its trials passed.
fn written(rows: &[&TrialRow], share: Option<f64>) -> String {
    match (rows, share) {
        ([], _) => "-".to_owned(),
        ([row], _) => mark(row).1.to_owned(),
        (rows, _) => {
            let passed = rows.iter().filter(|row| row.pass == Some(true)).count();
            format!("{passed}/{}", rows.len())
        }
    }
}

fn all(a: &Facts, b: &Facts, pairs: &[Pair<'_>], view: &View) -> Vec<String> {
    let (old, new) = (
        view.lang.run(&a.number.to_string()),
        view.lang.run(&b.number.to_string()),
    );
    let mut table = Table::new([
        (view.lang.case(), Align::Left),
        (&old, Align::Right),
        (&new, Align::Right),
    ]);
    for pair in pairs {
        let style = if pair.flipped() { BOLD } else { PLAIN };
        let name = label(if pair.after.is_empty() { a } else { b }, pair.case);
        table.row(vec![
            Piece::new(style, name),
            Piece::new(style, written(&pair.before, pair.was)),
            Piece::new(style, written(&pair.after, pair.now)),
        ]);
    }
    let mut lines = table.lay(view.width, view.styled).lines;
    if pairs.is_empty() {
        lines = vec![paint(DIM, view.lang.no_trials(), view.styled)];
    }
    lines
}

fn line(indent: usize, view: &View) -> Fill<'static> {
    Fill {
        between: " · ",
        indent,
        hanging: 3,
        width: view.width,
        styled: view.styled,
    }
}

#[cfg(test)]
mod tests;
