//! What an answer remembers of the tokens before.

use crate::provider::embedded::model::Model;

/// Keys and values of the tokens read so far; belongs to one answer.
///
/// Memory: `2 × layers × kv_width × 4` bytes a token, reserved for the tokens that the answer may come to.
#[derive(Debug)]
pub struct Session {
    pub(super) memories: Vec<Memory>,
    pub(super) length: usize,
}

/// Keys and values of one layer, a row for each token.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) keys: Vec<f32>,
    pub(super) values: Vec<f32>,
}

impl Session {
    /// Makes an empty session with room for `tokens`, at most the model's context.
    pub fn new(model: &Model, tokens: usize) -> Self {
        let numbers = tokens.min(model.dims.context) * model.dims.kv_width();
        let memory = || Memory {
            keys: Vec::with_capacity(numbers),
            values: Vec::with_capacity(numbers),
        };
        Self {
            memories: model.layers.iter().map(|_| memory()).collect(),
            length: 0,
        }
    }

    /// Returns how many tokens were read.
    pub fn length(&self) -> usize {
        self.length
    }
}
