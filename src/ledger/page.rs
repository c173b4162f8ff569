//! A page of the books: one transaction, with the head of the chain, the balances and the sums that it moves.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use crate::domain::Usd;
use crate::ledger::anchor::Mark;
use crate::ledger::chain::{self, Digest32, Entry};
use crate::ledger::keep::Keep;
use crate::ledger::names::Names;
use crate::ledger::payload::Packer;
use crate::ledger::{LedgerError, Price};

/// What a writer keeps between two pages.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) conn: Connection,
    /// The ledger's UUID in hex.
    pub(super) ledger: String,
    /// This writer's row; 0 before it has one.
    pub(super) writer: i64,
    names: Names,
    packer: Packer,
    keep: Keep,
}

/// The last posting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) hash: Digest32,
    pub(super) time_ms: i64,
}

/// What a balance is kept for: a run by number, a day as YYYYMMDD, a month as YYYYMM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    Run(i64),
    Day(i64),
    Month(i64),
}

impl Scope {
    /// Returns the scopes that an attempt counts in.
    pub(super) fn of(run: Option<i64>, day: i64) -> Vec<Self> {
        run.map(Self::Run)
            .into_iter()
            .chain([Self::Day(day), Self::Month(day / 100)])
            .collect()
    }

    /// Returns its key in the table.
    pub(super) fn key(self) -> (&'static str, i64) {
        match self {
            Self::Run(run) => ("run", run),
            Self::Day(day) => ("day", day),
            Self::Month(month) => ("month", month),
        }
    }
}

/// Sums over postings in picodollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sums {
    pub(super) spent: i64,
    pub(super) held: i64,
    pub(super) lost: i64,
    pub(super) overrun: i64,
}

impl Sums {
    /// Adds a change; `None` past the range, or where a sum would be negative.
    fn plus(self, change: Self) -> Option<Self> {
        let add = |a: i64, b: i64| a.checked_add(b).filter(|sum| *sum >= 0);
        Some(Self {
            spent: add(self.spent, change.spent)?,
            held: add(self.held, change.held)?,
            lost: add(self.lost, change.lost)?,
            overrun: add(self.overrun, change.overrun)?,
        })
    }
}

/// The rows that a posting refers to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links<'a> {
    pub(super) attempt: i64,
    pub(super) price: Option<&'a Price>,
    pub(super) text: Option<Digest32>,
}

/// One transaction. Dropped without [`Page::commit`], it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Page<'c> {
    pub(super) tx: Transaction<'c>,
    pub(super) names: &'c mut Names,
    pub(super) packer: &'c mut Packer,
    pub(super) keep: &'c Keep,
    pub(super) writer: i64,
    pub(super) now_ms: i64,
    /// Today in UTC as YYYYMMDD.
    pub(super) day: i64,
    pub(super) head: Head,
    /// True once an attempt gave back what it held.
    pub(super) freed: bool,
    ledger: &'c str,
    /// Whether the ledger has room for texts; unset before the first one.
    room: Option<bool>,
    /// What the head was when the page began.
    began: i64,
    /// Sums with a mark on those that this page has moved.
    balances: BTreeMap<Scope, (Sums, bool)>,
    spend: BTreeMap<(i64, i64), (i64, i64, i64)>,
}

impl Desk {
    pub(super) fn new(conn: Connection, keep: Keep) -> rusqlite::Result<Self> {
        let ledger = conn.query_row("SELECT hex(uuid) FROM ledger", [], |row| {
            row.get::<_, String>(0)
        })?;
        Ok(Self {
            conn,
            ledger: ledger.to_lowercase(),
            writer: 0,
            names: Names::default(),
            packer: Packer::new(),
            keep,
        })
    }

    /// Begins a transaction and reads the head again: another process may have written since.
    pub(super) fn turn(&mut self, now: Timestamp) -> Result<Page<'_>, LedgerError> {
        let tx = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
        let head = head(&tx)?;
        Ok(Page {
            tx,
            names: &mut self.names,
            packer: &mut self.packer,
            keep: &self.keep,
            writer: self.writer,
            now_ms: now.as_millisecond(),
            day: day_of(now),
            head,
            freed: false,
            ledger: &self.ledger,
            room: None,
            began: head.seq,
            balances: BTreeMap::new(),
            spend: BTreeMap::new(),
        })
    }

    /// Forgets what a page looked up that was not committed.
    pub(super) fn forget(&mut self) {
        self.names.clear();
    }
}

