//! The model in candle, for gradients: the same llama as `provider/embedded/model`, many sequences at once.
//!
//! Sequences of one batch have one length, so nothing is padded. The parts of candle that are fused for inference have no
//! gradient; those of `fused.rs` have.

use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor, Var};

use crate::train::corpus::Dice;
use crate::train::fused::{Norm, Rope, SwiGlu};
use crate::train::softmax::{CausalSoftmax, CrossEntropy};
use crate::train::{ROPE_BASE, Shape};

/// Parameters by the names that a GGUF gives them, in order of their names.
#[derive(Debug)]
pub(super) struct Network {
    /// Sizes.
    pub(super) shape: Shape,
    /// Parameters.
    pub(super) weights: BTreeMap<String, Var>,
    angles: Arc<Vec<(f32, f32)>>,
}

/// Sequences of one length.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    /// How many.
    pub(super) rows: usize,
    /// Their tokens but the last, row by row.
    pub(super) tokens: Vec<u32>,
    /// What is learned of answers.
    pub(super) answers: Lesson,
    /// What is learned of prompts.
    pub(super) prompts: Lesson,
}

/// Tokens that are to be said.
#[derive(Debug, Clone, Default)]
pub(super) struct Lesson {
    /// Where in the batch's tokens they are to be said.
    pub(super) places: Vec<u32>,
    /// The next token, for each place.
    pub(super) next: Vec<u32>,
    /// How much it counts, for each place.
    pub(super) weights: Vec<f32>,
}

impl Network {
    /// Makes a network with weights by chance: normal, of deviation 0.02 (less where layers add up), norms 1.
    pub(super) fn new(shape: Shape, seed: u64) -> Result<Self> {
        let mut dice = Dice::new(seed);
        let mut weights = BTreeMap::new();
        let Shape {
            vocabulary,
            width,
            layers,
            hidden,
            ..
        } = shape;
        let depth = f32::from(u16::try_from(2 * layers).unwrap_or(1)).sqrt();
        let mut matrix = |name: String, rows: usize, columns: usize, deviation: f32| {
            let numbers: Vec<f32> = (0..rows * columns)
                .map(|_| dice.normal() * deviation)
                .collect();
            let tensor = Tensor::from_vec(numbers, (rows, columns), &Device::Cpu)?;
            weights.insert(name, Var::from_tensor(&tensor)?);
            Ok::<(), candle_core::Error>(())
        };
        matrix("token_embd.weight".to_owned(), vocabulary, width, 0.05)?;
        for layer in 0..layers {
            let mut part = |name: &str, rows, columns, deviation| {
                matrix(
                    format!("blk.{layer}.{name}.weight"),
                    rows,
                    columns,
                    deviation,
                )
            };
            for name in ["attn_q", "attn_k", "attn_v"] {
                part(name, width, width, 0.06)?;
            }
            part("attn_output", width, width, 0.06 / depth)?;
            part("ffn_gate", hidden, width, 0.06)?;
            part("ffn_up", hidden, width, 0.06)?;
            part("ffn_down", width, hidden, 0.05 / depth)?;
        }
        let norms = (0..layers).flat_map(|layer| {
            ["attn_norm", "ffn_norm"].map(|name| format!("blk.{layer}.{name}.weight"))
        });
        for name in norms.chain(["output_norm.weight".to_owned()]) {
            weights.insert(name, Var::ones(width, DType::F32, &Device::Cpu)?);
        }
        Ok(Self::of(shape, weights))
    }

    /// Makes a network of weights.
    pub(super) fn of(shape: Shape, weights: BTreeMap<String, Var>) -> Self {
        let (head, context) = (shape.width / shape.heads, shape.context);
        let mut angles = Vec::with_capacity(context * head / 2);
        for position in 0..context {
            for number in (0..head).step_by(2) {
                #[expect(clippy::cast_precision_loss, reason = "positions and sizes are small")]
                let angle = position as f32 * ROPE_BASE.powf(-(number as f32) / head as f32);
                angles.push((angle.cos(), angle.sin()));
            }
        }
        Self {
            shape,
            weights,
            angles: Arc::new(angles),
        }
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
            let [q, k, v] =
                ["attn_q", "attn_k", "attn_v"].map(|name| normed.matmul(&weight(name)?.t()?));
            let mixed = self.attention(&q?, &k?, &v?, batch.rows)?;
            x = (x + mixed.matmul(&weight("attn_output")?.t()?)?)?;
            let normed = norm(&x, weight("ffn_norm")?)?;
            let gate = normed.matmul(&weight("ffn_gate")?.t()?)?;
            let up = normed.matmul(&weight("ffn_up")?.t()?)?;
            x = (x + gate
                .apply_op2(&up, SwiGlu)?
                .matmul(&weight("ffn_down")?.t()?)?)?;
        }
        norm(&x, self.weight("output_norm.weight")?)
    }

    fn attention(&self, q: &Tensor, k: &Tensor, v: &Tensor, rows: usize) -> Result<Tensor> {
        let (tokens, width) = q.dims2()?;
        let (heads, length) = (self.shape.heads, tokens / rows);
        let head = width / heads;
        let split = |x: &Tensor| {
            x.reshape((rows, length, heads, head))?
                .transpose(1, 2)?
                .contiguous()?
                .reshape((rows * heads, length, head))
        };
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
        let shares = q
            .matmul(&k.t()?)?
            .apply_op1(CausalSoftmax { length, scale })?;
        let attended = shares.matmul(&split(v)?)?;
        attended
            .reshape((rows, heads, length, head))?
            .transpose(1, 2)?
            .contiguous()?
            .reshape((tokens, width))
    }

    /// Returns the logits at some places: `(places, vocabulary)`.
    fn logits(&self, vectors: &Tensor, places: &[u32]) -> Result<Tensor> {
        let places = Tensor::from_slice(places, places.len(), &Device::Cpu)?;
        vectors
            .index_select(&places, 0)?
            .matmul(&self.weight("token_embd.weight")?.t()?)
    }

    /// Returns the sums over places of weight × −ln p(next), of answers and of prompts.
    pub(super) fn losses(&self, batch: &Batch) -> Result<[Tensor; 2]> {
        let vectors = self.vectors(batch)?;
        let loss = |lesson: &Lesson| {
            self.logits(&vectors, &lesson.places)?
                .apply_op1(CrossEntropy {
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
