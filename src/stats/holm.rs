//! Holm's step-down procedure for several candidates against one baseline.

use super::real;

/// Returns Holm's adjusted p values, in the order given.
///
/// Formula: sorted ascending, `p̃_(i) = max over j <= i of min(1, (m - j + 1)·p_(j))`.
/// Source: Holm 1979, Scandinavian Journal of Statistics 6:65–70. Holds under any dependence of the tests.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![1.0; p.len()];
    let mut largest = 0.0_f64;
    for (step, index) in ascending(p).into_iter().enumerate() {
        largest = largest.max((real(p.len() - step) * p[index]).min(1.0));
        adjusted[index] = largest;
    }
    adjusted
}

/// Returns the level at which Holm's procedure tests each hypothesis: `alpha/m` for the smallest p, `alpha/(m - 1)` for the
/// next one, and from the first that is not below its level on, that same level for all that follow.
///
/// An interval at its own level so excludes the null exactly where the procedure rejects. Taken together such intervals have
/// no simultaneous coverage: intervals that go with Holm and have it say nothing beyond the verdict (Strassburger and Bretz
/// 2008, Statistics in Medicine 27:4914).
pub fn holm_levels(p: &[f64], alpha: f64) -> Vec<f64> {
    let mut levels = vec![alpha; p.len()];
    let mut stopped = None;
    for (step, index) in ascending(p).into_iter().enumerate() {
        let level = stopped.unwrap_or(alpha / real(p.len() - step));
        levels[index] = level;
        if stopped.is_none() && p[index] >= level {
            stopped = Some(level);
        }
    }
    levels
}

/// Indices by ascending p; equal ones stay in order.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // statsmodels 0.15: multipletests(p, method="holm")[1]
    #[test]
    fn matches_the_reference() {
        for (p, expected) in [
            (vec![0.01, 0.04, 0.03], vec![0.03, 0.06, 0.06]),
            (vec![0.001, 0.02, 0.5, 0.02], vec![0.004, 0.06, 0.5, 0.06]),
            (vec![0.9, 0.8], vec![1.0, 1.0]),
            (vec![0.04], vec![0.04]),
            (vec![], vec![]),
        ] {
            let found = holm(&p);
            assert_eq!(found.len(), expected.len());
            for (one, other) in found.iter().zip(&expected) {
                assert!((one - other).abs() < 1e-12, "{found:?}");
            }
        }
    }

    #[test]
    fn levels_widen_until_the_first_that_is_not_rejected() {
        let levels = holm_levels(&[0.04, 0.01, 0.03], 0.06);
        assert_eq!(levels, vec![0.03, 0.02, 0.03]);
        assert_eq!(holm_levels(&[0.04], 0.05), vec![0.05]);
    }

    proptest! {
        #[test]
        fn adjusted_p_is_larger_keeps_order_and_agrees_with_the_levels(p in prop::collection::vec(0.0..1.0_f64, 1..8)) {
            let adjusted = holm(&p);
            let levels = holm_levels(&p, 0.05);
            for i in 0..p.len() {
                prop_assert!(adjusted[i] >= p[i] && adjusted[i] <= 1.0);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j]);
                }
                prop_assume!((adjusted[i] - 0.05).abs() > 1e-12);
                prop_assert_eq!(adjusted[i] < 0.05, p[i] < levels[i]);
            }
        }
    }
}
