//! `pw rescore`: today's suite judges the answers of a recorded run, and nobody is asked.

use crate::fault_server::FaultServer;
use crate::workbench::Workbench;

/// The three cities with another expectation.
const STRICTER: &str = "\
defaultTest:
  assert: [{ type: contains, value: 晴 }, { type: contains, value: 上海 }]
tests:
  - { id: beijing, vars: { city: Beijing } }
  - { id: wuhan, vars: { city: Wuhan } }
  - { id: lhasa, vars: { city: Lhasa } }
";

/// Three answers `北京晴`, all of which pass.
fn evaluated() -> (FaultServer, Workbench) {
    let server = FaultServer::ok();
    let bench = Workbench::at_server(&server.url());
    bench.write("evals/city.yaml", STRICTER.replace("上海", "北京"));
    let run = bench
        .pw(&["eval", "city", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(run["runs"][0]["variants"][0]["passed"], 3);
    (server, bench)
}

#[test]
fn verdicts_that_flip_are_shown_and_nothing_is_sent() {
    let (server, bench) = evaluated();
    bench.write("evals/city.yaml", STRICTER);
    let asked = server.requests().len();
    let output = bench.pw(&["rescore", "1"]).code(0).says("nothing was sent");
    for case in ["beijing", "wuhan", "lhasa"] {
        assert!(output.stdout.contains(case), "{output}");
    }
    assert_eq!(server.requests().len(), asked);
    // It is a run of its own, and it names the one before it.
    let shown = bench.pw(&["show", "--format", "json"]).code(0).json();
    let run = &shown["runs"][0];
    let first = bench.pw(&["show", "1", "--format", "json"]).code(0).json();
    assert_eq!(run["variants"][0]["failed"], 3);
    assert_eq!(run["totals"]["calls"], 0);
    assert_eq!(run["totals"]["billed_usd"], "0.000000000000");
    assert_eq!(first["runs"][0]["variants"][0]["passed"], 3);
    let comparison = &run["comparisons"][0];
    assert_eq!(comparison["kind"], "run");
    assert_eq!(comparison["reference"]["run"], first["runs"][0]["id"]);
    assert_eq!(comparison["flipped"].as_array().unwrap().len(), 3);
    assert_eq!(comparison["verdict"], serde_json::Value::Null);
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
    // Going back to the old expectation flips them all again, from either run.
    bench.write("evals/city.yaml", STRICTER.replace("上海", "北京"));
    let report = bench
        .pw(&["rescore", "2", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(report["runs"][0]["variants"][0]["passed"], 3);
    assert_eq!(server.requests().len(), asked);
}

#[test]
fn a_gate_of_todays_suite_is_judged() {
    let (_server, bench) = evaluated();
    bench.write(
        "evals/city.yaml",
        format!("pass: {{ rate: 0.9 }}\n{STRICTER}"),
    );
    bench.pw(&["rescore", "1"]).code(3);
}

#[test]
fn cases_that_are_gone_or_ask_something_else_are_left_out_and_named() {
    let (_server, bench) = evaluated();
    let changed = STRICTER
        .replace("  - { id: wuhan, vars: { city: Wuhan } }\n", "")
        .replace("{ city: Lhasa }", "{ city: Rome }");
    bench.write("evals/city.yaml", &changed);
    bench
        .pw(&["rescore", "1"])
        .code(0)
        .says("left out: `wuhan`")
        .says("lhasa (`city` is another)");
    let none = changed
        .replace("beijing", "paris")
        .replace("{ city: Rome }", "{ town: Rome }");
    bench.write("evals/city.yaml", none);
    let before = bench.pw(&["ledger", "export"]).code(0);
    bench
        .pw(&["rescore", "1"])
        .code(2)
        .says("no answer of run 1 can be scored")
        .says("lhasa (`city` is missing)");
    assert_eq!(bench.pw(&["ledger", "export"]).code(0), before);
}

#[test]
fn what_cannot_be_scored_is_said() {
    let bench = Workbench::cities();
    bench.pw(&["rescore", "1"]).code(2).says("no ledger");
    bench.pw(&["eval", "city"]).code(0);
    bench.pw(&["rescore", "9"]).code(1).says("error:");
    bench.write(
        "evals/city.yaml",
        "tests: [{ vars: { city: Rome }, assert: [{ type: nonsense }] }]\n",
    );
    bench.pw(&["rescore", "1"]).code(2).says("nonsense");
    std::fs::remove_file(bench.path("evals/city.yaml")).unwrap();
    bench.pw(&["rescore", "1"]).code(2).says("evals/city.yaml");
}
