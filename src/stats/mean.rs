//! The mean of per-case values, with its t interval and test; clustered where cases belong together.

use super::power::units_for_mean;
use super::real::count_up;
use super::{Interval, real, t_quantile, t_two_sided_p};

/// A mean over cases, ready for an interval or a test; of differences, it is the paired t test.
///
/// Formulas: standard error `sqrt(Σ_c (Σ_{i in c} (x_i - mean))² · C/(C-1)) / n` over `C` clusters (a case alone is a cluster
/// of one, which gives `sd/sqrt(n)`), and Student's t with `C - 1` degrees of freedom.
/// Source: Student 1908, Biometrika 6:1; clusters: Liang and Zeger 1986, Biometrika 73:13; Miller 2024, arXiv 2411.00640,
/// section 2.
///
/// Where all values are equal, t would have no width. Then the bounds allow for the share of units that so many would not
/// have shown: with probability `1 - alpha` at most `u = 1 - (alpha/2)^(1/C)` of all units differ, and those can lie anywhere
/// in the range. For differences of 1 the p is the exact sign test's.
/// Source: Clopper and Pearson 1934, Biometrika 26:404, at no event (Hanley and Lippman-Hand 1983, JAMA 249:1743).
///
/// Invalid below about 10 clusters, and for strongly skewed values below about 20 cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// The mean over cases.
    pub mean: f64,
    /// Its standard error; 0 where all values are equal.
    pub standard_error: f64,
    /// Independent units: cases, or clusters.
    pub units: usize,
}

/// Residuals below this are rounding, not spread: values are shares and scores of cases.
const ROUNDING: f64 = 1e-9;

impl Mean {
    /// Makes the mean of independent values; `None` without values.
    pub fn of(values: &[f64]) -> Option<Self> {
        let clusters: Vec<usize> = (0..values.len()).collect();
        Self::clustered(values, &clusters)
    }

    /// Makes the mean of values that belong to clusters, numbered from 0 without gaps; `None` without values, or where the
    /// two lists differ in length.
    pub fn clustered(values: &[f64], clusters: &[usize]) -> Option<Self> {
        if values.is_empty() || values.len() != clusters.len() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / real(values.len());
        let units = clusters.iter().max()?.checked_add(1)?;
        if units > values.len() {
            return None;
        }
        let mut residuals = vec![0.0; units];
        for (value, cluster) in values.iter().zip(clusters) {
            residuals[*cluster] += value - mean;
        }
        Some(Self {
            mean,
            standard_error: standard_error(&residuals, values.len()),
            units,
        })
    }

    /// Tells whether the units differ at all; without it no variance can be told from the values.
    pub fn has_spread(self) -> bool {
        self.standard_error > 0.0
    }

    /// Returns the interval of the true mean, which lies in `range`.
    pub fn interval(self, range: Interval, alpha: f64) -> Interval {
        if self.has_spread() {
            let half = t_quantile(1.0 - alpha / 2.0, self.freedom()) * self.standard_error;
            return Interval {
                low: self.mean - half,
                high: self.mean + half,
            }
            .within(range);
        }
        let unseen = 1.0 - (alpha / 2.0).powf(1.0 / real(self.units));
        Interval {
            low: self.mean + unseen * (range.low - self.mean),
            high: self.mean + unseen * (range.high - self.mean),
        }
    }

    /// Returns the two-sided p that the true mean is `null`: the test that the interval inverts.
    pub fn p(self, null: f64, range: Interval) -> f64 {
        if self.has_spread() {
            return t_two_sided_p((self.mean - null) / self.standard_error, self.freedom());
        }
        (2.0 * self.seen_share(null, range).powf(real(self.units))).min(1.0)
    }

    /// Returns how many units would show a mean this far from `null` with 80 % power; `None` when it lies on it.
    pub fn units_needed(self, null: f64, range: Interval, alpha: f64) -> Option<u64> {
        if self.has_spread() {
            let deviation = self.standard_error * real(self.units).sqrt();
            return units_for_mean(deviation, self.mean - null, alpha);
        }
        // Equal values exclude `null` once 2·share^units falls below alpha.
        count_up(((alpha / 2.0).ln() / self.seen_share(null, range).ln()).floor() + 1.0)
    }

    fn freedom(self) -> f64 {
        real(self.units) - 1.0
    }

    /// The least share of units like those seen at which the true mean could still be `null`; 1 where the mean is `null`.
    fn seen_share(self, null: f64, range: Interval) -> f64 {
        let (distance, reach) = if null < self.mean {
            (null - range.low, self.mean - range.low)
        } else {
            (range.high - null, range.high - self.mean)
        };
        if reach > 0.0 {
            (distance / reach).max(0.0)
        } else {
            1.0
        }
    }
}

/// The standard error from the residual sums of the units; exactly 0 where they are rounding only.
fn standard_error(residuals: &[f64], values: usize) -> f64 {
    if residuals.iter().all(|residual| residual.abs() < ROUNDING) {
        return 0.0;
    }
    let (units, squares) = (
        real(residuals.len()),
        residuals.iter().map(|residual| residual * residual),
    );
    (squares.sum::<f64>() * units / (units - 1.0)).sqrt() / real(values)
}

#[cfg(test)]
mod tests;