/// Reads the last posting.
pub(super) fn head(conn: &Connection) -> rusqlite::Result<Head> {
    let found = conn
        .prepare_cached("SELECT seq, hash, time_ms FROM postings ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(Head {
                seq: row.get(0)?,
                hash: row.get(1)?,
                time_ms: row.get(2)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or(Head {
        seq: 0,
        hash: chain::GENESIS,
        time_ms: i64::MIN,
    }))
}

/// Returns the day (UTC) of a time as YYYYMMDD.
pub(super) fn day_of(time: Timestamp) -> i64 {
    let date = TimeZone::UTC.to_datetime(time);
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

impl Page<'_> {
    /// Returns the sums of a scope, with what this page has moved.
    pub(super) fn sums(&mut self, scope: Scope) -> rusqlite::Result<Sums> {
        if let Some((sums, _)) = self.balances.get(&scope) {
            return Ok(*sums);
        }
        let sums = stored_sums(&self.tx, scope)?.unwrap_or_default();
        self.balances.insert(scope, (sums, false));
        Ok(sums)
    }

    /// Moves money in every scope of an attempt, or in none.
    ///
    /// Errors: `Amount` when a sum would leave the range.
    pub(super) fn move_money(
        &mut self,
        scopes: &[Scope],
        change: Sums,
        refused: impl Fn() -> LedgerError,
    ) -> Result<(), LedgerError> {
        if change == Sums::default() {
            return Ok(());
        }
        let mut moved = Vec::with_capacity(scopes.len());
        for scope in scopes {
            let sums = self.sums(*scope)?.plus(change).ok_or_else(&refused)?;
            moved.push((*scope, (sums, true)));
        }
        self.balances.extend(moved);
        Ok(())
    }

    /// Adds an answer's cost to the sums that reports of spend read.
    pub(super) fn add_spend(&mut self, day: i64, context: i64, billed: i64, imputed: i64) {
        let sums = self.spend.entry((day, context)).or_default();
        // One page cannot pass the range: the balances, which add the same amounts, refuse first.
        sums.0 = sums.0.saturating_add(billed);
        sums.1 = sums.1.saturating_add(imputed);
        sums.2 += 1;
    }

    /// Appends a posting to the chain; `seq`, time, version and what `links` names are filled in here.
    pub(super) fn post(&mut self, entry: Entry<'_>, links: Links<'_>) -> Result<i64, LedgerError> {
        let (time, text) = (
            chain::time_text(self.now_ms),
            links.text.map(|hash| chain::hex(&hash)),
        );
        let mut entry = entry;
        entry.seq = self.head.seq + 1;
        entry.time = &time;
        entry.v = chain::VERSION;
        entry.text = text.as_deref();
        if let Some(price) = links.price {
            entry.price_source = Some(&price.source);
            entry.price_from = price.from.as_deref();
            entry.price_rates = price.rates.as_deref();
        }
        let hash = chain::link(&self.head.hash, &entry.canonical());
        self.insert_posting(&entry, links, &hash)?;
        self.head = Head {
            seq: entry.seq,
            hash,
            time_ms: self.now_ms,
        };
        Ok(entry.seq)
    }

    fn insert_posting(
        &mut self,
        entry: &Entry<'_>,
        links: Links<'_>,
        hash: &Digest32,
    ) -> Result<(), LedgerError> {
        let price = self.names.price(&self.tx, links.price)?;
        let model = self.names.maybe(&self.tx, entry.model_returned)?;
        let tier = self.names.maybe(&self.tx, entry.tier_returned)?;
        let usage = entry
            .usage
            .and_then(|usage| serde_json::to_string(usage).ok());
        self.tx
            .prepare_cached(
                "INSERT INTO postings (seq, attempt, kind, time_ms, spent, held, lost, imputed, overrun, price, \
                 model_returned, tier_returned, usage, usage_raw, latency_ms, fault, reason, request_id, response_id, \
                 text_hash, v, hash) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
            )?
            .execute(params![
                entry.seq,
                links.attempt,
                entry.kind,
                self.now_ms,
                entry.spent.picos(),
                entry.held.picos(),
                entry.lost.picos(),
                entry.imputed.picos(),
                entry.overrun.picos(),
                price,
                model,
                tier,
                usage,
                entry.usage_raw,
                entry.latency_ms,
                entry.fault,
                entry.reason,
                entry.request_id,
                entry.response_id,
                links.text,
                entry.v,
                hash
            ])?;
        Ok(())
    }

    /// Keeps a text, or a tombstone where it is none that is kept, or the ledger has no room; see the table `payloads` for its id.
    /// The answer of a reconciled attempt takes the place of the one that was kept when its cost was unknown.
    pub(super) fn keep_text(
        &mut self,
        id: i64,
        text: Option<&str>,
        tombstone: &str,
    ) -> Result<(), LedgerError> {
        let text = match text {
            Some(text) if self.keep.takes(text.len()) && self.has_room()? => text,
            _ => tombstone,
        };
        self.tx
            .prepare_cached("INSERT INTO payloads (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = excluded.body")?
            .execute(params![id, self.packer.pack(text)])?;
        Ok(())
    }

    /// Tells whether the ledger may still take texts. Pages that pruning freed are room.
    fn has_room(&mut self) -> Result<bool, LedgerError> {
        let (Some(total), None) = (self.keep.total(), self.room) else {
            return Ok(self.room.unwrap_or(true));
        };
        let ask = |pragma: &str| {
            self.tx
                .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0))
        };
        let pages = ask("page_count")? - ask("freelist_count")?;
        let bytes = pages.saturating_mul(ask("page_size")?).unsigned_abs();
        let room = bytes < total;
        self.room = Some(room);
        Ok(room)
    }

    /// Writes the sums, commits, and returns what the anchor is to say, if anything was posted, and whether money was given back.
    pub(super) fn commit(self) -> Result<(Option<Mark>, bool), LedgerError> {
        self.write_sums()?;
        let count = |sql: &str| -> rusqlite::Result<i64> {
            self.tx.prepare_cached(sql)?.query_row([], |row| row.get(0))
        };
        let mark = Mark {
            ledger: self.ledger.to_owned(),
            seq: self.head.seq,
            hash: chain::hex(&self.head.hash),
            calls: count("SELECT coalesce(max(id), 0) FROM calls")?,
            attempts: count("SELECT coalesce(max(id), 0) FROM attempts")?,
        };
        let (freed, posted) = (self.freed, self.head.seq != self.began);
        self.tx.commit()?;
        Ok((posted.then_some(mark), freed))
    }

    fn write_sums(&self) -> rusqlite::Result<()> {
        let mut statement = self.tx.prepare_cached(
            "INSERT INTO balances (scope, period, spent, held, lost, overrun) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT DO UPDATE SET spent = excluded.spent, held = excluded.held, lost = excluded.lost, \
             overrun = excluded.overrun",
        )?;
        for (scope, (sums, _)) in self.balances.iter().filter(|(_, (_, moved))| *moved) {
            let (word, period) = scope.key();
            statement.execute(params![
                word,
                period,
                sums.spent,
                sums.held,
                sums.lost,
                sums.overrun
            ])?;
        }
        let mut statement = self.tx.prepare_cached(
            "INSERT INTO spend (day, context, billed, imputed, answers) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT DO UPDATE SET billed = billed + excluded.billed, imputed = imputed + excluded.imputed, \
             answers = answers + excluded.answers",
        )?;
        for ((day, context), (billed, imputed, answers)) in &self.spend {
            statement.execute(params![day, context, billed, imputed, answers])?;
        }
        Ok(())
    }
}

