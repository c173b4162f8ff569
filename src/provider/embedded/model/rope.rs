//! Rotary positions.

/// The rotation of each pair of a head, for one position after another.
#[derive(Debug)]
pub(super) struct Rotations {
    /// Sine and cosine, position after position, a pair after a pair.
    turns: Vec<(f32, f32)>,
    pairs: usize,
}

impl Rotations {
    /// Makes the rotations of `count` positions from `first` on: pair `i` of a head turns by `position · base^(-2i/head)`.
    ///
    /// Source: Su et al. 2021, equation 15.
    #[expect(
        clippy::cast_precision_loss,
        reason = "positions and sizes are far below 2^24"
    )]
    pub(super) fn new(first: usize, count: usize, head: usize, base: f32) -> Self {
        let pairs = head / 2;
        let speeds: Vec<f32> = (0..pairs)
            .map(|pair| base.powf(-2.0 * pair as f32 / head as f32))
            .collect();
        let positions = first..first + count;
        let turns = positions.flat_map(|at| speeds.iter().map(move |v| (at as f32 * v).sin_cos()));
        Self {
            turns: turns.collect(),
            pairs,
        }
    }

    /// Turns the heads of each position (`count × heads × head`).
    pub(super) fn turn(&self, vectors: &mut [f32], width: usize) {
        let each = vectors.chunks_exact_mut(width);
        for (vector, turns) in each.zip(self.turns.chunks_exact(self.pairs)) {
            for head in vector.chunks_exact_mut(2 * self.pairs) {
                for ([a, b], (sin, cos)) in head.as_chunks_mut().0.iter_mut().zip(turns) {
                    (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
                }
            }
        }
    }
}
