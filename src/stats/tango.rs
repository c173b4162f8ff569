//! Tango's score interval for the difference of two paired proportions.

use statrs::function::erf::erfc;

use super::bisection::edge;
use super::{Interval, normal_quantile, real};

/// Returns the score interval for the candidate's pass rate minus the reference's, over `pairs` cases of which the candidate
/// is better on `better` and worse on `worse`.
///
/// Formula: all Δ with `|better - worse - pairs·Δ| <= z·sqrt(pairs·(2q + Δ - Δ²))`, where `q` is the share of worse pairs most
/// likely under Δ, the larger root of a quadratic.
/// Source: Tango 1998, Statistics in Medicine 17:891–908. It never leaves [-1, 1] and has a width without discordant pairs too.
///
/// Invalid where pairs are clustered or repeated. `None` without pairs, or with more discordant pairs than pairs.
pub fn tango(better: usize, worse: usize, pairs: usize, alpha: f64) -> Option<Interval> {
    let table = Table::of(better, worse, pairs)?;
    let z = normal_quantile(1.0 - alpha / 2.0);
    Some(Interval {
        low: -table.mirrored().upper(z),
        high: table.upper(z),
    })
}

/// Returns the two-sided p that the difference is exactly `at`: the test that the interval inverts.
///
/// Source and limits: as [`tango`].
pub fn tango_p(better: usize, worse: usize, pairs: usize, at: f64) -> Option<f64> {
    let table = Table::of(better, worse, pairs)?;
    Some(erfc(table.score(at) / std::f64::consts::SQRT_2))
}

#[derive(Clone, Copy)]
struct Table {
    better: f64,
    worse: f64,
    pairs: f64,
}

impl Table {
    fn of(better: usize, worse: usize, pairs: usize) -> Option<Self> {
        (pairs > 0 && better.checked_add(worse)? <= pairs).then(|| Self {
            better: real(better),
            worse: real(worse),
            pairs: real(pairs),
        })
    }

    fn mirrored(self) -> Self {
        Self {
            better: self.worse,
            worse: self.better,
            ..self
        }
    }

    fn upper(self, z: f64) -> f64 {
        let seen = (self.better - self.worse) / self.pairs;
        if seen >= 1.0 {
            return 1.0;
        }
        edge(seen, 1.0, |at| self.score(at) <= z)
    }

    /// The score statistic's absolute value under a difference of `at`.
    fn score(self, at: f64) -> f64 {
        let distance = (self.better - self.worse - self.pairs * at).abs();
        let variance = self.pairs * (2.0 * self.likeliest_worse(at) + at - at * at);
        if distance <= 0.0 {
            0.0
        } else if variance <= 0.0 {
            f64::INFINITY
        } else {
            distance / variance.sqrt()
        }
    }

