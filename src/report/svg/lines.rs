//! Lines over a sequence, each with a band for its interval.

use crate::report::html::{Markup, number, tag};
use crate::report::svg::colour;
use crate::report::svg::frame::{Chart, Frame};
use crate::stats::Interval;

/// One point of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// Its value.
    pub(crate) value: f64,
    /// Where the true value may lie.
    pub(crate) band: Option<Interval>,
    /// What a pointer over it says.
    pub(crate) title: String,
}

/// One line; `None` is a gap.
pub(crate) type Line = Vec<Option<Point>>;

/// Lines over one sequence.
#[derive(Debug, Clone)]
pub(crate) struct LineChart<'a> {
    /// How it is read.
    pub(crate) chart: Chart<'a>,
    /// What stands below, by position.
    pub(crate) labels: Vec<String>,
    /// The lines, as long as the labels; the first lies on top.
    pub(crate) lines: Vec<Line>,
    /// The position that the first line stresses.
    pub(crate) best: Option<usize>,
}

/// Points that a chart has room for.
const MOST: usize = 360;
/// Points beyond which marks would hide the line.
const MARKED: usize = 120;

/// Draws lines.
pub(crate) fn lines(chart: &LineChart<'_>) -> Markup {
    let kept = kept(&chart.lines, chart.labels.len(), chart.best);
    let at = |line: &Line, slot: usize| line.get(slot).cloned().flatten().filter(finite);
    let thin: Vec<Line> = chart
        .lines
        .iter()
        .map(|line| kept.iter().map(|slot| at(line, *slot)).collect())
        .collect();
    let values = thin.iter().flatten().flatten().flat_map(|point| {
        let band = point.band.map(|band| [band.low, band.high]);
        std::iter::once(point.value).chain(band.into_iter().flatten())
    });
    let frame = Frame::new(chart.chart, values, kept.len());
    let best = chart
        .best
        .and_then(|best| kept.iter().position(|slot| *slot == best));
    let drawn = thin.iter().enumerate().rev().map(|(at, line)| {
        let best = best.filter(|_| at == 0);
        Markup::all([
            bands(line, colour(at), &frame),
            path(line, colour(at), &frame),
            marks(line, colour(at), best, &frame),
        ])
    });
    let labels: Vec<&str> = kept
        .iter()
        .filter_map(|slot| chart.labels.get(*slot).map(String::as_str))
        .collect();
    frame.draw(chart.chart, &labels, Markup::all(drawn.collect::<Vec<_>>()))
}

fn finite(point: &Point) -> bool {
    let band = |band: Interval| band.low.is_finite() && band.high.is_finite();
    point.value.is_finite() && point.band.is_none_or(band)
}

/// Returns the positions that are drawn: all, or of each stretch the ends of the first line, so that no peak is lost.
fn kept(lines: &[Line], count: usize, best: Option<usize>) -> Vec<usize> {
    if count <= MOST {
        return (0..count).collect();
    }
    let value = |slot: &usize| {
        let point = lines.first().and_then(|line| line.get(*slot))?.as_ref();
        point.map(|point| point.value)
    };
    let all: Vec<usize> = (0..count).collect();
    let mut kept = Vec::new();
    for stretch in all.chunks(count.div_ceil(MOST / 2)) {
        let by_value = |a: &&usize, b: &&usize| {
            let (a, b) = (value(a).unwrap_or(0.0), value(b).unwrap_or(0.0));
            a.total_cmp(&b)
        };
        kept.extend(stretch.iter().min_by(by_value));
        kept.extend(stretch.iter().max_by(by_value));
    }
    kept.extend(best.filter(|best| *best < count));
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// Stretches without a gap, each with the position of its first point.
fn stretches(line: &Line) -> impl Iterator<Item = (usize, Vec<&Point>)> {
    let mut first = 0;
    line.chunk_by(|a, b| a.is_some() == b.is_some())
        .filter_map(move |stretch| {
            let begin = first;
            first += stretch.len();
            let points: Vec<&Point> = stretch.iter().flatten().collect();
            (!points.is_empty()).then_some((begin, points))
        })
}

fn path(line: &Line, colour: &str, frame: &Frame) -> Markup {
    let drawn = stretches(line).map(|(first, points)| {
        let corners = points.iter().enumerate();
        let corners = corners.map(|(at, point)| corner(frame, first + at, point.value));
        let class = format!("line {colour}");
        let path = tag("polyline").set("class", &class);
        path.set("points", &corners.collect::<Vec<_>>().join(" "))
            .empty()
    });
    Markup::all(drawn)
}

/// There along the upper bounds, back along the lower ones.
fn bands(line: &Line, colour: &str, frame: &Frame) -> Markup {
    let banded: Line = line
        .iter()
        .map(|point| point.clone().filter(|point| point.band.is_some()))
        .collect();
    let drawn = stretches(&banded).map(|(first, points)| {
        let edge = |bound: fn(Interval) -> f64| {
            let corners = points.iter().enumerate();
            corners
                .filter_map(|(at, point)| Some(corner(frame, first + at, bound(point.band?))))
                .collect::<Vec<_>>()
        };
        let mut corners = edge(|band| band.high);
        corners.extend(edge(|band| band.low).into_iter().rev());
        let class = format!("band {colour}");
        let area = tag("polygon").set("class", &class);
        area.set("points", &corners.join(" ")).empty()
    });
    Markup::all(drawn)
}

fn corner(frame: &Frame, slot: usize, value: f64) -> String {
    format!("{},{}", number(frame.middle(slot)), number(frame.y(value)))
}

fn marks(line: &Line, colour: &str, best: Option<usize>, frame: &Frame) -> Markup {
    if line.len() > MARKED {
        return Markup::default();
    }
    let marks = line.iter().enumerate().filter_map(|(slot, point)| {
        let point = point.as_ref()?;
        let (class, radius) = if best == Some(slot) {
            (format!("best {colour}"), 5.0)
        } else {
            (colour.to_owned(), 3.0)
        };
        let mark = tag("circle")
            .set("class", &class)
            .at("cx", frame.middle(slot));
        let mark = mark.at("cy", frame.y(point.value)).at("r", radius);
        Some(mark.hold([tag("title").text(&point.title)]))
    });
    Markup::all(marks)
}
