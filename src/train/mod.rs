//! The making of the embedded model: corpus, vocabulary, training, file, evaluation.
//!
//! `corpus` and `vocabulary` are in every test, so that what is held out is tested without candle; `network`, `feed`,
//! `optimiser` and `run` need the feature `train`.

pub mod corpus;
pub mod evaluate;
#[cfg(feature = "train")]
mod feed;
#[cfg(feature = "train")]
mod fused;
pub mod gguf_write;
#[cfg(feature = "train")]
mod network;
#[cfg(feature = "train")]
mod optimiser;
#[cfg(feature = "train")]
pub mod run;
#[cfg(feature = "train")]
mod softmax;
pub mod vocabulary;

/// The sizes of a model; heads share nothing (as many keys as queries), and the embedding is the output.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Tokens.
    pub vocabulary: usize,
    /// Numbers in a token's vector.
    pub width: usize,
    /// Layers.
    pub layers: usize,
    /// Heads; each has `width / heads` numbers.
    pub heads: usize,
    /// Numbers in the feed-forward part.
    pub hidden: usize,
    /// The longest sequence.
    pub context: usize,
}

/// Base of the rotary angles.
const ROPE_BASE: f32 = 10_000.0;
/// Added under the root of a norm.
const EPSILON: f32 = 1e-5;
