//! What charts share: the view box, the value axis with its grid, the labels below.

use crate::report::html::{Markup, tag};
use crate::report::layout::{cut, width};
use crate::report::svg::axis::{Axis, Unit};
use crate::report::svg::{HEIGHT, WIDTH};
use crate::report::text::Lang;

/// How a chart is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chart<'a> {
    /// What it shows, for those who do not see it.
    pub(crate) title: &'a str,
    /// What its values are.
    pub(crate) unit: Unit,
    /// The language of its ticks.
    pub(crate) lang: Lang,
}

/// Units of the view box that a column of text takes at most, at 12 units a line: a digit takes 7.6 in wide fonts, half a
/// Chinese character 6, a per cent sign 11 among narrower ones.
const COLUMN: f64 = 8.4;
/// Columns of the longest label below the chart.
const LABEL: usize = 16;
const TOP: f64 = 10.0;
const BOTTOM: f64 = HEIGHT - 26.0;

/// The place where marks are drawn.
#[derive(Debug)]
pub(super) struct Frame {
    axis: Axis,
    ticks: Vec<String>,
    left: f64,
    slot: f64,
}

impl Frame {
    /// Makes a frame over values, with a slot for each of `slots` marks from left to right.
    pub(super) fn new(chart: Chart<'_>, values: impl Iterator<Item = f64>, slots: usize) -> Self {
        let axis = Axis::over(values);
        let write = |tick: &f64| chart.unit.write(*tick, axis.step, chart.lang);
        let ticks: Vec<String> = axis.ticks.iter().map(write).collect();
        let widest = ticks.iter().map(|tick| taken(tick)).fold(0.0, f64::max);
        let left = (widest + 8.0).min(WIDTH / 3.0);
        Self {
            axis,
            ticks,
            left,
            slot: (WIDTH - 8.0 - left) / crate::stats::real(slots.max(1)),
        }
    }

    /// Returns the height of a value.
    pub(super) fn y(&self, value: f64) -> f64 {
        BOTTOM - self.axis.share(value) * (BOTTOM - TOP)
    }

    /// Returns the left edge of a slot.
    pub(super) fn x(&self, slot: usize) -> f64 {
        self.left + self.slot * crate::stats::real(slot)
    }

    /// Returns the middle of a slot.
    pub(super) fn middle(&self, slot: usize) -> f64 {
        self.x(slot) + self.slot / 2.0
    }

    /// Returns the width of a slot.
    pub(super) const fn slot(&self) -> f64 {
        self.slot
    }

    /// Ends the chart: grid, marks, labels.
    pub(super) fn draw(&self, chart: Chart<'_>, labels: &[&str], marks: Markup) -> Markup {
        let view_box = format!("0 0 {WIDTH} {HEIGHT}");
        tag("svg")
            .set("viewBox", &view_box)
            .set("role", "img")
            .set("aria-label", chart.title)
            .hold([self.grid(), marks, self.labels(labels)])
    }

    fn grid(&self) -> Markup {
        let ticks = self.axis.ticks.iter().zip(&self.ticks);
        Markup::all(ticks.map(|(tick, label)| {
            let y = self.y(*tick);
            let line = tag("line").set("class", "grid").at("x1", self.left);
            let text = tag("text").at("x", self.left - 6.0).at("y", y + 4.0);
            Markup::all([
                line.at("y1", y).at("x2", WIDTH - 8.0).at("y2", y).empty(),
                text.set("text-anchor", "end").text(label),
            ])
        }))
    }

    /// As many labels as stand beside each other: each begins where the one before it has ended.
    fn labels(&self, labels: &[&str]) -> Markup {
        let mut free = 0.0;
        let mut shown = Vec::new();
        for (slot, label) in labels.iter().enumerate() {
            let label = cut(label, LABEL);
            let half = taken(&label) / 2.0;
            let x = self.middle(slot);
            if x - half < free || x + half > WIDTH {
                continue;
            }
            free = x + half + 10.0;
            let text = tag("text").at("x", x).at("y", HEIGHT - 8.0);
            shown.push(text.set("text-anchor", "middle").text(&label));
        }
        Markup::all(shown)
    }
}

/// Returns the units that a text takes at most.
fn taken(text: &str) -> f64 {
    crate::stats::real(width(text)) * COLUMN
}