/// Reads the committed sums of a scope.
pub(super) fn stored_sums(conn: &Connection, scope: Scope) -> rusqlite::Result<Option<Sums>> {
    conn.prepare_cached(
        "SELECT spent, held, lost, overrun FROM balances WHERE scope = ?1 AND period = ?2",
    )?
    .query_row(params![scope.key().0, scope.key().1], |row| {
        Ok(Sums {
            spent: row.get(0)?,
            held: row.get(1)?,
            lost: row.get(2)?,
            overrun: row.get(3)?,
        })
    })
    .optional()
}

/// Makes the error of an amount that cannot be booked.
pub(super) fn amount_error(what: &'static str, picos: i64) -> LedgerError {
    LedgerError::Amount {
        what,
        amount: Usd::from_picos(picos),
    }
}

/// Writes a UUID as text for an entry.
pub(super) fn id_text(id: Uuid) -> String {
    id.hyphenated().to_string()
}

/// Returns the hash of a posting in hex.
pub(super) fn hash_at(conn: &Connection, seq: i64) -> rusqlite::Result<Option<String>> {
    conn.query_row("SELECT hash FROM postings WHERE seq = ?1", [seq], |row| {
        row.get::<_, Digest32>(0)
    })
    .optional()
    .map(|hash| hash.map(|hash| chain::hex(&hash)))
}
