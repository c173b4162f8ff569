//! What a value may be: one reader for TOML, one for the text of variables and flags.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use crate::domain::{Usd, and_list};

/// The type of a setting.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number from 1.
    Count,
    /// A number from 0.
    Number,
    /// Dollars from 0.
    Money,
    /// An exact decimal from 0.
    Decimal,
    /// True or false.
    Switch,
    /// A span of time above 0.
    Time,
    /// A day.
    Date,
    /// Three capital letters of ISO 4217.
    Currency,
    /// The name of an environment variable. What is found is never shown: it may be the key itself.
    Variable,
    /// The value of a header. Never shown.
    Header,
    /// Anything that JSON can say.
    Json,
}

/// A value, typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Count(u32),
    Number(f64),
    Money(Usd),
    Decimal(Decimal),
    Switch(bool),
    Time(Duration),
    Date(Date),
    Json(Json),
}

impl Kind {
    /// Reads a TOML value.
    ///
    /// Errors: what was found, in words.
    pub(super) fn read(self, value: &DeValue<'_>) -> Result<Value, String> {
        match (self, value) {
            (Self::Json, value) => json(value).map(Value::Json),
            (Self::Switch, DeValue::Boolean(flag)) => Ok(Value::Switch(*flag)),
            (Self::Date, DeValue::Datetime(day)) => self.parse(&day.to_string()),
            (Self::Count | Self::Number | Self::Money | Self::Decimal, DeValue::Integer(i)) => {
                self.parse(&i.to_string())
            }
            (Self::Number | Self::Money | Self::Decimal, DeValue::Float(f)) => {
                self.parse(f.as_str())
            }
            (Self::Time, DeValue::Integer(seconds)) => self.parse(&seconds.to_string()),
            (Self::Count | Self::Number | Self::Switch, DeValue::String(_)) => {
                Err("a string".to_owned())
            }
            (_, DeValue::String(text)) => self.parse(text),
            (_, other) => Err(with_article(other.type_str())),
        }
    }

    /// Reads the text of a variable or a flag.
    ///
    /// Errors: what was found, in words.
    pub(super) fn parse(self, text: &str) -> Result<Value, String> {
        let value = match self {
            Self::Text | Self::Header => Some(Value::Text(text.to_owned())),
            Self::Choice(words) => words.contains(&text).then(|| Value::Text(text.to_owned())),
            Self::Count => text
                .parse()
                .ok()
                .filter(|count| *count > 0)
                .map(Value::Count),
            Self::Number => text
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite() && *number >= 0.0)
                .map(Value::Number),
            Self::Money => text
                .parse()
                .ok()
                .filter(|amount| *amount >= Usd::ZERO)
                .map(Value::Money),
            Self::Decimal => Decimal::from_str_exact(text)
                .ok()
                .filter(|amount| !amount.is_sign_negative() || amount.is_zero())
                .map(Value::Decimal),
            Self::Switch => text.parse().ok().map(Value::Switch),
            Self::Time => span(text).map(Value::Time),
            Self::Date => text.parse().ok().map(Value::Date),
            Self::Currency => (text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()))
                .then(|| Value::Text(text.to_owned())),
            Self::Variable => is_variable(text).then(|| Value::Text(text.to_owned())),
            Self::Json => serde_json::from_str(text).ok().map(Value::Json),
        };
        value.ok_or_else(|| self.found(text))
    }

    fn found(self, text: &str) -> String {
        match self {
            Self::Variable | Self::Header => "a text that is no such name".to_owned(),
            _ if text.chars().count() > 60 => "a long text".to_owned(),
            _ => format!("`{}`", text.escape_debug()),
        }
    }

    /// Says what is expected.
    pub(super) fn expected(self) -> String {
        match self {
            Self::Text | Self::Header => "a string".to_owned(),
            Self::Choice(words) => and_list(words, words.len()).replace(" and ", " or "),
            Self::Count => format!("a whole number from 1 to {}", u32::MAX),
            Self::Number => "a number from 0".to_owned(),
            Self::Money => "US dollars from 0, such as `\"1.50\"`".to_owned(),
            Self::Decimal => "an exact decimal from 0, such as `\"0.25\"`".to_owned(),
            Self::Switch => "`true` or `false`".to_owned(),
            Self::Time => "a span of time above 0, such as `\"30s\"` or `\"2m\"`".to_owned(),
            Self::Date => "a day, such as `2026-11-24`".to_owned(),
            Self::Currency => "a currency of three capital letters, such as `CNY`".to_owned(),
            Self::Variable => {
                "the name of an environment variable, such as `OPENAI_API_KEY`".to_owned()
            }
            Self::Json => "a value that JSON can say".to_owned(),
        }
    }
}

