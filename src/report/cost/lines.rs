//! Spend as lists: exact amounts for programs and spreadsheets.

use std::borrow::Cow;

use serde::Serialize;

use crate::domain::Usd;
use crate::report::cost::CapLeft;
use crate::report::csv::csv;
use crate::report::json::pretty;
use crate::report::safe;
use crate::summary::{Spend, SpendSums};

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    by: &'static str,
    first_day: Option<String>,
    last_day: Option<String>,
    groups: Vec<Line<'a>>,
    total: Line<'a>,
    caps: &'a [CapLeft],
}

const COLUMNS: [&str; 11] = [
    "name",
    "billed_usd",
    "imputed_usd",
    "held_usd",
    "lost_usd",
    "saved_usd",
    "answers",
    "cached",
    "carried",
    "open",
    "lost",
];

/// One group; the fields are those of [`COLUMNS`].
#[derive(Serialize)]
struct Line<'a> {
    name: Option<Cow<'a, str>>,
    billed_usd: Usd,
    imputed_usd: Usd,
    held_usd: Usd,
    lost_usd: Usd,
    saved_usd: Usd,
    answers: u64,
    cached: u64,
    carried: u64,
    open: u64,
    lost: u64,
}

impl<'a> Line<'a> {
    fn of(name: Option<&'a str>, sums: &SpendSums) -> Self {
        Self {
            name: name.map(Cow::Borrowed),
            billed_usd: sums.billed,
            imputed_usd: sums.imputed,
            held_usd: sums.held,
            lost_usd: sums.lost,
            saved_usd: sums.saved,
            answers: sums.answers,
            cached: sums.cached,
            carried: sums.carried,
            open: sums.open,
            lost: sums.losses,
        }
    }
}

fn lines(spend: &Spend) -> Vec<Line<'_>> {
    spend
        .groups
        .iter()
        .map(|group| Line::of(group.name.as_deref(), &group.sums))
        .collect()
}

/// Writes spend as `pw.cost/v1`: amounts exact, as decimal strings of 12 places.
pub fn cost_json(spend: &Spend, caps: &[CapLeft]) -> String {
    let report = Report {
        schema: "pw.cost/v1",
        by: spend.by.word(),
        first_day: spend.days.map(|days| days.0.to_string()),
        last_day: spend.days.map(|days| days.1.to_string()),
        groups: lines(spend),
        total: Line::of(None, &spend.total),
        caps,
    };
    pretty(&report)
}

/// Writes spend as CSV with a header, one group a line, no total; a name that a spreadsheet would run is disarmed.
pub fn cost_csv(spend: &Spend) -> String {
    let rows = lines(spend).into_iter().map(|line| Line {
        name: line.name.map(safe::cell),
        ..line
    });
    csv(&COLUMNS, rows)
}
