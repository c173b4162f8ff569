//! Other ledgers' books: their postings beside ours, each chain by itself and verifiable, none of it counted for a cap.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use crate::domain::Usd;
use crate::ledger::LedgerError;
use crate::ledger::bought::{Bought, Sums, Tracker};
use crate::ledger::chain::{self, Digest32};
use crate::ledger::keep::Keep;
use crate::ledger::lines::{self, Followed, Line};
use crate::ledger::lock::WriteLock;
use crate::ledger::page::{self, Desk, Page};
use crate::ledger::places::Places;
use crate::ledger::schema;

/// Postings of one transaction: others that write wait no longer than for these.
const BATCH: usize = 1_000;

/// What an import came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Postings that the other ledger has.
    pub postings: u64,
    /// Those of them that were not here before.
    pub new: u64,
    /// Answers among the new ones.
    pub answers: u64,
    /// What these answers cost.
    pub billed: Usd,
}

/// Takes over what another ledger, or its export in JSON lines, has beyond what was taken over of it before. Its chain is
/// followed to its end first; then it is written in pieces, so that an evaluation beside it goes on. Cut short, it has taken
/// over a beginning, and the next import goes on from there.
///
/// Errors: `Own` for this ledger's own books; `Broken` for a chain that does not hold together, or that is not the one taken
/// over before; `TailLost` for a ledger copied without its `-wal`; `Newer`, `NotALedger`. Nothing was changed then.
pub fn import(path: &Path, source: &Path, now: Timestamp) -> Result<Imported, LedgerError> {
    let places = Places::find(path)?;
    let lock = WriteLock::open(&places.lock)?;
    let at = |e: LedgerError| e.at("write", &places.db);
    let mut desk = {
        let _held = lock.acquire()?;
        let conn = schema::open_for_writing(&places.db, now)?;
        Desk::new(conn, Keep::default()).map_err(|e| at(e.into()))?
    };
    let (end, known) = compare(&desk, source).map_err(at)?;
    let mut taking = Taking {
        after: known.seq,
        imported: Imported {
            postings: end.seq.unsigned_abs(),
            ..Imported::default()
        },
        ..Taking::default()
    };
    lines::follow(source, |line| {
        // What was written since it was looked at is the next import's.
        if line.seq <= end.seq {
            taking.take(line, source)?;
        }
        if taking.lines.len() >= BATCH {
            taking.write(&mut desk, &lock, (end, source), now)?;
        }
        Ok(())
    })
    .map_err(at)?;
    taking
        .write(&mut desk, &lock, (end, source), now)
        .map_err(at)?;
    Ok(taking.imported)
}

/// What is here of a chain.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    chain: i64,
    /// Its last posting here, 0 without one.
    seq: i64,
}

/// Follows the other chain to its end, and demands that what was taken over of it before is its beginning.
fn compare(desk: &Desk, source: &Path) -> Result<(Followed, Known), LedgerError> {
    let mut known = Known::default();
    let end = lines::follow(source, |line| {
        if line.seq == 1 {
            if page::hash_at(&desk.conn, 1)? == Some(chain::hex(&line.hash)) {
                return Err(LedgerError::Own {
                    path: source.to_owned(),
                });
            }
            known = known_chain(desk, &line.hash)?;
        }
        if line.seq == known.seq && hash_here(desk, known.chain, line.seq)? != Some(line.hash) {
            return Err(forked(source, line.seq));
        }
        Ok(())
    })?;
    // A copy older than what is here is its beginning, or another chain.
    let here = hash_here(desk, known.chain, end.seq)?;
    if end.seq < known.seq && here.is_some_and(|here| here != end.hash) {
        return Err(forked(source, end.seq));
    }
    Ok((end, known))
}

fn forked(source: &Path, seq: i64) -> LedgerError {
    lines::broken(
        source,
        format!(
            "posting {seq} is another one than was imported before: one of the two was restored or changed"
        ),
    )
}

