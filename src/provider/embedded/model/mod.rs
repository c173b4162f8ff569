//! A llama: weights and the forward pass, in single floats.
//!
//! Weights are widened to `f32` once and shared by all answers; each answer has a [`Session`] of its own (keys, values,
//! position) and runs on one thread. At two million parameters another thread would cost more in waiting than it brings:
//! answers run side by side instead.
//!
//! llama.cpp rounds the input of each product with `Q8_0` weights to 8 bits, and keys and values to 16, so that its logits
//! lie about 0.02 (0.13 at most, on 40 prompts) from these, and as far from its own under other settings. The same token is
//! the likeliest for both unless two are closer than that.
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
