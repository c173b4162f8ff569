//! The file itself: pages, end, spill.

use rusqlite::Connection;

use crate::ledger::anchor::{self, Mark};
use crate::ledger::check::{CHANGED, CheckReport};
use crate::ledger::lock::WriteLock;
use crate::ledger::places::Places;
use crate::ledger::{LedgerError, page, spill};

const RESTORE: &str = "put the missing `-wal` file back, or restore a backup; where that is impossible, remove the anchor file \
                       to go on with what is left";

/// What was known before the database was opened.
#[derive(Debug)]
pub(super) struct Outside {
    mark: Option<Mark>,
    /// Whether there was a `-wal` file: opening makes one.
    wal: bool,
}

/// Reads what is known outside the database. It must come before the snapshot: each anchor follows its commit, so that
/// this one cannot be ahead of what is read afterwards.
pub(super) fn look_outside(places: &Places, report: &mut CheckReport) -> Outside {
    let mut wal = places.db.clone().into_os_string();
    wal.push("-wal");
    Outside {
        mark: read_anchor(places, report),
        wal: std::path::Path::new(&wal).exists(),
    }
}

fn read_anchor(places: &Places, report: &mut CheckReport) -> Option<Mark> {
    match anchor::read(&places.anchor) {
        Ok(mark) => mark,
        Err(e) => {
            report.add(
                e.to_string(),
                "remove the anchor file; the next writer makes a new one",
            );
            None
        }
    }
}

/// Asks `SQLite` whether its pages are whole.
pub(super) fn quick_check(conn: &Connection, report: &mut CheckReport) -> Result<(), LedgerError> {
    let found: Vec<String> = conn
        .prepare("PRAGMA quick_check(10)")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let found: Vec<String> = found
        .into_iter()
        .filter(|line| line != "ok")
        .map(|line| format!("the database is damaged: {line}"))
        .collect();
    report.add_all(&found, CHANGED);
    Ok(())
}

/// Tells whether the first anchor was written while the audit looked: a writer commits its first entries before it. Under the
/// write lock no writer is between the two.
fn is_just_begun(places: &Places) -> bool {
    let waited = places.lock.exists()
        && WriteLock::open(&places.lock).is_ok_and(|lock| lock.acquire().is_ok());
    waited && anchor::read(&places.anchor).is_ok_and(|mark| mark.is_some())
}

/// Compares the end of the ledger with what was known of it outside.
pub(super) fn compare_anchor(
    conn: &Connection,
    places: &Places,
    outside: &Outside,
    report: &mut CheckReport,
) -> Result<(), LedgerError> {
    let head = page::head(conn)?.seq;
    let Some(mark) = &outside.mark else {
        if head > 0 && report.findings.is_empty() && !is_just_begun(places) {
            report.add(
                format!("there is no anchor `{}`", places.anchor.display()),
                "the next writer makes a new one; until then a lost end would not show",
            );
        }
        return Ok(());
    };
    let ledger: String = conn.query_row("SELECT lower(hex(uuid)) FROM ledger", [], |r| r.get(0))?;
    if mark.ledger != ledger {
        report.add(
            "the anchor belongs to another ledger",
            "put the ledger back that was here, or remove the anchor file",
        );
    } else if mark.seq > head {
        let missing = if outside.wal {
            ""
        } else {
            ", and there is no `-wal` file"
        };
        report.add(
            format!(
                "the ledger ends at posting {head}, but posting {} was written{missing}",
                mark.seq
            ),
            RESTORE,
        );
    } else {
        compare_mark(conn, mark, report)?;
    }
    Ok(())
}

fn compare_mark(
    conn: &Connection,
    mark: &Mark,
    report: &mut CheckReport,
) -> Result<(), LedgerError> {
    if mark.seq > 0 && page::hash_at(conn, mark.seq)?.as_ref() != Some(&mark.hash) {
        report.add(
            format!("posting {} is not the one that the anchor knows", mark.seq),
            CHANGED,
        );
    }
    for (table, expected) in [("calls", mark.calls), ("attempts", mark.attempts)] {
        let sql = match table {
            "calls" => "SELECT count(*) FROM calls",
            _ => "SELECT count(*) FROM attempts",
        };
        let found: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        if found < expected {
            report.add(
                format!("found {found} {table}, expected at least {expected}"),
                CHANGED,
            );
        }
    }
    Ok(())
}

/// Tells of answers that wait beside the database.
pub(super) fn spilled(places: &Places, report: &mut CheckReport) {
    match spill::count(&places.spill) {
        Ok((0, 0)) => {}
        Ok((settles, unread)) => report.add(
            format!(
                "{settles} answers wait in `{}`, and {unread} lines of it cannot be read",
                places.spill.display()
            ),
            "they are booked when the ledger is next opened for writing",
        ),
        Err(e) => report.add(e.to_string(), CHANGED),
    }
    let aside = spill::aside(&places.spill);
    if aside.exists() {
        report.add(
            format!(
                "`{}` holds answers that could not be booked",
                aside.display()
            ),
            "look into it, then remove it",
        );
    }
}
