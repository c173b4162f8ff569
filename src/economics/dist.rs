//! Distributions: what somebody knows about a number that is not known.

use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;

use crate::stats::{beta_quantile, normal_cdf, normal_quantile};

/// The 95th percentile of a standard normal.
const Z95: f64 = 1.644_853_626_951_472_7;

/// A distribution.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Dist {
    Normal {
        mean: f64,
        sd: f64,
    },
    /// By its 5th and 95th percentiles.
    Lognormal {
        p5: f64,
        p95: f64,
    },
    /// A rate of which so many cases passed: Beta(1 + passed, 1 + failed).
    Beta {
        passed: f64,
        cases: f64,
    },
    Pert {
        low: f64,
        mode: f64,
        high: f64,
    },
    Uniform {
        low: f64,
        high: f64,
    },
    /// Values with weights that sum to 1.
    Discrete {
        values: Vec<f64>,
        weights: Vec<f64>,
    },
}

impl Dist {
    /// Its word in `compare.toml`.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Normal { .. } => "normal",
            Self::Lognormal { .. } => "lognormal",
            Self::Beta { .. } => "beta",
            Self::Pert { .. } => "pert",
            Self::Uniform { .. } => "uniform",
            Self::Discrete { .. } => "discrete",
        }
    }

    /// Returns the mean, before any bound cuts it off.
    pub(crate) fn mean(&self) -> f64 {
        match self {
            Self::Normal { mean, .. } => *mean,
            Self::Lognormal { .. } => {
                let (mu, sigma) = self.log_moments();
                (mu + sigma * sigma / 2.0).exp()
            }
            Self::Beta { passed, cases } => (passed + 1.0) / (cases + 2.0),
            Self::Pert { low, mode, high } => (low + 4.0 * mode + high) / 6.0,
            Self::Uniform { low, high } => f64::midpoint(*low, *high),
            Self::Discrete { values, weights } => {
                values.iter().zip(weights).map(|(x, w)| x * w).sum()
            }
        }
    }

    /// Returns the value below which a share `p` lies.
    pub(crate) fn quantile(&self, p: f64) -> f64 {
        match self {
            Self::Normal { mean, sd } => mean + sd * normal_quantile(p),
            Self::Lognormal { .. } => {
                let (mu, sigma) = self.log_moments();
                (mu + sigma * normal_quantile(p)).exp()
            }
            Self::Beta { .. } => {
                let (a, b) = self.shapes();
                beta_quantile(p, a, b)
            }
            Self::Pert { low, high, .. } => {
                let (a, b) = self.shapes();
                low + (high - low) * beta_quantile(p, a, b)
            }
            Self::Uniform { low, high } => low + (high - low) * p,
            Self::Discrete { values, weights } => weighted_quantile(values, weights, p),
        }
    }

    /// Returns the share that lies below `x`, of those without ends of their own.
    fn below(&self, x: f64) -> Option<f64> {
        match self {
            Self::Normal { mean, sd } => Some(normal_cdf((x - mean) / sd)),
            Self::Lognormal { .. } if x <= 0.0 => Some(0.0),
            Self::Lognormal { .. } => {
                let (mu, sigma) = self.log_moments();
                Some(normal_cdf((x.ln() - mu) / sigma))
            }
            _ => None,
        }
    }

    /// Returns the share that lies outside of bounds.
    pub(crate) fn outside(&self, low: f64, high: f64) -> f64 {
        let out = |x: f64| x < low || x > high;
        match self {
            Self::Normal { .. } | Self::Lognormal { .. } => {
                let below = |x| self.below(x).unwrap_or(0.0);
                below(low) + 1.0 - below(high)
            }
            Self::Beta { .. } if out(0.0) || out(1.0) => 1.0,
            Self::Pert { low, high, .. } | Self::Uniform { low, high }
                if out(*low) || out(*high) =>
            {
                1.0
            }
            Self::Discrete { values, .. } if values.iter().any(|x| out(*x)) => 1.0,
            _ => 0.0,
        }
    }

    /// Makes what draws from it, cut off at the bounds.
    pub(crate) fn sampler(&self, low: f64, high: f64) -> Sampler<'_> {
        let shapes = match self {
            Self::Beta { .. } | Self::Pert { .. } => self.shapes(),
            _ => (1.0, 1.0),
        };
        Sampler {
            dist: self,
            from: self.below(low).unwrap_or(0.0),
            to: self.below(high).unwrap_or(1.0),
            shapes,
        }
    }

    /// Returns μ and σ of the logarithm.
    fn log_moments(&self) -> (f64, f64) {
        match self {
            Self::Lognormal { p5, p95 } => {
                let (low, high) = (p5.ln(), p95.ln());
                (f64::midpoint(low, high), (high - low) / (2.0 * Z95))
            }
            _ => (0.0, 1.0),
        }
    }

    /// Returns the shapes of the beta that it is, or is stretched from.
    pub(crate) fn shapes(&self) -> (f64, f64) {
        match self {
            Self::Beta { passed, cases } => (1.0 + passed, 1.0 + cases - passed),
            Self::Pert { low, mode, high } => {
                let width = high - low;
                (
                    1.0 + 4.0 * (mode - low) / width,
                    1.0 + 4.0 * (high - mode) / width,
                )
            }
            _ => (1.0, 1.0),
        }
    }
}

/// Draws from a distribution.
#[derive(Debug)]
pub(crate) struct Sampler<'a> {
    dist: &'a Dist,
    /// The shares below its bounds.
    from: f64,
    to: f64,
    shapes: (f64, f64),
}

impl Sampler<'_> {
    /// Returns one value.
    pub(crate) fn draw(&self, random: &mut ChaCha8Rng) -> f64 {
        match self.dist {
            Dist::Beta { .. } => self.beta(random),
            Dist::Pert { low, high, .. } => low + (high - low) * self.beta(random),
            _ => {
                let share = random.random::<f64>().max(1e-300);
                self.dist
                    .quantile(self.from + share * (self.to - self.from))
            }
        }
    }

    /// A beta is one gamma's share of two.
    fn beta(&self, random: &mut ChaCha8Rng) -> f64 {
        let (a, b) = (gamma(self.shapes.0, random), gamma(self.shapes.1, random));
        a / (a + b)
    }
}

/// Draws from a gamma of shape 1 or more.
///
/// Source: Marsaglia and Tsang 2000, ACM TOMS 26:363.
fn gamma(shape: f64, random: &mut ChaCha8Rng) -> f64 {
    let centre = shape - 1.0 / 3.0;
    let spread = 1.0 / (9.0 * centre).sqrt();
    loop {
        let normal = normal_quantile(random.random::<f64>().max(1e-300));
        let cube = (1.0 + spread * normal).powi(3);
        let chance = random.random::<f64>().max(1e-300);
        let bound = 0.5 * normal * normal + centre * (1.0 - cube + cube.ln());
        if cube > 0.0 && chance.ln() < bound {
            return centre * cube;
        }
    }
}

/// Returns the smallest value up to which at least a share `p` of the weight lies.
pub(crate) fn weighted_quantile(values: &[f64], weights: &[f64], p: f64) -> f64 {
    let mut pairs: Vec<(f64, f64)> = values
        .iter()
        .copied()
        .zip(weights.iter().copied())
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sum = 0.0;
    for (value, weight) in &pairs {
        sum += weight;
        // Weights are sums of rounded shares.
        if sum >= p - 1e-12 {
            return *value;
        }
    }
    pairs.last().map_or(f64::NAN, |(value, _)| *value)
}
