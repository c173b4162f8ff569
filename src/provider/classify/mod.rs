//! Whatever happened to an attempt, as a row of the fault table.
//!
//! Source: `reliability.md` section 2. Money is the harder half: a fault is *not sent* or *refused* only where that is sure.

mod provider_says;
mod status;
mod transport;
mod wait;

pub(super) use provider_says::{Said, is_markup};
pub(super) use status::{Rules, error_in_success, refused};
pub(super) use transport::{before_head, in_body};
pub(super) use wait::Wait;
