//! Suites: `evals/NAME.yaml` in promptfoo's words, with its tests inline or in YAML, JSON, JSONL and CSV files.
//!
//! Responsible for reading: whatever comes out has known keys, known types, unique ids and filled-in assertion values, and
//! whatever is wrong is said at once, each flaw with file and line. It must not know templates of prompts, answers or
//! prices. Start with [`load()`]; a test goes from `tree.rs` and `json_tree.rs` (with lines) or `table.rs` (CSV) to a `draft.rs`, and from there
//! through `build.rs` (defaults, matrix, ids) to a case.

mod assertion;
mod build;
mod draft;
mod error;
mod expected;
mod files;
mod fingerprint;
mod json_tree;
mod known;
mod load;
mod reading;
mod settings;
mod table;
mod tree;
mod value;

#[cfg(test)]
mod tests;

pub use error::{Flaw, FlawKind, SuiteError};
pub use load::load;

use std::collections::BTreeSet;

use crate::domain::{Case, GateSpec, ModelRef, Sha256Hex, Usd};

/// A suite as it stands in its files, every default and matrix applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// Its file, relative to the workspace, with `/`.
    pub file: String,
    /// A person's remark.
    pub description: Option<String>,
    /// Its cases, in the order of the files; at least one.
    pub cases: Vec<Case>,
    /// The models it asks for; empty when it names none.
    pub models: Vec<ModelRef>,
    /// The model that judges.
    pub judge: Option<ModelRef>,
    /// How often each case is asked; at least 1.
    pub repeat: u32,
    /// The most that one run may cost.
    pub budget: Option<Usd>,
    /// The criteria under `pass`.
    pub gates: Vec<GateSpec>,
    /// Hash of everything that decides scores: ids, vars, turns, clusters, thresholds and assertions, in order.
    pub hash: Sha256Hex,
    /// Variables that the values of assertions use.
    pub value_vars: BTreeSet<String>,
    /// What a person should know though it stops nothing.
    pub warnings: Vec<String>,
}
