//! Money as integers: dollars in picodollars, prices in attodollars a token.

use std::fmt;
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of US dollars, exact to a picodollar.
///
/// Units: picodollars (10⁻¹² $) in an `i64`, which reaches 9.2 million dollars; sums that pass it saturate nowhere but are
/// refused by the `checked_` functions. The text form is a decimal with 12 places, as in every JSON report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Usd(i64);

/// A text that is no amount of dollars.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "found `{found}`, expected an amount in US dollars with at most 12 decimals, such as `1.50`"
)]
pub struct UsdError {
    /// What was found.
    pub found: String,
}

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount; used where an absent cap must compare as infinite.
    pub const MAX: Self = Self(i64::MAX);

    /// Makes an amount of picodollars.
    pub const fn from_picos(picos: i64) -> Self {
        Self(picos)
    }

    /// Returns the amount in picodollars.
    pub const fn picos(self) -> i64 {
        self.0
    }

    /// Returns the amount as a float, for forecasts and display only.
    #[expect(
        clippy::cast_precision_loss,
        reason = "display and forecasts accept a float's 53 bits"
    )]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// Adds, or returns `None` past the range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Subtracts, or returns `None` past the range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Adds and stops at the largest amount; only for estimates and worst cases, never for a booking.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Multiplies by a count and stops at the largest amount; only for estimates and worst cases.
    #[must_use]
    pub fn saturating_mul(self, count: u64) -> Self {
        Self(
            self.0
                .saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)),
        )
    }

    /// Tells whether this is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let picos = self.0.unsigned_abs();
        write!(
            f,
            "{sign}{}.{:012}",
            picos / 1_000_000_000_000,
            picos % 1_000_000_000_000
        )
    }
}

impl FromStr for Usd {
    type Err = UsdError;

    fn from_str(text: &str) -> Result<Self, UsdError> {
        let refuse = || UsdError {
            found: text.to_owned(),
        };
        let decimal = Decimal::from_str_exact(text.trim().trim_start_matches('$'))
            .map_err(|_| refuse())?
            .normalize();
        if decimal.scale() > 12 {
            return Err(refuse());
        }
        let picos = decimal
            .mantissa()
            .checked_mul(10_i128.pow(12 - decimal.scale()))
            .ok_or_else(refuse)?;
        i64::try_from(picos).map(Self).map_err(|_| refuse())
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The price of one token (or of one request, search, …) in attodollars (10⁻¹⁸ $).
///
/// One attodollar a token is 10⁻¹² $ for a million tokens, so that every price of the book is exact; a picodollar a token
/// would round the seven finest of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(i64);

impl Rate {
    /// Nothing a token.
    pub const FREE: Self = Self(0);

    /// Makes a rate of attodollars for one unit.
    pub const fn from_attos(attos: i64) -> Self {
        Self(attos)
    }

    /// Returns the rate in attodollars for one unit.
    pub const fn attos(self) -> i64 {
        self.0
    }

    /// Makes a rate from dollars for `per` units (a million tokens, a thousand requests), rounded half to even to an attodollar.
    ///
    /// Errors: `None` when it is negative or out of range.
    pub fn from_decimal(dollars: Decimal, per: u32) -> Option<Self> {
        let attos = dollars
            .checked_mul(Decimal::from(10_u64.pow(18)))?
            .checked_div(Decimal::from(per))?;
        let whole = attos
            .round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven)
            .to_i64()?;
        (whole >= 0).then_some(Self(whole))
    }

    /// Returns what `quantity` units cost, rounded half to even to a picodollar: the one rounding of a line.
    ///
    /// Errors: `None` when the amount passes the range of [`Usd`].
    pub fn times(self, quantity: u64) -> Option<Usd> {
        let attos = i128::from(self.0).checked_mul(i128::from(quantity))?;
        let (whole, rest) = (attos.div_euclid(1_000_000), attos.rem_euclid(1_000_000));
        let up = rest > 500_000 || (rest == 500_000 && whole % 2 != 0);
        i64::try_from(whole + i128::from(up))
            .ok()
            .map(Usd::from_picos)
    }

    /// Returns the least amount that surely covers `quantity` units: rounded up, saturating.
    pub fn times_up(self, quantity: u64) -> Usd {
        let attos = i128::from(self.0).saturating_mul(i128::from(quantity));
        let up = attos.div_euclid(1_000_000) + i128::from(attos.rem_euclid(1_000_000) != 0);
        Usd::from_picos(i64::try_from(up).unwrap_or(i64::MAX))
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self)
    }
}

/// What one call cost: owed to a provider, or the declared cost of a local machine. Never added silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Owed to a provider.
    pub billed: Usd,
    /// Declared cost of a local machine.
    pub imputed: Usd,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_form_has_twelve_places_and_reads_back() {
        for (text, picos) in [
            ("1.50", 1_500_000_000_000),
            ("0.000000000001", 1),
            ("-2", -2_000_000_000_000),
            ("$0.1", 100_000_000_000),
        ] {
            assert_eq!(text.parse::<Usd>().expect(text).picos(), picos);
        }
        assert_eq!(Usd::from_picos(-1).to_string(), "-0.000000000001");
        assert_eq!(
            Usd::from_picos(i64::MIN).to_string(),
            "-9223372.036854775808"
        );
        for bad in ["", "1e3", "abc", "0.0000000000001", "99999999", "NaN"] {
            assert!(bad.parse::<Usd>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_line_rounds_once_half_to_even() {
        let half = Rate::from_attos(500_000);
        assert_eq!(half.times(1), Some(Usd::from_picos(0)));
        assert_eq!(half.times(3), Some(Usd::from_picos(2)));
        assert_eq!(half.times_up(1), Usd::from_picos(1));
        let price =
            Rate::from_decimal("2.5".parse().expect("a decimal"), 1_000_000).expect("a rate");
        assert_eq!(
            price.times(1_000_000),
            Some("2.5".parse().expect("an amount"))
        );
        assert_eq!(
            Rate::from_decimal("-1".parse().expect("a decimal"), 1),
            None
        );
        assert_eq!(Rate::from_attos(i64::MAX).times(u64::MAX), None);
    }

    proptest! {
        #[test]
        fn text_round_trips(picos in any::<i64>()) {
            prop_assert_eq!(Usd::from_picos(picos).to_string().parse::<Usd>(), Ok(Usd::from_picos(picos)));
        }

        #[test]
        fn rounding_up_covers_rounding_to_even(attos in 0..i64::MAX / 1_000_000_000, quantity in 0_u64..1_000_000) {
            let rate = Rate::from_attos(attos);
            prop_assert!(rate.times_up(quantity) >= rate.times(quantity).expect("in range"));
        }
    }
}
