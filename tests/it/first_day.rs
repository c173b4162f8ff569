//! A newcomer's first day: init, evaluate, edit, see what flipped, ask what it cost.

use crate::workbench::{NOW, Workbench};

const PARROT: &str = r#"rules:
  - match: "high of (.+)"
    reply: "The high is $1."
    usage: { input_tokens: 10, output_tokens: 5 }
  - match: "."
    reply: "It is nice."
    usage: { input_tokens: 8, output_tokens: 4 }
"#;

fn weather() -> Workbench {
    Workbench::new()
        .scripted(PARROT)
        .file("prompts/weather.hbs", "How is the weather in {{city}}?\n")
        .file(
            "evals/weather.yaml",
            "tests:\n  - id: paris\n    vars: {city: Paris}\n    assert: [{type: contains, value: 'high is {{city}}'}]\n  - id: oslo\n    vars: {city: Oslo}\n    assert: [{type: contains, value: nice}]\n",
        )
}

#[test]
fn the_workspace_of_init_runs_at_once_and_its_ledger_is_clean() {
    let bench = Workbench::new();
    bench.pw(&["init"]).code(0).says("pw eval weather");
    let report = bench
        .pw(&["eval", "weather", "--format", "json"])
        .code(0)
        .json();
    let run = &report["runs"][0];
    assert_eq!(run["started_at"], NOW);
    assert_eq!(run["variants"][0]["passed"], 5);
    assert_eq!(run["variants"][1]["passed"], 26);
    assert_eq!(run["comparisons"][0]["verdict"], "ADOPT");
    let check = bench.pw(&["ledger", "check"]).code(0);
    assert_eq!((check.stdout.as_str(), check.stderr.as_str()), ("", ""));
    assert_eq!(
        bench
            .pw(&["ledger", "export"])
            .code(0)
            .stdout
            .lines()
            .count(),
        2 * 52
    );
    bench.pw(&["init"]).code(0);
}

#[test]
fn an_edit_is_compared_with_the_iteration_before_at_no_cost_for_the_old_side() {
    let bench = weather();
    bench.pw(&["eval", "weather"]).code(0);
    bench.write("prompts/weather.hbs", "Tell me the high of {{city}}\n");
    let report = bench
        .pw(&["eval", "weather", "--format", "json"])
        .code(0)
        .json();
    let run = &report["runs"][0];
    assert_eq!(run["totals"]["calls"], 2, "only the new side is asked");
    assert_eq!(run["variants"][0]["iteration"], 2);
    let previous = &run["comparisons"][0];
    assert_eq!(
        (&previous["kind"], &previous["pairs"]),
        (&"previous".into(), &2.into())
    );
    let flipped: Vec<(&str, &str)> = previous["flipped"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|flip| {
            (
                flip["case"].as_str().expect("a case"),
                flip["now"].as_str().expect("a word"),
            )
        })
        .collect();
    assert_eq!(flipped, [("oslo", "fail"), ("paris", "pass")]);
}

#[test]
fn a_second_run_costs_nothing_and_a_budget_that_fits_no_call_sends_nothing() {
    let bench = weather();
    let first = bench
        .pw(&["eval", "weather", "--format", "json"])
        .code(0)
        .json();
    // Ten and eight tokens in at one dollar a million, five and four out at two.
    assert_eq!(first["runs"][0]["totals"]["billed_usd"], "0.000032000000");
    let second = bench
        .pw(&[
            "eval",
            "weather",
            "--budget",
            "0",
            "--no-cache",
            "--format",
            "json",
        ])
        .code(4)
        .says("budget");
    assert_eq!(second.json()["runs"][0]["totals"]["attempts"], 0);
}

#[test]
fn a_dialogue_goes_on_for_each_line() {
    let bench = weather();
    let said = bench
        .pw_with_input(
            &["try", "weather", "--set", "city=Rome", "--chat"],
            "the high of Bern\n",
        )
        .code(0);
    assert_eq!(said.stdout, "It is nice.\nThe high is Bern.\n");
    assert!(bench.root().join(".pw/ledger.db").exists());
}
