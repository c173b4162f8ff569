//! How fast a body must come to be more than a slow drip.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{Fault, MoneyClass};

/// Bytes a second that a whole answer must bring once it has begun; the model has finished by then.
const SLOWEST: u128 = 256;

/// How a body must progress to be more than a slow drip (F27).
pub(super) enum Pace {
    /// A whole answer: bytes a second, from its first byte that is not white space (hosts send line feeds while they wait).
    Bytes { since: Option<Instant>, bytes: u64 },
    /// A stream: a whole line, if only a comment, in the time that a silence may last.
    Lines { since: Instant },
}

impl Pace {
    /// Looks at new bytes; `window` is how long a silence may last. Errors: F27.
    pub(super) fn check(&mut self, new: &[u8], window: Duration) -> Result<(), Fault> {
        let now = Instant::now();
        let slow = match self {
            Self::Lines { since } => {
                if new.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
                    *since = now;
                }
                now.duration_since(*since) > window
            }
            Self::Bytes { since: None, .. } if new.trim_ascii().is_empty() => false,
            Self::Bytes { since, bytes } => {
                let begin = *since.get_or_insert(now);
                *bytes += new.len() as u64;
                let over = now.duration_since(begin) > window;
                let few = u128::from(*bytes) * 1000 < SLOWEST * window.as_millis();
                if over {
                    (*since, *bytes) = (Some(now), 0);
                }
                over && few
            }
        };
        if slow {
            let message = "the answer comes too slowly";
            return Err(Fault {
                retry: true,
                ..Fault::new(27, MoneyClass::Ambiguous, message)
            });
        }
        Ok(())
    }
}
