//! Bars over a sequence, each a stack of groups.

use crate::report::html::{Markup, tag};
use crate::report::svg::frame::{Chart, Frame};
use crate::report::svg::{COLOURS, colour};

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bars {
    /// What stands below.
    pub(crate) label: String,
    /// Its parts from the bottom, not negative, in the order of the groups.
    pub(crate) parts: Vec<f64>,
}

/// Bars over one sequence.
#[derive(Debug, Clone)]
pub(crate) struct BarChart<'a> {
    /// How it is read.
    pub(crate) chart: Chart<'a>,
    /// The names of the groups, [`COLOURS`] at most.
    pub(crate) groups: &'a [String],
    /// The bars.
    pub(crate) bars: Vec<Bars>,
}

/// Bars that a chart has room for.
const MOST: usize = 180;
/// The widest bar.
const WIDEST: f64 = 64.0;

/// Draws bars; too many are summed with their neighbours.
pub(crate) fn bars(chart: &BarChart<'_>) -> Markup {
    let together = chart.bars.len().div_ceil(MOST).max(1);
    let bars: Vec<Bars> = chart.bars.chunks(together).map(summed).collect();
    let tops = bars.iter().map(|bar| bar.parts.iter().sum::<f64>());
    let frame = Frame::new(chart.chart, std::iter::once(0.0).chain(tops), bars.len());
    let marks = bars
        .iter()
        .enumerate()
        .map(|(slot, bar)| stack(chart, &frame, slot, bar));
    let labels: Vec<&str> = bars.iter().map(first_label).collect();
    frame.draw(chart.chart, &labels, Markup::all(marks))
}

/// What is no amount counts as nothing.
fn amount(part: f64) -> f64 {
    if part.is_finite() { part.max(0.0) } else { 0.0 }
}

fn summed(bars: &[Bars]) -> Bars {
    let mut parts = vec![0.0; COLOURS];
    for bar in bars {
        for (sum, part) in parts.iter_mut().zip(&bar.parts) {
            *sum += amount(*part);
        }
    }
    let label = match bars {
        [first, .., last] => format!("{}{BETWEEN}{}", first.label, last.label),
        [only] => only.label.clone(),
        [] => String::new(),
    };
    Bars { label, parts }
}

/// Between the labels of neighbours that were summed.
const BETWEEN: &str = " – ";

fn first_label(bar: &Bars) -> &str {
    bar.label.split(BETWEEN).next().unwrap_or_default()
}

fn stack(chart: &BarChart<'_>, frame: &Frame, slot: usize, bar: &Bars) -> Markup {
    let wide = (frame.slot() * 0.72).min(WIDEST);
    let x = frame.middle(slot) - wide / 2.0;
    let Chart { unit, lang, .. } = chart.chart;
    let mut below = 0.0;
    let parts = bar
        .parts
        .iter()
        .enumerate()
        .filter(|(_, part)| **part > 0.0);
    Markup::all(parts.map(|(at, part)| {
        let (bottom, top) = (frame.y(below), frame.y(below + part));
        below += part;
        let group = chart.groups.get(at).map_or("", String::as_str);
        let title = format!("{} {group}: {}", bar.label, unit.write(*part, 0.0, lang));
        let mark = tag("rect").set("class", colour(at)).at("x", x).at("y", top);
        let mark = mark.at("width", wide).at("height", (bottom - top).max(0.0));
        mark.hold([tag("title").text(&title)])
    }))
}
