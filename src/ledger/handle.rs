//! The handle: what the rest of the program holds of the writer.

use std::sync::{Arc, Mutex, PoisonError, mpsc as std_mpsc};
use std::thread::{self, JoinHandle};

use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use uuid::Uuid;

use crate::domain::{Fault, RunId, RunStatus, Usd};
use crate::ledger::keep::{Booking, Keep};
use crate::ledger::op::{Op, Queue, Reconcile, Release, Reply};
use crate::ledger::writer::Writer;
use crate::ledger::{
    Hold, HoldOutcome, Iteration, LedgerError, NewRun, OpenOptions, Recovered, Settle, TrialRecord,
};

/// The most trials that may wait to be written.
const TRIALS_QUEUED: usize = 4096;

/// A ledger, open for writing. Clones share one writer; when the last one goes, the ledger closes itself.
#[derive(Debug, Clone)]
pub struct Ledger {
    queue: Queue,
    trials: Arc<Semaphore>,
    settled: watch::Receiver<u64>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
    recovered: Recovered,
    keep: Arc<Keep>,
}

impl Ledger {
    /// Opens a ledger for writing: creates and migrates it, ends what dead processes left open, books what was spilled.
    ///
    /// Errors: `Newer` and `NotALedger` leave the file as it is; `TailLost` and `ForeignAnchor` mean that postings are
    /// missing, and nothing is written over the evidence; `Locked` after ten seconds.
    pub fn open(options: OpenOptions) -> Result<Self, LedgerError> {
        let (news, settled) = watch::channel(0);
        let (path, keep) = (options.path.clone(), Arc::new(options.keep.clone()));
        let writer = Writer::open(options, news)?;
        let recovered = writer.recovered;
        let (queue, entries) = mpsc::unbounded_channel();
        let thread = thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.serve(entries))
            .map_err(|e| LedgerError::io("start the writer of", &path, e))?;
        Ok(Self {
            queue,
            trials: Arc::new(Semaphore::new(TRIALS_QUEUED)),
            settled,
            thread: Arc::new(Mutex::new(Some(thread))),
            recovered,
            keep,
        })
    }

    /// Returns what the opening found of processes that died.
    pub fn recovered(&self) -> Recovered {
        self.recovered
    }

    /// Begins a run and returns the number by which people name it.
    ///
    /// Errors: `GoneOnWith` for a second run that would go on from the same one.
    pub async fn begin_run(&self, run: NewRun) -> Result<u64, LedgerError> {
        self.ask(|reply| Op::Begin(Box::new(run), reply)).await
    }

    /// Sets the worst case of an attempt aside; when this returns `Held`, it is on the disk.
    ///
    /// A hold whose future is dropped is given back.
    ///
    /// Errors: `AlreadyAnswered` for a call that has its answer, `ClockBehind` where a cap is set and the clock is wrong.
    pub async fn hold(&self, hold: Hold) -> Result<HoldOutcome, LedgerError> {
        let queue = self.queue.clone();
        self.ask(|reply| Op::Hold(Box::new(hold), reply, queue))
            .await
            .map(super::op::Grant::take)
    }

    /// Books an answer at its cost; durable on return. It is booked even when the future is dropped.
    ///
    /// Errors: `AttemptState` unless the attempt is open or lost; `Spilled` when the database refused and the answer is
    /// safe beside it.
    pub async fn settle(&self, settle: Settle) -> Result<(), LedgerError> {
        let booking = Box::new(Booking::of(settle, &self.keep));
        self.ask(|reply| Op::Settle(booking, reply)).await
    }

    /// Gives back the hold of an attempt that was surely not billed.
    ///
    /// Errors: `AttemptState` unless it is open.
    pub async fn void(
        &self,
        attempt: Uuid,
        reason: String,
        fault: Option<Fault>,
    ) -> Result<(), LedgerError> {
        let release = Release {
            attempt,
            reason,
            fault,
            request_id: None,
        };
        self.ask(|reply| Op::Void(Box::new(release), Some(reply)))
            .await
    }

    /// Keeps the hold of an attempt whose answer was lost, at its worst case.
    ///
    /// Errors: `AttemptState` unless it is open.
    pub async fn lose(
        &self,
        attempt: Uuid,
        reason: String,
        fault: Option<Fault>,
        request_id: Option<String>,
    ) -> Result<(), LedgerError> {
        let release = Release {
            attempt,
            reason,
            fault,
            request_id,
        };
        self.ask(|reply| Op::Lose(Box::new(release), reply)).await
    }

    /// Replaces the worst case of a lost attempt by what the provider's bill says, on the day and month of its hold.
    ///
    /// Errors: `UnknownAttempt`; `AttemptState` unless it is lost; a negative amount.
    pub async fn reconcile(
        &self,
        attempt: Uuid,
        billed: Usd,
        reason: String,
    ) -> Result<(), LedgerError> {
        let what = Box::new(Reconcile {
            attempt,
            billed,
            reason,
        });
        self.ask(|reply| Op::Reconcile(what, reply)).await
    }

    /// Queues a trial's row; waits only while very many are queued. It is durable when [`Ledger::end_run`] returns, and a
    /// row that could not be written is that call's error.
    pub async fn record_trial(&self, run: &RunId, trial: TrialRecord) -> Result<(), LedgerError> {
        let closed = |_| LedgerError::Closed;
        let permit = Arc::clone(&self.trials)
            .acquire_owned()
            .await
            .map_err(closed)?;
        self.queue
            .send(Op::Trial {
                run: run.clone(),
                trial: Box::new(trial),
                _permit: permit,
            })
            .map_err(|_| LedgerError::Closed)
    }

    /// Ends a run and returns the iterations that its revisions are: numbered now if it is finished, complete and
    /// unfiltered, else those they had before.
    ///
    /// Errors: that of a trial of this run that could not be written.
    pub async fn end_run(
        &self,
        run: &RunId,
        status: RunStatus,
        complete: bool,
    ) -> Result<Vec<Iteration>, LedgerError> {
        let run = run.clone();
        self.ask(|reply| Op::End(run, status, complete, reply))
            .await
    }

    /// Returns a watch that changes whenever attempts of this process gave back what they held.
    ///
    /// Take it before the hold that may be refused: a change between the two is not missed then.
    pub fn settled(&self) -> watch::Receiver<u64> {
        let mut settled = self.settled.clone();
        settled.mark_unchanged();
        settled
    }

    /// Looks after processes that died; for whoever waits for money that they hold.
    pub async fn recover(&self) -> Result<Recovered, LedgerError> {
        self.ask(Op::Recover).await
    }

    /// Writes what is queued, ends this writer and waits for it. Other clones get `Closed` from then on.
    pub fn close(self) -> Result<(), LedgerError> {
        let (reply, answer) = std_mpsc::channel();
        self.queue
            .send(Op::Close(reply))
            .map_err(|_| LedgerError::Closed)?;
        let closed = answer.recv().map_err(|_| LedgerError::Closed)?;
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            thread.join().map_err(|_| LedgerError::Closed)?;
        }
        closed
    }

    async fn ask<T>(&self, op: impl FnOnce(Reply<T>) -> Op) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(op(reply))
            .map_err(|_| LedgerError::Closed)?;
        answer.await.map_err(|_| LedgerError::Closed)?
    }

    /// Runs inside the writer's next transaction.
    #[cfg(test)]
    pub(super) async fn meddle(
        &self,
        work: impl Fn(&rusqlite::Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), LedgerError> {
        self.ask(|reply| Op::Meddle(Box::new(work), reply)).await
    }

    /// Ends the writer as a killed process would: no farewell.
    #[cfg(test)]
    pub(super) fn die(self) {
        self.queue.send(Op::Die).ok();
        let thread = self.thread.lock().unwrap().take();
        thread.unwrap().join().unwrap();
    }
}
