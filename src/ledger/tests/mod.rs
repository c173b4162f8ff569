//! The promises of the ledger, each tried.

mod audit;
mod caps;
mod endings;
mod group;
mod history;
mod killed;
mod properties;
mod recovery;
mod runs;
mod spilling;
