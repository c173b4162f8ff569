//! What must hold whatever happens to the process: kills at any moment, caps under load, and wrong builds that must be noticed.
//!
//! A few rounds always run. `PW_CAMPAIGN=1 cargo test --test it campaign:: -- --nocapture` runs the long campaigns, and
//! `tests/sabotage/run.sh` shows that these tests fail on builds that are wrong on purpose.

pub(crate) mod bench;
pub(crate) mod books;
mod caps;
mod crowd;
mod kill;
pub(crate) mod meter;
mod metered;
mod promises;
mod resumed;

/// Tells whether the long campaigns are asked for, and says so when they are not.
#[expect(clippy::print_stderr, reason = "a skipped campaign must be seen")]
fn is_asked_for() -> bool {
    let asked = std::env::var_os("PW_CAMPAIGN").is_some_and(|value| value == "1");
    if !asked {
        eprintln!("skipped: set PW_CAMPAIGN=1 to run it");
    }
    asked
}
