//! Sums over a run, and over a prompt.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::{Cost, PromptName, RunId, Usage, Usd};
use crate::ledger::page::{Scope, stored_sums};
use crate::ledger::reader::rows::run_number;
use crate::ledger::reader::{Reader, json};
use crate::ledger::{Balance, CapScope, LedgerError};
use crate::summary::Totals;

impl Reader {
    /// Returns a run's sums. They are queries over what was posted; there is no second counter.
    pub fn totals(&self, run: &RunId) -> Result<Totals, LedgerError> {
        self.read(|conn| {
            let number = run_number(conn, run)?;
            let sums = stored_sums(conn, Scope::Run(number))?.unwrap_or_default();
            let count = |sql: &str| -> rusqlite::Result<i64> {
                conn.prepare_cached(sql)?
                    .query_row([number], |row| row.get(0))
            };
            let calls = count(
                "SELECT count(*) FROM contexts x JOIN calls c ON c.context = x.id WHERE x.run = ?1",
            )?;
            let attempts = count(
                "SELECT count(*) FROM contexts x JOIN calls c ON c.context = x.id JOIN attempts a ON a.call = c.id \
                 WHERE x.run = ?1",
            )?;
            let cached = count(
                "SELECT count(*) FROM trials WHERE run = ?1 AND cached_from IS NOT NULL AND taken IS NULL",
            )?;
            let carried = count(
                "SELECT count(*) FROM trials WHERE run = ?1 AND cached_from IS NOT NULL AND taken IS NOT NULL",
            )?;
            let saved = count(
                "SELECT coalesce(sum(p.spent), 0) FROM trials t JOIN calls c ON c.id = t.cached_from \
                 JOIN attempts a ON a.id = c.accepted JOIN postings p ON p.seq = a.end_seq \
                 WHERE t.run = ?1 AND t.taken IS NULL",
            )?;
            let imputed = count(
                "SELECT coalesce(sum(s.imputed), 0) FROM contexts x JOIN spend s ON s.context = x.id WHERE x.run = ?1",
            )?;
            Ok(Totals {
                calls: calls.unsigned_abs(),
                cached: cached.unsigned_abs(),
                carried: carried.unsigned_abs(),
                attempts: attempts.unsigned_abs(),
                usage: usage(conn, number)?,
                billed: Usd::from_picos(sums.spent),
                imputed: Usd::from_picos(imputed),
                held: Usd::from_picos(sums.held),
                lost: Usd::from_picos(sums.lost),
                saved: Usd::from_picos(saved),
                by_purpose: by_purpose(conn, number)?,
            })
        })
    }

    /// Returns the balance of a run by number, a day as YYYYMMDD or a month as YYYYMM (UTC).
    pub fn balance(&self, scope: CapScope, period: i64) -> Result<Balance, LedgerError> {
        let scope = match scope {
            CapScope::Run => Scope::Run(period),
            CapScope::Day => Scope::Day(period),
            CapScope::Month => Scope::Month(period),
        };
        let sums = self.read(|conn| Ok(stored_sums(conn, scope)?.unwrap_or_default()))?;
        Ok(Balance {
            spent: Usd::from_picos(sums.spent),
            held: Usd::from_picos(sums.held),
            lost: Usd::from_picos(sums.lost),
            overrun: Usd::from_picos(sums.overrun),
        })
    }

    /// Returns what all evaluations of a prompt have cost, judges included, filtered and failed runs too.
    pub fn prompt_spend(&self, prompt: &PromptName) -> Result<Cost, LedgerError> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT coalesce(sum(s.billed), 0), coalesce(sum(s.imputed), 0) FROM contexts x \
                 JOIN names w ON w.id = x.workspace JOIN names p ON p.id = x.prompt JOIN spend s ON s.context = x.id \
                 WHERE w.name = ?1 AND p.name = ?2 AND x.purpose IN ('eval', 'judge')",
            )?;
            let cost = statement.query_row([&self.workspace, &prompt.0], |row| {
                Ok(Cost {
                    billed: Usd::from_picos(row.get(0)?),
                    imputed: Usd::from_picos(row.get(1)?),
                })
            })?;
            Ok(cost)
        })
    }
}

fn usage(conn: &Connection, run: i64) -> Result<Usage, LedgerError> {
    let mut statement = conn.prepare_cached(
        "SELECT p.usage FROM contexts x JOIN calls c ON c.context = x.id JOIN attempts a ON a.call = c.id \
         JOIN postings p ON p.seq = a.end_seq WHERE x.run = ?1 AND p.usage IS NOT NULL",
    )?;
    let mut rows = statement.query([run])?;
    let mut usage = Usage::default();
    while let Some(row) = rows.next()? {
        usage.add(&json("a usage", &row.get::<_, String>(0)?)?);
    }
    Ok(usage)
}

fn by_purpose(conn: &Connection, run: i64) -> rusqlite::Result<BTreeMap<String, Usd>> {
    conn.prepare_cached(
        "SELECT x.purpose, sum(s.billed) FROM contexts x JOIN spend s ON s.context = x.id WHERE x.run = ?1 GROUP BY x.purpose",
    )?
    .query_map([run], |row| {
        Ok((row.get(0)?, Usd::from_picos(row.get(1)?)))
    })?
    .collect()
}
