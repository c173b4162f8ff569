//! Tests of the whole program, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail where it stands and say what it counted"
)]

mod dotprompt_spec;
