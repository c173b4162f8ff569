//! The retry policy, pure: what to do after a fault.
//!
//! Source: `reliability.md` section 2; the waits are openai-python's (0.5 s doubling to 8 s), with full jitter (AWS
//! Architecture Blog, "Exponential Backoff and Jitter", 2015).

use std::time::Duration;

use crate::domain::{Endpoint, Fault, MoneyClass};

/// Bounds of trying again.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Attempts of one call at most, the first included; 429, 503 and 529 are bounded by waiting instead.
    pub attempts: u32,
    /// The first back-off's upper end.
    pub base: Duration,
    /// The upper end that doubling stops at.
    pub ceiling: Duration,
    /// The longest single wait, whatever the provider asks.
    pub longest_wait: Duration,
    /// All waits of one call together.
    pub total_wait: Duration,
    /// False: an ambiguous outcome is final.
    pub retry_ambiguous: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(500),
            ceiling: Duration::from_secs(8),
            longest_wait: Duration::from_mins(2),
            total_wait: Duration::from_mins(10),
            retry_ambiguous: true,
        }
    }
}

impl Policy {
    /// Makes the policy of an endpoint's calls.
    pub fn of(endpoint: &Endpoint) -> Self {
        Self {
            retry_ambiguous: endpoint.retry_ambiguous,
            ..Self::default()
        }
    }
}

/// What to do after a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Try again after this long.
    Again {
        /// The wait.
        after: Duration,
    },
    /// The fault is the call's outcome; if it also says `stops_endpoint`, it is the endpoint's.
    GiveUp,
}

/// Keeps a wait from being nothing where only waiting bounds the attempts.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);

/// Decides after a fault: `attempts_so_far` counts the failed attempt, `jitter` is uniform in [0, 1).
///
/// The run's own budget of retries is the caller's.
pub fn decide(
    fault: &Fault,
    attempts_so_far: u32,
    waited_so_far: Duration,
    jitter: f64,
    policy: &Policy,
) -> Decision {
    let ambiguous = fault.money == MoneyClass::Ambiguous && !policy.retry_ambiguous;
    let most = fault.max_attempts.unwrap_or(u32::MAX);
    let most = if waits(fault) {
        most
    } else {
        most.min(policy.attempts)
    };
    if !fault.retry || ambiguous || attempts_so_far >= most {
        return Decision::GiveUp;
    }
    let after = wait(fault, attempts_so_far, jitter, policy);
    if waited_so_far.saturating_add(after) > policy.total_wait {
        return Decision::GiveUp;
    }
    Decision::Again { after }
}

/// Faults that time alone mends: too many requests, overloaded.
fn waits(fault: &Fault) -> bool {
    matches!(fault.status, Some(429 | 503 | 529))
}

fn wait(fault: &Fault, attempts_so_far: u32, jitter: f64, policy: &Policy) -> Duration {
    let doublings = attempts_so_far.saturating_sub(1).min(16);
    let ceiling = policy
        .base
        .saturating_mul(1 << doublings)
        .min(policy.ceiling);
    let jitter = if jitter.is_nan() {
        0.0
    } else {
        jitter.clamp(0.0, 1.0)
    };
    let back_off = ceiling.mul_f64(jitter);
    match fault.retry_after {
        Some(asked) => asked.min(policy.longest_wait).saturating_add(back_off),
        None if waits(fault) => back_off.max(SHORTEST_WAIT),
        None => back_off,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(code: u8, money: MoneyClass, status: Option<u16>) -> Fault {
        Fault {
            retry: true,
            status,
            ..Fault::new(code, money, "x")
        }
    }

    fn after(ms: u64) -> Decision {
        Decision::Again {
            after: Duration::from_millis(ms),
        }
    }

    #[test]
    fn back_off_doubles_with_full_jitter_and_ends_with_the_attempts() {
        let reset = fault(15, MoneyClass::Ambiguous, None);
        let policy = Policy {
            attempts: 9,
            ..Policy::default()
        };
        let waits: Vec<Decision> = (1..=7)
            .map(|n| decide(&reset, n, Duration::ZERO, 1.0, &policy))
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000].map(after));
        assert_eq!(decide(&reset, 1, Duration::ZERO, 0.5, &policy), after(250));
        assert_eq!(
            decide(&reset, 1, Duration::ZERO, f64::NAN, &policy),
            after(0)
        );
        let default = Policy::default();
        assert_eq!(decide(&reset, 2, Duration::ZERO, 0.0, &default), after(0));
        assert_eq!(
            decide(&reset, 3, Duration::ZERO, 0.0, &default),
            Decision::GiveUp
        );
    }

    #[test]
    fn the_faults_own_bounds_hold() {
        let policy = Policy::default();
        let mut gateway = fault(10, MoneyClass::Ambiguous, Some(504));
        gateway.max_attempts = Some(2);
        assert_eq!(decide(&gateway, 1, Duration::ZERO, 0.0, &policy), after(0));
        assert_eq!(
            decide(&gateway, 2, Duration::ZERO, 0.0, &policy),
            Decision::GiveUp
        );
        let once = Policy {
            retry_ambiguous: false,
            ..policy.clone()
        };
        assert_eq!(
            decide(&gateway, 1, Duration::ZERO, 0.0, &once),
            Decision::GiveUp
        );
        let refused = fault(7, MoneyClass::Refused, Some(408));
        assert_eq!(decide(&refused, 1, Duration::ZERO, 0.0, &once), after(0));
        let fatal = Fault::new(4, MoneyClass::Refused, "x");
        assert_eq!(
            decide(&fatal, 1, Duration::ZERO, 0.0, &policy),
            Decision::GiveUp
        );
    }

    #[test]
    fn too_many_requests_are_bounded_by_waiting() {
        let policy = Policy::default();
        let mut limited = fault(1, MoneyClass::Refused, Some(429));
        limited.retry_after = Some(Duration::from_secs(20));
        let one_minute = Duration::from_mins(1);
        assert_eq!(
            decide(&limited, 50, one_minute, 0.5, &policy),
            after(24_000)
        );
        assert_eq!(decide(&limited, 1, one_minute, 0.0, &policy), after(20_000));
        assert_eq!(
            decide(&limited, 2, Duration::from_secs(581), 0.0, &policy),
            Decision::GiveUp
        );
        limited.retry_after = Some(Duration::from_hours(24));
        assert_eq!(
            decide(&limited, 1, Duration::ZERO, 0.0, &policy),
            after(120_000)
        );
        limited.retry_after = None;
        assert_eq!(
            decide(&limited, 1, Duration::ZERO, 0.0, &policy),
            after(100)
        );
    }

    proptest! {
        #[test]
        fn waiting_always_ends(jitters in prop::collection::vec(0.0..1.0_f64, 1..50), status in prop::sample::select(vec![429_u16, 500, 503])) {
            let policy = Policy { total_wait: Duration::from_secs(3), ..Policy::default() };
            let limited = fault(1, MoneyClass::Refused, Some(status));
            let (mut waited, mut attempts) = (Duration::ZERO, 1);
            let mut jitters = jitters.into_iter().cycle();
            while let Decision::Again { after } = decide(&limited, attempts, waited, jitters.next().unwrap_or(0.0), &policy) {
                waited += after;
                attempts += 1;
                prop_assert!(waited <= policy.total_wait);
                prop_assert!(attempts <= 32);
            }
        }
    }
}
