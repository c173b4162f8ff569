//! The main loop on the scripted endpoint: what is sent, what is counted, what is compared.

use crate::workbench::{Output, Workbench};

fn eval(bench: &Workbench, flags: &[&str]) -> Output {
    let mut arguments = vec!["eval", "city", "--format", "json"];
    arguments.extend(flags);
    bench.pw(&arguments)
}

/// Returns the cases of a report's results, in their order.
fn cases(report: &serde_json::Value) -> Vec<String> {
    let results = report["runs"][0]["results"].as_array().unwrap();
    let name = |result: &serde_json::Value| result["case"].as_str().unwrap().to_owned();
    results.iter().map(name).collect()
}

#[test]
fn the_report_has_its_keys_its_sums_and_the_order_of_trials() {
    let report = eval(
        &Workbench::cities(),
        &["--tag", "why=test", "--note", "first"],
    )
    .code(0)
    .json();
    assert_eq!(report["schema"], "pw.eval/v1");
    assert_eq!(report["exit_code"], 0);
    let run = &report["runs"][0];
    assert_eq!(cases(&report), ["beijing", "wuhan", "lhasa"]);
    assert_eq!(run["tags"]["why"], "test");
    assert_eq!(run["note"], "first");
    assert_eq!(run["seed"], 1);
    // Three answers of 10 tokens at $1 and 5 at $2 a million.
    assert_eq!(run["totals"]["billed_usd"], "0.000060000000");
    assert_eq!(run["totals"]["usage"]["input_tokens"], 30);
    let variant = &run["variants"][0];
    assert_eq!(
        (&variant["passed"], &variant["failed"]),
        (&2.into(), &1.into())
    );
    assert_eq!(run["results"][1]["pass"], false);
    assert_eq!(run["results"][1]["output"], "unknown");
}

#[test]
fn an_edit_is_compared_with_the_iteration_before_it() {
    let bench = Workbench::cities();
    eval(&bench, &[]).code(0);
    bench.write("prompts/city.hbs", "Weather, briefly: {{city}}?\n");
    let report = eval(&bench, &[]).code(0).json();
    let run = &report["runs"][0];
    assert_eq!(run["variants"][0]["iteration"], 2);
    // The old side comes from the ledger: only the new side's three answers are paid.
    assert_eq!(run["totals"]["billed_usd"], "0.000060000000");
    let comparison = &run["comparisons"][0];
    assert_eq!(comparison["kind"], "previous");
    assert_eq!(comparison["pairs"], 3);
    assert_eq!(comparison["discordant"]["better"], 1);
    assert_eq!(comparison["flipped"][0]["case"], "wuhan");
    let text = bench.pw(&["eval", "city"]).code(0).stdout;
    assert!(text.contains("since iteration 1"), "{text}");
    let none = eval(&bench, &["--against", "none"]).code(0).json();
    assert_eq!(none["runs"][0]["comparisons"].as_array().unwrap().len(), 0);
}

#[test]
fn cases_are_chosen_by_name_pattern_sample_and_failure() {
    let bench = Workbench::cities();
    let all = ["beijing", "wuhan", "lhasa"];
    let chosen = |flags: &[&str]| cases(&eval(&bench, flags).code(0).json());
    assert_eq!(chosen(&[]), all);
    assert_eq!(chosen(&["--failed"]), ["wuhan"]);
    assert_eq!(chosen(&["--case", "lhasa"]), ["lhasa"]);
    assert_eq!(chosen(&["--filter", "^(b|l)"]), ["beijing", "lhasa"]);
    let two = chosen(&["--sample", "2"]);
    assert_eq!(two.len(), 2);
    assert_eq!(chosen(&["--sample", "2"]), two);
    assert_eq!(chosen(&["--case", "lhasa", "--repeat", "3"]).len(), 3);
    let set = eval(&bench, &["--set", "city=Wuhan"]).code(0).json();
    assert_eq!(set["runs"][0]["variants"][0]["failed"], 3);
}

#[test]
fn failed_with_nothing_failed_asks_nothing_and_is_no_error() {
    let bench = Workbench::cities();
    eval(&bench, &["--case", "lhasa"]).code(0);
    let output = eval(&bench, &["--failed"])
        .code(0)
        .says("city: nothing failed, nothing is asked");
    assert_eq!(output.json()["runs"].as_array().unwrap().len(), 0);
    let second = bench.pw(&["show", "2"]);
    second.code(1).says("knows no run");
}

#[test]
fn the_report_also_goes_to_a_file_and_speaks_chinese() {
    let bench = Workbench::cities();
    eval(&bench, &["--output", "report.json"]).code(0);
    let written = std::fs::read_to_string(bench.path("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(cases(&report).len(), 3);
    let text = bench.pw(&["eval", "city", "--lang", "zh"]).code(0).stdout;
    assert!(text.contains("通过"), "{text}");
}
