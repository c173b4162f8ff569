//! The JSON report, `pw.eval/v1`: the one form in which all facts are kept, exact and in trial order.
//!
//! Keys and their order are a contract with scripts. The structs borrow the facts, so that ten thousand results are written
//! in one pass without a copy of their texts.

mod results;
mod run;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Serialize, Serializer};

use crate::domain::Usd;
use crate::report::safe;
use crate::summary::Facts;

#[derive(Debug, Serialize)]
struct Report<'a> {
    schema: &'static str,
    pw: &'static str,
    exit_code: u8,
    warnings: Vec<&'a str>,
    runs: Vec<run::Run<'a>>,
}

/// Writes runs as `pw.eval/v1`; ends with a line feed.
///
/// Money is a decimal string with 12 places; what is not known is `null`. Control and invisible characters in texts are
/// written as `\u` escapes: nothing is lost, and nothing steers a terminal that shows the report.
pub fn json<'a>(
    runs: impl IntoIterator<Item = &'a Facts> + Clone,
    exit_code: u8,
    warnings: &[String],
) -> String {
    let mut seen = BTreeSet::new();
    let report = Report {
        schema: "pw.eval/v1",
        pw: env!("CARGO_PKG_VERSION"),
        exit_code,
        warnings: warnings
            .iter()
            .chain(runs.clone().into_iter().flat_map(|facts| &facts.warnings))
            .map(String::as_str)
            .filter(|warning| seen.insert(*warning))
            .collect(),
        runs: runs.into_iter().map(run::Run::of).collect(),
    };
    pretty(&report)
}

/// Writes any report as JSON that steers no terminal; ends with a line feed.
#[expect(
    clippy::expect_used,
    reason = "keys are strings, and writing to memory cannot fail"
)]
pub(crate) fn pretty(report: &impl Serialize) -> String {
    escaped(&serde_json::to_string_pretty(report).expect("a report is representable"))
}

/// Escapes hostile characters; outside of strings JSON has none but line feeds.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if safe::is_hostile(c) {
            for half in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                write!(out, "\\u{half:04x}").ok();
            }
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

/// An amount that is the sum of two, exact beyond the range of one.
#[derive(Debug, Clone, Copy)]
struct Sum(Usd, Usd);

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let picos = i128::from(self.0.picos()) + i128::from(self.1.picos());
        let sign = if picos < 0 { "-" } else { "" };
        let picos = picos.unsigned_abs();
        serializer.collect_str(&format_args!(
            "{sign}{}.{:012}",
            picos / 1_000_000_000_000,
            picos % 1_000_000_000_000
        ))
    }
}

#[cfg(test)]
mod tests;
