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

/// A workspace with lost calls; returns them as listed, by id.
fn with_lost() -> (Workbench, Vec<String>) {
    let bench = Workbench::cities().scripted(RULES);
    bench.pw(&["eval", "city"]);
    let listed = bench.pw(&["ledger", "reconcile"]).code(0).stdout;
    let is_head = |line: &&str| !line.starts_with(' ');
    let ids = listed
        .lines()
        .filter(is_head)
        .filter_map(|line| line.split_whitespace().next());
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    assert!(ids.len() >= 2, "{listed}");
    (bench, ids)
}

#[test]
fn an_export_that_names_calls_books_them_in_either_form() {
    for (file, heading) in [("bill.csv", "request_id,model,cost\n"), ("bill.jsonl", "")] {
        let (bench, ids) = with_lost();
        let line = |id: &String| match heading {
            "" => format!("{{\"id\": \"{id}\", \"amount\": 1e-5}}\n"),
            _ => format!("{id},m,0.00001\n"),
        };
        // Two lines of one call are added; a call that is not ours is nothing to us.
        let strange = line(&"0".to_owned());
        bench.write(
            file,
            [heading, &line(&ids[0]), &line(&ids[0]), &strange].concat(),
        );
        let booked = bench.pw(&["ledger", "reconcile", "--bill", file]).code(0);
        assert!(booked.stdout.contains(": $0.00002 instead"), "{booked}");
        let booked = booked.says(&format!("does not name {} lost call", ids.len() - 1));
        assert_eq!(booked.stdout.lines().count(), 1);
        bench.write(file, [heading, &line(&ids[1])].concat());
        let rest = ["ledger", "reconcile", "--bill", file, "--rest-is-free"];
        assert_eq!(
            bench.pw(&rest).code(0).stdout.lines().count(),
            ids.len() - 1
        );
        bench
            .pw(&["ledger", "reconcile"])
            .code(0)
            .says("no call is lost");
        assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
    }
}

#[test]
fn an_export_that_is_none_changes_nothing() {
    let (bench, ids) = with_lost();
    let before = bench.pw(&["ledger", "export"]).code(0);
    for (text, words) in [
        ("id,model\nx,m\n".to_owned(), "no column for the amount"),
        ("<html>\n".to_owned(), "no column for the id"),
        (
            format!("id,amount\n{},-1\n", ids[0]),
            "bill.csv:2: found `-1`",
        ),
        (format!("id,amount\n{},\n", ids[0]), "expected an amount"),
        ("id,amount\nx,1\n".to_owned(), "names none of the"),
        ("id,amount\nx\n".to_owned(), "no usage export"),
        ("{\"id\": 1}\n".to_owned(), "line 1 has no amount"),
        ("{oh\n".to_owned(), "line 1"),
    ] {
        bench.write("bill.csv", &text);
        bench
            .pw(&["ledger", "reconcile", "--bill", "bill.csv"])
            .code(2)
            .says(words);
    }
    bench
        .pw(&["ledger", "reconcile", "--bill", "nowhere.csv"])
        .code(2)
        .says("nowhere.csv");
    assert_eq!(bench.pw(&["ledger", "export"]).code(0), before);
}

#[test]
fn a_total_is_shared_among_the_lost_calls_of_its_days() {
    let (bench, ids) = with_lost();
    let total = || bench.pw(&["cost", "--format", "json"]).code(0).json()["total"].clone();
    let before = bench.pw(&["ledger", "export"]).code(0);
    let book = |total: &str, day: &str| {
        bench.pw(&[
            "ledger",
            "reconcile",
            "--total",
            total,
            "--since",
            day,
            "--endpoint",
            "scripted",
        ])
    };
    book("0", "2026-11-24")
        .code(2)
        .says("differ by more than the lost calls explain");
    book("5", "2026-11-24")
        .code(2)
        .says("differ by more than the lost calls explain");
    book("0.0001", "2026-11-23").code(2).says("no call is lost");
    assert_eq!(bench.pw(&["ledger", "export"]).code(0), before);
    let booked = book("0.0001", "2026-11-24").code(0).stdout;
    assert_eq!(booked.lines().count(), ids.len(), "{booked}");
    assert_eq!(total()["billed_usd"], "0.000100000000");
    assert_eq!(total()["lost"], 0);
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
}
