//! The writer: one thread owns the writing connection and books everything that is queued in one commit.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::domain::{Clock, FailPoint, RunId};
use crate::ledger::anchor::{self, Anchor};
use crate::ledger::lock::{SignOfLife, WriteLock};
use crate::ledger::op::{Done, Op};
use crate::ledger::page::{self, Desk, Head};
use crate::ledger::places::Places;
use crate::ledger::recover::End;
use crate::ledger::spill::Spill;
use crate::ledger::{LedgerError, OpenOptions, Recovered, Settle, schema};

/// The most entries of one commit.
const GROUP: usize = 512;

/// The thread's state.
pub(super) struct Writer {
    desk: Desk,
    places: Places,
    lock: Arc<WriteLock>,
    anchor: Anchor,
    spill: Spill,
    /// Taken when the writer closes.
    sign: Option<SignOfLife>,
    clock: Arc<dyn Clock>,
    fail: FailPoint,
    settled: watch::Sender<u64>,
    /// The failure after which nothing more is written.
    stopped: Option<Arc<LedgerError>>,
    /// Trials whose commit failed; they go into the next one.
    unwritten: Vec<Op>,
    /// Runs of which a trial could not be written.
    incomplete: HashMap<RunId, LedgerError>,
    /// True while answers may wait in the spill file.
    spilled: bool,
    /// What was found of dead processes at the start.
    pub(super) recovered: Recovered,
}

/// What each entry of a page came to.
type Results = Vec<Result<Done, LedgerError>>;

impl Writer {
    /// Opens the ledger: creates, migrates, buries the dead and books what was spilled, all under the lock.
    pub(super) fn open(
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
        let desk = Desk::new(conn).map_err(|e| LedgerError::sqlite("read", &places.db, e))?;
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
        match writer.enrol(id).and_then(|()| writer.book_spilled()) {
            Ok(()) => Ok(writer),
            Err(e) => {
                writer.withdraw();
                Err(e)
            }
        }
    }

