//! A journal for beancount.
//!
//! Source: <https://beancount.github.io/docs/beancount_language_syntax.html>, sections "Open", "Transactions", "Metadata"
//! and "Strings".

use std::collections::BTreeSet;

use crate::report::books::Sheet;
use crate::report::books::journal::{ACCOUNTS, facts, legs};
use crate::summary::BookedPosting;

/// Opens each account before its first use, on a day before any call.
#[derive(Debug, Default)]
pub(super) struct Beancount {
    open: BTreeSet<String>,
}

impl Sheet<BookedPosting> for Beancount {
    fn head(&mut self) -> String {
        let comments: String = ACCOUNTS.map(|line| format!("; {line}\n")).concat();
        format!("{comments}\noption \"title\" \"pw\"\noption \"operating_currency\" \"USD\"\n")
    }

    fn record(&mut self, posting: &BookedPosting) -> String {
        let legs = legs(posting);
        if legs.is_empty() {
            return String::new();
        }
        let mut lines: Vec<String> = legs
            .iter()
            .filter(|(account, _)| self.open.insert(account.clone()))
            .map(|(account, _)| format!("1970-01-01 open {account} USD"))
            .collect();
        lines.push(format!("\n{} * \"{}\"", posting.day, posting.kind));
        lines.push(format!("  seq: {}", posting.seq));
        lines.extend(
            facts(posting)
                .into_iter()
                .map(|(key, value)| format!("  {key}: \"{}\"", quoted(&value))),
        );
        lines.extend(
            legs.iter()
                .map(|(account, amount)| format!("  {account}  {amount} USD")),
        );
        lines.push(String::new());
        lines.join("\n")
    }
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
