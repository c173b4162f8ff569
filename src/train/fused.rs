//! Parts of the network that are one pass over the numbers each, with their gradients.
//!
//! Written out in candle's own operations they gave the same numbers at two thirds of the speed: each of their many small
//! steps is a tensor of its own, and constants get gradients too. A test holds them to those operations.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};

use crate::train::EPSILON;

/// Returns the numbers of a contiguous tensor.
pub(super) fn numbers<'s>(storage: &'s CpuStorage, layout: &Layout) -> Result<&'s [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => candle_core::bail!("a fused operation needs contiguous numbers"),
    }
}

pub(super) fn vector(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

pub(super) fn like(numbers: Vec<f32>, tensor: &Tensor) -> Result<Tensor> {
    Tensor::from_vec(numbers, tensor.shape(), tensor.device())
}

/// `RMSNorm`: `y = x·w / √(mean(x²) + ε)` over rows as wide as `w`.
pub(super) struct Norm;

fn scale(row: &[f32]) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a row is short")]
    let width = row.len() as f32;
    (row.iter().map(|x| x * x).sum::<f32>() / width + EPSILON)
        .sqrt()
        .recip()
}

impl CustomOp2 for Norm {
    fn name(&self) -> &'static str {
        "norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        of_x: &Layout,
        w: &CpuStorage,
        of_w: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, w) = (numbers(x, of_x)?, numbers(w, of_w)?);
        let mut y = Vec::with_capacity(x.len());
        for row in x.chunks_exact(w.len()) {
            let scale = scale(row);
            y.extend(row.iter().zip(w).map(|(x, w)| x * w * scale));
        }
        Ok((CpuStorage::F32(y), of_x.shape().clone()))
    }

    /// With `s` the scale and `g = dy·w`: `dx = s·g − x·s³·mean(g·x)`, `dw = Σ dy·x·s`.
    fn bwd(
        &self,
        x: &Tensor,
        w: &Tensor,
        _: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (of_x, of_w) = (x, w);
        let (mut x, w, dy) = (vector(x)?, vector(w)?, vector(dy)?);
        let mut dw = vec![0.0; w.len()];
        #[expect(clippy::cast_precision_loss, reason = "a row is short")]
        let width = w.len() as f32;
        for (row, dy) in x.chunks_exact_mut(w.len()).zip(dy.chunks_exact(w.len())) {
            let scale = scale(row);
            let dot: f32 = row
                .iter()
                .zip(dy)
                .zip(&w)
                .map(|((x, dy), w)| x * dy * w)
                .sum();
            let back = scale.powi(3) * dot / width;
            for (((x, dy), w), dw) in row.iter_mut().zip(dy).zip(&w).zip(&mut dw) {
                *dw += dy * *x * scale;
                *x = scale * dy * w - *x * back;
            }
        }
        Ok((Some(like(x, of_x)?), Some(like(dw, of_w)?)))
    }
}

/// `SwiGLU`: `y = gate·σ(gate)·up`.
pub(super) struct SwiGlu;

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

impl CustomOp2 for SwiGlu {
    fn name(&self) -> &'static str {
        "swiglu"
    }

    fn cpu_fwd(
        &self,
        gate: &CpuStorage,
        of_gate: &Layout,
        up: &CpuStorage,
        of_up: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (gate, up) = (numbers(gate, of_gate)?, numbers(up, of_up)?);
        let y = gate
            .iter()
            .zip(up)
            .map(|(gate, up)| gate * sigmoid(*gate) * up);
        Ok((CpuStorage::F32(y.collect()), of_gate.shape().clone()))
    }

    fn bwd(
        &self,
        gate: &Tensor,
        up: &Tensor,
        _: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let shape = gate;
        let (mut gate, mut up, dy) = (vector(gate)?, vector(up)?, vector(dy)?);
        for ((gate, up), dy) in gate.iter_mut().zip(&mut up).zip(dy) {
            let share = sigmoid(*gate);
            let by_gate = dy * *up * share * (1.0 + *gate * (1.0 - share));
            *up = dy * *gate * share;
            *gate = by_gate;
        }
        Ok((Some(like(gate, shape)?), Some(like(up, shape)?)))
    }
}

/// Rotary positions on interleaved pairs: each pair of a head turned by its angle times the position.
#[derive(Clone)]
pub(super) struct Rope {
    /// `(cos, sin)` by position, then pair.
    pub(super) angles: Arc<Vec<(f32, f32)>>,
    /// Tokens of a sequence.
    pub(super) length: usize,
    /// Numbers of a token.
    pub(super) width: usize,
    /// Numbers of a head.
    pub(super) head: usize,
    /// 1, or −1 to turn back.
    pub(super) direction: f32,
}

impl Rope {
    fn turn(&self, numbers: &mut [f32]) {
        let pairs = self.head / 2;
        for (token, row) in numbers.chunks_exact_mut(self.width).enumerate() {
            let start = token % self.length * pairs;
            let angles = &self.angles[start..start + pairs];
            for head in row.chunks_exact_mut(self.head) {
                for (pair, (cos, sin)) in head.chunks_exact_mut(2).zip(angles) {
                    let (a, b, sin) = (pair[0], pair[1], sin * self.direction);
                    pair[0] = a * cos - b * sin;
                    pair[1] = a * sin + b * cos;
                }
            }
        }
    }
}

impl CustomOp1 for Rope {
    fn name(&self) -> &'static str {
        "rope"
    }

    fn cpu_fwd(&self, x: &CpuStorage, of_x: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut y = numbers(x, of_x)?.to_vec();
        self.turn(&mut y);
        Ok((CpuStorage::F32(y), of_x.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let mut dx = vector(dy)?;
        let back = Self {
            direction: -self.direction,
            ..self.clone()
        };
        back.turn(&mut dx);
        Ok(Some(like(dx, x)?))
    }
}
