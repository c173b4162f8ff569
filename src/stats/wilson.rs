//! Wilson's score interval for a proportion.

use super::{Interval, normal_quantile, real};

/// Returns Wilson's score interval for `passed` of `total` independent cases.
///
/// Formula: `(p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)`.
/// Source: Wilson 1927, JASA 22:209–212; recommended for small n by Brown, Cai and DasGupta 2001, Statistical Science 16:101.
///
/// Invalid where cases are clustered or repeated. `None` without cases or with more passes than cases.
pub fn wilson(passed: usize, total: usize, alpha: f64) -> Option<Interval> {
    if total == 0 || passed > total {
        return None;
    }
    let (n, p) = (real(total), real(passed) / real(total));
    let z2 = normal_quantile(1.0 - alpha / 2.0).powi(2);
    let centre = p + z2 / (2.0 * n);
    let half = (z2 * (p * (1.0 - p) / n + z2 / (4.0 * n * n))).sqrt();
    let scale = 1.0 + z2 / n;
    Some(Interval {
        low: if passed == 0 {
            0.0
        } else {
            (centre - half) / scale
        },
        high: if passed == total {
            1.0
        } else {
            (centre + half) / scale
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // statsmodels 0.15: proportion_confint(passed, total, alpha, method="wilson")
    #[test]
    fn matches_the_reference() {
        for (passed, total, alpha, low, high) in [
            (
                11,
                24,
                0.05,
                0.278_913_337_312_109_8,
                0.649_251_346_410_805_2,
            ),
            (24, 24, 0.05, 0.862_023_795_325_019_8, 1.0),
            (0, 24, 0.05, 0.0, 0.137_976_204_674_980_26),
            (1, 1, 0.05, 0.206_549_314_377_237_4, 1.0),
            (0, 1, 0.05, 0.0, 0.793_450_685_622_762_7),
            (
                7,
                10,
                0.01,
                0.320_024_679_201_102_56,
                0.920_433_683_476_934_2,
            ),
            (
                500,
                1000,
                0.05,
                0.469_069_600_368_104_2,
                0.530_930_399_631_895_8,
            ),
        ] {
            let found = wilson(passed, total, alpha).expect("cases");
            assert!((found.low - low).abs() < 1e-12, "{found:?}");
            assert!((found.high - high).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn no_cases_give_no_interval() {
        assert_eq!(wilson(0, 0, 0.05), None);
        assert_eq!(wilson(2, 1, 0.05), None);
    }
}
