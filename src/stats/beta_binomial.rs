//! How many of some trials will pass, when the rate itself is not known.

use super::real;

/// Returns the probability of 0, 1 … `trials` passes where the rate is Beta(a, b).
///
/// Formula: `C(m,k)·B(k+a, m-k+b)/B(a,b)` by its recurrence, in logarithms so that no term is lost.
/// Source: Skellam 1948, JRSS B 10:257.
pub(crate) fn beta_binomial(trials: usize, a: f64, b: f64) -> Vec<f64> {
    let m = real(trials);
    let mut log: f64 = (0..trials)
        .map(|i| ((b + real(i)) / (a + b + real(i))).ln())
        .sum();
    let mut probabilities = Vec::with_capacity(trials + 1);
    for k in (0..=trials).map(real) {
        probabilities.push(log.exp());
        log += ((m - k) * (a + k) / ((k + 1.0) * (b + m - k - 1.0))).ln();
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_prior_makes_every_count_as_likely() {
        for probability in beta_binomial(4, 1.0, 1.0) {
            assert!((probability - 0.2).abs() < 1e-14);
        }
    }

    #[test]
    fn sums_to_one_with_the_mean_of_the_prior() {
        for (m, a, b) in [(1, 3.0, 2.0), (100, 90.0, 12.0), (3200, 900.0, 101.0)] {
            let probabilities = beta_binomial(m, a, b);
            let sum: f64 = probabilities.iter().sum();
            let mean: f64 = probabilities
                .iter()
                .enumerate()
                .map(|(k, p)| real(k) * p)
                .sum();
            assert!((sum - 1.0).abs() < 1e-10, "{sum}");
            assert!((mean / real(m) - a / (a + b)).abs() < 1e-10, "{mean}");
        }
    }
}
