//! A value axis: bounds and ticks at round numbers.

use crate::report::money::{dollars, from_float};
use crate::report::number::unsigned_zero;
use crate::report::text::Lang;

/// What values are, and so how ticks read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// US dollars.
    Usd,
    /// Shares in [0, 1], read as per cent.
    Share,
}

impl Unit {
    /// Writes a tick, with as many decimals as its step has; without a step, as an amount is written.
    pub(super) fn write(self, value: f64, step: f64, lang: Lang) -> String {
        match self {
            Self::Usd if step > 0.0 => usd(value, step),
            Self::Usd => dollars(from_float(value)),
            Self::Share => {
                let places = usize::from(step < 0.009_99);
                lang.percent(&unsigned_zero(format!("{:.places$}", value * 100.0)))
            }
        }
    }
}

fn usd(value: f64, step: f64) -> String {
    let places = (0..=12_usize)
        .zip(std::iter::successors(Some(1.0), |power| Some(power / 10.0)))
        .find(|(_, power)| step >= power * (1.0 - 1e-9))
        .map_or(12, |(places, _)| places);
    // Cents are written in full.
    let places = if places == 1 { 2 } else { places };
    if value == 0.0 {
        "$0".to_owned()
    } else {
        format!("${value:.places$}")
    }
}

/// A value axis; its bounds are ticks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
    pub(super) ticks: Vec<f64>,
}

/// Beyond this the ledger's amounts end; larger values are drawn at the edge.
const MOST: f64 = 8e6;
/// A picodollar.
const LEAST: f64 = 1e-12;

impl Axis {
    /// Makes an axis that covers the values, with about five ticks at 1, 2 or 5 times a power of ten.
    pub(super) fn over(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .map(|value| value.clamp(-MOST, MOST))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        // A single value is seen against zero, nothing against one.
        let (low, high) = if low < high {
            (low, high)
        } else if low.is_finite() && low != 0.0 {
            (low.min(0.0), low.max(0.0))
        } else {
            (0.0, 1.0)
        };
        // A range that rounding would swallow is none.
        let range = (high - low).max(LEAST.max(low.abs().max(high.abs()) * 1e-9));
        let step = round_step(range / 5.0);
        let from = (low / step + 1e-9).floor();
        let to = (high / step - 1e-9).ceil().max(from + 1.0);
        let ticks = (0..=12)
            .map(|at| from + f64::from(at))
            .take_while(|tick| *tick <= to)
            .map(|tick| tick * step);
        Self {
            low: from * step,
            high: to * step,
            step,
            ticks: ticks.collect(),
        }
    }

    /// Returns how far up a value stands, from 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// Returns the least of 1, 2 and 5 times a power of ten that is not less.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    let enough = steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9));
    enough.unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        let ticks = |values: &[f64], unit: Unit| {
            let axis = Axis::over(values.iter().copied());
            let write = |tick: &f64| unit.write(*tick, axis.step, Lang::En);
            axis.ticks.iter().map(write).collect::<Vec<_>>()
        };
        assert_eq!(
            ticks(&[0.0, 0.173], Unit::Usd),
            ["$0", "$0.05", "$0.10", "$0.15", "$0.20"]
        );
        assert_eq!(
            ticks(&[0.42, 0.98], Unit::Share),
            ["40 %", "60 %", "80 %", "100 %"]
        );
        assert_eq!(
            ticks(&[0.5, 0.51], Unit::Share),
            ["50.0 %", "50.2 %", "50.4 %", "50.6 %", "50.8 %", "51.0 %"]
        );
        assert_eq!(
            ticks(&[0.0, 3100.0], Unit::Usd),
            ["$0", "$1000", "$2000", "$3000", "$4000"]
        );
        assert_eq!(ticks(&[], Unit::Share).len(), 6);
        assert_eq!(ticks(&[f64::NAN, 0.0], Unit::Usd).len(), 6);
        assert_eq!(
            ticks(&[0.0, 0.0169], Unit::Usd),
            ["$0", "$0.005", "$0.010", "$0.015", "$0.020"]
        );
    }
}
