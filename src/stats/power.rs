//! How many cases would show a difference: sample sizes for 80 % power.

use super::real::count_up;
use super::{normal_quantile, real, t_quantile};

/// The power that every forecast here is about.
const POWER: f64 = 0.8;

/// Returns how many pairs give McNemar's exact test 80 % power against a difference of `margin`, when the true difference is
/// `difference` and a share `discordant` of all pairs differ.
///
/// Formula: the smallest n with `n·|δ - m| - 1 >= sqrt(n)·(z_{α/2}·sqrt(ψ - m²) + z_β·sqrt(ψ - δ²))`; the 1 is Edwards'
/// continuity correction, without which the exact test reaches only about 76 %.
/// Source: Connor 1987, Biometrics 43:207–211; Edwards 1948, Psychometrika 13:185.
///
/// Invalid for inputs that are no shares, and where the difference lies on the margin: `None`.
pub fn pairs_for_mcnemar(discordant: f64, difference: f64, margin: f64, alpha: f64) -> Option<u64> {
    let effect = (difference - margin).abs();
    if effect < 1e-12 || difference.abs() > discordant + 1e-12 || discordant > 1.0 {
        return None;
    }
    let spread = |at: f64| (discordant.max(at.abs()) - at * at).max(0.0).sqrt();
    let reach = normal_quantile(1.0 - alpha / 2.0) * spread(margin)
        + normal_quantile(POWER) * spread(difference);
    let root = (reach + (reach * reach + 4.0 * effect).sqrt()) / (2.0 * effect);
    count_up(root * root)
}

/// Returns how many independent units show a mean that lies `effect` off, when their standard deviation is `deviation`.
///
/// Formula: the smallest n with `n >= ((t_{1-α/2, n-1} + t_{0.8, n-1})·s/|δ|)²`.
/// Source: Miller 2024, arXiv 2411.00640, section 5, with t for normal quantiles; agrees with the noncentral t within a unit.
///
/// Invalid without an effect or with no deviation: `None`.
pub fn units_for_mean(deviation: f64, effect: f64, alpha: f64) -> Option<u64> {
    let ratio = deviation / effect.abs();
    if effect.abs() < 1e-12 || ratio.is_nan() || ratio <= 0.0 {
        return None;
    }
    let (upper, power) = (1.0 - alpha / 2.0, POWER);
    let least = ((normal_quantile(upper) + normal_quantile(power)) * ratio).powi(2);
    let mut units = count_up(least)?.max(2);
    // Past a thousand degrees of freedom t adds about one unit and its quantile is slow to ask for nothing.
    while units < 1000 {
        let freedom = real(usize::try_from(units).ok()?) - 1.0;
        let needed = ((t_quantile(upper, freedom) + t_quantile(power, freedom)) * ratio).powi(2);
        if count_up(needed)? <= units {
            return Some(units);
        }
        units += 1;
    }
    units.checked_add(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Python: root of n*d - 1 = sqrt(n)*(norm.ppf(.975)*sqrt(psi) + norm.ppf(.8)*sqrt(psi - d*d)), rounded up. In brackets the
    // power of the exact test at that n, summed over the trinomial: all reach 80 %.
    #[test]
    fn mcnemar_pairs_match_the_formula_and_reach_their_power() {
        for (discordant, difference, expected) in [
            (0.15, 0.15, 63), // [0.926]
            (0.3, 0.15, 116), // [0.818]
            (0.5, 0.2, 106),  // [0.814]
            (0.3, 0.1, 253),  // [0.808]
            (1.0, 1.0, 6),    // [1.000]
            (0.25, 0.2, 57),  // [0.870]
            (0.125, 1.0 / 24.0, 610),
        ] {
            let found = pairs_for_mcnemar(discordant, difference, 0.0, 0.05);
            assert_eq!(found, Some(expected), "{discordant}, {difference}");
            let mirrored = pairs_for_mcnemar(discordant, -difference, 0.0, 0.05);
            assert_eq!(mirrored, Some(expected));
        }
    }

    #[test]
    fn a_margin_and_a_stricter_level_ask_for_more() {
        let plain = pairs_for_mcnemar(0.3, 0.15, 0.0, 0.05);
        assert!(pairs_for_mcnemar(0.3, 0.15, 0.05, 0.05) > plain);
        assert!(pairs_for_mcnemar(0.3, 0.15, 0.0, 0.025) > plain);
    }

    #[test]
    fn no_effect_is_never_shown() {
        assert_eq!(pairs_for_mcnemar(0.3, 0.0, 0.0, 0.05), None);
        assert_eq!(pairs_for_mcnemar(0.3, 0.1, 0.1, 0.05), None);
        assert_eq!(pairs_for_mcnemar(0.1, 0.5, 0.0, 0.05), None);
        assert_eq!(units_for_mean(0.3, 0.0, 0.05), None);
        assert_eq!(units_for_mean(0.0, 0.1, 0.05), None);
    }

    // scipy 1.17: first n >= ((t.ppf(.975, n-1) + t.ppf(.8, n-1)) / es)**2; statsmodels' TTestPower (noncentral t) gives
    // 198.2, 33.4, 9.9, 4.2 and 3141.5.
    #[test]
    fn mean_units_match_the_reference() {
        for (effect, expected) in [(0.2, 199), (0.5, 34), (1.0, 10), (2.0, 5)] {
            assert_eq!(units_for_mean(1.0, effect, 0.05), Some(expected));
            assert_eq!(units_for_mean(0.5, -effect / 2.0, 0.05), Some(expected));
        }
        let many = units_for_mean(1.0, 0.05, 0.05).expect("an effect");
        assert!((3142..=3143).contains(&many), "{many}");
    }
}
