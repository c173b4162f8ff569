//! Names of prompts, variants, revisions and iterations.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a prompt: its path below `prompts/` without ending, with `/` between folders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PromptName(pub String);

impl fmt::Display for PromptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A variant's name; the file without one is the unsuffixed variant, `null` in JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Variant(pub Option<String>);

impl Variant {
    /// The variant of the file without a suffix: the one that ships.
    pub const UNSUFFIXED: Self = Self(None);

    /// Returns the name as a person writes it with `--variant`; empty for the unsuffixed one.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("")
    }
}

/// A revision: the hash of everything in a prompt that can change an answer (64 hex digits of SHA-256).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub String);

impl Revision {
    /// Returns the eight hex digits that are shown to people.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

/// The number of an iteration of one prompt × variant, from 1.
pub type IterationNumber = u32;
