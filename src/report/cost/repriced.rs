//! `pw cost --reprice`: recorded amounts beside those at other prices.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::Usd;
use crate::pricing::Edition;
use crate::report::csv::csv;
use crate::report::json::pretty;
use crate::report::layout::{Fill, fill};
use crate::report::money::{digits, dollars};
use crate::report::number::count;
use crate::report::safe;
use crate::report::style::{BOLD, DIM, DOUBT, Piece};
use crate::report::table::{Align, Table};
use crate::report::terminal::paragraphs;
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::{Repriced, RepricedSums};

/// Models without a price that are told by name.
const NAMED: usize = 5;

/// Lays out recorded answers at the prices of a moment: a row a group, then what has no such price.
pub fn repriced(repriced: &Repriced, at: Timestamp, edition: &Edition, view: &View) -> String {
    let lang = view.lang;
    let moment = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let title = [
        Piece::new(BOLD, lang.repriced_at(&moment)),
        Piece::new(DIM, safe::line(&edition.to_string())),
        lang.nothing_changed().into(),
    ];
    let mut groups = vec![fill(&title, Fill::dotted(view))];
    if repriced.total.answers > 0 {
        groups.push(table(repriced, view));
    }
    let left_out = left_out(repriced, lang);
    if !left_out.is_empty() {
        groups.push(fill(&left_out, Fill::dotted(view)));
    } else if repriced.total.answers == 0 {
        groups.push(vec![lang.nothing_spent().to_owned()]);
    }
    paragraphs(&groups)
}

fn table(repriced: &Repriced, view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut table = Table::new([
        (lang.spend_group(repriced.by), Align::Left),
        (lang.recorded_usd(), Align::Right),
        (lang.repriced_usd(), Align::Right),
        (lang.difference_usd(), Align::Right),
        (lang.answers(), Align::Right),
    ]);
    let row = |name: Piece, sums: RepricedSums| {
        vec![
            name,
            digits(sums.recorded).into(),
            digits(sums.repriced).into(),
            signed(sums.difference()).into(),
            count(sums.answers).into(),
        ]
    };
    let groups = repriced.groups();
    for (name, sums) in &groups {
        let name = match name {
            Some(name) => Piece::from(safe::line(name)),
            None => Piece::new(DIM, lang.none()),
        };
        table.row(row(name, *sums));
    }
    if groups.len() > 1 {
        table.row(row(lang.total().into(), repriced.total));
    }
    table.lay(view.width, view.styled).lines
}

fn signed(usd: Usd) -> String {
    let sign = match usd.picos() {
        0 => "",
        picos if picos < 0 => "-",
        _ => "+",
    };
    format!("{sign}{}", digits(usd))
}

fn left_out(repriced: &Repriced, lang: Lang) -> Vec<Piece> {
    let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let mut pieces = Vec::new();
    if repriced.unpriced() > 0 {
        let cost = dollars(repriced.left_out);
        let text = lang.not_repriced(whole(repriced.unpriced()), &cost);
        pieces.push(Piece::new(DOUBT, text));
    }
    if repriced.without_usage > 0 {
        pieces.push(lang.without_usage(&count(repriced.without_usage)).into());
    }
    let mut without = repriced.without_price.iter();
    for (model, answers) in without.by_ref().take(NAMED) {
        let model = safe::line(&model.to_string());
        pieces.push(lang.without_price(&count(*answers), &model).into());
    }
    let more: u64 = without.map(|(_, answers)| answers).sum();
    if more > 0 {
        pieces.push(lang.without_price_more(&count(more)).into());
    }
    if repriced.imported > 0 {
        let text = lang.imported_not_repriced(whole(repriced.imported));
        pieces.push(Piece::new(DIM, text));
    }
    pieces
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    at: Timestamp,
    edition: String,
    by: &'static str,
    groups: Vec<Line<'a>>,
    total: Line<'a>,
    not_repriced: NotRepriced,
}

const COLUMNS: [&str; 5] = [
    "name",
    "recorded_usd",
    "repriced_usd",
    "difference_usd",
    "answers",
];

/// One group; the fields are those of [`COLUMNS`].
#[derive(Serialize)]
struct Line<'a> {
    name: Option<Cow<'a, str>>,
    recorded_usd: Usd,
    repriced_usd: Usd,
    difference_usd: Usd,
    answers: u64,
}

#[derive(Serialize)]
struct NotRepriced {
    answers: u64,
    recorded_usd: Usd,
    without_usage: u64,
    without_price: Vec<Without>,
    imported: u64,
}

#[derive(Serialize)]
struct Without {
    model: String,
    answers: u64,
}

impl<'a> Line<'a> {
    fn of(name: Option<&'a str>, sums: RepricedSums) -> Self {
        Self {
            name: name.map(Cow::Borrowed),
            recorded_usd: sums.recorded,
            repriced_usd: sums.repriced,
            difference_usd: sums.difference(),
            answers: sums.answers,
        }
    }
}

fn lines(repriced: &Repriced) -> Vec<Line<'_>> {
    let groups = repriced.groups().into_iter();
    groups.map(|(name, sums)| Line::of(name, sums)).collect()
}

/// Writes recorded answers at other prices as `pw.reprice/v1`: amounts exact, as decimal strings of 12 places.
pub fn repriced_json(repriced: &Repriced, at: Timestamp, edition: &Edition) -> String {
    let without = repriced.without_price.iter();
    pretty(&Report {
        schema: "pw.reprice/v1",
        at,
        edition: edition.to_string(),
        by: repriced.by.word(),
        groups: lines(repriced),
        total: Line::of(None, repriced.total),
        not_repriced: NotRepriced {
            answers: repriced.unpriced(),
            recorded_usd: repriced.left_out,
            without_usage: repriced.without_usage,
            without_price: without
                .map(|(model, &answers)| Without {
                    model: model.to_string(),
                    answers,
                })
                .collect(),
            imported: repriced.imported,
        },
    })
}

/// Writes the same as CSV with a header, one group a line, no total; a name that a spreadsheet would run is disarmed.
pub fn repriced_csv(repriced: &Repriced) -> String {
    let rows = lines(repriced).into_iter().map(|line| Line {
        name: line.name.map(safe::cell),
        ..line
    });
    csv(&COLUMNS, rows)
}
