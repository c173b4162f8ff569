//! Tests of the whole, in one binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fault_server;
mod provider_faults;
mod provider_wire;
