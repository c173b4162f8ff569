//! Getting a hold: at once, or by waiting for money that other calls hold.

use std::time::Duration;

use tokio::time::Instant;

use crate::call::payer::Payer;
use crate::call::stop::StopReason;
use crate::ledger::{Hold, HoldOutcome, LedgerError, Refused};

/// How often other processes' holds are looked at.
const LOOK: Duration = Duration::from_millis(50);

/// What came of asking for a hold.
pub(crate) enum Held {
    /// The worst case is set aside, durably.
    Yes,
    /// It does not fit and nothing in flight can make it fit, or the run is ending.
    No,
}

impl Payer {
    /// Sets a request's worst case aside, waiting while calls in flight hold what is missing.
    ///
    /// Errors: the ledger cannot book.
    pub(crate) async fn hold(&self, hold: &Hold) -> Result<Held, LedgerError> {
        let mut deadline = None;
        loop {
            let mut settled = self.options.ledger.settled();
            match self.options.ledger.hold(hold.clone()).await? {
                HoldOutcome::Held => return Ok(Held::Yes),
                HoldOutcome::Refused(refused) if !self.may_yet_fit(&refused, &mut deadline) => {
                    self.brake().drain(StopReason::Budget(Box::new(refused)));
                    return Ok(Held::No);
                }
                HoldOutcome::Refused(refused) => {
                    tokio::select! {
                        _ = settled.changed() => {}
                        () = tokio::time::sleep(LOOK), if !refused.others.is_empty() => {
                            self.options.ledger.recover().await?;
                        }
                        () = self.brake().draining() => return Ok(Held::No),
                    }
                }
            }
        }
    }

    /// Tells whether money in flight may come back: this process's until it settles, other processes' until patience ends.
    fn may_yet_fit(&self, refused: &Refused, deadline: &mut Option<Instant>) -> bool {
        if !refused.may_fit_later() {
            return false;
        }
        if !refused.held_here.is_zero() {
            return true;
        }
        let deadline = deadline.get_or_insert_with(|| Instant::now() + self.options.patience);
        !refused.others.is_empty() && Instant::now() < *deadline
    }
}