impl Value {
    pub(super) fn as_time(&self) -> Option<Duration> {
        match self {
            Self::Time(time) => Some(*time),
            _ => None,
        }
    }

    pub(super) fn as_date(&self) -> Option<Date> {
        match self {
            Self::Date(day) => Some(*day),
            _ => None,
        }
    }

    /// Writes the value as a person would type it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Money(amount) => short(&amount.to_string()),
            Self::Decimal(amount) => amount.to_string(),
            Self::Switch(flag) => flag.to_string(),
            Self::Time(time) => SignedDuration::try_from(*time)
                .map_or_else(|_| format!("{time:?}"), |t| format!("{t:#}")),
            Self::Date(day) => day.to_string(),
            Self::Json(value) => value.to_string(),
        }
    }
}

/// Cuts the zeros of an amount down to cents: `1.000000000000` → `1.00`.
fn short(amount: &str) -> String {
    let (whole, places) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}.{:0<2}", places.trim_end_matches('0'))
}

/// Tells whether a text can be the name of an environment variable (POSIX, with lower case).
pub(super) fn is_variable(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Reads `30s`, `2m`, `1h 30m`, `500ms`, ISO 8601, or a bare number of seconds.
fn span(text: &str) -> Option<Duration> {
    let span = match text.trim().parse::<u32>() {
        Ok(seconds) => SignedDuration::from_secs(i64::from(seconds)),
        Err(_) => text.trim().parse().ok()?,
    };
    Duration::try_from(span).ok().filter(|span| !span.is_zero())
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// Turns TOML into JSON; nothing of JSON is a date, an infinity or a number past its range.
fn json(value: &DeValue<'_>) -> Result<Json, String> {
    match value {
        DeValue::String(text) => Ok(Json::from(text.as_ref())),
        DeValue::Boolean(flag) => Ok(Json::from(*flag)),
        DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix())
            .map(Json::from)
            .map_err(|_| format!("`{i}`, which is past the range")),
        DeValue::Float(f) => f
            .as_str()
            .parse()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map(Json::Number)
            .ok_or_else(|| format!("`{f}`")),
        DeValue::Datetime(day) => Err(format!("the date `{day}`")),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => json_table(table),
    }
}

fn json_table(table: &DeTable<'_>) -> Result<Json, String> {
    table
        .iter()
        .map(|(name, value)| Ok((name.get_ref().to_string(), json(value.get_ref())?)))
        .collect::<Result<serde_json::Map<_, _>, String>>()
        .map(Json::Object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_exactly() {
        assert_eq!(
            Kind::Time.parse("90"),
            Ok(Value::Time(Duration::from_secs(90)))
        );
        assert_eq!(
            Kind::Time.parse("1h 30m"),
            Ok(Value::Time(Duration::from_mins(90)))
        );
        assert_eq!(
            Kind::Time.parse("500ms"),
            Ok(Value::Time(Duration::from_millis(500)))
        );
        assert_eq!(Kind::Time.parse("0s"), Err("`0s`".to_owned()));
        assert_eq!(Kind::Time.parse("-1s"), Err("`-1s`".to_owned()));
        assert_eq!(Kind::Count.parse("0"), Err("`0`".to_owned()));
        assert_eq!(Kind::Money.parse("-1"), Err("`-1`".to_owned()));
        assert_eq!(
            Kind::Decimal.parse("0.1").map(|v| v.shown()),
            Ok("0.1".to_owned())
        );
        assert_eq!(
            Kind::Choice(&["en", "zh"]).parse("fr"),
            Err("`fr`".to_owned())
        );
        assert_eq!(Kind::Choice(&["en", "zh"]).expected(), "`en` or `zh`");
    }

    #[test]
    fn a_key_in_the_place_of_a_name_is_not_repeated() {
        let found = Kind::Variable.parse("sk-proj-canary").unwrap_err();
        assert!(!found.contains("canary"), "{found}");
    }

    #[test]
    fn shown_values_read_back() {
        for (kind, text) in [
            (Kind::Money, "1.50"),
            (Kind::Money, "0.000000000001"),
            (Kind::Time, "10m"),
            (Kind::Count, "16"),
            (Kind::Date, "2026-11-24"),
        ] {
            assert_eq!(kind.parse(text).map(|v| v.shown()), Ok(text.to_owned()));
        }
    }
}
