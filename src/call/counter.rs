//! How many second tries a run may pay for whose first outcome is ambiguous.

use std::sync::atomic::{AtomicU64, Ordering};

/// Share of a run's calls that may be tried again after an ambiguous outcome.
const SHARE: u64 = 10;
/// Second tries that every run may have.
const LEAST: u64 = 10;

/// A run's allowance of ambiguous retries: a tenth of its calls, never fewer than ten.
///
/// Refusals (429, 503) are bounded by waiting time instead, since they cost nothing.
#[derive(Debug, Default)]
pub(crate) struct RetryAllowance {
    calls: AtomicU64,
    taken: AtomicU64,
}

impl RetryAllowance {
    /// Counts a call of the run.
    pub(crate) fn count_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes one second try, if the allowance holds one more.
    pub(crate) fn take(&self) -> bool {
        let allowed = (self.calls.load(Ordering::Relaxed) / SHARE).max(LEAST);
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                (taken < allowed).then_some(taken + 1)
            })
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_calls_and_never_fewer_than_ten() {
        let allowance = RetryAllowance::default();
        assert_eq!((0..50).filter(|_| allowance.take()).count(), 10);
        (0..200).for_each(|_| allowance.count_call());
        assert_eq!((0..50).filter(|_| allowance.take()).count(), 10);
    }
}
