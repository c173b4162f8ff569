//! Forecast amounts and bare numbers for people.

use crate::report::money::{dollars, from_float};
use crate::report::number::{count, unsigned_zero};

/// Writes forecast dollars: whole from a hundred on, three digits below.
pub(super) fn usd(amount: f64) -> String {
    if !amount.is_finite() {
        return "-".to_owned();
    }
    if amount.abs() < 100.0 {
        return dollars(from_float(amount));
    }
    let sign = if amount < 0.0 { "-" } else { "" };
    format!("{sign}${}", grouped(&format!("{:.0}", amount.abs())))
}

/// Writes a number with four digits at least, and its thousands apart.
pub(super) fn plain(number: f64) -> String {
    let size = number.abs();
    if !number.is_finite() {
        return "-".to_owned();
    }
    if size >= 1e15 || (size > 0.0 && size < 1e-6) {
        return format!("{number:.3e}");
    }
    let places = if size >= 1000.0 || number.fract() == 0.0 {
        0
    } else if size >= 100.0 {
        1
    } else if size >= 1.0 {
        3
    } else if size >= 0.01 {
        4
    } else {
        8
    };
    let text = unsigned_zero(format!("{number:.places$}"));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(digits))
}

/// Writes a probability as per cent, with a decimal where it is near an end.
pub(super) fn chance(p: f64) -> String {
    let percent = p * 100.0;
    if p > 0.0 && p < 1.0 && !(1.0..=99.0).contains(&percent) {
        format!("{percent:.2}")
    } else {
        format!("{percent:.0}")
    }
}

fn grouped(digits: &str) -> String {
    digits.parse().map_or_else(|_| digits.to_owned(), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_numbers_read_easily() {
        for (amount, text) in [
            (0.0, "$0"),
            (0.000_613_2, "$0.000613"),
            (12.5, "$12.50"),
            (-99_312.4, "-$99,312"),
            (12_345_678.9, "$12,345,679"),
        ] {
            assert_eq!(usd(amount), text);
        }
        for (number, text) in [
            (0.0, "0"),
            (-0.04, "-0.04"),
            (0.000_479, "0.000479"),
            (1.69, "1.69"),
            (300_000.0, "300,000"),
            (989e12, "989,000,000,000,000"),
            (1_234_567.8, "1,234,568"),
        ] {
            assert_eq!(plain(number), text);
        }
        assert_eq!(
            [0.0, 0.001_2, 0.5, 0.999_9, 1.0].map(chance),
            ["0", "0.12", "50", "99.99", "100"]
        );
    }
}
