//! The seams that tests hold: the clock and the fail points.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the wall time: a label on postings and the source of periods. Durations never come from it.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Returns the time now.
    fn now(&self) -> Timestamp;
}

/// Called at every named step of a call's life (`before-hold`, `after-hold`, `before-send`, `after-headers`, `mid-body`,
/// `before-settle`, `after-settle`, `before-anchor`); does nothing in production, ends the process where a test asks for it.
pub type FailPoint = Arc<dyn Fn(&'static str) + Send + Sync>;
