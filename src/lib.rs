//! `pw`: a prompt iteration workbench that knows what prompts cost.

pub mod call;
pub mod commands;
pub mod config;
pub mod domain;
pub mod engine;
pub mod ledger;
pub mod pricing;
pub mod provider;
pub mod report;
pub mod scorer;
pub mod stats;
pub mod suite;
pub mod summary;
pub mod template;
pub mod workspace;