fn known_chain(desk: &Desk, root: &Digest32) -> rusqlite::Result<Known> {
    let found = desk
        .conn
        .query_row(
            "SELECT c.id, coalesce(max(i.seq), 0) FROM chains c LEFT JOIN imported i ON i.chain = c.id \
             WHERE c.root = ?1 GROUP BY c.id",
            [root],
            |row| {
                Ok(Known {
                    chain: row.get(0)?,
                    seq: row.get(1)?,
                })
            },
        )
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn hash_here(desk: &Desk, chain: i64, seq: i64) -> rusqlite::Result<Option<Digest32>> {
    desk.conn
        .prepare_cached("SELECT hash FROM imported WHERE chain = ?1 AND seq = ?2")?
        .query_row([chain, seq], |row| row.get(0))
        .optional()
}

/// The postings of the next transaction.
#[derive(Debug, Default)]
struct Taking {
    /// The last posting that is here.
    after: i64,
    tracker: Tracker,
    lines: Vec<Line>,
    spend: HashMap<Bought, Sums>,
    imported: Imported,
}

impl Taking {
    fn take(&mut self, line: Line, source: &Path) -> Result<(), LedgerError> {
        let wrong = |what: String| lines::broken(source, format!("posting {}: {what}", line.seq));
        // Those taken over before are seen again, because an answer names what was bought by its attempt only.
        let bought = self.tracker.see(&line.entry).map_err(wrong)?;
        if line.seq <= self.after {
            return Ok(());
        }
        self.imported.new += 1;
        if let Some((bought, sums)) = bought {
            self.imported.answers += 1;
            let billed = Usd::from_picos(sums.billed);
            self.imported.billed = self.imported.billed.saturating_add(billed);
            self.spend.entry(bought).or_default().add(sums);
        }
        self.lines.push(line);
        Ok(())
    }

    fn write(
        &mut self,
        desk: &mut Desk,
        lock: &WriteLock,
        (end, source): (Followed, &Path),
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (Some(root), false) = (end.root, self.lines.is_empty()) else {
            return Ok(());
        };
        let _held = lock.acquire()?;
        let mut page = desk.turn(now)?;
        let chain = page.chain(&root, source)?;
        for line in self.lines.drain(..) {
            page.import_line(chain, &line)?;
        }
        for (bought, sums) in self.spend.drain() {
            page.import_spend(chain, &bought, sums)?;
        }
        page.commit()?;
        Ok(())
    }
}

impl Page<'_> {
    fn chain(&mut self, root: &Digest32, source: &Path) -> rusqlite::Result<i64> {
        self.tx.execute(
            "INSERT INTO chains (root, source, imported_ms) VALUES (?1, ?2, ?3) ON CONFLICT (root) DO NOTHING",
            params![root, source.to_string_lossy(), self.now_ms],
        )?;
        self.tx
            .query_row("SELECT id FROM chains WHERE root = ?1", [root], |row| {
                row.get(0)
            })
    }

    /// Another import of the same chain that went on beside this one is an error of the key: nothing is doubled.
    fn import_line(&mut self, chain: i64, line: &Line) -> rusqlite::Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO imported (chain, seq, entry, hash) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                chain,
                line.seq,
                self.packer.pack(&line.entry),
                line.hash
            ])?;
        Ok(())
    }

    fn import_spend(&mut self, chain: i64, bought: &Bought, sums: Sums) -> rusqlite::Result<()> {
        let mut number = |text: &str| self.names.text(&self.tx, text);
        let columns = params![
            chain,
            bought.day,
            bought.purpose,
            number(&bought.workspace)?,
            number(&bought.prompt)?,
            number(&bought.variant)?,
            number(&bought.revision)?,
            number(&bought.endpoint)?,
            number(&bought.model)?,
            sums.billed,
            sums.imputed,
            sums.answers
        ];
        self.tx
            .prepare_cached(
                "INSERT INTO imported_spend (chain, day, purpose, workspace, prompt, variant, revision, endpoint, model, \
                 billed, imputed, answers) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
                 ON CONFLICT DO UPDATE SET billed = billed + excluded.billed, imputed = imputed + excluded.imputed, \
                 answers = answers + excluded.answers",
            )?
            .execute(columns)?;
        Ok(())
    }
}
