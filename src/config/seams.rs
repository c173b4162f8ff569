//! What tests hold: clock, seed, fail point and waits, by variables of the environment alone.

use jiff::Timestamp;

use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Problem};
use crate::config::source::{Layer, Source};

/// The seams that `PW_TEST_CLOCK`, `PW_TEST_SEED`, `PW_TEST_WAIT_SCALE` and `PW_FAILPOINT` set; all unset in production.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seams {
    /// The time that every clock tells.
    pub clock: Option<Timestamp>,
    /// The seed of everything random.
    pub seed: Option<u64>,
    /// What every wait between two attempts is multiplied by, from 0 to 1; what is decided and added up stays the full wait.
    pub wait_scale: Option<f64>,
    /// The fail point at which the process ends, as written: `NAME` or `NAME:COUNT`.
    pub fail_point: Option<String>,
}

impl Environment {
    /// Reads the seams.
    ///
    /// Errors: [`ConfigError::Invalid`] for a time or a seed that is none.
    pub fn seams(&self) -> Result<Seams, ConfigError> {
        let mut problems = Vec::new();
        let seams = Seams {
            clock: read(
                self,
                "PW_TEST_CLOCK",
                "a time, such as `2026-11-24T08:00:00Z`",
                |_| true,
                &mut problems,
            ),
            seed: read(
                self,
                "PW_TEST_SEED",
                "a whole number from 0",
                |_| true,
                &mut problems,
            ),
            wait_scale: read(
                self,
                "PW_TEST_WAIT_SCALE",
                "a number from 0 to 1",
                |scale| (0.0..=1.0).contains(scale),
                &mut problems,
            ),
            fail_point: self.get("PW_FAILPOINT").map(str::to_owned),
        };
        if problems.is_empty() {
            Ok(seams)
        } else {
            Err(ConfigError::Invalid { problems })
        }
    }
}

fn read<T: std::str::FromStr>(
    environment: &Environment,
    name: &str,
    expected: &str,
    allowed: impl FnOnce(&T) -> bool,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let text = environment.get(name)?;
    let value = text.parse().ok().filter(allowed);
    if value.is_none() {
        problems.push(Problem::WrongValue {
            key: name.to_owned(),
            at: Source::named(Layer::Environment, name),
            found: format!("`{}`", text.escape_debug()),
            expected: expected.to_owned(),
        });
    }
    value
}
