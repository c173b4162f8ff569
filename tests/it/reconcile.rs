//! A call whose answer was lost keeps its worst case until a person says what the bill says.

use crate::workbench::Workbench;

/// One of three calls breaks off in the middle, in each of its attempts.
const RULES: &str = "\
rules:
  - match: Wuhan
    fault: reset
  - reply: sunny
    usage: { input_tokens: 10, output_tokens: 5 }
";

#[test]
fn a_lost_call_is_listed_and_booked_at_what_the_bill_says() {
    let bench = Workbench::cities().scripted(RULES);
    let lost = || bench.pw(&["cost", "--format", "json"]).code(0).json()["total"].clone();
    bench.pw(&["eval", "city"]);
    let before = lost();
    let count = before["lost"].as_u64().unwrap();
    assert!(count > 0, "{before}");
    let listed = bench.pw(&["ledger", "reconcile"]).code(0).stdout;
    assert_eq!(
        listed.matches("at most $").count() as u64,
        count,
        "{listed}"
    );
    assert!(listed.contains("city · run 1 · wuhan"), "{listed}");
    let id = listed.split_whitespace().next().unwrap();
    let booked = ["--call", id, "--amount", "0.00001", "--reason", "bill"];
    let said = bench
        .pw(&[&["ledger", "reconcile"], &booked[..]].concat())
        .code(0)
        .stdout;
    assert!(said.contains("$0.00001 instead of at most"), "{said}");
    let after = lost();
    assert_eq!(after["lost"].as_u64().unwrap(), count - 1);
    let billed = |total: &serde_json::Value| -> f64 {
        total["billed_usd"].as_str().unwrap().parse().unwrap()
    };
    assert!((billed(&after) - billed(&before) - 0.00001).abs() < 1e-15);
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
    // Booked once; what is not lost cannot be booked.
    bench
        .pw(&["ledger", "reconcile", "--call", id, "--amount", "0"])
        .code(2)
        .says("is not lost");
    bench
        .pw(&["ledger", "reconcile", "--call", "zz", "--amount", "0"])
        .code(2)
        .says("no lost call");
}
