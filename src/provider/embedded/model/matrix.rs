//! Products of matrices: where the time goes.

/// Running sums of a product: as many as two registers of plain x86-64 hold.
const LANES: usize = 8;

/// A matrix, row after row.
#[derive(Debug)]
pub(super) struct Matrix {
    columns: usize,
    weights: Vec<f32>,
}

impl Matrix {
    pub(super) fn new(columns: usize, weights: Vec<f32>) -> Self {
        Self { columns, weights }
    }

    pub(super) fn parameters(&self) -> usize {
        self.weights.len()
    }

    pub(super) fn rows(&self) -> usize {
        self.weights.len() / self.columns
    }

    pub(super) fn row(&self, index: usize) -> Option<&[f32]> {
        let start = index.checked_mul(self.columns)?;
        self.weights.get(start..start.checked_add(self.columns)?)
    }

    /// Multiplies each row of `inputs` (`n × columns`) by the transposed matrix into `outputs` (`n × rows`).
    ///
    /// The weights, which are larger than a cache, are walked once; the inputs, which are few, come again and again.
    pub(super) fn multiply(&self, inputs: &[f32], outputs: &mut [f32]) {
        let rows = self.rows();
        for (row, weights) in self.weights.chunks_exact(self.columns).enumerate() {
            let each = inputs.chunks_exact(self.columns);
            for (input, output) in each.zip(outputs.chunks_exact_mut(rows)) {
                output[row] = dot(input, weights);
            }
        }
    }
}

/// Multiplies two vectors of one length, eight numbers at a time: a sum that is taken one after another cannot be made
/// parallel by the compiler.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks(), b.as_chunks());
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        add_products(&mut sums, a, b);
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| a * b);
    sums.iter().sum::<f32>() + rest.sum::<f32>()
}

/// Adds the product of each lane to its sum. Written out, because tests run unoptimised, where a loop takes four times as
/// long; optimised, both are the same two instructions a register.
fn add_products(sums: &mut [f32; LANES], a: &[f32; LANES], b: &[f32; LANES]) {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = sums;
    let [a0, a1, a2, a3, a4, a5, a6, a7] = a;
    let [b0, b1, b2, b3, b4, b5, b6, b7] = b;
    (*s0, *s1, *s2, *s3) = (*s0 + a0 * b0, *s1 + a1 * b1, *s2 + a2 * b2, *s3 + a3 * b3);
    (*s4, *s5, *s6, *s7) = (*s4 + a4 * b4, *s5 + a5 * b5, *s6 + a6 * b6, *s7 + a7 * b7);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_definition() {
        // Odd sizes, so that every remainder is taken; small whole numbers, so that no sum is rounded.
        for (count, rows, columns) in [(1, 1, 1), (3, 4, 8), (2, 7, 19), (5, 9, 33)] {
            let numbers = |n: usize, step: usize| -> Vec<f32> {
                let wheel = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];
                (0..n).map(|i| wheel[i * step % 7]).collect()
            };
            let matrix = Matrix::new(columns, numbers(rows * columns, 5));
            let inputs = numbers(count * columns, 3);
            let mut outputs = vec![f32::NAN; count * rows];
            matrix.multiply(&inputs, &mut outputs);
            for n in 0..count {
                for row in 0..rows {
                    let expected: f32 = (0..columns)
                        .map(|c| inputs[n * columns + c] * matrix.weights[row * columns + c])
                        .sum();
                    assert!((outputs[n * rows + row] - expected).abs() < 1e-3);
                }
            }
        }
    }
}
