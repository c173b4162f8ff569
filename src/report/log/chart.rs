//! The score of each iteration, drawn for a terminal.

use crate::report::braille::curve;
use crate::report::layout::{padding, right, width};
use crate::report::number::percent;
use crate::report::style::{DIM, paint};
use crate::report::view::View;
use crate::summary::Series;

/// Scores from which a curve shows more than the table does.
const ENOUGH: usize = 4;
/// Lines of the chart.
const ROWS: usize = 5;
/// Columns of an iteration, where there is room.
const EACH: usize = 2;

/// Draws pass rates over iterations, the highest and the lowest at their heights; nothing for a handful of scores.
pub(super) fn chart(series: &Series, view: &View) -> Vec<String> {
    let rate = |one: &crate::summary::Iteration| one.facts.as_ref()?.pass_rate;
    let rates: Vec<Option<f64>> = series.iterations.iter().map(rate).collect();
    let known = || rates.iter().flatten().copied();
    let (low, high) = (known().fold(1.0, f64::min), known().fold(0.0, f64::max));
    if known().count() < ENOUGH || high <= low {
        return Vec::new();
    }
    let [above, below] = [high, low].map(|rate| view.lang.percent(&percent(rate)));
    let margin = width(&above).max(width(&below));
    let room = view.width.saturating_sub(margin + 3);
    let columns = (rates.len() * EACH).min(room);
    if columns < rates.len().div_ceil(2) {
        return Vec::new();
    }
    let heights: Vec<Option<f64>> = rates
        .iter()
        .map(|rate| rate.map(|rate| (rate - low) / (high - low)))
        .collect();
    let mut lines = Vec::new();
    for (at, drawn) in curve(&heights, columns, ROWS, view.ascii)
        .iter()
        .enumerate()
    {
        let label = match at {
            0 => above.as_str(),
            at if at + 1 == ROWS => below.as_str(),
            _ => "",
        };
        let label = paint(DIM, &right(label, margin), view.styled);
        lines.push(format!(" {label} {drawn}").trim_end().to_owned());
    }
    lines.push(numbers(series, margin, columns, view));
    lines
}

/// The numbers of the first and the last iteration, below their ends of the curve.
fn numbers(series: &Series, margin: usize, columns: usize, view: &View) -> String {
    let number = |one: Option<&crate::summary::Iteration>| {
        one.map_or_else(String::new, |one| one.number.to_string())
    };
    let (first, last) = (
        number(series.iterations.first()),
        number(series.iterations.last()),
    );
    let last = right(&last, columns.saturating_sub(width(&first)));
    let text = format!("{first}{last}");
    format!(
        "{}{}",
        padding("", margin + 2),
        paint(DIM, &text, view.styled)
    )
}
