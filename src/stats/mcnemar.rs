//! The exact McNemar test.

use statrs::function::beta::beta_reg;

use super::real;

/// Returns the exact two-sided p that two sides pass equally often, from the pairs on which they differ.
///
/// Formula: `min(1, 2·P(X <= min(better, worse)))`, `X` binomial over all discordant pairs with one half; 1 where none differ.
/// Source: McNemar 1947, Psychometrika 12:153–157; the exact form is the sign test on discordant pairs. The mid-p variant is
/// not used: it can exceed its level, and an adopted prompt costs more than a case too many.
///
/// Invalid where pairs are clustered or a case has several repeats.
pub fn mcnemar_exact(better: usize, worse: usize) -> f64 {
    let (fewer, more) = (better.min(worse), better.max(worse));
    if fewer == more {
        return 1.0;
    }
    // P(X <= k) of a fair binomial over n, as the regularised incomplete beta function with shapes n - k and k + 1.
    (2.0 * beta_reg(real(more), real(fewer) + 1.0, 0.5)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    // statsmodels 0.15: mcnemar([[0, better], [worse, 0]], exact=True).pvalue
    #[test]
    fn matches_the_reference() {
        for (better, worse, expected) in [
            (0, 0, 1.0),
            (1, 0, 1.0),
            (5, 0, 0.0625),
            (6, 0, 0.03125),
            (13, 0, 0.000_244_140_625),
            (2, 1, 1.0),
            (7, 1, 0.070_312_5),
            (10, 25, 0.016_673_847_800_120_715),
            (400, 460, 0.044_169_548_194_589_14),
            (1200, 1000, 2.181_702_640_791_419_4e-5),
        ] {
            let found = mcnemar_exact(better, worse);
            assert!((found - expected).abs() < 1e-9, "{better} {worse}: {found}");
            assert!((found - mcnemar_exact(worse, better)).abs() < 1e-15);
        }
    }
}
