//! Ctrl-C and SIGTERM: once drains, twice drops.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::call::{Brake, StopReason};

/// Listens for signals until dropped.
pub(crate) struct Signals {
    terminated: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Signals {
    /// Begins to listen; what is in flight is kept at the first signal and dropped at the second.
    pub(crate) fn listen(brake: &Arc<Brake>, quiet: bool) -> Self {
        let terminated = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(wait(Arc::clone(brake), Arc::clone(&terminated), quiet));
        Self { terminated, task }
    }

    /// Tells whether the first signal was SIGTERM.
    pub(crate) fn terminated(&self) -> bool {
        self.terminated.load(Ordering::Relaxed)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn wait(brake: Arc<Brake>, terminated: Arc<AtomicBool>, quiet: bool) {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return;
    };
    let by_term = tokio::select! {
        _ = interrupt.recv() => false,
        _ = terminate.recv() => true,
    };
    terminated.store(by_term, Ordering::Relaxed);
    brake.drain(StopReason::Cancelled);
    if !quiet {
        // A closed stderr does not stop the draining.
        writeln!(
            std::io::stderr(),
            "\nending: calls in flight are kept; once more drops them"
        )
        .ok();
    }
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    brake.abort();
}
