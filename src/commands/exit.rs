//! Exit codes: a contract, each one tested.

/// The run finished and no declared gate was missed; verdict words never change it.
pub const SUCCESS: u8 = 0;
/// Environment, provider or internal failure: no trial was answered, or errors leave a gate undecided.
pub const FAILURE: u8 = 1;
/// Usage or configuration: nothing was sent.
pub const USAGE: u8 = 2;
/// A declared gate was missed.
pub const GATE: u8 = 3;
/// Stopped by a budget.
pub const BUDGET: u8 = 4;
/// Interrupted by Ctrl-C, what was in flight kept.
pub const INTERRUPTED: u8 = 130;
/// Terminated by SIGTERM, likewise.
pub const TERMINATED: u8 = 143;
