//! Two recorded runs side by side, case by case.

mod pair;

use crate::domain::{Outcome, TrialRow};
use crate::report::layout::{Fill, fill};
use crate::report::safe;
use crate::report::show::{assertion, mark, said};
use crate::report::standing::passes;
use crate::report::style::{BOLD, DIM, DOUBT, PLAIN, Piece, paint};
use crate::report::table::{Align, Table};
use crate::report::terminal::{Delta, Names, label, paragraphs};
use crate::report::view::View;
use crate::summary::{Comparison, Facts};

use pair::{Pair, pairs};

/// Writes what differs between two runs, regressions first, with both answers; `-v` adds a table of all cases.
///
/// The comparison's reference is looked for in `a`, its candidate in `b`. Cases are paired by id; those that flipped are
/// told in full, 20 of them at first, 80 with `-v`, all with `-vv`.
pub fn diff(a: &Facts, b: &Facts, comparison: &Comparison, view: &View) -> String {
    let pairs = pairs(a, b, comparison);
    let mut groups = vec![
        heading(a, b, comparison, view),
        verdict(comparison, &pairs, view),
    ];
    let mut flipped: Vec<&Pair<'_>> = pairs.iter().filter(|pair| pair.flipped()).collect();
    // Stable: trial order within each group.
    flipped.sort_by_key(|pair| pair.now > pair.was);
    let most = view.most_cases().saturating_mul(4).min(flipped.len());
    groups.extend(flipped[..most].iter().map(|pair| both(a, b, pair, view)));
    if flipped.len() > most {
        let more = view.lang.and_more(&(flipped.len() - most).to_string());
        groups.push(vec![format!(" {}", paint(DIM, &more, view.styled))]);
    }
    if view.verbose > 0 && !pairs.is_empty() {
        groups.push(table(a, b, &pairs, view));
    }
    paragraphs(&groups)
}

fn heading(a: &Facts, b: &Facts, comparison: &Comparison, view: &View) -> Vec<String> {
    let names = Names::of(b, view.lang);
    let (reference, candidate) = (&comparison.reference, &comparison.candidate);
    let revisions =
        [reference, candidate].map(|side| format!("@{}", safe::line(side.revision.short())));
    let variants = [reference, candidate].map(|side| names.variant(&side.variant));
    let models = [reference, candidate].map(|side| safe::line(&side.model.to_string()));
    let runs = [a, b].map(|facts| view.lang.run(&facts.number.to_string()));
    let pieces = [
        Piece::new(BOLD, safe::line(&b.prompt.0)),
        changed(runs).into(),
        changed(variants).into(),
        changed(revisions).into(),
        changed(models).into(),
    ];
    fill(
        &pieces,
        Fill {
            hanging: 1,
            ..line(0, view)
        },
    )
}

/// Writes `old -> new`, or one of them where both are the same.
fn changed([old, new]: [String; 2]) -> String {
    if old == new {
        new
    } else {
        format!("{old} -> {new}")
    }
}

fn verdict(comparison: &Comparison, pairs: &[Pair<'_>], view: &View) -> Vec<String> {
    let lang = view.lang;
    let differing = pairs.iter().filter(|pair| pair.flipped()).count();
    let same = pairs
        .iter()
        .filter(|pair| pair.judged() && !pair.flipped())
        .count();
    let mut pieces = vec![match differing {
        0 => Piece::from(lang.no_differences()),
        _ => lang.differing(differing).into(),
    }];
    pieces.push(lang.the_same(same).into());
    if comparison.dropped > 0 {
        pieces.push(Piece::new(DOUBT, lang.dropped(comparison.dropped)));
    }
    pieces.push(
        Delta::of(comparison, lang)
            .map_or_else(|| Piece::new(DOUBT, lang.no_pairs()), |delta| delta.piece()),
    );
    let remark = |remark: &String| Piece::new(DOUBT, lang.remark(&safe::line(remark)));
    pieces.extend(comparison.remarks.iter().map(remark));
    fill(&pieces, line(1, view))
}

/// Writes a flipped case: its name, then each side's answer and what was wrong with it.
fn both(a: &Facts, b: &Facts, pair: &Pair<'_>, view: &View) -> Vec<String> {
    let change = format!("{} -> {}", written(&pair.before), written(&pair.after));
    let pieces = [Piece::new(BOLD, name(a, b, pair)), Piece::from(change)];
    let how = Fill {
        between: "  ",
        ..line(1, view)
    };
    let mut lines = fill(&pieces, how);
    lines.extend(side(view.lang.was(), &pair.before, view));
    lines.extend(side(view.lang.now(), &pair.after, view));
    lines
}

/// Writes the trial that tells most of one side: the first that did not pass, else the first.
fn side(who: &str, rows: &[&TrialRow], view: &View) -> Vec<String> {
    let telling = rows
        .iter()
        .find(|row| passes(row) != Some(true))
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

/// Writes one side of a case: the sign of its trial, or how many of its trials passed.
fn written(rows: &[&TrialRow]) -> String {
    match rows {
        [] => "-".to_owned(),
        [row] => mark(row).1.to_owned(),
        rows => {
            let passed = rows.iter().filter(|row| passes(row) == Some(true)).count();
            format!("{passed}/{}", rows.len())
        }
    }
}

fn name(a: &Facts, b: &Facts, pair: &Pair<'_>) -> String {
    label(if pair.after.is_empty() { a } else { b }, pair.case)
}

fn table(a: &Facts, b: &Facts, pairs: &[Pair<'_>], view: &View) -> Vec<String> {
    let [old, new] = [a, b].map(|facts| view.lang.run(&facts.number.to_string()));
    let mut table = Table::new([
        (view.lang.case(), Align::Left),
        (&old, Align::Right),
        (&new, Align::Right),
    ]);
    for pair in pairs {
        let style = if pair.flipped() { BOLD } else { PLAIN };
        let cells = [
            name(a, b, pair),
            written(&pair.before),
            written(&pair.after),
        ];
        table.row(cells.map(|text| Piece::new(style, text)).into());
    }
    table.lay(view.width, view.styled).lines
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
