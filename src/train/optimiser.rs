//! `AdamW`: Adam with decay of the weights apart from the gradient.
//!
//! Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2. Norms are not decayed.

use std::collections::BTreeMap;

use candle_core::{Result, Tensor, Var};

/// Share of the old mean of gradients that stays.
const BETA1: f32 = 0.9;
/// Share of the old mean of squares that stays.
const BETA2: f32 = 0.98;
const EPSILON: f32 = 1e-8;
const DECAY: f32 = 0.05;
/// A gradient that is longer is shortened to this.
const LONGEST: f64 = 1.0;

/// Gradients by the names of their weights.
pub(super) type Gradients = BTreeMap<String, Vec<f32>>;

/// The means that it keeps.
#[derive(Debug, Default)]
pub(super) struct AdamW {
    /// Steps taken.
    pub(super) steps: i32,
    /// Means of gradients and of their squares.
    pub(super) means: BTreeMap<String, (Vec<f32>, Vec<f32>)>,
}

impl AdamW {
    /// Takes one step; returns the gradient's length before it was shortened.
    pub(super) fn step(
        &mut self,
        weights: &BTreeMap<String, Var>,
        gradients: &Gradients,
        rate: f32,
    ) -> Result<f64> {
        let squares = gradients
            .values()
            .flatten()
            .map(|number| f64::from(*number).powi(2));
        let length = squares.sum::<f64>().sqrt();
        #[expect(clippy::cast_possible_truncation, reason = "a factor between 0 and 1")]
        let shorten = (LONGEST / length.max(LONGEST)) as f32;
        self.steps += 1;
        let (bias1, bias2) = (1.0 - BETA1.powi(self.steps), 1.0 - BETA2.powi(self.steps));
        for (name, gradient) in gradients {
            let Some(weight) = weights.get(name) else {
                continue;
            };
            let shape = weight.shape().clone();
            let mut numbers = weight.flatten_all()?.to_vec1::<f32>()?;
            let zeros = || vec![0.0; gradient.len()];
            let (mean, square) = self
                .means
                .entry(name.clone())
                .or_insert_with(|| (zeros(), zeros()));
            let keep = if shape.rank() > 1 {
                1.0 - rate * DECAY
            } else {
                1.0
            };
            let moving = numbers
                .iter_mut()
                .zip(gradient)
                .zip(mean.iter_mut().zip(square.iter_mut()));
            for ((number, gradient), (mean, square)) in moving {
                let gradient = gradient * shorten;
                *mean = BETA1 * *mean + (1.0 - BETA1) * gradient;
                *square = BETA2 * *square + (1.0 - BETA2) * gradient * gradient;
                let step = (*mean / bias1) / ((*square / bias2).sqrt() + EPSILON);
                *number = *number * keep - rate * step;
            }
            weight.set(&Tensor::from_vec(numbers, shape, weight.device())?)?;
        }
        Ok(length)
    }
}
