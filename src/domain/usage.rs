//! What a call used, as the provider counted it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Names of the units that the whole program knows; the price book knows more.
pub mod unit {
    /// Tokens read, cached ones included.
    pub const INPUT: &str = "input_tokens";
    /// Tokens read from the provider's prompt cache; part of the input.
    pub const CACHE_READ: &str = "cache_read_tokens";
    /// Tokens written to the provider's prompt cache; part of the input.
    pub const CACHE_WRITE: &str = "cache_write_tokens";
    /// Tokens written, reasoning included.
    pub const OUTPUT: &str = "output_tokens";
    /// Tokens of hidden reasoning; part of the output.
    pub const REASONING: &str = "output_reasoning_tokens";
    /// Audio tokens read; part of the input.
    pub const INPUT_AUDIO: &str = "input_audio_tokens";
    /// Audio tokens written; part of the output.
    pub const OUTPUT_AUDIO: &str = "output_audio_tokens";
}

/// Counts by unit name, in the price book's words (`units.yml` of genai-prices); overlapping as providers report them:
/// `cache_read_tokens` are part of `input_tokens`, `output_reasoning_tokens` of `output_tokens`.
///
/// A unit that is absent was not reported. Pricing makes disjoint token classes of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usage(pub BTreeMap<String, u64>);

impl Usage {
    /// Makes a usage of input and output tokens only.
    pub fn of(input: u64, output: u64) -> Self {
        Self(BTreeMap::from([
            (unit::INPUT.to_owned(), input),
            (unit::OUTPUT.to_owned(), output),
        ]))
    }

    /// Returns the count of a unit, zero where it was not reported.
    pub fn get(&self, unit: &str) -> u64 {
        self.0.get(unit).copied().unwrap_or(0)
    }

    /// Sets the count of a unit.
    pub fn set(&mut self, unit: &str, count: u64) {
        self.0.insert(unit.to_owned(), count);
    }

    /// Adds another usage, unit by unit; saturating, for totals on display.
    pub fn add(&mut self, other: &Self) {
        for (unit, count) in &other.0 {
            let sum = self.0.entry(unit.clone()).or_default();
            *sum = sum.saturating_add(*count);
        }
    }
}
