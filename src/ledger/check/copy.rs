//! The audit of a copy: another ledger, a backup, or an export in JSON lines. Nothing beside it is expected.

use std::path::Path;

use crate::ledger::anchor::{self, Mark};
use crate::ledger::chain;
use crate::ledger::check::{CheckReport, file, imported, recompute};
use crate::ledger::lines::{self, Line};
use crate::ledger::{LedgerError, schema};

/// What to do about a copy that is not whole.
const ANOTHER: &str = "do not restore from it; take another copy";

/// Audits a copy: its chain, and in a ledger also everything that can be added up again. Holds that were open when it was
/// taken are no findings.
///
/// With an anchor (the one given, else the one beside a ledger called `….db`) a lost end shows too.
///
/// Errors: only where no audit is possible (`Missing`, `NotALedger`, `Newer`, an anchor that cannot be read); damage is a
/// finding.
pub fn verify(path: &Path, anchor: Option<&Path>) -> Result<CheckReport, LedgerError> {
    let mut report = CheckReport::default();
    let mark = match anchor {
        Some(anchor) => anchor::read(anchor)?,
        None => lines::anchor_of(path)?,
    };
    if lines::is_database(path)? {
        database(path, &mut report)?;
    }
    // Its chain once more, as an import follows it: a lost end and the anchor's own posting are found on the way.
    let mut marked = None;
    let followed = lines::follow(path, |line| {
        if mark.as_ref().is_some_and(|mark| mark.seq == line.seq) {
            marked = Some(line);
        }
        Ok(())
    });
    match followed {
        Ok(end) => {
            report.postings = end.seq.unsigned_abs();
            report.head = chain::hex(&end.hash);
            if let Some(mark) = &mark {
                compare(mark, marked.as_ref(), end.seq, &mut report);
            }
        }
        Err(e @ (LedgerError::Broken { .. } | LedgerError::TailLost { .. })) => {
            report.add(e.to_string(), ANOTHER);
        }
        Err(LedgerError::Damaged { .. } | LedgerError::Sqlite { .. })
            if !report.findings.is_empty() => {}
        Err(e) => return Err(e),
    }
    Ok(report)
}

fn compare(mark: &Mark, marked: Option<&Line>, end: i64, report: &mut CheckReport) {
    if mark.seq > end {
        let what = format!(
            "it ends at posting {end}, but posting {} was written",
            mark.seq
        );
        report.add(what, ANOTHER);
    } else if marked.is_some_and(|line| chain::hex(&line.hash) != mark.hash) {
        let what = format!("posting {} is not the one that the anchor knows", mark.seq);
        report.add(what, ANOTHER);
    }
}

fn database(path: &Path, report: &mut CheckReport) -> Result<(), LedgerError> {
    let (conn, format) = match schema::open_of_any_format(path) {
        Err(LedgerError::Sqlite { source, .. }) => {
            report.add(format!("it cannot be read: {source}"), ANOTHER);
            return Ok(());
        }
        opened => opened?,
    };
    let mut audited = || -> Result<(), LedgerError> {
        let snapshot = conn.unchecked_transaction()?;
        file::quick_check(&snapshot, report)?;
        recompute(&snapshot, report)?;
        if format >= schema::WITH_IMPORTS {
            imported::compare(&snapshot, report)?;
        }
        Ok(())
    };
    if let Err(e) = audited() {
        report.stopped(&e);
    }
    Ok(())
}
