//! Products of matrices: where the time goes.

/// Floats of a running sum. Four rows of eight are as many as the sixteen registers of plain x86-64 hold with their operands.
const LANES: usize = 8;
/// Rows that are multiplied together, so that each number of the input is loaded once for all of them.
const ROWS: usize = 4;

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
        let whole = self.weights.chunks_exact(ROWS * self.columns);
        let first_of_rest = rows - rows % ROWS;
        let rest = whole.remainder().chunks_exact(self.columns);
        for (block, weights) in whole.enumerate() {
            let four = rows_of::<ROWS>(weights, self.columns);
            let each = inputs.chunks_exact(self.columns);
            for (input, output) in each.zip(outputs.chunks_exact_mut(rows)) {
                output[block * ROWS..][..ROWS].copy_from_slice(&dots(input, four));
            }
        }
        for (row, weights) in rest.enumerate() {
            let each = inputs.chunks_exact(self.columns);
            for (input, output) in each.zip(outputs.chunks_exact_mut(rows)) {
                output[first_of_rest + row] = dot(input, weights);
            }
        }
    }
}

fn rows_of<const N: usize>(weights: &[f32], columns: usize) -> [&[f32]; N] {
    std::array::from_fn(|row| &weights[row * columns..][..columns])
}

/// Multiplies two vectors of one length.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    dots(a, [b])[0]
}

/// Multiplies a vector by several others of its length, eight numbers at a time.
fn dots<const N: usize>(input: &[f32], rows: [&[f32]; N]) -> [f32; N] {
    let (input, input_rest) = input.as_chunks::<LANES>();
    let rows = rows.map(<[f32]>::as_chunks::<LANES>);
    let mut sums = [[0.0; LANES]; N];
    for (at, x) in input.iter().enumerate() {
        for (sum, (row, _)) in sums.iter_mut().zip(&rows) {
            for lane in 0..LANES {
                sum[lane] += x[lane] * row[at][lane];
            }
        }
    }
    std::array::from_fn(|n| {
        let rest = input_rest.iter().zip(rows[n].1).map(|(x, w)| x * w);
        sums[n].iter().sum::<f32>() + rest.sum::<f32>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_definition() {
        // Odd sizes, so that every remainder is taken; small whole numbers, so that no sum is rounded.
        for (count, rows, columns) in [(1, 1, 1), (3, 4, 8), (2, 7, 19), (5, 9, 33)] {
            let numbers = |n: usize, step: usize| -> Vec<f32> {
                (0..n)
                    .map(|i| f32::from((i * step % 7) as u8) - 3.0)
                    .collect()
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
