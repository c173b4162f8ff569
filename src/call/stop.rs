//! How a run ends early: nothing new leaves, what is in flight is kept; or, on a second request, everything is dropped.

use std::sync::Mutex;

use tokio::sync::watch;

use crate::ledger::Refused;

/// Why nothing new may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The person asked (Ctrl-C, SIGTERM).
    Cancelled,
    /// A cap was reached, and nothing in flight can make room.
    Budget(Box<Refused>),
    /// An endpoint serves no more: wrong key, quota spent, certificate.
    Endpoint(String),
    /// The ledger cannot book: no request may leave unbooked.
    Ledger(String),
    /// As many errors as the user allows.
    TooManyErrors(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    Draining,
    Aborting,
}

/// A run's brake, shared by all its calls.
#[derive(Debug)]
pub struct Brake {
    phase: watch::Sender<Phase>,
    reason: Mutex<Option<StopReason>>,
}

impl Default for Brake {
    fn default() -> Self {
        Self {
            phase: watch::channel(Phase::Running).0,
            reason: Mutex::new(None),
        }
    }
}

impl Brake {
    /// Lets nothing new leave; the first reason given is the one reported.
    pub fn drain(&self, reason: StopReason) {
        let mut first = self
            .reason
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        first.get_or_insert(reason);
        self.phase.send_if_modified(|phase| {
            let running = *phase == Phase::Running;
            if running {
                *phase = Phase::Draining;
            }
            running
        });
    }

    /// Drops what is in flight too; its money stays held as lost.
    pub fn abort(&self) {
        self.drain(StopReason::Cancelled);
        self.phase.send_replace(Phase::Aborting);
    }

    /// Returns why nothing new may leave, if so.
    pub fn reason(&self) -> Option<StopReason> {
        self.reason
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Waits until nothing new may leave.
    pub async fn draining(&self) {
        self.reach(|phase| phase != Phase::Running).await;
    }

    /// Waits until what is in flight is to be dropped.
    pub async fn aborting(&self) {
        self.reach(|phase| phase == Phase::Aborting).await;
    }

    async fn reach(&self, reached: impl Fn(Phase) -> bool) {
        let mut phase = self.phase.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail before the phase is reached.
        phase.wait_for(|phase| reached(*phase)).await.ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_reason_is_reported_and_a_second_request_aborts() {
        let brake = Brake::default();
        assert_eq!(brake.reason(), None);
        brake.drain(StopReason::TooManyErrors(3));
        brake.drain(StopReason::Cancelled);
        brake.draining().await;
        assert_eq!(brake.reason(), Some(StopReason::TooManyErrors(3)));
        brake.abort();
        brake.aborting().await;
        assert_eq!(brake.reason(), Some(StopReason::TooManyErrors(3)));
    }
}
