//! A journal for hledger.
//!
//! Source: <https://hledger.org/1.25/hledger.html>, sections "Transactions", "Comments and tags" and "Commodity directive".

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::report::books::Sheet;
use crate::report::books::journal::{ACCOUNTS, facts, legs};
use crate::summary::BookedPosting;

/// Declares each account before its first use, so that `hledger check --strict` is content.
#[derive(Debug, Default)]
pub(super) struct Hledger {
    declared: BTreeSet<String>,
}

impl Sheet<BookedPosting> for Hledger {
    fn head(&mut self) -> String {
        let comments: String = ACCOUNTS.map(|line| format!("; {line}\n")).concat();
        format!("{comments}\ncommodity 1000.000000000000 USD\n")
    }

    fn record(&mut self, posting: &BookedPosting) -> String {
        let legs = legs(posting);
        let mut text = String::new();
        if legs.is_empty() {
            return text;
        }
        for (account, _) in &legs {
            if self.declared.insert(account.clone()) {
                push(&mut text, format_args!("account {account}\n"));
            }
        }
        let (day, seq, kind) = (posting.day, posting.seq, &posting.kind);
        push(&mut text, format_args!("\n{day} * ({seq}) {kind}\n"));
        for (key, value) in facts(posting) {
            // A comma ends a tag's value.
            let value = value.replace(',', ";");
            push(&mut text, format_args!("    ; {key}:{value}\n"));
        }
        for (account, amount) in legs {
            push(&mut text, format_args!("    {account}  {amount} USD\n"));
        }
        text
    }
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    text.write_fmt(more).ok();
}
