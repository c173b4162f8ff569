//! The tornado: a bar for each number, from the gain at its low end to that at its high end.

use crate::economics::{Bar, Comparison};
use crate::report::compare::amount::plain;
use crate::report::compare::tables::headed;
use crate::report::layout::{left, right, width};
use crate::report::view::View;
use crate::stats::real;

/// Bars that are shown.
const MOST: usize = 8;
/// Columns of the bars.
const COLUMNS: usize = 24;

/// Draws the widest bars over one axis of dollars; left of the mark for nothing the prompt wins, right of it fine-tuning.
pub(super) fn tornado(comparison: &Comparison, view: &View) -> Vec<String> {
    let lang = view.lang;
    let bars: Vec<&Bar> = comparison
        .uncertainty
        .tornado
        .iter()
        .filter(|bar| bar.swing() > 0.0)
        .take(MOST)
        .collect();
    if bars.is_empty() {
        return Vec::new();
    }
    let axis = Axis::of(&bars);
    let name = |bar: &&Bar| bar.key.to_owned();
    let low = |bar: &&Bar| plain(bar.low);
    let high = |bar: &&Bar| plain(bar.high);
    let widest = |title: &str, text: &dyn Fn(&&Bar) -> String| {
        bars.iter()
            .map(|bar| width(&text(bar)))
            .fold(width(title), usize::max)
    };
    let names = widest("", &name);
    let lows = widest(lang.low_column(), &low);
    let highs = widest(lang.high_column(), &high);
    let row = |name: &str, low: &str, high: &str, bar: &str| {
        format!(
            " {}  {}  {}  {bar}",
            left(name, names),
            right(low, lows),
            right(high, highs)
        )
    };
    let ends = format!(
        "{}{}",
        left(lang.to_prompt(), COLUMNS - width(lang.to_finetune())),
        lang.to_finetune()
    );
    let mut lines = vec![row("", lang.low_column(), lang.high_column(), &ends)];
    for bar in &bars {
        let drawn = axis.draw(bar, view.ascii);
        lines.push(row(bar.key, &low(bar), &high(bar), drawn.trim_end()));
    }
    headed(lang.tornado(), lines, view)
}

/// A scale of dollars that holds every bar and zero.
struct Axis {
    least: f64,
    width: f64,
}

impl Axis {
    fn of(bars: &[&Bar]) -> Self {
        let ends = || {
            bars.iter()
                .flat_map(|bar| [bar.gain_low_usd, bar.gain_high_usd])
                .chain([0.0])
        };
        let least = ends().fold(f64::INFINITY, f64::min);
        let most = ends().fold(f64::NEG_INFINITY, f64::max);
        Self {
            least,
            width: (most - least).max(f64::MIN_POSITIVE),
        }
    }

    /// Returns whether an amount lies left of the end of a column.
    fn before(&self, amount: f64, column: usize) -> bool {
        (amount - self.least) / self.width * real(COLUMNS) < real(column + 1)
    }

    fn column(&self, amount: f64) -> usize {
        let inside = |column: &usize| self.before(amount, *column);
        (0..COLUMNS).find(inside).unwrap_or(COLUMNS - 1)
    }

    fn draw(&self, bar: &Bar, ascii: bool) -> String {
        let (full, zero, both) = if ascii {
            ('#', '|', '|')
        } else {
            // Braille, whose width is never in doubt.
            ('⠶', '⡇', '⡷')
        };
        let (from, to) = (
            self.column(bar.gain_low_usd.min(bar.gain_high_usd)),
            self.column(bar.gain_low_usd.max(bar.gain_high_usd)),
        );
        let mark = self.column(0.0);
        (0..COLUMNS)
            .map(
                |column| match ((from..=to).contains(&column), column == mark) {
                    (true, true) => both,
                    (true, false) => full,
                    (false, true) => zero,
                    (false, false) => ' ',
                },
            )
            .collect()
    }
}
