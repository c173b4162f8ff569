//! Softmax and what is made of it, one pass over the numbers each, with their gradients: see `fused.rs`.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use crate::train::fused::{like, numbers, vector};

/// Softmax of `scale·x` over what is not in the future: `x` is `(…, length, length)`.
pub(super) struct CausalSoftmax {
    pub(super) length: usize,
    pub(super) scale: f32,
}

impl CustomOp1 for CausalSoftmax {
    fn name(&self) -> &'static str {
        "causal softmax"
    }

    fn cpu_fwd(&self, x: &CpuStorage, of_x: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = numbers(x, of_x)?;
        let mut y = vec![0.0; x.len()];
        for (at, (x, y)) in x
            .chunks_exact(self.length)
            .zip(y.chunks_exact_mut(self.length))
            .enumerate()
        {
            let seen = at % self.length + 1;
            softmax(&x[..seen], &mut y[..seen], self.scale);
        }
        Ok((CpuStorage::F32(y), of_x.shape().clone()))
    }

    /// `dx = scale·y·(dy − Σ dy·y)`; the future has `y = 0`.
    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (mut y, dy) = (vector(y)?, vector(dy)?);
        for (y, dy) in y
            .chunks_exact_mut(self.length)
            .zip(dy.chunks_exact(self.length))
        {
            let dot: f32 = y.iter().zip(dy).map(|(y, dy)| y * dy).sum();
            y.iter_mut()
                .zip(dy)
                .for_each(|(y, dy)| *y *= self.scale * (dy - dot));
        }
        Ok(Some(like(y, x)?))
    }
}

fn softmax(x: &[f32], y: &mut [f32], scale: f32) {
    let greatest = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (x, y) in x.iter().zip(y.iter_mut()) {
        *y = ((x - greatest) * scale).exp();
        sum += *y;
    }
    for y in y {
        *y /= sum;
    }
}

/// Sum over rows of logits of weight × −ln p(next).
pub(super) struct CrossEntropy {
    pub(super) next: Vec<u32>,
    pub(super) weights: Vec<f32>,
}

impl CustomOp1 for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross entropy"
    }

    fn cpu_fwd(&self, x: &CpuStorage, of_x: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = numbers(x, of_x)?;
        let width = x.len() / self.next.len().max(1);
        let mut loss = 0.0;
        for ((row, next), weight) in x
            .chunks_exact(width.max(1))
            .zip(&self.next)
            .zip(&self.weights)
        {
            let greatest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = row.iter().map(|x| (x - greatest).exp()).sum();
            loss += weight * (sum.ln() + greatest - row[*next as usize]);
        }
        Ok((CpuStorage::F32(vec![loss]), Shape::from(())))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (numbers, dy) = (vector(x)?, dy.to_scalar::<f32>()?);
        let width = numbers.len() / self.next.len().max(1);
        let mut dx = vec![0.0; numbers.len()];
        let rows = numbers
            .chunks_exact(width.max(1))
            .zip(dx.chunks_exact_mut(width.max(1)));
        for ((row, dx), (next, weight)) in rows.zip(self.next.iter().zip(&self.weights)) {
            softmax(row, dx, 1.0);
            dx[*next as usize] -= 1.0;
            for dx in dx {
                *dx *= weight * dy;
            }
        }
        Ok(Some(like(dx, x)?))
    }
}