    /// The most likely share of worse pairs when better minus worse is `at`: the larger root of `2n·q² + b·q + c`.
    fn likeliest_worse(self, at: f64) -> f64 {
        let double = 2.0 * self.pairs;
        let b = (double - self.better + self.worse) * at - self.better - self.worse;
        let c = -self.worse * at * (1.0 - at);
        let root = (b * b - 4.0 * double * c).max(0.0).sqrt();
        // Of two equal forms the one that does not subtract near-equal numbers.
        let share = if b > 0.0 {
            -2.0 * c / (b + root)
        } else {
            (root - b) / (2.0 * double)
        };
        share.max(0.0).max(-at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Python with mpmath, 30 digits: q by bisection on the derivative of the trinomial likelihood, bounds by bisection on
    // (better - worse - n*D) / sqrt(n * (2*q + D - D*D)) = ±norm.ppf(1 - alpha/2).
    const REFERENCE: [(usize, usize, usize, f64, f64, f64); 17] = [
        (13, 0, 24, 0.05, 0.328_953_351_126_072, 0.721_086_662_687_89),
        (
            2,
            1,
            24,
            0.05,
            -0.138_032_795_345_006,
            0.227_793_878_133_588,
        ),
        // Published: airway hyper-responsiveness, (-0.517, -0.026), Fagerland, Lydersen and Laake 2014, Stat. Med. 33:2850.
        (
            1,
            7,
            21,
            0.05,
            -0.517_232_276_421_377,
            -0.026_003_032_480_869,
        ),
        (
            6,
            16,
            161,
            0.05,
            -0.124_023_432_464_068,
            -0.005_433_395_731_677,
        ),
        (
            40,
            20,
            160,
            0.05,
            0.030_864_533_133_087,
            0.218_064_244_166_825,
        ),
        (
            5,
            10,
            100,
            0.05,
            -0.133_471_311_014_31,
            0.028_619_556_266_333,
        ),
        (
            0,
            1,
            44,
            0.05,
            -0.118_077_096_982_133,
            0.059_393_231_116_628,
        ),
        (0, 0, 24, 0.05, -0.137_976_204_674_98, 0.137_976_204_674_98),
        (0, 0, 1, 0.05, -0.793_450_685_622_763, 0.793_450_685_622_763),
        (1, 0, 1, 0.05, -0.586_901_371_245_525, 1.0),
        (0, 1, 1, 0.05, -1.0, 0.586_901_371_245_525),
        (24, 0, 24, 0.05, 0.724_047_590_650_04, 1.0),
        (0, 24, 24, 0.05, -1.0, -0.724_047_590_650_04),
        (
            12,
            12,
            24,
            0.05,
            -0.371_451_483_608_533,
            0.371_451_483_608_533,
        ),
        (
            13,
            11,
            24,
            0.05,
            -0.298_502_692_821_61,
            0.442_173_325_375_78,
        ),
        (
            13,
            0,
            24,
            0.025,
            0.274_812_055_188_224,
            0.741_879_609_558_298,
        ),
        (
            9,
            3,
            1000,
            0.05,
            -0.000_932_063_183_08,
            0.014_376_329_672_575,
        ),
    ];

    #[test]
    fn matches_an_independent_solution() {
        for (better, worse, pairs, alpha, low, high) in REFERENCE {
            let found = tango(better, worse, pairs, alpha).expect("pairs");
            assert!(
                (found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9,
                "{better}, {worse} of {pairs}: {found:?}"
            );
        }
    }

    // As above: 2 * norm.sf(|z(D)|)
    #[test]
    fn p_at_a_margin_matches_an_independent_solution() {
        for (better, worse, pairs, at, expected) in [
            (13, 0, 24, 0.1, 0.001_907_625_264_919),
            (40, 20, 160, 0.0, 0.009_823_274_507_519),
            (40, 20, 160, 0.05, 0.116_867_213_655_459),
            (2, 1, 24, -0.1, 0.101_047_089_105_715),
        ] {
            let found = tango_p(better, worse, pairs, at).expect("pairs");
            assert!((found - expected).abs() < 1e-9, "{found}");
        }
    }

    #[test]
    fn impossible_tables_give_nothing() {
        assert_eq!(tango(0, 0, 0, 0.05), None);
        assert_eq!(tango(2, 1, 2, 0.05), None);
        assert_eq!(tango(usize::MAX, 1, 2, 0.05), None);
        assert_eq!(tango_p(0, 0, 0, 0.0), None);
    }

    proptest! {
        #[test]
        fn holds_the_estimate_and_agrees_with_its_test(better in 0_usize..60, worse in 0_usize..60, same in 0_usize..60, at in -0.99..0.99_f64) {
            let pairs = better + worse + same;
            prop_assume!(pairs > 0);
            let found = tango(better, worse, pairs, 0.05).expect("pairs");
            let seen = (real(better) - real(worse)) / real(pairs);
            prop_assert!(-1.0 <= found.low && found.low <= seen && seen <= found.high && found.high <= 1.0);
            prop_assume!((at - found.low).abs() > 1e-9 && (at - found.high).abs() > 1e-9);
            let outside = at < found.low || found.high < at;
            prop_assert_eq!(tango_p(better, worse, pairs, at).expect("pairs") < 0.05, outside);
        }
    }
}
