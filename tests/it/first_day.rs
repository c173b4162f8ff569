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
    for lang in ["en", "zh"] {
        let bench = Workbench::new();
        bench
            .pw(&["init", "--lang", lang])
            .code(0)
            .says("pw eval weather");
        for (prompt, cases, edit) in [("weather", 24, "detailed"), ("label", 30, "instructed")] {
            let report = bench
                .pw(&["eval", prompt, "--format", "json"])
                .code(0)
                .json();
            let run = &report["runs"][0];
            assert_eq!(run["started_at"], NOW);
            assert_eq!(run["totals"]["billed_usd"], "0.000000000000");
            for variant in run["variants"].as_array().expect("a list") {
                assert_eq!(variant["model"], "embedded/weather");
                assert_eq!(variant["cases"], cases);
            }
            let comparison = run["comparisons"]
                .as_array()
                .expect("a list")
                .iter()
                .find(|one| one["candidate"]["variant"] == edit)
                .expect("the edit is compared");
            assert_eq!(comparison["verdict"], "ADOPT", "{lang}: {comparison}");
        }
        let check = bench.pw(&["ledger", "check"]).code(0);
        assert_eq!((check.stdout.as_str(), check.stderr.as_str()), ("", ""));
        // A hold and a settle for each case of two and of three variants.
        let export = bench.pw(&["ledger", "export"]).code(0).stdout;
        assert_eq!(export.lines().count(), 2 * (2 * 24 + 3 * 30));
    }
}

#[test]
fn the_example_of_init_is_in_the_language_of_reports() {
    let rendered = |bench: &Workbench, arguments: &[&str]| {
        bench.pw(arguments).code(0);
        bench.pw(&["render", "label"]).code(0).stdout
    };
    let english = "The weather is lovely today\n";
    let chinese = "今天天气很好\n";
    assert_eq!(rendered(&Workbench::new(), &["init"]), english);
    let bench = Workbench::new().env("LANG", "zh_CN.UTF-8");
    assert_eq!(rendered(&bench, &["init"]), chinese);
    let bench = Workbench::new().env("LANG", "zh_CN.UTF-8");
    assert_eq!(rendered(&bench, &["init", "--lang", "en"]), english);
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
