//! The one integration binary: every file beside this one is a module of it, and `layering.rs` fails when one is forgotten.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says why it cannot go on by panicking"
)]

mod bad_input;
mod campaign;
mod commands;
mod compare;
mod cost;
mod dotprompt_spec;
mod embedded;
mod estimate;
mod eval;
mod exit_codes;
mod exports;
mod fault_server;
mod fault_table;
mod first_day;
mod goldens;
mod layering;
mod ledger_bad_input;
mod ledger_life;
mod llama;
mod local_cost;
mod log;
mod month;
mod peers;
mod prices_bodies;
mod prices_charged;
mod prices_families;
mod prices_import;
mod promptfoo;
mod provider_faults;
mod provider_wire;
mod readme;
mod reconcile;
mod rescore;
mod resume;
mod sabotage;
mod simulation;
mod store;
mod story;
mod text_limits;
mod workbench;
