//! The numbers a verdict rests on: paired yes and no, or a mean of differences.

use std::collections::HashMap;

use crate::stats::{Interval, Mean, mcnemar_exact, pairs_for_mcnemar, real, tango, tango_p};

use super::Discordant;
use super::pairing::{Metric, Pair};

/// Differences below this are rounding of shares.
const ROUNDING: f64 = 1e-9;

/// The differences of all judged pairs, with the method that fits them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// Judged pairs.
    pub(super) pairs: usize,
    /// Those on which the sides differ.
    pub(super) discordant: Discordant,
    method: Method,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Method {
    /// One trial a side and case, no clusters: exact McNemar with Tango's interval.
    Binary,
    /// Scores, repeats or clusters: t over per-case differences.
    Means { mean: Mean, clustered: bool },
}

impl Sample {
    /// Makes the sample of the pairs that `values` judges; `None` when it judges none.
    pub(super) fn of(
        pairs: &[Pair<'_>],
        metric: Metric,
        values: impl Fn(&Pair<'_>) -> Option<(f64, f64)>,
    ) -> Option<Self> {
        let (mut differences, mut clusters, mut single) = (Vec::new(), Vec::new(), true);
        for pair in pairs {
            let Some((reference, candidate)) = values(pair) else {
                continue;
            };
            differences.push(candidate - reference);
            clusters.push(pair.cluster);
            single &= pair.is_single();
        }
        let (numbers, count) = numbered(&clusters);
        let clustered = count < differences.len();
        let method = if metric == Metric::Pass && single && !clustered {
            Method::Binary
        } else {
            let mean = Mean::clustered(&differences, &numbers)?;
            Method::Means { mean, clustered }
        };
        (!differences.is_empty()).then(|| Self {
            pairs: differences.len(),
            discordant: discordant(&differences),
            method,
        })
    }

    pub(super) fn method(&self) -> &'static str {
        match self.method {
            Method::Binary => "mcnemar-exact",
            Method::Means {
                clustered: false, ..
            } => "paired-t",
            Method::Means {
                clustered: true, ..
            } => "paired-t-clustered",
        }
    }

    /// Candidate minus reference, in [-1, 1].
    pub(super) fn difference(&self) -> f64 {
        match self.method {
            Method::Binary => {
                (real(self.discordant.better) - real(self.discordant.worse)) / real(self.pairs)
            }
            Method::Means { mean, .. } => mean.mean,
        }
    }

    pub(super) fn interval(&self, alpha: f64) -> Interval {
        match self.method {
            Method::Binary => {
                let Discordant { better, worse } = self.discordant;
                tango(better, worse, self.pairs, alpha).unwrap_or(Interval::DIFFERENCE)
            }
            Method::Means { mean, .. } => mean.interval(Interval::DIFFERENCE, alpha),
        }
    }

    /// The method's own two-sided p that there is no difference.
    pub(super) fn p_value(&self) -> f64 {
        match self.method {
            Method::Binary => mcnemar_exact(self.discordant.better, self.discordant.worse),
            Method::Means { mean, .. } => mean.p(0.0, Interval::DIFFERENCE),
        }
    }

    /// The two-sided p that the difference is `margin`, by the test that the interval inverts.
    pub(super) fn p_at(&self, margin: f64) -> f64 {
        match self.method {
            Method::Binary => {
                let Discordant { better, worse } = self.discordant;
                tango_p(better, worse, self.pairs, margin).unwrap_or(1.0)
            }
            Method::Means { mean, .. } => mean.p(margin, Interval::DIFFERENCE),
        }
    }

    /// Cases that would decide the difference seen against `margin` with 80 % power, these included.
    pub(super) fn cases_needed(&self, margin: f64, alpha: f64) -> Option<u64> {
        match self.method {
            Method::Binary => {
                let Discordant { better, worse } = self.discordant;
                let share = real(better + worse) / real(self.pairs);
                pairs_for_mcnemar(share, self.difference(), margin, alpha)
            }
            Method::Means { mean, .. } => {
                let units = mean.units_needed(margin, Interval::DIFFERENCE, alpha)?;
                // New clusters are as large as these, on average.
                let cases = u128::from(units) * u128::try_from(self.pairs).ok()?;
                u64::try_from(cases.div_ceil(u128::try_from(mean.units).ok()?)).ok()
            }
        }
    }

    /// The number of clusters, where cases are clustered.
    pub(super) fn clusters(&self) -> Option<usize> {
        match self.method {
            Method::Means {
                mean,
                clustered: true,
            } => Some(mean.units),
            _ => None,
        }
    }

    /// Tells whether the method needs a spread that the differences lack.
    pub(super) fn lacks_spread(&self) -> bool {
        matches!(self.method, Method::Means { mean, .. } if !mean.has_spread())
    }
}

/// Numbers clusters from 0 in order of appearance, a case without one alone; returns the numbers and how many there are.
fn numbered(clusters: &[Option<&str>]) -> (Vec<usize>, usize) {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut count = 0;
    let numbers = clusters
        .iter()
        .map(|cluster| {
            let number = match cluster {
                Some(name) => *known.entry(name).or_insert(count),
                None => count,
            };
            count = count.max(number + 1);
            number
        })
        .collect();
    (numbers, count)
}

fn discordant(differences: &[f64]) -> Discordant {
    let count = |holds: fn(f64) -> bool| {
        differences
            .iter()
            .filter(|difference| holds(**difference))
            .count()
    };
    Discordant {
        better: count(|difference| difference > ROUNDING),
        worse: count(|difference| difference < -ROUNDING),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_without_a_cluster_stand_alone() {
        let (numbers, count) = numbered(&[Some("a"), None, Some("b"), Some("a"), None]);
        assert_eq!(numbers, vec![0, 1, 2, 0, 3]);
        assert_eq!(count, 4);
    }
}
