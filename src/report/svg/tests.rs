use proptest::prelude::*;

use super::*;
use crate::report::html::testing::{Read, read};
use crate::report::layout::width;
use crate::report::text::Lang;
use crate::stats::Interval;

fn chart(unit: Unit) -> Chart<'static> {
    Chart {
        title: "a chart",
        unit,
        lang: Lang::En,
    }
}

fn point(value: f64, band: Option<(f64, f64)>) -> Point {
    Point {
        value,
        band: band.map(|(low, high)| Interval { low, high }),
        title: format!("{value}</title>"),
    }
}

fn drawn_lines(points: &[Option<Point>], label: &str) -> String {
    let drawn = lines(&LineChart {
        chart: chart(Unit::Share),
        labels: (1..=points.len()).map(|n| format!("{label}{n}")).collect(),
        lines: vec![points.to_vec(), points.iter().rev().cloned().collect()],
        best: points.len().checked_sub(1),
    });
    drawn.into_string()
}

fn drawn_bars(amounts: &[Vec<f64>], label: &str) -> String {
    let groups: Vec<String> = (0..COLOURS).map(|at| format!("{label}{at}")).collect();
    let bar = |(at, parts): (usize, &Vec<f64>)| Bars {
        label: format!("{label}{at}"),
        parts: parts.clone(),
    };
    let drawn = bars(&BarChart {
        chart: chart(Unit::Usd),
        groups: &groups,
        bars: amounts.iter().enumerate().map(bar).collect(),
    });
    drawn.into_string()
}

/// Demands that every mark lies inside of the view box, has no negative size, and that no two texts of a line overlap.
fn demand(svg: &str) {
    let elements = read(svg);
    for element in &elements {
        let number = |name: &str| -> f64 {
            let text = element.attributes.get(name).map_or("0", String::as_str);
            text.parse().expect("a number")
        };
        let inside = |x: f64, y: f64| {
            let fits = (-0.01..=WIDTH + 0.01).contains(&x) && (-0.01..=HEIGHT + 0.01).contains(&y);
            assert!(fits, "{x},{y} of {element:?}");
        };
        match element.name.as_str() {
            "rect" => {
                assert!(
                    number("width") >= 0.0 && number("height") >= 0.0,
                    "{element:?}"
                );
                inside(number("x"), number("y"));
                inside(
                    number("x") + number("width"),
                    number("y") + number("height"),
                );
            }
            "circle" => inside(number("cx"), number("cy")),
            "text" => inside(number("x"), number("y")),
            "line" => {
                inside(number("x1"), number("y1"));
                inside(number("x2"), number("y2"));
            }
            "polyline" | "polygon" => {
                for corner in element.attributes["points"].split(' ') {
                    let (x, y) = corner.split_once(',').expect("a corner");
                    inside(x.parse().expect("a number"), y.parse().expect("a number"));
                }
            }
            _ => {}
        }
    }
    apart(&elements);
}

/// Where a text begins and ends, by the height that it stands on.
fn extent(text: &Read) -> (String, f64, f64) {
    let x: f64 = text.attributes["x"].parse().expect("a number");
    // The reader leaves escapes as they are written; on a page each is one character.
    let escapes = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
    let shown = escapes
        .iter()
        .fold(text.text.clone(), |text, escape| text.replace(escape, "x"));
    let half = crate::stats::real(width(&shown)) * 7.0 / 2.0;
    let middle = match text.attributes["text-anchor"].as_str() {
        "end" => x - half,
        _ => x,
    };
    (text.attributes["y"].clone(), middle - half, middle + half)
}

fn apart(elements: &[Read]) {
    let texts = elements.iter().filter(|element| element.name == "text");
    let mut extents: Vec<(String, f64, f64)> = texts.map(extent).collect();
    extents.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    for pair in extents.windows(2) {
        assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "{pair:?}");
    }
}

fn count(svg: &str, name: &str) -> usize {
    let elements = read(svg);
    elements.iter().filter(|one| one.name == name).count()
}

