//! Which part of an outcome each of several independent inputs explains: an additive regression with splines.

use super::{normal_quantile, real};

/// Knots of each input's spline, as shares of its values.
const KNOTS: [f64; 4] = [0.2, 0.4, 0.6, 0.8];
/// Rounds of backfitting. Independent inputs are all but orthogonal, so that each round takes off two digits at least.
const ROUNDS: usize = 6;
/// The probability above which chance explains an effect.
const DOUBT: f64 = 0.001;

/// Returns, for each input, its effect on the outcome at every draw: an estimate of `E[y | x_i] - E[y]`.
///
/// All inputs are regressed on together, each by a linear spline, so that what one leaves unexplained is not noise to the
/// others. An effect that chance would explain (Wald test at 0.001) is 0 throughout; the others are shrunk by the variance
/// that noise adds to a fit. For independent inputs only, of which there may be any number.
///
/// Source: Hastie and Tibshirani 1986, Statistical Science 1:297 (backfitting); its use for the value of partial
/// information: Strong, Oakley and Brennan 2014, Medical Decision Making 34:311.
pub(crate) fn main_effects(inputs: &[Vec<f64>], outcome: &[f64]) -> Vec<Vec<f64>> {
    let n = outcome.len();
    let mean = outcome.iter().sum::<f64>() / real(n.max(1));
    let mut residual: Vec<f64> = outcome.iter().map(|y| y - mean).collect();
    let total = squares(&residual);
    let bases: Vec<Vec<Vec<f64>>> = inputs.iter().map(|input| basis(input)).collect();
    let mut effects: Vec<Vec<f64>> = inputs.iter().map(|_| vec![0.0; n]).collect();
    for _ in 0..ROUNDS {
        for (basis, effect) in bases.iter().zip(&mut effects) {
            add(&mut residual, effect, 1.0);
            effect.fill(0.0);
            for column in basis {
                add(effect, column, dot(column, &residual));
            }
            add(&mut residual, effect, -1.0);
        }
    }
    let used = bases.iter().map(Vec::len).sum::<usize>() + 1;
    let noise = squares(&residual) / real(n.saturating_sub(used).max(1));
    for (basis, effect) in bases.iter().zip(&mut effects) {
        let (explained, freedom) = (squares(effect), real(basis.len()));
        let chance = chi_squared_bound(freedom) * noise;
        let share = if explained <= chance.max(1e-12 * total) {
            0.0
        } else {
            (1.0 - freedom * noise / explained).sqrt()
        };
        for value in effect {
            *value *= share;
        }
    }
    effects
}

/// Returns the orthonormal columns of an input's spline: none where it does not vary, one where it takes two values.
fn basis(input: &[f64]) -> Vec<Vec<f64>> {
    let mut sorted = input.to_vec();
    sorted.sort_by(f64::total_cmp);
    let knots = KNOTS.iter().filter_map(|share| {
        let place = (share * real(sorted.len())).floor();
        sorted.iter().enumerate().find(|(i, _)| real(*i) >= place)
    });
    let hinges = knots.map(|(_, knot)| input.iter().map(|x| (x - knot).max(0.0)).collect());
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for column in std::iter::once(input.to_vec()).chain(hinges) {
        columns.extend(orthonormal(column, &columns));
    }
    columns
}

/// Returns a column less its mean and less what others explain, of length 1; `None` where nothing is left but rounding.
fn orthonormal(mut column: Vec<f64>, others: &[Vec<f64>]) -> Option<Vec<f64>> {
    let mean = column.iter().sum::<f64>() / real(column.len().max(1));
    let scale = squares(&column);
    for x in &mut column {
        *x -= mean;
    }
    // Twice, since the first pass leaves rounding of what it takes off.
    for other in others.iter().chain(others) {
        let along = dot(&column, other);
        add(&mut column, other, -along);
    }
    let length = squares(&column).sqrt();
    if length <= 1e-9 * scale.sqrt() {
        return None;
    }
    for x in &mut column {
        *x /= length;
    }
    Some(column)
}

/// Returns the quantile of χ² that chance passes with probability [`DOUBT`].
///
/// Source: Wilson and Hilferty 1931, PNAS 17:684; within 4 % from one degree of freedom on.
fn chi_squared_bound(freedom: f64) -> f64 {
    let spread = 2.0 / (9.0 * freedom.max(1.0));
    freedom.max(1.0) * (1.0 - spread + normal_quantile(1.0 - DOUBT) * spread.sqrt()).powi(3)
}

fn squares(values: &[f64]) -> f64 {
    dot(values, values)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn add(to: &mut [f64], what: &[f64], times: f64) {
    to.iter_mut().zip(what).for_each(|(x, y)| *x += times * y);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid of three inputs in which every value of one meets every value of the others.
    fn grid() -> [Vec<f64>; 3] {
        let mut columns = [Vec::new(), Vec::new(), Vec::new()];
        for i in 0..8_u32 {
            for j in 0..9_u32 {
                for k in 0..2_u32 {
                    columns[0].push(f64::from(i));
                    columns[1].push(f64::from(j));
                    columns[2].push(f64::from(k));
                }
            }
        }
        columns
    }

    #[test]
    fn effects_of_a_sum_are_its_terms() {
        let [a, b, c] = grid();
        let y: Vec<f64> = a
            .iter()
            .zip(&c)
            .map(|(a, c)| 5.0 + 2.0 * a - 3.0 * c)
            .collect();
        let effects = main_effects(&[a.clone(), b, c.clone()], &y);
        for i in 0..y.len() {
            assert!((effects[0][i] - 2.0 * (a[i] - 3.5)).abs() < 1e-9);
            assert!(effects[1][i].abs() < 1e-12);
            assert!((effects[2][i] + 3.0 * (c[i] - 0.5)).abs() < 1e-9);
        }
    }

    #[test]
    fn a_bend_is_followed_and_what_does_not_vary_has_no_effect() {
        let [a, b, _] = grid();
        let y: Vec<f64> = a.iter().map(|a| (a - 3.5_f64).abs()).collect();
        let still = vec![7.0; y.len()];
        let effects = main_effects(&[a.clone(), b, still], &y);
        let worst = (0..y.len())
            .map(|i| (effects[0][i] - (y[i] - 2.0)).abs())
            .fold(0.0, f64::max);
        assert!(worst < 0.3, "{worst}");
        assert!(effects[2].iter().all(|effect| effect.abs() < 1e-12));
    }

    // scipy 1.17: stats.chi2.isf(0.001, k)
    #[test]
    fn the_bound_is_near_the_reference() {
        for (freedom, expected) in [(1.0, 10.8276), (2.0, 13.8155), (5.0, 20.5150)] {
            let found = chi_squared_bound(freedom);
            assert!((found / expected - 1.0).abs() < 0.04, "{found} {expected}");
        }
    }
}
