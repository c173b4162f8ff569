//! One endpoint's limits: calls in flight, requests and tokens a minute, and patience when the provider asks for it.
//!
//! The rules of growth and retreat are those of Inspect AI's adaptive connections, by name: a cut once an episode, a
//! cool-down after it, growth only after a clean round that used the limit.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// A cut multiplies the limit by this.
const CUT: f64 = 0.8;
/// Nothing grows, and nothing is cut again, for this long after a cut.
const COOL_DOWN: Duration = Duration::from_secs(15);

/// What an endpoint is allowed, as configured or as its server says.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls in flight at most.
    pub concurrency: u32,
    /// Requests a minute.
    pub rpm: Option<u32>,
    /// Tokens a minute.
    pub tpm: Option<u32>,
}

/// One endpoint's gate; every attempt passes it before its hold.
#[derive(Debug)]
pub struct Limiter {
    most: f64,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    limit: f64,
    in_flight: u32,
    clean: u32,
    peak: u32,
    quiet_until: Option<Instant>,
    parked_until: Option<Instant>,
    requests: Option<Bucket>,
    tokens: Option<Bucket>,
}

/// A token bucket that refills evenly over a minute.
#[derive(Debug)]
struct Bucket {
    capacity: f64,
    left: f64,
    seen: Instant,
}

impl Bucket {
    fn a_minute(capacity: u32, now: Instant) -> Self {
        Self {
            capacity: f64::from(capacity),
            left: f64::from(capacity),
            seen: now,
        }
    }

    /// Refills, and returns how long until `amount` may be taken; an amount above the capacity waits for a full bucket.
    fn wait(&mut self, amount: f64, now: Instant) -> Duration {
        let rate = self.capacity / 60.0;
        self.left =
            (self.left + now.duration_since(self.seen).as_secs_f64() * rate).min(self.capacity);
        self.seen = now;
        let lacking = amount.min(self.capacity) - self.left;
        if lacking <= 0.0 {
            Duration::ZERO
        } else {
            Duration::from_secs_f64(lacking / rate.max(1e-9))
        }
    }
}

/// A place among an endpoint's calls in flight; gives itself back when dropped.
#[derive(Debug)]
pub struct Permit(Arc<Limiter>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.lock().in_flight -= 1;
        self.0.changed.notify_one();
    }
}

enum Turn {
    Now,
    After(Duration),
    WhenOneEnds,
}

impl Limiter {
    /// Makes a gate with its limits full.
    pub fn new(limits: Limits) -> Arc<Self> {
        let now = Instant::now();
        let most = f64::from(limits.concurrency.max(1));
        let state = State {
            limit: most,
            in_flight: 0,
            clean: 0,
            peak: 0,
            quiet_until: None,
            parked_until: None,
            requests: limits.rpm.map(|rpm| Bucket::a_minute(rpm, now)),
            tokens: limits.tpm.map(|tpm| Bucket::a_minute(tpm, now)),
        };
        Arc::new(Self {
            most,
            state: Mutex::new(state),
            changed: Notify::new(),
        })
    }

    /// Waits for a place for a request of about `tokens` tokens.
    pub async fn permit(self: &Arc<Self>, tokens: u64) -> Permit {
        loop {
            let changed = self.changed.notified();
            match self.turn(tokens) {
                Turn::Now => return Permit(Arc::clone(self)),
                Turn::After(wait) => tokio::time::sleep(wait).await,
                Turn::WhenOneEnds => changed.await,
            }
        }
    }

    /// Tells the gate that the provider asked for patience: the limit is cut once an episode, and nothing leaves for `wait`.
    pub fn refused(&self, wait: Duration) {
        let now = Instant::now();
        let mut state = self.lock();
        if state.quiet_until.is_none_or(|until| now >= until) {
            state.limit = (state.limit * CUT).floor().max(1.0);
            state.clean = 0;
        }
        state.quiet_until = Some(now + wait.max(COOL_DOWN));
        state.parked_until = state.parked_until.max(Some(now + wait));
    }

    /// Tells the gate of an answer; a clean round at the limit lets it grow by one.
    pub fn succeeded(&self) {
        let now = Instant::now();
        let mut state = self.lock();
        if state.limit >= self.most || state.quiet_until.is_some_and(|until| now < until) {
            return;
        }
        state.clean += 1;
        if f64::from(state.clean) >= state.limit.max(4.0)
            && f64::from(state.peak) >= state.limit * 0.8
        {
            state.limit = (state.limit + (state.limit * 0.05).max(1.0)).min(self.most);
            (state.clean, state.peak) = (0, 0);
            drop(state);
            self.changed.notify_one();
        }
    }

    fn turn(&self, tokens: u64) -> Turn {
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(until) = state.parked_until.filter(|until| *until > now) {
            return Turn::After(until - now);
        }
        if f64::from(state.in_flight) >= state.limit {
            return Turn::WhenOneEnds;
        }
        let amount = f64::from(u32::try_from(tokens).unwrap_or(u32::MAX));
        let for_requests = state
            .requests
            .as_mut()
            .map_or(Duration::ZERO, |bucket| bucket.wait(1.0, now));
        let for_tokens = state
            .tokens
            .as_mut()
            .map_or(Duration::ZERO, |bucket| bucket.wait(amount, now));
        let wait = for_requests.max(for_tokens);
        if !wait.is_zero() {
            return Turn::After(wait);
        }
        if let Some(bucket) = &mut state.requests {
            bucket.left -= 1.0;
        }
        if let Some(bucket) = &mut state.tokens {
            bucket.left -= amount;
        }
        state.in_flight += 1;
        state.peak = state.peak.max(state.in_flight);
        Turn::Now
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(concurrency: u32, rpm: Option<u32>) -> Arc<Limiter> {
        Limiter::new(Limits {
            concurrency,
            rpm,
            tpm: None,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_limit_are_in_flight() {
        let gate = limiter(2, None);
        let (first, _second) = (gate.permit(1).await, gate.permit(1).await);
        let third = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.permit(1).await }
        });
        tokio::task::yield_now().await;
        assert!(!third.is_finished());
        drop(first);
        third.await.expect("a permit");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_parks_everyone_and_cuts_once_an_episode() {
        let gate = limiter(10, None);
        gate.refused(Duration::from_secs(2));
        gate.refused(Duration::from_secs(2));
        assert!((gate.lock().limit - 8.0).abs() < f64::EPSILON);
        let start = Instant::now();
        drop(gate.permit(1).await);
        assert_eq!(start.elapsed().as_secs(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn clean_rounds_at_the_limit_grow_it_back_after_the_cool_down() {
        let gate = limiter(10, None);
        gate.refused(Duration::ZERO);
        gate.succeeded();
        assert_eq!(gate.lock().clean, 0);
        tokio::time::advance(COOL_DOWN).await;
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(gate.permit(1).await);
        }
        (0..8).for_each(|_| gate.succeeded());
        assert!((gate.lock().limit - 9.0).abs() < f64::EPSILON);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_a_minute_are_kept() {
        let gate = limiter(100, Some(60));
        let start = Instant::now();
        for _ in 0..65 {
            drop(gate.permit(1).await);
        }
        let waited = start.elapsed();
        assert!(
            waited >= Duration::from_secs(5) && waited < Duration::from_millis(5200),
            "{waited:?}"
        );
    }
}
