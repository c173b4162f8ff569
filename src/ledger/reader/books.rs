//! Calls and postings one at a time, for exports: memory does not grow with the ledger.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::domain::{Usage, Usd};
use crate::ledger::LedgerError;
use crate::ledger::reader::spend::{date, sources};
use crate::ledger::reader::{Reader, json};
use crate::summary::{AttemptEnd, BookedCall, BookedPosting, SpendSource};

/// The days of holds (UTC) that are read, both included; an absent end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// The first day.
    pub since: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

type Sources = HashMap<i64, Arc<SpendSource>>;

impl Reader {
    /// Calls `visit` with each call that holds something on these days, in order of the calls, in one read snapshot.
    ///
    /// Only the attempts held on these days count, so that sums agree with those of [`Reader::spend`].
    /// Errors: `Damaged`; `Io` for what `visit` says.
    pub fn each_call(
        &self,
        days: Days,
        mut visit: impl FnMut(&BookedCall) -> io::Result<()>,
    ) -> Result<(), LedgerError> {
        let mut visit = |call: &BookedCall| self.said(visit(call));
        self.snapshot(|conn, sources| {
            let mut statement = conn.prepare(ATTEMPTS)?;
            let mut rows = statement.query(params![first(days), last(days)])?;
            let mut current: Option<BookedCall> = None;
            while let Some(row) = rows.next()? {
                let mut one = attempt(row, sources)?;
                if let Some(call) = current.take() {
                    if call.id == one.id {
                        one = joined(&call, &one)?;
                    } else {
                        visit(&call)?;
                    }
                }
                current = Some(one);
            }
            current.as_ref().map_or(Ok(()), visit)
        })
    }

    /// Calls `visit` with each answer that was paid for on these days, as a call of one attempt, in one read snapshot.
    ///
    /// Two answers of one call stay two: each was priced by itself. Errors: as for [`Reader::each_call`].
    pub fn each_answer(
        &self,
        days: Days,
        mut visit: impl FnMut(&BookedCall) -> io::Result<()>,
    ) -> Result<(), LedgerError> {
        self.snapshot(|conn, sources| {
            let mut statement = conn.prepare(ATTEMPTS)?;
            let mut rows = statement.query(params![first(days), last(days)])?;
            while let Some(row) = rows.next()? {
                let answer = attempt(row, sources)?;
                if answer.state == "settled" {
                    self.said(visit(&answer))?;
                }
            }
            Ok(())
        })
    }

    /// Calls `visit` with each posting of an attempt that was held on these days, in order, in one read snapshot.
    ///
    /// Errors: `Damaged`; `Io` for what `visit` says.
    pub fn each_posting(
        &self,
        days: Days,
        mut visit: impl FnMut(&BookedPosting) -> io::Result<()>,
    ) -> Result<(), LedgerError> {
        self.snapshot(|conn, sources| {
            let mut statement = conn.prepare(POSTINGS)?;
            let mut rows = statement.query(params![first(days), last(days)])?;
            while let Some(row) = rows.next()? {
                self.said(visit(&posting(row, sources)?))?;
            }
            Ok(())
        })
    }

    /// One transaction, so that a running evaluation does not change what is read.
    fn snapshot(
        &self,
        read: impl FnOnce(&Connection, &Sources) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        self.read(|conn| {
            let snapshot = conn.unchecked_transaction()?;
            read(&snapshot, &sources(&snapshot)?)
        })
    }

    fn said(&self, answer: io::Result<()>) -> Result<(), LedgerError> {
        answer.map_err(|e| LedgerError::io("export", &self.path, e))
    }
}

/// `CROSS JOIN` keeps `SQLite` at the order of the calls: nothing is sorted, whatever its size.
const ATTEMPTS: &str = "\
    SELECT c.uuid, c.context, n.name, c.repeat, a.day, a.worst, a.state, h.time_ms, coalesce(e.time_ms, h.time_ms), \
    e.spent, e.imputed, e.usage, q.source, q.valid_from, m.name, t.name, e.latency_ms, e.fault, e.request_id, \
    e.response_id FROM calls c CROSS JOIN attempts a ON a.call = c.id CROSS JOIN postings h ON h.seq = a.hold_seq \
    LEFT JOIN postings e ON e.seq = a.end_seq LEFT JOIN names n ON n.id = c.case_name \
    LEFT JOIN prices q ON q.id = coalesce(e.price, h.price) LEFT JOIN names m ON m.id = e.model_returned \
    LEFT JOIN names t ON t.id = e.tier_returned WHERE a.day BETWEEN ?1 AND ?2 ORDER BY c.id, a.id";

