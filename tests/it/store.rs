//! What the ledger keeps of texts where `store` is `hash`: none.

use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::fault_server::{Behaviour, FaultServer, WHOLE};
use crate::workbench::Workbench;

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

/// Counts the requests for answers.
pub(crate) fn posts(server: &FaultServer) -> usize {
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
            let hex: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            let hex = hex.concat();
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
