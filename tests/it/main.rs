//! Integration tests: one binary, one file for each area.
#![expect(
    clippy::expect_used,
    reason = "a test says why it cannot go on by panicking"
)]

mod simulation;
