//! The model in candle, for gradients: the same llama as `provider/embedded/model`, many sequences at once.
//!
//! Sequences of one batch have one length, so nothing is padded. The parts of candle that are fused for inference have no
//! gradient; those of `fused.rs` have.

use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::{Device, Result, Tensor, Var};

use crate::train::birth;
use crate::train::fused::{CausalSoftmax, CrossEntropy, Norm, Rope, SwiGlu};
use crate::train::{ROPE_BASE, Shape};

/// Parameters by the names that a GGUF gives them, in order of their names.
#[derive(Debug)]
pub struct Network {
    /// Sizes.
    pub shape: Shape,
    /// Parameters.
    pub weights: BTreeMap<String, Var>,
    angles: Arc<Vec<(f32, f32)>>,
}

/// Sequences of one length.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// How many.
    pub rows: usize,
    /// Their tokens but the last, row by row.
    pub tokens: Vec<u32>,
    /// What is learned of answers.
    pub answers: Lesson,
    /// What is learned of prompts.
    pub prompts: Lesson,
}

/// Tokens that are to be said.
#[derive(Debug, Clone, Default)]
pub struct Lesson {
    /// Where in the batch's tokens they are to be said.
    pub places: Vec<u32>,
    /// The next token, for each place.
    pub next: Vec<u32>,
    /// How much it counts, for each place.
    pub weights: Vec<f32>,
}

impl Network {
    /// Makes a network that has learned nothing yet.
    pub fn new(shape: Shape, seed: u64) -> Result<Self> {
        let weights = birth::weights(&shape, seed).into_iter().map(|(name, matrix)| {
            let rows = matrix.numbers.len() / matrix.columns;
            let tensor = if name.ends_with("norm.weight") {
                Tensor::from_vec(matrix.numbers, matrix.columns, &Device::Cpu)
            } else {
                Tensor::from_vec(matrix.numbers, (rows, matrix.columns), &Device::Cpu)
            };
            Ok((name, Var::from_tensor(&tensor?)?))
        });
        Self::of(shape, weights.collect::<Result<_>>()?)
    }

    /// Makes a network of weights.
    pub fn of(shape: Shape, weights: BTreeMap<String, Var>) -> Result<Self> {
        let (head, context) = (shape.width / shape.heads, shape.context);
        let mut angles = Vec::with_capacity(context * head / 2);
        for position in 0..context {
            for number in (0..head).step_by(2) {
                #[expect(clippy::cast_precision_loss, reason = "positions and sizes are small")]
                let angle = position as f32 * ROPE_BASE.powf(-(number as f32) / head as f32);
                angles.push((angle.cos(), angle.sin()));
            }
        }
        Ok(Self {
            shape,
            weights,
            angles: Arc::new(angles),
        })
    }

    fn weight(&self, name: &str) -> Result<&Tensor> {
        let weight = self.weights.get(name).map(Var::as_tensor);
        weight.ok_or_else(|| candle_core::Error::Msg(format!("the network has no `{name}`")))
    }

    /// Returns the last layer's vectors, normed: `(rows × length, width)`.
    fn vectors(&self, batch: &Batch) -> Result<Tensor> {
        let tokens = Tensor::from_slice(&batch.tokens, batch.tokens.len(), &Device::Cpu)?;
        let mut x = self.weight("token_embd.weight")?.index_select(&tokens, 0)?;
        for layer in 0..self.shape.layers {
            let weight = |name: &str| self.weight(&format!("blk.{layer}.{name}.weight"));
            let normed = norm(&x, weight("attn_norm")?)?;
            let [q, k, v] = ["attn_q", "attn_k", "attn_v"].map(|name| normed.matmul(&weight(name)?.t()?));
            let mixed = self.attention(&q?, &k?, &v?, batch.rows)?;
            x = (x + mixed.matmul(&weight("attn_output")?.t()?)?)?;
            let normed = norm(&x, weight("ffn_norm")?)?;
            let gate = normed.matmul(&weight("ffn_gate")?.t()?)?;
            let up = normed.matmul(&weight("ffn_up")?.t()?)?;
            x = (x + gate.apply_op2(&up, SwiGlu)?.matmul(&weight("ffn_down")?.t()?)?)?;
        }
        norm(&x, self.weight("output_norm.weight")?)
    }

    fn attention(&self, q: &Tensor, k: &Tensor, v: &Tensor, rows: usize) -> Result<Tensor> {
        let (tokens, width) = q.dims2()?;
        let (heads, length) = (self.shape.heads, tokens / rows);
        let head = width / heads;
        let split = |x: &Tensor| x.reshape((rows, length, heads, head))?.transpose(1, 2)?.contiguous()?.reshape((rows * heads, length, head));
        let rope = Rope {
            angles: Arc::clone(&self.angles),
            length,
            width,
            head,
            direction: 1.0,
        };
        let q = split(&q.apply_op1(rope.clone())?)?;
        let k = split(&k.apply_op1(rope)?)?;
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let scale = (head as f32).sqrt().recip();
        let shares = q.matmul(&k.t()?)?.apply_op1(CausalSoftmax { length, scale })?;
        let attended = shares.matmul(&split(v)?)?;
        attended.reshape((rows, heads, length, head))?.transpose(1, 2)?.contiguous()?.reshape((tokens, width))
    }

    /// Returns the logits at some places: `(places, vocabulary)`.
    fn logits(&self, vectors: &Tensor, places: &[u32]) -> Result<Tensor> {
        let places = Tensor::from_slice(places, places.len(), &Device::Cpu)?;
        vectors.index_select(&places, 0)?.matmul(&self.weight("token_embd.weight")?.t()?)
    }

    /// Returns the sums over places of weight × −ln p(next), of answers and of prompts.
    pub fn losses(&self, batch: &Batch) -> Result<[Tensor; 2]> {
        let vectors = self.vectors(batch)?;
        let loss = |lesson: &Lesson| {
            self.logits(&vectors, &lesson.places)?.apply_op1(CrossEntropy {
                next: lesson.next.clone(),
                weights: lesson.weights.clone(),
            })
        };
        Ok([loss(&batch.answers)?, loss(&batch.prompts)?])
    }
}

fn norm(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    x.apply_op2(weight, Norm)
}

#[cfg(test)]
mod tests;
