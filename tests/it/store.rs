//! What the ledger keeps of texts: none where `store` is `hash`, and none beyond its limits.

use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::fault_server::{Behaviour, FaultServer, WHOLE};
use crate::workbench::{Workbench, picos};

/// Words that stand nowhere else: of the prompt, of inputs, of expectations, of answers, of a provider's error, of flags.
const MARKS: [&str; 7] = [
    "朱雀计划",
    "青龙街七号",
    "玄武门",
    "白虎堂",
    "麒麟台",
    "凤凰山",
    "饕餮纹",
];

const SUITE: &str = "\
defaultTest:
  assert: [{ type: contains, value: 白虎堂 }]
tests:
  - { vars: { city: 青龙街七号 }, description: 青龙街七号 }
  - { vars: { city: 玄武门 }, assert: [{ type: contains, value: 凤凰山 }], metadata: { note: 凤凰山 } }
  - { id: door, matrix: { city: [玄武门, 青龙街七号] } }
";

/// A server that answers with `白虎堂`, and to every fifth request with an error that says `麒麟台`.
fn server() -> FaultServer {
    let answer = WHOLE.replace("北京晴", "今天去白虎堂");
    FaultServer::start(move |number| {
        if number % 5 == 4 {
            return Behaviour::status(400, r#"{"error":{"message":"麒麟台 is no city"}}"#);
        }
        Behaviour::json(&answer)
    })
}

fn secretive(server: &FaultServer, ledger: &str) -> Workbench {
    let bench = Workbench::at_server(&server.url());
    let settings = std::fs::read_to_string(bench.path("pw.toml")).unwrap();
    bench.write("pw.toml", format!("{settings}[ledger]\n{ledger}\n"));
    bench.write("prompts/city.hbs", "朱雀计划：{{city}}如何？\n");
    bench.write("evals/city.yaml", SUITE);
    bench
}

fn posts(server: &FaultServer) -> usize {
    let seen = server.requests();
    seen.iter().filter(|seen| seen.method == "POST").count()
}

/// Reads every file below a folder, one after the other.
fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_below(&path));
        } else {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Returns the marks that lie in the ledger's folder and in what was exported and copied from it, plain or as hashes that
/// anyone could make.
fn found(bench: &Workbench) -> Vec<String> {
    let mut bytes = bytes_below(&bench.path(".pw"));
    for folder in ["exports", "copies"] {
        if bench.path(folder).exists() {
            bytes.extend(bytes_below(&bench.path(folder)));
        }
    }
    let mut found = Vec::new();
    for mark in MARKS {
        if holds(&bytes, mark.as_bytes()) {
            found.push(mark.to_owned());
        }
        for text in [mark.to_owned(), format!("\"{mark}\"")] {
            let hash = Sha256::digest(text.as_bytes());
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            if holds(&bytes, &hash) || holds(&bytes, hex.as_bytes()) {
                found.push(format!("the plain hash of {text}"));
            }
        }
    }
    found
}

fn export_and_copy(bench: &Workbench) {
    for folder in ["exports", "copies"] {
        std::fs::create_dir_all(bench.path(folder)).unwrap();
    }
    for (form, file) in [
        ("jsonl", "exports/a.jsonl"),
        ("csv", "exports/a.csv"),
        ("otlp", "exports/a.json"),
    ] {
        let arguments = ["ledger", "export", "--format", form, "--output", file];
        bench.pw(&arguments).code(0);
    }
    bench.pw(&["ledger", "backup", "copies/copy.db"]).code(0);
    bench.pw(&["ledger", "verify", "exports/a.jsonl"]).code(0);
}

/// Everything that writes: runs with answers and errors, a flag that sets an input, one answer without a suite, a note.
fn use_everything(bench: &Workbench) {
    bench.pw(&["eval", "city", "--no-cache"]);
    bench.pw(&["eval", "city", "--set", "city=饕餮纹", "--filter", "door"]);
    bench.pw(&["try", "city", "--set", "city=饕餮纹"]);
}

#[test]
fn with_hashes_no_text_lies_anywhere() {
    let server = server();
    // What is looked for can be found: with texts, all of it is there.
    let open = secretive(&server, "store = \"text\"");
    use_everything(&open);
    assert_eq!(
        found(&open).len(),
        MARKS.len(),
        "{:?} of {MARKS:?}",
        found(&open)
    );

    let bench = secretive(&server, "store = \"hash\"");
    use_everything(&bench);
    assert_eq!(found(&bench), [""; 0]);
    export_and_copy(&bench);
    assert_eq!(found(&bench), [""; 0]);
    // Nor compressed: what is short lies as it is, and nothing here is long.
    let conn = Connection::open(bench.path(".pw/ledger.db")).unwrap();
    for table in ["payloads", "revisions", "cases"] {
        let sql = format!("SELECT count(*) FROM {table} WHERE typeof(body) = 'blob'");
        let blobs: i64 = conn.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(blobs, 0, "{table}");
    }
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
}

#[test]
fn with_hashes_a_killed_process_leaves_no_text() {
    for point in ["after-hold", "before-settle", "after-settle:2"] {
        let server = server();
        let bench = secretive(&server, "store = \"hash\"").env("PW_FAILPOINT", point);
        bench.pw(&["eval", "city", "--no-cache"]).code(134);
        assert_eq!(found(&bench), [""; 0], "{point}");
        let bench = bench.env("PW_FAILPOINT", "");
        bench
            .pw(&["resume"])
            .code(2)
            .says("run 1 cannot be gone on with: the ledger keeps nothing but hashes");
        assert_eq!(found(&bench), [""; 0], "{point}");
        assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
    }
}

#[test]
fn with_hashes_verdicts_money_and_comparisons_stay() {
    let server = FaultServer::start(|number| {
        // The second case is answered well from the second run on.
        let city = if number % 4 == 1 && number > 4 {
            "白虎堂和凤凰山"
        } else {
            "白虎堂"
        };
        Behaviour::json(&WHOLE.replace("北京晴", city))
    });
    let bench = secretive(&server, "store = \"hash\"");
    let first = bench.pw(&["eval", "city"]).code(0);
    assert!(
        first.stdout.contains("texts are not kept, only hashes"),
        "{first}"
    );
    // Nothing is reused.
    bench.pw(&["eval", "city"]).code(0);
    assert_eq!(posts(&server), 8);
    bench.write("prompts/city.hbs", "朱雀计划，简述：{{city}}如何？\n");
    let report = bench
        .pw(&["eval", "city", "--against", "1", "--format", "json"])
        .code(0)
        .json();
    let run = &report["runs"][0];
    let comparison = &run["comparisons"][0];
    assert_eq!(
        (&comparison["pairs"], &comparison["discordant"]["better"]),
        (&4.into(), &1.into()),
        "{comparison}"
    );
    assert_eq!(run["results"][1]["vars"]["city"], "玄武门");
    assert_eq!(run["unkept"]["all"], true);

    let shown = bench.pw(&["show", "--format", "json"]).code(0).json();
    let kept = &shown["runs"][0];
    for key in ["variants", "comparisons", "totals"] {
        assert_eq!(kept[key], run[key], "{key}");
    }
    assert_eq!(kept["results"][1]["vars"], serde_json::json!({}));
    assert_eq!(kept["results"][1]["output"], serde_json::Value::Null);
    assert_eq!(kept["results"][1]["pass"], run["results"][1]["pass"]);
    let case = kept["results"][1]["case"].as_str().unwrap();
    let output = bench.pw(&["show", "--case", case]).code(0);
    assert!(output.stdout.contains("only its hash is kept"), "{output}");
    let one = bench
        .pw(&["eval", "city", "--case", case, "--format", "json"])
        .code(0);
    assert_eq!(one.json()["runs"][0]["results"][0]["case"], case);

    bench
        .pw(&["rescore", "1"])
        .code(2)
        .says("run 1 cannot be scored again: the ledger keeps nothing but hashes");
    bench.pw(&["log", "city"]).code(0);
    bench
        .pw(&["log", "city", "--restore", "1", "--yes"])
        .code(2)
        .says("the text of iteration 1 is not kept");
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
}

#[test]
fn the_setting_comes_from_a_flag_or_a_variable_too() {
    let server = server();
    for (flags, bench) in [
        (&["--store", "hash"][..], secretive(&server, "")),
        (&[], secretive(&server, "").env("PW_STORE", "hash")),
    ] {
        bench.pw(&[&["eval", "city"], flags].concat());
        assert_eq!(found(&bench), [""; 0], "{flags:?}");
    }
    let bench = secretive(&server, "store = \"none\"");
    bench.pw(&["eval", "city"]).code(2).says("ledger.store");
    assert!(!bench.path(".pw/ledger.db").exists());
    // What was recorded with texts is not written again without them.
    let bench = secretive(&server, "");
    bench.pw(&["eval", "city"]);
    let bench = bench.env("PW_STORE", "hash");
    bench
        .pw(&["rescore", "1"])
        .code(2)
        .says("its texts would be written");
    // A key that is none is refused, and nothing is sent.
    let bench = secretive(&server, "store = \"hash\"");
    bench.write("home/.local/state/pw/text.key", "correct horse");
    let before = posts(&server);
    bench.pw(&["eval", "city"]).code(2).says("text.key");
    assert_eq!(posts(&server), before);
}

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
        let digits = (0..12_000).map(|n| {
            let hash = Sha256::digest(format!("{seed}-{n}").as_bytes());
            hash.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        });
        format!("晴{}", digits.collect::<String>())
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
