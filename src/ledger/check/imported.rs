//! Other ledgers' chains, followed and added up again.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::ledger::LedgerError;
use crate::ledger::bought::{Bought, Sums, Tracker};
use crate::ledger::chain::{self, Digest32};
use crate::ledger::check::{CHANGED, CheckReport};
use crate::ledger::payload::Plain;

/// Tells which chains are broken, and where what reports read is not what their postings add up to.
pub(super) fn compare(conn: &Connection, report: &mut CheckReport) -> Result<(), LedgerError> {
    let mut wrong = Vec::new();
    for (chain, root, source) in chains(conn)? {
        let mut add = |what: String| wrong.push(format!("imported from `{source}`: {what}"));
        match added_up(conn, chain, root)? {
            Err(what) => add(what),
            Ok(sums) if sums != stored(conn, chain)? => {
                add("its spend is not the sum of its postings".to_owned());
            }
            Ok(_) => {}
        }
    }
    report.add_all(&wrong, CHANGED);
    Ok(())
}

fn chains(conn: &Connection) -> rusqlite::Result<Vec<(i64, Digest32, String)>> {
    conn.prepare("SELECT id, root, source FROM chains ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

type Spend = HashMap<Bought, Sums>;

/// Follows a chain; `Err` with what is wrong with it.
fn added_up(
    conn: &Connection,
    chain: i64,
    root: Digest32,
) -> Result<Result<Spend, String>, LedgerError> {
    let mut statement =
        conn.prepare("SELECT seq, entry, hash FROM imported WHERE chain = ?1 ORDER BY seq")?;
    let mut rows = statement.query([chain])?;
    let (mut before, mut expected) = (chain::GENESIS, 1);
    let (mut tracker, mut spend) = (Tracker::default(), Spend::new());
    while let Some(row) = rows.next()? {
        let hash: Digest32 = row.get(2)?;
        let Ok(Plain(entry)) = row.get::<_, Plain>(1) else {
            return Ok(Err(format!("posting {expected} cannot be read")));
        };
        let follows = row.get::<_, i64>(0)? == expected
            && chain::link(&before, &entry) == hash
            && (expected > 1 || hash == root);
        if !follows {
            return Ok(Err(format!("posting {expected} does not match its hash")));
        }
        match tracker.see(&entry) {
            Ok(Some((bought, sums))) => spend.entry(bought).or_default().add(sums),
            Ok(None) => {}
            Err(what) => return Ok(Err(format!("posting {expected}: {what}"))),
        }
        (before, expected) = (hash, expected + 1);
    }
    Ok(Ok(spend))
}

fn stored(conn: &Connection, chain: i64) -> rusqlite::Result<Spend> {
    conn.prepare(
        "SELECT s.day, s.purpose, w.name, p.name, v.name, r.name, e.name, m.name, s.billed, s.imputed, s.answers \
         FROM imported_spend s JOIN names w ON w.id = s.workspace JOIN names p ON p.id = s.prompt \
         JOIN names v ON v.id = s.variant JOIN names r ON r.id = s.revision JOIN names e ON e.id = s.endpoint \
         JOIN names m ON m.id = s.model WHERE s.chain = ?1",
    )?
    .query_map([chain], |row| {
        let bought = Bought {
            day: row.get(0)?,
            purpose: row.get(1)?,
            workspace: row.get(2)?,
            prompt: row.get(3)?,
            variant: row.get(4)?,
            revision: row.get(5)?,
            endpoint: row.get(6)?,
            model: row.get(7)?,
        };
        let sums = Sums {
            billed: row.get(8)?,
            imputed: row.get(9)?,
            answers: row.get(10)?,
        };
        Ok((bought, sums))
    })?
    .collect()
}
