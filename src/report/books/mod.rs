//! The ledger in other programs' forms, a record at a time: a million calls need no more memory than one.
//!
//! Each form is a [`Sheet`]: a head, a text for each record, a tail. Amounts are exact decimals of US dollars; what is
//! billed, imputed, held and lost stands apart in every form.

mod beancount;
mod focus;
mod hledger;
mod journal;
mod otlp;
mod otlp_metrics;
mod table;

use std::borrow::Cow;
use std::fmt::Display;

use crate::report::safe;
use crate::summary::{BookedCall, BookedPosting};

/// A form that takes records in order.
pub trait Sheet<T> {
    /// What stands before the first record; all there is of an empty ledger.
    fn head(&mut self) -> String;
    /// One record.
    fn record(&mut self, record: &T) -> String;
    /// What stands after the last record.
    fn tail(&mut self) -> String {
        String::new()
    }
}

/// Returns the form of that name that lists calls: `csv`, `focus`, `otlp` or `otlp-metrics`.
pub fn of_calls(form: &str) -> Option<Box<dyn Sheet<BookedCall>>> {
    match form {
        "csv" => Some(Box::new(table::Table)),
        "focus" => Some(Box::new(focus::Focus)),
        "otlp" => Some(Box::new(otlp::Spans)),
        "otlp-metrics" => Some(Box::new(otlp_metrics::Metrics::default())),
        _ => None,
    }
}

/// Returns the form of that name that lists postings: `hledger` or `beancount`.
pub fn of_postings(form: &str) -> Option<Box<dyn Sheet<BookedPosting>>> {
    match form {
        "hledger" => Some(Box::new(hledger::Hledger::default())),
        "beancount" => Some(Box::new(beancount::Beancount::default())),
        _ => None,
    }
}

/// A column of a list of calls: its name and what stands in it.
type Column = (&'static str, fn(&BookedCall) -> Cow<'_, str>);

/// Writes the names of columns as a line of CSV.
fn names(columns: &[Column]) -> String {
    line(columns.iter().map(|(name, _)| Cow::Borrowed(*name)))
}

/// Writes a call as a line of CSV. No cell begins a formula: amounts are never negative, texts are made harmless.
fn row(columns: &[Column], call: &BookedCall) -> String {
    line(columns.iter().map(|(_, cell)| safe::cell(cell(call))))
}

/// Quotes cells where they must be (RFC 4180) and ends the line with a line feed.
fn line<'a>(cells: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut line = String::new();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            line.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&cell);
        }
    }
    line.push('\n');
    line
}

fn text<T: Display>(value: T) -> Cow<'static, str> {
    Cow::Owned(value.to_string())
}

fn maybe<T: Display>(value: Option<T>) -> Cow<'static, str> {
    value.map_or(Cow::Borrowed(""), text)
}

fn borrowed(value: Option<&String>) -> Cow<'_, str> {
    Cow::Borrowed(value.map_or("", String::as_str))
}
