//! How long a provider asks to wait: `Retry-After` in its forms, and the reset headers.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// A date farther off than this is a wrong clock or a wrong header.
const ABSURD: Duration = Duration::from_hours(1);

/// What the headers say about waiting, by the row of the table that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::provider) enum Wait {
    /// Nothing, or nothing readable.
    Unsaid,
    /// `retry-after-ms`, or `Retry-After` in seconds (F1).
    Seconds(Duration),
    /// `Retry-After` as a date; `None` when it is past or absurd (F2).
    Date(Option<Duration>),
    /// Only resets of rate limits: the largest of those that are used up (F3).
    Reset(Duration),
}

impl Wait {
    /// Reads the headers; `now` is used only where the answer carries no `Date` of its own.
    pub(in crate::provider) fn read(headers: &HeaderMap, now: Timestamp) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        if let Some(wait) = text("retry-after-ms").and_then(|ms| seconds(ms, 1e-3)) {
            return Self::Seconds(wait);
        }
        let now = text(DATE.as_str()).and_then(http_date).unwrap_or(now);
        if let Some(asked) = text(RETRY_AFTER.as_str()) {
            if let Some(wait) = seconds(asked, 1.0) {
                return Self::Seconds(wait);
            }
            if let Some(date) = http_date(asked) {
                let wait = until(date, now).filter(|wait| *wait <= ABSURD);
                return Self::Date(wait);
            }
        }
        resets(headers, now).max().map_or(Self::Unsaid, Self::Reset)
    }

    /// Returns the wait itself.
    pub(in crate::provider) fn duration(self) -> Option<Duration> {
        match self {
            Self::Unsaid => None,
            Self::Seconds(wait) | Self::Reset(wait) => Some(wait),
            Self::Date(wait) => wait,
        }
    }
}

/// Resets of the limits that are used up; a limit with something left is not the one that refused.
fn resets(headers: &HeaderMap, now: Timestamp) -> impl Iterator<Item = Duration> + '_ {
    headers.iter().filter_map(move |(name, value)| {
        let name = name.as_str();
        let left = if name.starts_with("x-ratelimit-reset") {
            name.replacen("reset", "remaining", 1)
        } else {
            let limit = name
                .strip_prefix("anthropic-ratelimit-")?
                .strip_suffix("-reset")?;
            format!("anthropic-ratelimit-{limit}-remaining")
        };
        let unused = headers
            .get(left)
            .and_then(|left| left.to_str().ok()?.trim().parse::<f64>().ok())
            .is_some_and(|left| left > 0.0);
        if unused {
            return None;
        }
        reset(value.to_str().ok()?.trim(), now)
    })
}

/// `6m0s`, `12ms`, `23h47m36s`, `1.5`, a time since 1970 in seconds or milliseconds, or a date.
fn reset(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        return if number >= 1e9 {
            let scale = if number >= 1e12 { 1e-3 } else { 1.0 };
            let at = jiff::SignedDuration::try_from_secs_f64(number * scale).ok()?;
            until(Timestamp::from_duration(at).ok()?, now)
        } else {
            seconds(text, 1.0)
        };
    }
    units(text).or_else(|| {
        let date = text.parse::<Timestamp>().ok().or_else(|| http_date(text))?;
        until(date, now)
    })
}

fn units(text: &str) -> Option<Duration> {
    let mut sum = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let length = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(length);
        let scale = match unit {
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        sum = sum.checked_add(seconds(number, scale)?)?;
        rest = after;
    }
    (!text.is_empty()).then_some(sum)
}

fn seconds(number: &str, scale: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * scale).ok()
}

fn until(date: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(date.duration_since(now)).ok()
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Wait {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        Wait::read(&headers, "2026-11-24T08:00:00Z".parse().unwrap())
    }

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn retry_after_comes_in_seconds_or_as_a_date() {
        assert_eq!(read(&[("retry-after", "20")]), Wait::Seconds(ms(20_000)));
        assert_eq!(read(&[("retry-after", "0.5")]), Wait::Seconds(ms(500)));
        assert_eq!(
            read(&[("retry-after-ms", "250"), ("retry-after", "9")]),
            Wait::Seconds(ms(250))
        );
        let date = ("retry-after", "Tue, 24 Nov 2026 08:00:30 GMT");
        assert_eq!(read(&[date]), Wait::Date(Some(ms(30_000))));
        assert_eq!(
            read(&[date, ("date", "Tue, 24 Nov 2026 08:00:20 GMT")]),
            Wait::Date(Some(ms(10_000)))
        );
        assert_eq!(
            read(&[date, ("date", "Tue, 24 Nov 2026 09:00:00 GMT")]),
            Wait::Date(None)
        );
        assert_eq!(
            read(&[("retry-after", "Tue, 24 Nov 2099 08:00:30 GMT")]),
            Wait::Date(None)
        );
        for nonsense in ["", "soon", "-5", "NaN", "1e400"] {
            assert_eq!(
                read(&[("retry-after", nonsense)]),
                Wait::Unsaid,
                "{nonsense}"
            );
        }
    }

    #[test]
    fn resets_are_read_in_every_form_and_the_largest_counts() {
        for (value, expected) in [
            ("6m0s", 360_000),
            ("12ms", 12),
            ("23h47m36s", 85_656_000),
            ("1.5s", 1500),
            ("2d", 172_800_000),
            ("7", 7000),
            ("2026-11-24T08:01:00Z", 60_000),
            ("1795507260", 60_000),
            ("1795507260000", 60_000),
        ] {
            assert_eq!(
                read(&[("x-ratelimit-reset-tokens", value)]),
                Wait::Reset(ms(expected)),
                "{value}"
            );
        }
        assert_eq!(
            read(&[
                ("x-ratelimit-reset-tokens", "1s"),
                ("x-ratelimit-reset-requests", "3s")
            ]),
            Wait::Reset(ms(3000))
        );
        assert_eq!(
            read(&[
                ("x-ratelimit-reset-tokens", "1s"),
                ("x-ratelimit-reset-requests", "23h0m0s"),
                ("x-ratelimit-remaining-requests", "9999"),
            ]),
            Wait::Reset(ms(1000))
        );
        assert_eq!(
            read(&[("anthropic-ratelimit-tokens-reset", "2026-11-24T08:00:05Z")]),
            Wait::Reset(ms(5000))
        );
        for nonsense in ["", "1x", "s", "1m s"] {
            assert_eq!(
                read(&[("x-ratelimit-reset-tokens", nonsense)]),
                Wait::Unsaid,
                "{nonsense}"
            );
        }
    }
}
