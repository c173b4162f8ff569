//! What the ledger keeps of texts: none beyond its limits, and what follows for whoever looks for them.

use sha2::{Digest as _, Sha256};

use crate::fault_server::{Behaviour, FaultServer, WHOLE};
use crate::store::posts;
use crate::workbench::{Workbench, picos};

/// Five megabytes of Chinese.
fn huge() -> String {
    "晴".repeat(5 * 1024 * 1024 / "晴".len())
}

/// Three cities, one at a time, at a server that answers with these texts in turn.
fn limited(texts: Vec<String>, ledger: &str) -> (FaultServer, Workbench) {
    let server = FaultServer::start(move |number| {
        Behaviour::json(&WHOLE.replace("北京晴", &texts[number % texts.len()]))
    });
    let bench = Workbench::at_server(&server.url());
    let settings = std::fs::read_to_string(bench.path("pw.toml")).unwrap();
    bench.write("pw.toml", format!("{settings}[ledger]\n{ledger}\n"));
    let suite = std::fs::read_to_string(bench.path("evals/city.yaml")).unwrap();
    bench.write(
        "evals/city.yaml",
        suite.replace("type: contains, value: sunny", "type: regex, value: 晴|^$"),
    );
    (server, bench)
}

fn ledger_size(bench: &Workbench) -> u64 {
    let size = |name: &str| std::fs::metadata(bench.path(name)).map_or(0, |data| data.len());
    size(".pw/ledger.db") + size(".pw/ledger.db-wal")
}

#[test]
fn an_answer_of_five_megabytes_is_kept_as_its_hash_and_an_empty_one_as_it_is() {
    let (server, bench) = limited(vec![huge(), String::new(), "晴".to_owned()], "");
    let report = bench.pw(&["eval", "city", "--format", "json"]).code(0);
    let run = report.json()["runs"][0].clone();
    assert_eq!(run["variants"][0]["passed"], 3);
    assert_eq!(run["unkept"]["texts"], 1);
    let bytes = run["unkept"]["bytes"].as_u64().unwrap();
    assert!(bytes > huge().len() as u64, "{bytes}");
    let shown = bench.pw(&["show"]).code(0).stdout;
    assert!(
        shown.contains("1 text kept as its hash only, 5,242,9"),
        "{shown}"
    );
    assert_eq!(shown.matches("kept as its hash").count(), 1);
    let chinese = bench.pw(&["show", "--lang", "zh"]).code(0).stdout;
    assert!(chinese.contains("1 段文本仅保存哈希"), "{chinese}");
    assert!(ledger_size(&bench) < 1 << 20, "{}", ledger_size(&bench));
    let case = bench.pw(&["show", "--case", "beijing"]).code(0).stdout;
    assert!(case.contains("only its hash is kept"), "{case}");
    let case = bench.pw(&["show", "--case", "wuhan"]).code(0).stdout;
    assert!(case.contains("(no text)"), "{case}");
    // Its money is whole, and it alone is bought again.
    assert_eq!(
        picos(run["totals"]["billed_usd"].as_str().unwrap()),
        45_000_000
    );
    assert_eq!(posts(&server), 3);
    let again = bench
        .pw(&["eval", "city", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(again["runs"][0]["totals"]["cached"], 2);
    assert_eq!(posts(&server), 4);
    // Its verdict stands for the comparison, because the suite is the same.
    bench.write("prompts/city.hbs", "Weather, briefly: {{city}}?\n");
    let edited = bench.pw(&["eval", "city", "--format", "json"]);
    assert_eq!(edited.json()["runs"][0]["comparisons"][0]["pairs"], 3);
    // With another suite it has none: an answer without its text is never judged.
    let suite = std::fs::read_to_string(bench.path("evals/city.yaml")).unwrap();
    bench.write("evals/city.yaml", suite.replace("晴|^$", "晴|^$|雨"));
    let stricter = bench.pw(&["eval", "city", "--against", "1", "--format", "json"]);
    let comparison = stricter.json()["runs"][0]["comparisons"][0].clone();
    assert_eq!(
        (&comparison["pairs"], &comparison["dropped"]),
        (&2.into(), &1.into()),
        "{comparison}"
    );
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
}

#[test]
fn a_higher_limit_keeps_it_and_then_it_is_reused() {
    let (server, bench) = limited(
        vec![huge(), String::new(), "晴".to_owned()],
        "text_kb = 8192",
    );
    for _ in 0..2 {
        let run = bench
            .pw(&["eval", "city", "--format", "json"])
            .code(0)
            .json()["runs"][0]
            .clone();
        assert_eq!(run["unkept"], serde_json::Value::Null);
        assert_eq!(run["results"][0]["output"].as_str().unwrap(), huge());
    }
    assert_eq!(posts(&server), 3);
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
}

#[test]
fn a_full_ledger_keeps_money_and_no_further_text_until_it_is_pruned() {
    // Hex digits of hashes hardly shrink: three answers fill a mebibyte, before the fourth.
    let noise = |seed: usize| -> String {
        let bytes = (0..12_000).flat_map(|n| Sha256::digest(format!("{seed}-{n}").as_bytes()));
        let digits: Vec<String> = bytes.map(|byte| format!("{byte:02x}")).collect();
        format!("晴{}", digits.concat())
    };
    let texts: Vec<String> = (0..3).map(noise).collect();
    let (server, bench) = limited(texts, "total_mb = 1");
    let eval = || {
        let flags = ["eval", "city", "--no-cache", "--format", "json"];
        bench.pw(&flags).code(0).json()["runs"][0].clone()
    };
    let (first, second) = (eval(), eval());
    assert_eq!(first["variants"][0]["passed"], 3);
    // Every text of the second run, requests included.
    assert_eq!(second["unkept"]["texts"], 6, "{}", first["unkept"]);
    assert_eq!(
        second["totals"]["billed_usd"],
        first["totals"]["billed_usd"]
    );
    bench
        .pw(&["ledger", "prune", "--larger-than", "100000", "--yes"])
        .code(0);
    let third = eval();
    assert!(
        third["unkept"]["texts"].as_u64().unwrap_or(0) < 6,
        "{}",
        third["unkept"]
    );
    assert_eq!(posts(&server), 9);
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
}

#[test]
fn limits_that_are_none_are_refused() {
    for (line, says) in [
        ("text_kb = 0", "ledger.text_kb"),
        ("total_mb = -1", "ledger.total_mb"),
        ("text_kb = \"much\"", "ledger.text_kb"),
    ] {
        let (_server, bench) = limited(vec!["晴".to_owned()], line);
        bench.pw(&["eval", "city"]).code(2).says(says);
        assert!(!bench.path(".pw/ledger.db").exists(), "{line}");
    }
}
