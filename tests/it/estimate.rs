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

#[test]
fn what_is_left_of_each_cap_is_shown_with_whether_it_is_enough() {
    let bench = Workbench::cities();
    let settings = std::fs::read_to_string(bench.path("pw.toml")).unwrap();
    let capped = |caps: &str| {
        bench.write("pw.toml", format!("{settings}[budget]\n{caps}\n"));
        let report = bench.pw(&["estimate", "city", "--repeat", "5", "--format", "json"]);
        let caps = report.code(0).json()["caps"].as_array().unwrap().clone();
        let line = |cap: &serde_json::Value| {
            let text = |key: &str| cap[key].as_str().unwrap().to_owned();
            (text("period"), text("left_usd"), text("fits"))
        };
        caps.iter().map(line).collect::<Vec<_>>()
    };
    let cap = |period: &str, left: &str, fits: &str| {
        (period.to_owned(), left.to_owned(), fits.to_owned())
    };
    assert_eq!(capped(""), []);
    // No ledger yet: everything is left; too little at worst, and nothing recorded to tell more.
    assert_eq!(
        capped("day = \"0.001\"\nmonth = \"9\""),
        [
            cap("day", "0.001000000000", "unsure"),
            cap("month", "9.000000000000", "surely")
        ]
    );
    bench.write("pw.toml", &settings);
    bench.pw(&["eval", "city", "--repeat", "4"]).code(0);
    // Twelve answers of 20 millionths are spent; the next fifteen cost 300 millionths.
    assert_eq!(
        capped("run = \"0.0003\"\nday = \"0.00053\"\nmonth = \"0.00054\""),
        [
            cap("run", "0.000300000000", "likely"),
            cap("day", "0.000290000000", "no"),
            cap("month", "0.000300000000", "likely")
        ]
    );
    for (lang, words) in [
        (
            "en",
            [
                "today $0.00029 of $0.00053 left · not enough",
                "this month $0.0003 of $0.00054 left · likely enough, not at worst",
            ],
        ),
        (
            "zh",
            [
                "今日 预算 $0.00053，剩余 $0.00029 · 不够",
                "本月 预算 $0.00054，剩余 $0.0003 · 通常足够，最坏情况下不够",
            ],
        ),
    ] {
        let text = bench
            .pw(&["--lang", lang, "estimate", "city", "--repeat", "5"])
            .code(0)
            .stdout;
        for word in words {
            assert!(text.contains(word), "lacks `{word}`\n{text}");
        }
    }
    bench.write("pw.toml", format!("{settings}[budget]\nday = \"9\"\n"));
    let text = bench.pw(&["estimate", "city"]).code(0).stdout;
    assert!(text.contains("no cap: this run, this month"), "{text}");
    bench.write("pw.toml", &settings);
    let text = bench.pw(&["estimate", "city"]).code(0).stdout;
    assert!(text.lines().any(|line| line == "no cap"), "{text}");
}
