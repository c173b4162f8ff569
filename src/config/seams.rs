//! What tests hold: clock, seed and fail point, by variables of the environment alone.

use jiff::Timestamp;

use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Problem};
use crate::config::source::{Layer, Source};

/// The seams that `PW_TEST_CLOCK`, `PW_TEST_SEED` and `PW_FAILPOINT` set; all unset in production.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seams {
    /// The time that every clock tells.
    pub clock: Option<Timestamp>,
    /// The seed of everything random.
    pub seed: Option<u64>,
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
                &mut problems,
            ),
            seed: read(self, "PW_TEST_SEED", "a whole number from 0", &mut problems),
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
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let text = environment.get(name)?;
    let value = text.parse().ok();
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