#[test]
fn a_line_has_its_band_its_gap_and_a_title_for_each_mark() {
    let points = [
        Some(point(0.5, Some((0.3, 0.7)))),
        None,
        Some(point(0.75, Some((0.5, 0.9)))),
        Some(point(1.0, None)),
    ];
    let one = lines(&LineChart {
        chart: chart(Unit::Share),
        labels: ["1", "2", "3", "4"].map(str::to_owned).into(),
        lines: vec![points.to_vec()],
        best: Some(3),
    });
    let svg = one.into_string();
    demand(&svg);
    for (name, expected) in [("polyline", 2), ("polygon", 2), ("circle", 3), ("title", 3)] {
        assert_eq!(count(&svg, name), expected, "{name} of {svg}");
    }
    // Four labels below, and a tick at 20, 40, 60, 80 and 100 %.
    assert_eq!(count(&svg, "text"), 9, "{svg}");
    let elements = read(&svg);
    let best = elements.iter().find(|one| {
        let class = one.attributes.get("class");
        class.is_some_and(|class| class == "best c0")
    });
    let best = best.map(|one| one.attributes["cy"].as_str());
    assert_eq!(best, Some("10"), "the best stands at 100 %, at the top");
}

#[test]
fn a_stack_begins_at_zero_and_leaves_nothing_for_nothing() {
    let groups = ["triage".to_owned(), "(none)".to_owned()];
    let bar = |label: &str, parts: [f64; 2]| Bars {
        label: label.to_owned(),
        parts: parts.into(),
    };
    let stacks = bars(&BarChart {
        chart: chart(Unit::Usd),
        groups: &groups,
        bars: vec![
            bar("2026-11-01", [0.05, 0.02]),
            bar("2026-11-02", [0.0, 0.0]),
            bar("2026-11-03", [0.0, 0.1]),
        ],
    });
    let svg = stacks.into_string();
    demand(&svg);
    let elements = read(&svg);
    let rects: Vec<(&str, &str)> = elements
        .iter()
        .filter(|one| one.name == "rect")
        .map(|one| {
            (
                one.attributes["class"].as_str(),
                one.attributes["height"].as_str(),
            )
        })
        .collect();
    // The axis ends at ten cents, 224 units above zero.
    assert_eq!(rects, [("c0", "112"), ("c1", "44.8"), ("c1", "224")]);
    assert!(
        svg.contains("<title>2026-11-01 triage: $0.05</title>"),
        "{svg}"
    );
}

#[test]
fn ten_thousand_points_are_thinned_and_no_peak_is_lost() {
    let value = |at: usize| if at == 7_777 { 0.99 } else { 0.2 };
    let points: Vec<Option<Point>> = (0..10_000).map(|at| Some(point(value(at), None))).collect();
    let svg = drawn_lines(&points, "");
    demand(&svg);
    assert!(svg.len() < 40_000, "{}", svg.len());
    assert!(svg.contains(">100 %<"), "the axis reaches the peak");
    let amounts = vec![vec![0.01; COLOURS]; 10_000];
    let svg = drawn_bars(&amounts, "2026-11-");
    demand(&svg);
    assert!(count(&svg, "rect") <= 180 * COLOURS);
    assert!(
        svg.contains("2026-11-0 – 2026-11-55"),
        "a bar of 56 days says so"
    );
}

#[test]
fn charts_without_anything_are_drawn() {
    for svg in [
        drawn_lines(&[], ""),
        drawn_bars(&[], ""),
        drawn_bars(&[vec![0.0]], "x"),
    ] {
        demand(&svg);
        assert_eq!(count(&svg, "rect") + count(&svg, "circle"), 0);
    }
}

/// Any float, the strange ones often.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        0.0..1.0,
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-0.0),
        1e-13..1e-9,
        1e6..1e13,
    ]
}

proptest! {
    #[test]
    fn lines_stay_inside_whatever_they_show(
        points in proptest::collection::vec(
            proptest::option::of((value(), proptest::option::of((value(), value())))),
            0..60,
        ),
        label in "[a-z晴天<>\"&\u{202e}]{0,30}",
    ) {
        let points: Vec<Option<Point>> = points
            .into_iter()
            .map(|one| one.map(|(value, band)| point(value, band)))
            .collect();
        demand(&drawn_lines(&points, &label));
    }

    #[test]
    fn bars_stay_inside_whatever_they_show(
        amounts in proptest::collection::vec(proptest::collection::vec(value(), 0..9), 0..60),
        label in "[a-z晴天<>\"&\u{202e}]{0,30}",
    ) {
        demand(&drawn_bars(&amounts, &label));
    }
}
