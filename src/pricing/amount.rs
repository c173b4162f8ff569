//! Decimals out of JSON and TOML, exactly as they are written.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A decimal number, written as a number or as a text.
///
/// A number arrives as a float. Its shortest text that reads back as the same float is the literal itself as long as the
/// literal has at most 15 digits, or was printed by a program that prints floats this way, as the book's was; so no digit
/// is lost on this way round. A test compares each price of the book with its literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount(pub(super) Decimal);

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal such as `0.25`")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Amount, E> {
        Ok(Amount(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Amount, E> {
        Ok(Amount(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Amount, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        Decimal::from_str_exact(text.trim())
            .map(Amount)
            .map_err(|_| {
                E::custom(format_args!(
                    "found `{text}`, expected a decimal such as `0.25`"
                ))
            })
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<String> {
        serde_json::from_str::<Amount>(json)
            .ok()
            .map(|amount| amount.0.to_string())
    }

    #[test]
    fn numbers_and_texts_keep_every_digit() {
        for (json, expected) in [
            ("2", "2"),
            ("0.08333333333333334", "0.08333333333333334"),
            ("1e-7", "0.0000001"),
            (r#"" 0.20 ""#, "0.20"),
            ("-1", "-1"),
        ] {
            assert_eq!(read(json).as_deref(), Some(expected), "{json}");
        }
        for bad in [r#""1,5""#, r#""""#, "1e300", "null", "true", r#""0x1""#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