const POSTINGS: &str = "\
    SELECT c.context, p.seq, p.kind, a.day, p.time_ms, a.uuid, c.uuid, n.name, p.spent, p.held, p.lost, p.imputed \
    FROM postings p CROSS JOIN attempts a ON a.id = p.attempt CROSS JOIN calls c ON c.id = a.call \
    LEFT JOIN names n ON n.id = c.case_name WHERE a.day BETWEEN ?1 AND ?2 ORDER BY p.seq";

fn first(days: Days) -> i64 {
    days.since.map_or(0, number)
}

fn last(days: Days) -> i64 {
    days.until.map_or(i64::MAX, number)
}

/// Writes YYYYMMDD.
fn number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// Reads a call that has one attempt.
fn attempt(row: &Row<'_>, sources: &Sources) -> Result<BookedCall, LedgerError> {
    let id = Uuid::from_bytes(row.get(0)?);
    let state = state(&row.get::<_, String>(6)?)
        .ok_or_else(|| LedgerError::damaged(format!("a state of call `{id}`")))?;
    let worst = Usd::from_picos(row.get(5)?);
    let standing = |wanted: &str| if state == wanted { worst } else { Usd::ZERO };
    let amount = |column: usize| -> rusqlite::Result<Usd> {
        let picos: Option<i64> = row.get(column)?;
        Ok(Usd::from_picos(picos.unwrap_or(0)))
    };
    let usage: Option<String> = row.get(11)?;
    Ok(BookedCall {
        id,
        day: day(row, 4)?,
        begun: time(row, 7)?,
        ended: time(row, 8)?,
        source: source(row.get(1)?, sources)?,
        case: row.get(2)?,
        repeat: row.get(3)?,
        attempts: 1,
        state,
        billed: amount(9)?,
        imputed: amount(10)?,
        held: standing("open"),
        lost: standing("lost"),
        usage: usage.map_or_else(|| Ok(Usage::default()), |text| json("a usage", &text))?,
        price_source: row.get(12)?,
        price_from: row
            .get::<_, Option<String>>(13)?
            .filter(|from| !from.is_empty()),
        end: AttemptEnd {
            model: row.get(14)?,
            tier: row.get(15)?,
            latency_ms: row.get(16)?,
            fault: row.get(17)?,
            request_id: row.get(18)?,
            response_id: row.get(19)?,
        },
    })
}

/// The states of an attempt, that which tells most of its call first.
const STATES: [&str; 4] = ["settled", "open", "lost", "void"];

fn state(text: &str) -> Option<&'static str> {
    STATES.into_iter().find(|state| *state == text)
}

/// Joins a call's earlier attempts with its next one. An answer's facts stay: those of a later failure do not replace them.
fn joined(earlier: &BookedCall, next: &BookedCall) -> Result<BookedCall, LedgerError> {
    let add = |one: Usd, other: Usd| {
        one.checked_add(other)
            .ok_or_else(|| LedgerError::damaged(format!("the sum of call `{}`", earlier.id)))
    };
    let rank = |call: &BookedCall| STATES.iter().position(|state| *state == call.state);
    let teller = if rank(earlier) < rank(next) {
        earlier
    } else {
        next
    };
    let mut usage = earlier.usage.clone();
    usage.add(&next.usage);
    Ok(BookedCall {
        day: earlier.day,
        begun: earlier.begun,
        ended: earlier.ended.max(next.ended),
        attempts: earlier.attempts + 1,
        billed: add(earlier.billed, next.billed)?,
        imputed: add(earlier.imputed, next.imputed)?,
        held: add(earlier.held, next.held)?,
        lost: add(earlier.lost, next.lost)?,
        usage,
        ..teller.clone()
    })
}

fn posting(row: &Row<'_>, sources: &Sources) -> Result<BookedPosting, LedgerError> {
    let usd = |column: usize| row.get(column).map(Usd::from_picos);
    Ok(BookedPosting {
        seq: row.get(1)?,
        kind: row.get(2)?,
        day: day(row, 3)?,
        time: time(row, 4)?,
        attempt: Uuid::from_bytes(row.get(5)?),
        call: Uuid::from_bytes(row.get(6)?),
        source: source(row.get(0)?, sources)?,
        case: row.get(7)?,
        spent: usd(8)?,
        held: usd(9)?,
        lost: usd(10)?,
        imputed: usd(11)?,
    })
}

fn source(context: i64, sources: &Sources) -> Result<Arc<SpendSource>, LedgerError> {
    sources
        .get(&context)
        .cloned()
        .ok_or_else(|| LedgerError::damaged(format!("context {context}")))
}

fn day(row: &Row<'_>, column: usize) -> Result<Date, LedgerError> {
    let day: i64 = row.get(column)?;
    date(day).ok_or_else(|| LedgerError::damaged(format!("day {day}")))
}

fn time(row: &Row<'_>, column: usize) -> Result<Timestamp, LedgerError> {
    let ms: i64 = row.get(column)?;
    Timestamp::from_millisecond(ms).map_err(|_| LedgerError::damaged(format!("time {ms}")))
}
