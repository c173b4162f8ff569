//! `pw`: a prompt iteration workbench that knows what prompts cost.

pub mod domain;
pub mod stats;
pub mod template;
pub mod pricing;
pub mod summary;
pub mod report;
pub mod config;
pub mod workspace;
pub mod suite;
pub mod provider;
pub mod ledger;
pub mod call;
pub mod scorer;
pub mod engine;
pub mod commands;
