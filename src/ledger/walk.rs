//! Every posting in order, as it was hashed: what the audit and the export read.

use std::collections::HashMap;

use rusqlite::{Connection, Row};
use uuid::Uuid;

use crate::domain::{Usage, Usd};
use crate::ledger::LedgerError;
use crate::ledger::chain::{self, Digest32, Entry};
use crate::ledger::page::Sums;

/// A posting with its entry written again from the tables.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) seq: i64,
    pub(super) attempt: i64,
    pub(super) kind: String,
    pub(super) change: Sums,
    pub(super) imputed: i64,
    pub(super) day: i64,
    pub(super) context: i64,
    pub(super) run: Option<i64>,
    /// The entry in canonical JSON.
    pub(super) canonical: String,
    pub(super) hash: Digest32,
}

/// Calls `visit` with each posting, in order.
///
/// Errors: `Damaged` for a posting whose row, attempt or call cannot be read; those of `visit`.
pub(super) fn walk(
    conn: &Connection,
    mut visit: impl FnMut(Walked) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let names = Texts::load(conn)?;
    let mut statement = conn.prepare(POSTINGS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let walked =
            read(row, &names).map_err(|e| LedgerError::damaged(format!("posting {seq} ({e})")))?;
        visit(walked)?;
    }
    Ok(())
}

const POSTINGS: &str = "\
    SELECT p.seq, p.attempt, p.kind, p.time_ms, p.spent, p.held, p.lost, p.imputed, p.overrun, p.price, \
    p.model_returned, p.tier_returned, p.usage, p.usage_raw, p.latency_ms, p.fault, p.reason, p.request_id, \
    p.response_id, p.text_hash, p.v, p.hash, \
    a.uuid, a.day, a.number, c.uuid, c.context, c.case_name, c.repeat, \
    x.purpose, x.workspace, x.prompt, x.variant, x.revision, x.endpoint, x.model, x.run, r.uuid \
    FROM postings p LEFT JOIN attempts a ON a.id = p.attempt LEFT JOIN calls c ON c.id = a.call \
    LEFT JOIN contexts x ON x.id = c.context LEFT JOIN runs r ON r.id = x.run ORDER BY p.seq";

/// The interned texts, by number.
struct Texts {
    names: HashMap<i64, String>,
    prices: HashMap<i64, [String; 3]>,
}

impl Texts {
    fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let names = conn
            .prepare("SELECT id, name FROM names")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let prices = conn
            .prepare("SELECT id, source, valid_from, rates FROM prices")?
            .query_map([], |row| {
                Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?]))
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self { names, prices })
    }

    fn name(&self, row: &Row<'_>, column: usize) -> rusqlite::Result<Option<&str>> {
        Ok(row
            .get::<_, Option<i64>>(column)?
            .and_then(|id| self.names.get(&id))
            .map(String::as_str))
    }

    /// Returns a part of the posting's price: source, date, rates.
    fn price(&self, row: &Row<'_>, part: usize) -> rusqlite::Result<Option<&str>> {
        Ok(row
            .get::<_, Option<i64>>(9)?
            .and_then(|id| self.prices.get(&id))
            .map(|price| price[part].as_str())
            .filter(|text| !text.is_empty()))
    }
}

fn read(row: &Row<'_>, names: &Texts) -> rusqlite::Result<Walked> {
    let text = |column: usize| row.get::<_, Option<String>>(column);
    let usd = |column: usize| row.get(column).map(Usd::from_picos);
    let uuid = |column: usize| {
        row.get::<_, [u8; 16]>(column)
            .map(|bytes| Uuid::from_bytes(bytes).to_string())
    };
    let kind: String = row.get(2)?;
    let (attempt, call, time) = (uuid(22)?, uuid(25)?, chain::time_text(row.get(3)?));
    let usage: Option<Usage> = text(12)?.and_then(|usage| serde_json::from_str(&usage).ok());
    let (usage_raw, reason) = (text(13)?, text(16)?);
    let (request_id, response_id) = (text(17)?, text(18)?);
    let text_hash = row
        .get::<_, Option<Vec<u8>>>(19)?
        .map(|hash| chain::hex(&hash));
    let run = text(37)?;
    let purpose: String = row.get(29)?;
    let mut entry = Entry {
        attempt: &attempt,
        day: row.get(23)?,
        kind: &kind,
        time: &time,
        seq: row.get(0)?,
        spent: usd(4)?,
        held: usd(5)?,
        lost: usd(6)?,
        imputed: usd(7)?,
        overrun: usd(8)?,
        price_source: names.price(row, 0)?,
        price_from: names.price(row, 1)?,
        price_rates: names.price(row, 2)?,
        model_returned: names.name(row, 10)?,
        tier_returned: names.name(row, 11)?,
        usage: usage.as_ref(),
        usage_raw: usage_raw.as_deref(),
        latency_ms: row.get(14)?,
        fault: row.get(15)?,
        reason: reason.as_deref(),
        request_id: request_id.as_deref(),
        response_id: response_id.as_deref(),
        text: text_hash.as_deref(),
        v: row.get(20)?,
        ..Entry::default()
    };
    if kind == "hold" {
        entry = Entry {
            call: Some(&call),
            number: row.get(24)?,
            case: names.name(row, 27)?,
            repeat: row.get(28)?,
            purpose: Some(&purpose),
            workspace: names.name(row, 30)?,
            prompt: names.name(row, 31)?,
            variant: names.name(row, 32)?.filter(|name| !name.is_empty()),
            revision: names.name(row, 33)?,
            endpoint: names.name(row, 34)?,
            model: names.name(row, 35)?,
            run: run.as_deref(),
            ..entry
        };
    }
    Ok(Walked {
        seq: entry.seq,
        attempt: row.get(1)?,
        change: Sums {
            spent: entry.spent.picos(),
            held: entry.held.picos(),
            lost: entry.lost.picos(),
            overrun: entry.overrun.picos(),
        },
        imputed: entry.imputed.picos(),
        day: entry.day,
        context: row.get(26)?,
        run: row.get(36)?,
        canonical: entry.canonical(),
        hash: row.get(21)?,
        kind,
    })
}
