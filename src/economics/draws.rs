//! Many worlds: every one there is, or some thousands drawn.

use rand::SeedableRng as _;
use rand::rngs::ChaCha8Rng;
use sha2::{Digest as _, Sha256};

use crate::economics::dist::Dist;
use crate::economics::keys::Key;
use crate::economics::world::{Schedules, World};
use crate::stats::real;

/// A number that is not known.
#[derive(Debug, Clone)]
pub(crate) struct Uncertain {
    pub(crate) key: &'static Key,
    pub(crate) dist: Dist,
    /// A key of the other path that was left to follow this one.
    pub(crate) follower: Option<&'static Key>,
}

impl Uncertain {
    /// Gives it a value in a world.
    pub(crate) fn set(&self, world: &mut World, value: f64) {
        (self.key.set)(world, value);
        if let Some(follower) = self.follower {
            (follower.set)(world, value);
        }
    }

    /// Returns a quantile that the key's bounds allow.
    pub(crate) fn quantile(&self, p: f64) -> f64 {
        let range = &self.key.range;
        self.dist.quantile(p).clamp(range.low, range.high)
    }
}

/// As many worlds may be counted out instead of drawn.
const MOST_WORLDS: usize = 10_000;

/// Values of every uncertain number in every world, and what each world weighs.
#[derive(Debug, Clone)]
pub(crate) struct Draws {
    /// One column for each uncertain number.
    pub(crate) columns: Vec<Vec<f64>>,
    /// They sum to 1.
    pub(crate) weights: Vec<f64>,
    /// True where these are all worlds there are.
    pub(crate) exact: bool,
}

impl Draws {
    /// Counts out all worlds where every distribution is discrete and they are few; else draws `count`.
    ///
    /// Each number has its own stream of randomness, by the seed and its name: the same numbers come whatever else is
    /// uncertain, and both paths see the same ones.
    pub(crate) fn of(uncertain: &[Uncertain], count: usize, seed: u64) -> Self {
        if let Some(exact) = Self::all(uncertain) {
            return exact;
        }
        let column = |one: &Uncertain| {
            let mut hash = Sha256::new_with_prefix(seed.to_le_bytes());
            hash.update(one.key.name);
            let mut random = ChaCha8Rng::from_seed(hash.finalize().into());
            let sampler = one.dist.sampler(one.key.range.low, one.key.range.high);
            (0..count).map(|_| sampler.draw(&mut random)).collect()
        };
        Self {
            columns: uncertain.iter().map(column).collect(),
            weights: vec![1.0 / real(count); count],
            exact: false,
        }
    }

    fn all(uncertain: &[Uncertain]) -> Option<Self> {
        let mut draws = Self {
            columns: Vec::new(),
            weights: vec![1.0],
            exact: true,
        };
        for one in uncertain {
            let Dist::Discrete { values, weights } = &one.dist else {
                return None;
            };
            if draws.weights.len() * values.len() > MOST_WORLDS {
                return None;
            }
            draws = draws.times(values, weights);
        }
        Some(draws)
    }

    /// Returns every world once for each value of one more number.
    fn times(&self, values: &[f64], weights: &[f64]) -> Self {
        let each = |column: &Vec<f64>| -> Vec<f64> {
            let repeated = column.iter();
            repeated
                .flat_map(|x| std::iter::repeat_n(*x, values.len()))
                .collect()
        };
        let mut columns: Vec<Vec<f64>> = self.columns.iter().map(each).collect();
        columns.push(values.repeat(self.weights.len()));
        let weighed = self.weights.iter();
        Self {
            columns,
            weights: weighed
                .flat_map(|old| weights.iter().map(move |new| old * new))
                .collect(),
            exact: true,
        }
    }

    /// Returns what a function says of each world.
    pub(crate) fn map<T>(
        &self,
        base: &World,
        uncertain: &[Uncertain],
        says: impl Fn(&World) -> T,
    ) -> Vec<T> {
        let world = |i: usize| {
            let mut world = *base;
            for (one, column) in uncertain.iter().zip(&self.columns) {
                one.set(&mut world, column[i]);
            }
            says(&world)
        };
        (0..self.weights.len()).map(world).collect()
    }

    /// Returns the gain of fine-tuning in each world.
    pub(crate) fn gains(
        &self,
        base: &World,
        uncertain: &[Uncertain],
        schedules: &Schedules,
    ) -> Vec<f64> {
        self.map(base, uncertain, |world| world.gain(schedules))
    }

    /// Returns the mean of values, one a world.
    pub(crate) fn mean(&self, values: impl IntoIterator<Item = f64>) -> f64 {
        values
            .into_iter()
            .zip(&self.weights)
            .map(|(value, weight)| value * weight)
            .sum()
    }
}
