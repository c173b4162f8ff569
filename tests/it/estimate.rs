//! What a run would cost: nothing is sent, the figures come from the ledger, and the run that follows agrees with them.

use crate::workbench::Workbench;

fn estimate(bench: &Workbench, flags: &[&str]) -> serde_json::Value {
    let mut arguments = vec!["estimate", "city", "--format", "json"];
    arguments.extend(flags);
    let report = bench.pw(&arguments).code(0).json();
    assert_eq!(report["schema"], "pw.estimate/v1");
    report["estimates"][0].clone()
}

#[test]
fn without_history_only_the_worst_case_is_known_and_nothing_is_written() {
    let bench = Workbench::cities();
    let found = estimate(&bench, &[]);
    assert_eq!(found["calls"], 3);
    assert!(found["p50_usd"].is_null());
    assert_ne!(found["worst_usd"], "0.000000000000");
    assert!(
        !bench.path(".pw/ledger.db").exists(),
        "an estimate opens no ledger"
    );
    let text = bench.pw(&["eval", "city", "--dry-run"]).code(0).stdout;
    assert!(
        text.contains("too few recorded calls to forecast"),
        "{text}"
    );
}

#[test]
fn recorded_calls_tell_what_the_next_run_costs() {
    let bench = Workbench::cities();
    bench.pw(&["eval", "city", "--repeat", "4"]).code(0);
    let found = estimate(&bench, &["--repeat", "5"]);
    // Each of 15 calls costs 20 millionths of a dollar, like each of the twelve before.
    assert_eq!(found["calls"], 15);
    assert_eq!(
        (&found["p50_usd"], &found["p90_usd"]),
        (&"0.000300000000".into(), &"0.000300000000".into())
    );
    assert_eq!(
        (&found["tokens"], &found["from_calls"]),
        (&225.into(), &12.into())
    );
    bench.write("prompts/city.hbs", "Weather, briefly: {{city}}?\n");
    let run = bench
        .pw(&["eval", "city", "--repeat", "5", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(run["runs"][0]["totals"]["billed_usd"], found["p50_usd"]);
}
