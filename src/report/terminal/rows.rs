//! The table: one row for each variant and model.

use crate::domain::{ModelRef, Variant};
use crate::report::layout::{left, right, width};
use crate::report::money::digits;
use crate::report::number::{many, millis, percent};
use crate::report::safe;
use crate::report::style::{DIM, PLAIN, Piece};
use crate::report::table::{Align, Table};
use crate::report::terminal::{Delta, Names};
use crate::report::view::View;
use crate::summary::{Comparison, ComparisonKind, Facts, VariantFacts};

/// The table's lines, and whether its last column, the difference, found room.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) lines: Vec<String>,
    pub(super) difference_shown: bool,
}

pub(super) fn rows(facts: &Facts, names: &Names, view: &View) -> Rows {
    if facts.variants.is_empty() {
        return Rows {
            lines: vec![format!(" {}", view.lang.no_trials())],
            difference_shown: false,
        };
    }
    let lang = view.lang;
    let mut table = Table::new([
        (lang.variant(), Align::Left),
        (lang.model(), Align::Left),
        (lang.pass(), Align::Right),
        (lang.confidence(), Align::Right),
        (lang.per_1k_calls(), Align::Right),
        ("p50", Align::Right),
        (lang.difference(), Align::Left),
    ]);
    let passes = aligned(
        &facts
            .variants
            .iter()
            .map(|row| pass(row, view))
            .collect::<Vec<_>>(),
    );
    let differences = differences(facts, view);
    for ((row, pass), difference) in facts.variants.iter().zip(passes).zip(differences) {
        table.row(vec![
            names.variant(&row.variant).into(),
            safe::line(&row.model.to_string()).into(),
            pass.into(),
            interval(row, view).into(),
            per_1k(row, view),
            row.latency_p50_ms
                .map_or_else(|| "-".to_owned(), millis)
                .into(),
            difference,
        ]);
    }
    let (table, columns) = narrowed(table, *names, facts);
    let laid = table.lay(view.width, view.styled);
    Rows {
        lines: laid.lines,
        difference_shown: laid.columns == columns,
    }
}

/// Takes out what does not tell rows apart: the model of all, the variant of all, differences that nobody has.
fn narrowed(table: Table, names: Names, facts: &Facts) -> (Table, usize) {
    let (mut table, mut columns) = (table, 7);
    if !facts
        .variants
        .iter()
        .any(|row| in_table(facts, &row.variant, &row.model).is_some())
    {
        table = table.without(6);
        columns -= 1;
    }
    match (names.variants > 1, names.models > 1) {
        (_, false) => (table.without(1), columns - 1),
        (false, true) => (table.without(0), columns - 1),
        (true, true) => (table.yields(1, 16), columns),
    }
}

/// Returns the comparison that a row's last column shows: with the baseline variant, else with the first model.
pub(super) fn in_table<'a>(
    facts: &'a Facts,
    variant: &Variant,
    model: &ModelRef,
) -> Option<&'a Comparison> {
    let of = |kind: ComparisonKind| {
        facts.comparisons.iter().find(move |c| {
            c.kind == kind && c.candidate.variant == *variant && c.candidate.model == *model
        })
    };
    of(ComparisonKind::Variant).or_else(|| of(ComparisonKind::Model))
}

/// Counts what passed of what was judged, and the rate.
pub(crate) fn pass(row: &VariantFacts, view: &View) -> [String; 2] {
    let judged = row.passed + row.failed;
    let rate = row
        .pass_rate
        .map_or_else(|| "-".to_owned(), |rate| view.lang.percent(&percent(rate)));
    [format!("{}/{}", many(row.passed), many(judged)), rate]
}

/// Writes the interval of a rate.
pub(crate) fn interval(row: &VariantFacts, view: &View) -> String {
    row.interval.map_or_else(
        || "-".to_owned(),
        |i| {
            view.lang.percent(&format!(
                "{:.0}-{:.0}",
                i.low.max(0.0) * 100.0,
                i.high * 100.0
            ))
        },
    )
}

fn per_1k(row: &VariantFacts, view: &View) -> Piece {
    match row.usd_per_1k_calls {
        Some(amount) => digits(amount).into(),
        None => Piece::new(DIM, view.lang.unknown()),
    }
}

fn differences(facts: &Facts, view: &View) -> Vec<Piece> {
    let deltas: Vec<Option<Delta>> = facts
        .variants
        .iter()
        .map(|row| in_table(facts, &row.variant, &row.model).and_then(|c| Delta::of(c, view.lang)))
        .collect();
    let widest = |part: fn(&Delta) -> &str| {
        deltas
            .iter()
            .flatten()
            .map(|delta| width(part(delta)))
            .max()
            .unwrap_or(0)
    };
    let (wide, wider) = (widest(|d| &d.difference), widest(|d| &d.interval));
    let set = |d: &Delta| {
        let text = format!(
            "{} {} {}",
            right(&d.difference, wide),
            left(&d.interval, wider),
            d.word
        );
        Piece::new(d.style, text.trim_end())
    };
    deltas
        .iter()
        .map(|delta| delta.as_ref().map_or_else(|| Piece::new(PLAIN, ""), set))
        .collect()
}

/// Joins pairs of texts, each part at the right of its own column.
pub(crate) fn aligned(pairs: &[[String; 2]]) -> Vec<String> {
    let widest = |part: usize| {
        pairs
            .iter()
            .map(|pair| width(&pair[part]))
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (widest(0), widest(1));
    pairs
        .iter()
        .map(|[a, b]| format!("{}  {}", right(a, first), right(b, second)))
        .collect()
}
