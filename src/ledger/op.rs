//! One entry in the writer's queue: what is to be booked, and who waits for it.

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use uuid::Uuid;

use crate::domain::{Fault, RunId, RunStatus, Usd};
use crate::ledger::keep::Booking;
use crate::ledger::page::Page;
use crate::ledger::places::Places;
use crate::ledger::settle::Ending;
use crate::ledger::{Hold, HoldOutcome, Iteration, LedgerError, NewRun, Recovered, TrialRecord};

/// Where an answer goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, LedgerError>>;

/// The way into the queue.
pub(super) type Queue = mpsc::UnboundedSender<Op>;

/// How an attempt ends that brought no answer.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) attempt: Uuid,
    pub(super) reason: String,
    pub(super) fault: Option<Fault>,
    pub(super) request_id: Option<String>,
}

impl Release {
    fn ending(&self) -> Ending<'_> {
        Ending {
            reason: &self.reason,
            fault: self.fault.as_ref(),
            request_id: self.request_id.as_deref(),
        }
    }
}

/// What a lost attempt turned out to cost.
#[derive(Debug)]
pub(super) struct Reconcile {
    pub(super) attempt: Uuid,
    pub(super) billed: Usd,
    pub(super) reason: String,
}

/// What a test does inside a transaction.
#[cfg(test)]
pub(super) type Meddling = Box<dyn Fn(&rusqlite::Connection) -> rusqlite::Result<()> + Send>;

/// One entry.
pub(super) enum Op {
    Begin(Box<NewRun>, Reply<u64>),
    Hold(Box<Hold>, Reply<Grant>, Queue),
    Settle(Box<Booking>, Reply<()>),
    Void(Box<Release>, Option<Reply<()>>),
    Lose(Box<Release>, Reply<()>),
    Reconcile(Box<Reconcile>, Reply<()>),
    /// Nobody waits for it; its permit bounds how many may be queued.
    Trial {
        run: RunId,
        trial: Box<TrialRecord>,
        _permit: OwnedSemaphorePermit,
    },
    End(RunId, RunStatus, bool, Reply<Vec<Iteration>>),
    Recover(Reply<Recovered>),
    Close(std::sync::mpsc::Sender<Result<(), LedgerError>>),
    #[cfg(test)]
    Meddle(Meddling, Reply<()>),
    #[cfg(test)]
    Die,
}

/// What an entry came to.
#[derive(Debug)]
pub(super) enum Done {
    Nothing,
    Number(u64),
    Hold(HoldOutcome),
    Iterations(Vec<Iteration>),
    Recovered(Recovered),
}

/// An outcome on its way to a caller who may have gone away meanwhile: money held for nobody is given back at once.
#[derive(Debug)]
pub(super) struct Grant {
    outcome: Option<HoldOutcome>,
    attempt: Uuid,
    queue: Queue,
}

impl Grant {
    pub(super) fn take(mut self) -> HoldOutcome {
        self.outcome.take().unwrap_or(HoldOutcome::Held)
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        if self.outcome == Some(HoldOutcome::Held) {
            let release = Release {
                attempt: self.attempt,
                reason: "nobody waited for the hold any more: nothing was sent".to_owned(),
                fault: None,
                request_id: None,
            };
            // A closed queue means that the closing writer gives it back itself, as lost.
            self.queue.send(Op::Void(Box::new(release), None)).ok();
        }
    }
}

impl Op {
    /// Tells whether nobody waits for a hold any more: then it is not made.
    pub(super) fn is_abandoned(&self) -> bool {
        matches!(self, Self::Hold(_, reply, _) if reply.is_closed())
    }

    /// Returns the run that the entry ends.
    pub(super) fn ends(&self) -> Option<&RunId> {
        match self {
            Self::End(run, ..) => Some(run),
            _ => None,
        }
    }

    /// Writes the entry on the page.
    pub(super) fn apply(&self, page: &mut Page<'_>, places: &Places) -> Result<Done, LedgerError> {
        match self {
            Self::Begin(run, _) => page
                .begin_run(run)
                .map(|number| Done::Number(number.unsigned_abs())),
            Self::Hold(hold, ..) => page.hold(hold).map(Done::Hold),
            Self::Settle(booking, _) => page.settle(booking).map(|()| Done::Nothing),
            Self::Void(release, _) => page
                .void(release.attempt, release.ending())
                .map(|()| Done::Nothing),
            Self::Lose(release, _) => page
                .lose(release.attempt, release.ending())
                .map(|()| Done::Nothing),
            Self::Reconcile(what, _) => page
                .reconcile(what.attempt, what.billed, &what.reason)
                .map(|()| Done::Nothing),
            Self::Trial { run, trial, .. } => page.record_trial(run, trial).map(|()| Done::Nothing),
            Self::End(run, status, complete, _) => {
                page.end_run(run, *status, *complete).map(Done::Iterations)
            }
            Self::Recover(_) => page.recover(places).map(Done::Recovered),
            Self::Close(_) => Ok(Done::Nothing),
            #[cfg(test)]
            Self::Meddle(work, _) => work(&page.tx).map(|()| Done::Nothing).map_err(Into::into),
            #[cfg(test)]
            Self::Die => Ok(Done::Nothing),
        }
    }

    /// Tells whoever waits. A caller who is gone is no fault.
    pub(super) fn answer(self, result: Result<Done, LedgerError>) {
        match (self, result) {
            (Self::Begin(_, reply), Ok(Done::Number(number))) => drop(reply.send(Ok(number))),
            (Self::Begin(_, reply), Err(e)) => drop(reply.send(Err(e))),
            (Self::Hold(hold, reply, queue), Ok(Done::Hold(outcome))) => {
                let grant = Grant {
                    outcome: Some(outcome),
                    attempt: hold.attempt,
                    queue,
                };
                drop(reply.send(Ok(grant)));
            }
            (Self::Hold(_, reply, _), Err(e)) => drop(reply.send(Err(e))),
            (Self::End(.., reply), Ok(Done::Iterations(found))) => drop(reply.send(Ok(found))),
            (Self::End(.., reply), Err(e)) => drop(reply.send(Err(e))),
            (Self::Recover(reply), Ok(Done::Recovered(found))) => drop(reply.send(Ok(found))),
            (Self::Recover(reply), Err(e)) => drop(reply.send(Err(e))),
            (
                Self::Settle(_, reply)
                | Self::Lose(_, reply)
                | Self::Void(_, Some(reply))
                | Self::Reconcile(_, reply),
                result,
            ) => drop(reply.send(result.map(|_| ()))),
            #[cfg(test)]
            (Self::Meddle(_, reply), result) => drop(reply.send(result.map(|_| ()))),
            _ => {}
        }
    }
}
