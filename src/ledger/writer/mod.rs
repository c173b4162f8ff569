//! The writer: one thread owns the writing connection and books everything that is queued in one commit.

mod closing;
mod opening;

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::domain::{Clock, FailPoint, RunId};
use crate::ledger::anchor::{Anchor, Mark};
use crate::ledger::lock::{SignOfLife, WriteLock};
use crate::ledger::op::{Done, Op};
use crate::ledger::page::Desk;
use crate::ledger::places::Places;
use crate::ledger::spill::Spill;
use crate::ledger::{LedgerError, Recovered};

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

    fn transact(&mut self, ops: &[Op]) -> Result<(Results, Option<Mark>, bool), LedgerError> {
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
                Op::Settle(ref booking, _) => {
                    let result = match self.spill.keep(booking) {
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
}
