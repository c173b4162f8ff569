//! Opening for writing: what must hold before the first entry.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;
use uuid::Uuid;

use crate::ledger::anchor::{self, Anchor};
use crate::ledger::lock::{SignOfLife, WriteLock};
use crate::ledger::page::{self, Desk, Head};
use crate::ledger::places::Places;
use crate::ledger::spill::Spill;
use crate::ledger::writer::Writer;
use crate::ledger::{LedgerError, OpenOptions, Recovered, schema};

impl Writer {
    /// Opens the ledger: creates, migrates, buries the dead and books what was spilled, all under the lock.
    pub(in crate::ledger) fn open(
        options: OpenOptions,
        settled: watch::Sender<u64>,
    ) -> Result<Self, LedgerError> {
        let places = Places::make(&options.path)?;
        let lock = Arc::new(WriteLock::open(&places.lock)?);
        let guard = Arc::clone(&lock);
        let _held = guard.acquire()?;
        let now = options.clock.now();
        refuse_emptied(&places)?;
        let conn = schema::open_for_writing(&places.db, now)?;
        let desk = Desk::new(conn, options.keep)
            .map_err(|e| LedgerError::sqlite("read", &places.db, e))?;
        compare_anchor(&desk, &places)?;
        let id = schema::new_id(now);
        let mut writer = Self {
            anchor: Anchor::open(&places.anchor)?,
            spill: Spill::open(&places.spill)?,
            sign: Some(SignOfLife::give(places.live_file(id))?),
            desk,
            places,
            lock,
            clock: options.clock,
            fail: options.fail,
            settled,
            stopped: None,
            unwritten: Vec::new(),
            incomplete: HashMap::new(),
            spilled: true,
            recovered: Recovered::default(),
        };
        // Spilled answers first, while their attempts are open still: burying would take them for lost.
        let opened = writer.enrol(id).and_then(|()| writer.book_spilled());
        match opened.and_then(|()| writer.bury_the_dead()) {
            Ok(()) => Ok(writer),
            Err(e) => {
                writer.withdraw();
                Err(e)
            }
        }
    }

    /// Writes this process's row.
    fn enrol(&mut self, id: Uuid) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let places = &self.places;
        let at = |e: LedgerError| e.at("write", &places.db);
        let mut page = self.desk.turn(now).map_err(at)?;
        page.writer = page.enrol(id).map_err(at)?;
        let writer = page.writer;
        page.commit().map_err(at)?;
        self.desk.writer = writer;
        Ok(())
    }

    /// Ends the rows of dead processes: what they had in flight is lost.
    fn bury_the_dead(&mut self) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let places = &self.places;
        let at = |e: LedgerError| e.at("write", &places.db);
        let mut page = self.desk.turn(now).map_err(at)?;
        self.recovered = page.recover(places).map_err(at)?;
        let (mark, _) = page.commit().map_err(at)?;
        mark.map_or(Ok(()), |mark| self.anchor.write(&mark))
    }
}

/// Refuses to begin a new ledger where the anchor says that there was one.
fn refuse_emptied(places: &Places) -> Result<(), LedgerError> {
    let empty = std::fs::metadata(&places.db).map_or(true, |data| data.len() == 0);
    match anchor::read(&places.anchor)? {
        Some(mark) if empty && mark.seq > 0 => Err(LedgerError::TailLost {
            path: places.db.clone(),
            found: 0,
            expected: mark.seq,
        }),
        _ => Ok(()),
    }
}

/// Refuses to write on where postings are missing: the next anchor would hide it.
fn compare_anchor(desk: &Desk, places: &Places) -> Result<(), LedgerError> {
    let Some(mark) = anchor::read(&places.anchor)? else {
        return Ok(());
    };
    let at = |e| LedgerError::sqlite("read", &places.db, e);
    let Head { seq, .. } = page::head(&desk.conn).map_err(at)?;
    if mark.seq > seq && mark.ledger == desk.ledger {
        return Err(LedgerError::TailLost {
            path: places.db.clone(),
            found: seq,
            expected: mark.seq,
        });
    }
    let hash = page::hash_at(&desk.conn, mark.seq).map_err(at)?;
    if mark.ledger == desk.ledger && hash == Some(mark.hash) {
        return Ok(());
    }
    Err(LedgerError::ForeignAnchor {
        anchor: places.anchor.clone(),
        seq: mark.seq,
    })
}