    /// Writes this process's row and ends those of dead ones.
    fn enrol(&mut self, id: uuid::Uuid) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let places = &self.places;
        let at = |e: LedgerError| e.at("write", &places.db);
        let mut page = self.desk.turn(now).map_err(at)?;
        page.writer = page.enrol(id).map_err(at)?;
        let writer = page.writer;
        self.recovered = page.recover(places).map_err(at)?;
        let (mark, _) = page.commit().map_err(at)?;
        self.desk.writer = writer;
        mark.map_or(Ok(()), |mark| self.anchor.write(&mark))
    }

    fn withdraw(&mut self) {
        if let Some(sign) = self.sign.take() {
            sign.withdraw();
        }
    }

    /// Serves the queue until it closes.
    pub(super) fn serve(mut self, mut queue: mpsc::UnboundedReceiver<Op>) {
        while let Some(first) = queue.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP {
                match queue.try_recv() {
                    Ok(op) => group.push(op),
                    Err(_) => break,
                }
            }
            #[cfg(test)]
            if group.iter().any(|op| matches!(op, Op::Die)) {
                return;
            }
            let closing = group.iter().position(|op| matches!(op, Op::Close(_)));
            let rest = closing.map(|at| group.split_off(at));
            self.write(group);
            if let Some(Op::Close(reply)) = rest.and_then(|rest| rest.into_iter().next()) {
                reply.send(self.close()).ok();
                return;
            }
        }
        // Nobody is left to be told.
        self.close().ok();
    }

    /// Books a group under the lock, then tells everyone who waits.
    fn write(&mut self, group: Vec<Op>) {
        let mut ops = mem::take(&mut self.unwritten);
        ops.extend(group.into_iter().filter(|op| !op.is_abandoned()));
        if ops.is_empty() {
            return;
        }
        #[cfg(test)]
        ops.sort_by_key(|op| !matches!(op, Op::Meddle(..)));
        let lock = Arc::clone(&self.lock);
        let mut freed = false;
        let booked = match lock.acquire() {
            Ok(_held) => {
                let booked = self.book(ops, &mut freed);
                if self.spilled && self.stopped.is_none() {
                    // A failure leaves the answers where they are, for the next commit or the next start.
                    freed |= self.book_spilled().is_ok();
                }
                booked
            }
            Err(e) => self.refuse(ops, &e),
        };
        for (op, result) in booked {
            op.answer(result);
        }
        if freed {
            self.settled.send_modify(|count| *count += 1);
        }
    }

    /// Books a group in one transaction; where one entry's own content spoils it, each gets one of its own.
    fn book(&mut self, ops: Vec<Op>, freed: &mut bool) -> Vec<(Op, Result<Done, LedgerError>)> {
        if let Some(cause) = &self.stopped {
            let stopped = LedgerError::Stopped {
                path: self.places.db.clone(),
                cause: Arc::clone(cause),
            };
            return self.refuse(ops, &stopped);
        }
        match self.page(&ops, freed) {
            Ok(results) => ops.into_iter().zip(results).collect(),
            Err(e) if e.is_local() && ops.len() > 1 => ops
                .into_iter()
                .flat_map(|op| self.book(vec![op], freed))
                .collect(),
            Err(e) => {
                if e.is_fatal() {
                    self.stopped = Some(Arc::new(e.clone()));
                }
                self.refuse(ops, &e)
            }
        }
    }

    /// Writes one transaction and its anchor.
    fn page(&mut self, ops: &[Op], freed: &mut bool) -> Result<Results, LedgerError> {
        let written = self.transact(ops);
        if written.is_err() {
            self.desk.forget();
        }
        let (results, mark, gave_back) = written.map_err(|e| e.at("write", &self.places.db))?;
        if let Some(mark) = mark {
            (self.fail)("before-anchor");
            if let Err(e) = self.anchor.write(&mark) {
                // What was committed is safe and is said to be; without an anchor nothing more is taken.
                self.stopped = Some(Arc::new(e));
            }
        }
        *freed |= gave_back;
        Ok(results)
    }

    fn transact(
        &mut self,
        ops: &[Op],
    ) -> Result<(Results, Option<anchor::Mark>, bool), LedgerError> {
        let mut page = self.desk.turn(self.clock.now())?;
        let mut results = Vec::with_capacity(ops.len());
        for op in ops {
            if let Some(missing) = op.ends().and_then(|run| self.incomplete.get(run)) {
                results.push(Err(missing.clone()));
                continue;
            }
            let result = op.apply(&mut page, &self.places);
            match (op, &result) {
                (_, Err(e)) if e.spoils() => return Err(e.clone()),
                (Op::Trial { run, .. }, Err(e)) => {
                    self.incomplete.insert(run.clone(), e.clone());
                }
                _ => {}
            }
            results.push(result);
        }
        let (mark, freed) = page.commit()?;
        Ok((results, mark, freed))
    }

    /// Gives up a group: paid answers go to the spill file, trials wait for the next commit, everyone else is told.
    fn refuse(
        &mut self,
        ops: Vec<Op>,
        error: &LedgerError,
    ) -> Vec<(Op, Result<Done, LedgerError>)> {
        let mut refused = Vec::with_capacity(ops.len());
        for op in ops {
            match op {
                Op::Trial { run, .. } if error.is_local() || self.stopped.is_some() => {
                    self.incomplete.insert(run, error.clone());
                }
                Op::Trial { .. } => self.unwritten.push(op),
                Op::Settle(ref settle, _) => {
                    let result = match self.spill.keep(settle) {
                        Ok(()) => LedgerError::Spilled {
                            path: self.places.db.clone(),
                            spill: self.spill.path().to_owned(),
                            cause: Arc::new(error.clone()),
                        },
                        Err(_) => error.clone(),
                    };
                    self.spilled = true;
                    refused.push((op, Err(result)));
                }
                op => refused.push((op, Err(error.clone()))),
            }
        }
        refused
    }

    /// Books the answers of the spill file, each by itself; an attempt that is settled already is left alone. Call it under
    /// the lock.
    fn book_spilled(&mut self) -> Result<(), LedgerError> {
        let (settles, mut unread) = self.spill.read()?;
        for settle in &settles {
            match self.book_one(settle) {
                Ok(()) | Err(LedgerError::AttemptState { .. }) => {}
                Err(e) if e.spoils() && !e.is_local() => return Err(e),
                // It would fail for ever: it must not keep the ledger from opening.
                Err(_) => unread += 1,
            }
        }
        if !settles.is_empty() || unread > 0 {
            self.spill.empty(unread)?;
        }
        self.spilled = false;
        Ok(())
    }

    fn book_one(&mut self, settle: &Settle) -> Result<(), LedgerError> {
        let booked = self.desk.turn(self.clock.now()).and_then(|mut page| {
            page.settle(settle)?;
            page.commit()
        });
        if booked.is_err() {
            self.desk.forget();
        }
        let (mark, _) = booked.map_err(|e| e.at("write", &self.places.db))?;
        mark.map_or(Ok(()), |mark| self.anchor.write(&mark))
    }

    /// Ends this writer: its row, the anchor, the WAL, its sign of life.
    fn close(mut self) -> Result<(), LedgerError> {
        self.write(Vec::new());
        if let Some(cause) = self.stopped.take() {
            return Err(LedgerError::Stopped {
                path: self.places.db.clone(),
                cause,
            });
        }
        let lock = Arc::clone(&self.lock);
        let held = lock.acquire()?;
        let db = self.places.db.clone();
        let at = |e: LedgerError| e.at("close", &db);
        let writer = self.desk.writer;
        let mut page = self.desk.turn(self.clock.now()).map_err(at)?;
        page.bury(writer, End::Closed).map_err(at)?;
        let (mark, _) = page.commit().map_err(at)?;
        mark.map_or(Ok(()), |mark| self.anchor.write(&mark))?;
        self.anchor.sync()?;
        drop(held);
        self.withdraw();
        // Another process may be reading: then the last one to close does it.
        self.desk
            .conn
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .ok();
        if self.unwritten.is_empty() {
            Ok(())
        } else {
            Err(LedgerError::Closed)
        }
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
