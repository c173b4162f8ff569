//! Temperatures, as people write them.

use crate::train::corpus::Tongue;
use crate::train::corpus::dice::Dice;

/// One temperature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figure {
    /// As the note writes it, without its unit.
    pub(super) written: String,
    /// As JSON writes it.
    pub(super) number: String,
}

/// A lowest and a highest temperature and what their figures are measured in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// The lowest.
    pub(super) low: Figure,
    /// The highest: always greater.
    pub(super) high: Figure,
    /// Written behind a figure; may begin with a space, may be empty.
    pub(super) unit: &'static str,
}

/// How the figures of one note are written.
struct Style {
    /// Decimal places.
    places: usize,
    minus: &'static str,
}

impl Span {
    /// Makes one up.
    pub(super) fn new(tongue: Tongue, dice: &mut Dice) -> Self {
        let unit = match tongue {
            Tongue::Zh => dice.word(&[
                "度",
                "度",
                "度",
                "度",
                "℃",
                "℃",
                "°C",
                "摄氏度",
                "",
                "",
                " ℃",
                "C",
            ]),
            Tongue::En => dice.word(&[
                " degrees", " degrees", " degrees", "", "", "", "°C", "°C", " C", "C", " °C", "°",
                "°F", "F",
            ]),
        };
        let minus = match (dice.below(20), tongue) {
            (0, _) => "−",
            (1 | 2, Tongue::Zh) => "零下",
            (1, Tongue::En) => "minus ",
            _ => "-",
        };
        let style = Style {
            places: dice.weighted(&[60, 26, 14]),
            minus,
        };
        let scale = 10_i64.pow(u32::try_from(style.places).unwrap_or(0));
        let (coldest, warmest) = if dice.percent(85) {
            (-32, 42)
        } else {
            (-99, 125)
        };
        let low = between(coldest * scale, warmest * scale, dice);
        let gap = if dice.percent(90) { 15 } else { 45 };
        let high = low + between(1, gap * scale, dice);
        Self {
            low: style.figure(low, dice),
            high: style.figure(high, dice),
            unit,
        }
    }
}

fn between(least: i64, most: i64, dice: &mut Dice) -> i64 {
    least + i64::try_from(dice.below(usize::try_from(most - least + 1).unwrap_or(1))).unwrap_or(0)
}

impl Style {
    /// Writes a number of the last decimal place; zeros at its end are left out as often as not.
    fn figure(&self, value: i64, dice: &mut Dice) -> Figure {
        let scale = 10_u64.pow(u32::try_from(self.places).unwrap_or(0));
        let (whole, part) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
        let mut digits = whole.to_string();
        if self.places > 0 {
            digits = format!("{whole}.{part:0places$}", places = self.places);
            if dice.percent(50) {
                digits = digits
                    .trim_end_matches('0')
                    .trim_end_matches('.')
                    .to_owned();
            }
        }
        let (sign, minus) = if value < 0 {
            (self.minus, "-")
        } else {
            ("", "")
        };
        Figure {
            written: format!("{sign}{digits}"),
            number: format!("{minus}{digits}"),
        }
    }
}
