//! An endpoint as the payer sees it: its provider, its gate, and what was learned of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::call::limiter::{Limiter, Limits};
use crate::call::share::SharedTime;
use crate::domain::{Fault, Usage, unit};
use crate::pricing::Price;
use crate::provider::{Prepared, Provider};

/// Tokens that a server's chat template may add beyond a token a byte, until more is seen.
const FIRST_SLACK: u64 = 256;

/// One endpoint of a payer.
pub(crate) struct Lane {
    pub(crate) provider: Provider,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) time: SharedTime,
    slack: AtomicU64,
    stopped: Mutex<Option<Fault>>,
}

impl Lane {
    pub(crate) fn new(provider: Provider, limits: Limits) -> Self {
        Self {
            provider,
            limiter: Limiter::new(limits),
            time: SharedTime::new(Instant::now()),
            slack: AtomicU64::new(FIRST_SLACK),
            stopped: Mutex::new(None),
        }
    }

    /// Lets nothing further leave for this endpoint; the first fault is kept.
    pub(crate) fn stop(&self, fault: Fault) {
        self.stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(fault);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Returns the most input tokens that a request can be counted as: the server's own count, else a token a byte and the
    /// slack; with media, the model's whole context.
    pub(crate) async fn input_bound(&self, prepared: &Prepared, price: &Price) -> u64 {
        if price.is_free() {
            return 0;
        }
        if let Some(exact) = self.provider.count_input(prepared).await {
            return exact;
        }
        let by_bytes = prepared.input_bytes + self.slack.load(Ordering::Relaxed);
        if prepared.has_media {
            price.context_window().unwrap_or(by_bytes).max(by_bytes)
        } else {
            by_bytes
        }
    }

    /// Learns from an answer whether the bound was one.
    pub(crate) fn learn(&self, prepared: &Prepared, usage: &Usage) {
        let beyond = usage.get(unit::INPUT).saturating_sub(prepared.input_bytes);
        if beyond > self.slack.load(Ordering::Relaxed) && !prepared.has_media {
            self.slack.fetch_max(beyond * 2, Ordering::Relaxed);
        }
    }
}
