//! What a run will cost, before it is paid: from what its prompt's calls cost before, and at worst.

use crate::domain::{ModelRef, PromptName, Usd};
use crate::stats::{Mean, normal_quantile, real};

/// Recorded calls from which a forecast is made.
pub const ENOUGH_CALLS: usize = 10;

/// What is known of one planned run before it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The prompt.
    pub prompt: PromptName,
    /// The run's own cap.
    pub budget: Option<Usd>,
    /// Its parts.
    pub parts: Vec<EstimatePart>,
}

/// Whether what is left of a cap is enough; the worse, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Even at worst.
    Surely,
    /// Nine times in ten, by what was recorded.
    Likely,
    /// Not at worst, and nothing recorded tells more.
    Unsure,
    /// Not even nine times in ten.
    No,
}

impl Fit {
    /// Returns its word, as in reports for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Surely => "surely",
            Self::Likely => "likely",
            Self::Unsure => "unsure",
            Self::No => "no",
        }
    }
}

/// Tells whether an amount is enough for all parts of planned runs.
pub fn fit<'a>(parts: impl Iterator<Item = &'a EstimatePart>, left: Usd) -> Fit {
    let (mut worst, mut likely) = (Usd::ZERO, Some(Usd::ZERO));
    for part in parts {
        worst = worst.saturating_add(part.worst);
        // The nine-in-ten bounds of parts add up to more than that of their sum: the error is on the safe side.
        let bound = part.forecast.map(|forecast| forecast.p90.min(part.worst));
        likely = likely
            .zip(bound)
            .map(|(sum, bound)| sum.saturating_add(bound));
    }
    match likely {
        _ if worst <= left => Fit::Surely,
        Some(likely) if likely <= left => Fit::Likely,
        Some(_) => Fit::No,
        None => Fit::Unsure,
    }
}

/// The trials of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimatePart {
    /// The model.
    pub model: ModelRef,
    /// Calls at most: answers that are recorded already cost nothing.
    pub calls: u64,
    /// All calls at their worst case, retries left out.
    pub worst: Usd,
    /// From the recorded calls of this prompt on this model; `None` with fewer than [`ENOUGH_CALLS`].
    pub forecast: Option<Forecast>,
}

/// What recorded calls promise for as many new ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Recorded calls it is made from.
    pub from: usize,
    /// As likely too high as too low.
    pub p50: Usd,
    /// Exceeded once in ten times.
    pub p90: Usd,
    /// Tokens read and written in all.
    pub tokens: u64,
    /// Seconds of answering, one call after another.
    pub seconds: f64,
}

/// One recorded call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PastCall {
    /// What it was billed.
    pub billed: Usd,
    /// Tokens read and written.
    pub tokens: u64,
    /// Milliseconds.
    pub latency_ms: u64,
}

/// Forecasts the sum of `calls` new calls from recorded ones: their mean, and the normal approximation of a sum of
/// independent draws, widened by the error of the mean itself (variance `n s² (1 + n / m)` for n new and m recorded calls).
///
/// Source: the prediction interval of a sum, e.g. Hahn and Meeker, *Statistical Intervals* (1991), section 4.6.
pub fn forecast(past: &[PastCall], calls: u64) -> Option<Forecast> {
    if past.len() < ENOUGH_CALLS {
        return None;
    }
    let mean = |value: fn(&PastCall) -> f64| Mean::of(&past.iter().map(value).collect::<Vec<_>>());
    let (recorded, new) = (real(past.len()), real(usize::try_from(calls).ok()?));
    let billed = mean(|call| call.billed.as_f64())?;
    // The variance n s² (1 + n / m) by the standard error of the mean, s / √m.
    let deviation = billed.standard_error * (new * (recorded + new)).sqrt();
    let (tokens, millis) = (
        mean(|call| count(call.tokens))?,
        mean(|call| count(call.latency_ms))?,
    );
    Some(Forecast {
        from: past.len(),
        p50: dollars(billed.mean * new),
        p90: dollars(billed.mean * new + normal_quantile(0.9) * deviation),
        tokens: rounded(tokens.mean * new),
        seconds: millis.mean * new / 1e3,
    })
}

fn count(number: u64) -> f64 {
    real(usize::try_from(number).unwrap_or(usize::MAX))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a forecast; a cast of a float saturates"
)]
fn dollars(amount: f64) -> Usd {
    Usd::from_picos((amount * 1e12).round() as i64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a forecast; a cast of a float saturates"
)]
fn rounded(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(micros: i64) -> PastCall {
        PastCall {
            billed: Usd::from_picos(micros * 1_000_000),
            tokens: 100,
            latency_ms: 500,
        }
    }

    #[test]
    fn calls_of_one_price_are_certain() {
        let found = forecast(&[call(20); 10], 64).unwrap();
        assert_eq!(
            (found.p50, found.p90),
            (call(20 * 64).billed, call(20 * 64).billed)
        );
        assert_eq!((found.from, found.tokens), (10, 6_400));
        assert!((found.seconds - 32.0).abs() < 1e-9);
        assert_eq!(forecast(&[call(20); 9], 64), None, "too few to say");
    }

    #[test]
    fn the_high_figure_is_exceeded_once_in_ten_times() {
        // 16 recorded calls at 10 and 30, mean 20, s = 10.328; 16 new: deviation s √(16 · 2) = 58.42, times 1.28155.
        let past: Vec<PastCall> = (0..16)
            .map(|n| call(if n % 2 == 0 { 10 } else { 30 }))
            .collect();
        let found = forecast(&past, 16).unwrap();
        assert_eq!(found.p50, call(320).billed);
        let above = (found.p90.as_f64() - found.p50.as_f64()) * 1e6;
        assert!((above - 74.87).abs() < 0.01, "{above}");
        assert_eq!(forecast(&past, 0).unwrap().p90, Usd::ZERO);
    }
}
