//! The audit: everything that can be recomputed is recomputed and compared. It rebuilds and writes nothing.
//!
//! `SQLite`'s own check is no audit: it calls a database well whose last hundred rows are gone. Start with [`check`].

mod attempts;
mod copy;
mod file;
mod imported;
mod sums;
mod texts;

use std::path::Path;

use crate::ledger::chain::{self, Digest32};
use crate::ledger::places::Places;
use crate::ledger::walk::{Walked, walk};
use crate::ledger::{LedgerError, page, schema};

pub use copy::verify;

/// The most findings of one sort that are told one by one.
const TOLD: usize = 10;

/// Something that does not add up, and what can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was found and what was expected.
    pub what: String,
    /// What to do.
    pub advice: String,
}

/// What an audit came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// What does not add up; empty when all is well.
    pub findings: Vec<Finding>,
    /// Postings read.
    pub postings: u64,
    /// Hash of the last posting in hex; 64 zeros without one.
    pub head: String,
}

impl CheckReport {
    fn add(&mut self, what: impl Into<String>, advice: &str) {
        self.findings.push(Finding {
            what: what.into(),
            advice: advice.to_owned(),
        });
    }

    /// Adds the error that ended an audit early.
    fn stopped(&mut self, error: &LedgerError) {
        self.add(
            format!("the audit could not go on: {}", cause(error)),
            CHANGED,
        );
    }

    /// Adds findings of one sort, and their number beyond the first few.
    fn add_all(&mut self, found: &[String], advice: &str) {
        for what in found.iter().take(TOLD) {
            self.add(what.as_str(), advice);
        }
        if found.len() > TOLD {
            self.add(
                format!("{} more findings like the last one", found.len() - TOLD),
                advice,
            );
        }
    }
}

const CHANGED: &str = "the file was changed by something other than `pw`; compare it with a backup";

/// Audits a ledger in one read snapshot.
///
/// Open holds of processes that died are findings; opening the ledger for writing once makes them lost. A command that
/// wants a clean report after a crash opens and closes a [`crate::ledger::Ledger`] first.
///
/// Errors: only where no audit is possible (`Missing`, `NotALedger`, `Newer`); damage is a finding.
pub fn check(path: &Path) -> Result<CheckReport, LedgerError> {
    let places = Places::find(path)?;
    let mut report = CheckReport::default();
    let outside = file::look_outside(&places, &mut report);
    let conn = match schema::open_for_reading(&places.db) {
        Err(LedgerError::Sqlite { source, .. }) => {
            report.add(format!("the database cannot be read: {source}"), CHANGED);
            return Ok(report);
        }
        opened => opened?,
    };
    let mut audited = || -> Result<(), LedgerError> {
        let snapshot = conn.unchecked_transaction()?;
        file::quick_check(&snapshot, &mut report)?;
        file::compare_anchor(&snapshot, &places, &outside, &mut report)?;
        recompute(&snapshot, &mut report)?;
        imported::compare(&snapshot, &mut report)?;
        drop(snapshot);
        attempts::open_holds(&conn, &places, &mut report)?;
        file::spilled(&places, &mut report);
        Ok(())
    };
    if let Err(e) = audited() {
        report.stopped(&e);
    }
    Ok(report)
}

/// `SQLite`'s own words say more than "cannot read the ledger".
fn cause(error: &LedgerError) -> String {
    match error {
        LedgerError::Sqlite { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// Follows the chain, and adds up again everything that is kept beside it.
fn recompute(snapshot: &rusqlite::Connection, report: &mut CheckReport) -> Result<(), LedgerError> {
    let mut tally = sums::Tally::default();
    let mut lives = attempts::Lives::default();
    let mut links = Links::default();
    walk(snapshot, |posting| {
        links.see(&posting);
        lives.see(&posting);
        tally.see(&posting);
        Ok(())
    })?;
    report.postings = links.count;
    report.head = chain::hex(&page::head(snapshot)?.hash);
    report.add_all(&links.broken, CHANGED);
    report.add_all(&lives.compare(snapshot)?, CHANGED);
    report.add_all(&tally.compare(snapshot)?, CHANGED);
    report.add_all(&texts::compare(snapshot)?, CHANGED);
    Ok(())
}

/// The chain, followed.
#[derive(Debug)]
struct Links {
    count: u64,
    seq: i64,
    before: Digest32,
    broken: Vec<String>,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            count: 0,
            seq: 0,
            before: chain::GENESIS,
            broken: Vec::new(),
        }
    }
}

impl Links {
    fn see(&mut self, posting: &Walked) {
        if posting.seq != self.seq + 1 {
            self.broken.push(format!(
                "posting {} follows posting {}: {} between them are missing",
                posting.seq,
                self.seq,
                posting.seq.saturating_sub(self.seq).saturating_sub(1)
            ));
        }
        if chain::link(&self.before, &posting.canonical) != posting.hash {
            self.broken.push(format!(
                "posting {} does not match its hash: it, its call or its names were changed",
                posting.seq
            ));
        }
        self.count += 1;
        self.seq = posting.seq;
        self.before = posting.hash;
    }
}
