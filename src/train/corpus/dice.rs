//! Chance, by seed.

use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, SliceRandom};

/// A stream of choices; the same seed gives the same choices on every machine.
#[derive(Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Begins the stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Returns a number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            0
        } else {
            self.0.random_range(0..end)
        }
    }

    /// Says yes so many times in a hundred.
    pub fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    /// Picks one.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.choose(&mut self.0)
    }

    /// Picks a word; none of none is empty.
    pub fn word<'l>(&mut self, list: &[&'l str]) -> &'l str {
        self.pick(list).copied().unwrap_or("")
    }

    /// Picks an index by weight.
    pub fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// Returns a number of the standard normal distribution (Box and Muller).
    pub fn normal(&mut self) -> f32 {
        let (radius, angle): (f32, f32) = (self.0.random(), self.0.random());
        (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f32::consts::TAU * angle).cos()
    }

    /// Shuffles in place.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        list.shuffle(&mut self.0);
    }
}
