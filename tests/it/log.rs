//! Iterations over time: `pw log` lists them with what they gained and cost, and writes an old one back.

use std::fs;

use crate::workbench::Workbench;

const SECOND: &str = "Weather, briefly: {{city}}?\n";

/// Two iterations on one day, the second an hour after the first.
fn two() -> Workbench {
    let bench = Workbench::cities();
    bench.pw(&["eval", "city"]).code(0);
    bench.write("prompts/city.hbs", SECOND);
    let bench = bench.env("PW_TEST_CLOCK", "2026-11-24T09:00:00.000Z");
    bench.pw(&["eval", "city"]).code(0);
    bench
}

#[test]
fn iterations_are_listed_with_gain_and_cost() {
    let bench = two();
    let report = bench
        .pw(&["log", "city", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(report["schema"], "pw.log/v1");
    let series = &report["series"][0];
    let (first, second) = (&series["iterations"][0], &series["iterations"][1]);
    assert_eq!(
        (&first["passed"], &second["passed"]),
        (&2.into(), &3.into())
    );
    assert!(first["gain"].is_null());
    assert!((second["gain"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(second["verdict"], "INCONCLUSIVE");
    assert_eq!(second["target_usd"], "0.000060000000");
    assert_eq!(
        (&second["lines_added"], &second["lines_removed"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        (&series["best"], &series["billed_usd"]),
        (&2.into(), &"0.000120000000".into())
    );
    // Without a name: the prompt of the last run.
    let text = bench.pw(&["log", "-v"]).code(0).stdout;
    assert!(text.starts_with("city · 2 iterations · "), "{text}");
    assert!(text.contains("+Weather, briefly: {{city}}?"), "{text}");
    let csv = bench.pw(&["log", "city", "--format", "csv"]).code(0).stdout;
    assert_eq!(csv.lines().count(), 3, "{csv}");
    bench
        .pw(&["log", "city", "--variant", "other"])
        .code(2)
        .says("the ledger holds no iteration of `city`");
    bench.pw(&["log", "nowhere"]).code(2).says("nowhere");
}

#[test]
fn an_old_iteration_is_written_back_unless_something_would_be_lost() {
    let bench = two();
    let file = bench.path("prompts/city.hbs");
    let first = {
        let old = Workbench::cities();
        fs::read_to_string(old.path("prompts/city.hbs")).unwrap()
    };
    bench.pw(&["log", "city", "--restore", "1"]).code(0);
    assert_eq!(
        fs::read_to_string(&file).unwrap().trim_end(),
        first.trim_end()
    );
    // It is the same revision again: nothing is asked, the iteration is the first.
    let report = bench
        .pw(&["eval", "city", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(report["runs"][0]["variants"][0]["iteration"], 1);

    fs::write(&file, "An edit that no run has seen: {{city}}\n").unwrap();
    bench
        .pw(&["log", "city", "--restore", "2"])
        .code(2)
        .says("prompts/city.hbs holds a text that no run recorded, it would be lost");
    assert!(fs::read_to_string(&file).unwrap().starts_with("An edit"));
    bench
        .pw(&["log", "city", "--restore", "2", "--yes"])
        .code(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), SECOND);
    bench
        .pw(&["log", "city", "--restore", "9"])
        .code(2)
        .says("`city` has no iteration 9, found 2");
}
