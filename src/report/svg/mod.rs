//! Charts as SVG for a page: [`lines()`] with bands for intervals, [`bars()`] in stacks.
//!
//! A chart is drawn in a view box of [`WIDTH`] × [`HEIGHT`] and scales with the page; its colours are classes of the page's
//! style sheet. Whatever the values are, marks stay inside of the box: what is no number is left out, ten thousand points
//! are thinned. Every mark carries a title, which a pointer and a screen reader find.

mod axis;
mod bars;
mod frame;
mod lines;

pub(crate) use axis::Unit;
pub(crate) use bars::{BarChart, Bars, bars};
pub(crate) use frame::Chart;
pub(crate) use lines::{LineChart, Point, lines};

/// Width of every chart's view box.
pub(crate) const WIDTH: f64 = 720.0;
/// Height of every chart's view box.
pub(crate) const HEIGHT: f64 = 260.0;

/// Groups of a stack, or lines of a chart, that colours can tell apart.
pub const COLOURS: usize = 6;

/// Returns the class of a colour.
pub(crate) const fn colour(at: usize) -> &'static str {
    ["c0", "c1", "c2", "c3", "c4", "c5"][at % COLOURS]
}

#[cfg(test)]
mod tests;
