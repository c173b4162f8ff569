//! Dollars for people.

use crate::domain::Usd;
use crate::report::number::count;

/// Writes an amount so that nothing but nothing reads as `$0`: cents from a dollar on, three significant digits below.
///
/// Shape: `$0`, `$1,234.50`, `$0.0123`, `$0.0000244`; never fewer than two decimals unless it is exactly zero.
/// A rounded number, for display; the exact one is [`Usd`]'s own text.
pub fn dollars(amount: Usd) -> String {
    let sign = if amount.picos() < 0 { "-" } else { "" };
    format!("{sign}${}", digits(amount))
}

/// Writes an amount as [`dollars`] does, without sign and without `$`: for a column that names its unit.
pub(crate) fn digits(amount: Usd) -> String {
    const DOLLAR: u64 = 1_000_000_000_000;
    let picos = amount.picos().unsigned_abs();
    if picos == 0 {
        return "0".to_owned();
    }
    let unit = if picos >= DOLLAR {
        DOLLAR / 100
    } else {
        10_u64.pow(picos.ilog10().saturating_sub(2))
    };
    let rounded = (picos + unit / 2) / unit * unit;
    let fraction = format!("{:012}", rounded % DOLLAR);
    let (cents, finer) = fraction.split_at(2);
    format!(
        "{}.{cents}{}",
        count(rounded / DOLLAR),
        finer.trim_end_matches('0')
    )
}

/// Makes an amount of a float: a declared limit, or a mean that was found. For display only.
#[expect(
    clippy::cast_possible_truncation,
    reason = "display; a cast of a float saturates"
)]
pub(crate) fn from_float(dollars: f64) -> Usd {
    Usd::from_picos((dollars * 1e12).round() as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_keep_three_digits_and_never_fade_to_nothing() {
        for (text, shown) in [
            ("0", "$0"),
            ("0.000000000001", "$0.000000000001"),
            ("0.0000244", "$0.0000244"),
            ("0.00002441", "$0.0000244"),
            ("0.005", "$0.005"),
            ("0.0123456", "$0.0123"),
            ("0.5", "$0.50"),
            ("0.9996", "$1.00"),
            ("0.09996", "$0.10"),
            ("1", "$1.00"),
            ("1.005", "$1.01"),
            ("1234.5", "$1,234.50"),
            ("-0.25", "-$0.25"),
            ("9223372.036854775807", "$9,223,372.04"),
        ] {
            assert_eq!(dollars(text.parse().expect(text)), shown, "{text}");
        }
        assert_eq!(dollars(Usd::from_picos(i64::MIN)), "-$9,223,372.04");
        assert_eq!(dollars(from_float(0.01)), "$0.01");
    }

    proptest! {
        #[test]
        fn only_nothing_is_shown_as_nothing(picos in any::<i64>()) {
            let shown = dollars(Usd::from_picos(picos));
            prop_assert_eq!(picos == 0, !shown.contains(|c: char| ('1'..='9').contains(&c)));
        }

        #[test]
        fn what_is_shown_is_within_half_a_percent(picos in 1..i64::MAX) {
            let shown: f64 = dollars(Usd::from_picos(picos)).replace(['$', ','], "").parse().expect("a number");
            let exact = Usd::from_picos(picos).as_f64();
            prop_assert!((shown - exact).abs() <= exact * 0.005 + 1e-15, "{} for {}", shown, exact);
        }
    }
}
