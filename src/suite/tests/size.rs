//! Large suites.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;

/// A debug build is some ten times slower than what ships; the bounds leave room for a busy machine and still catch a
/// quadratic step.
fn timed(workspace: &Workspace, cases: usize) -> Duration {
    let start = Instant::now();
    let suite = workspace.load().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(suite.cases.len(), cases);
    start.elapsed()
}

#[test]
fn ten_thousand_cases_load_quickly_from_every_format() {
    let (mut yaml, mut csv, mut jsonl) = (
        "tests:\n".to_owned(),
        "city,n,__expected\n".to_owned(),
        String::new(),
    );
    for n in 0..10_000 {
        writeln!(yaml, "  - vars: {{city: 北京, n: {n}}}\n    assert:\n      - type: contains\n        value: '{{{{city}}}}'").expect("text");
        writeln!(csv, "北京,{n},contains: {{{{city}}}}").expect("text");
        writeln!(jsonl, r#"{{"vars": {{"city": "北京", "n": {n}}}, "assert": [{{"type": "contains", "value": "{{{{city}}}}"}}]}}"#)
            .expect("text");
    }
    let workspace = Workspace::new(&[
        ("evals/weather.yaml", &yaml),
        ("evals/weather.csv", &csv),
        ("evals/weather.jsonl", &jsonl),
    ]);
    let inline = timed(&workspace, 10_000);
    workspace.write("evals/weather.yaml", b"tests: file://weather.csv");
    let table = timed(&workspace, 10_000);
    workspace.write("evals/weather.yaml", b"tests: file://weather.jsonl");
    let lines = timed(&workspace, 10_000);
    for (what, took) in [("YAML", inline), ("CSV", table), ("JSONL", lines)] {
        assert!(took < Duration::from_secs(10), "{what} took {took:?}");
    }
}

#[test]
fn equal_cases_do_not_cost_the_square_of_their_number() {
    let text = format!("city\n{}", "北京\n".repeat(30_000));
    let workspace = csv_workspace(text.as_bytes());
    assert!(timed(&workspace, 30_000) < Duration::from_secs(20));
}
