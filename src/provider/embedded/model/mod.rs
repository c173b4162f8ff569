//! A llama: weights and the forward pass, in single floats.
//!
//! Weights are widened to `f32` once and shared by all answers; each answer has a [`Session`] of its own (keys, values,
//! position) and runs on one thread. At two million parameters another thread would cost more in waiting than it brings:
//! answers run side by side instead.
//!
//! Source: ggml's `llm_build_llama`: `RMSNorm`, rotary positions on interleaved pairs (NORM), grouped-query attention,
//! `SwiGLU`, and the embedding as output where the file has none.

mod dims;
mod forward;
mod matrix;
mod rope;
mod session;
mod weights;

pub use dims::Dims;
pub(in crate::provider::embedded) use forward::BATCH;
pub use forward::StepError;
pub use session::Session;
pub use weights::Model;

#[cfg(test)]
mod tests;
