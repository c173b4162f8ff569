//! A ledger over the years: copied, verified, merged, pruned, audited; with whatever may be wrong with the files.

use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::readme;
use crate::workbench::Workbench;

/// Takes a ledger back to the version before imports.
const EARLIER: &str = "DROP TABLE imported_spend; DROP TABLE imported; DROP TABLE chains; \
    ALTER TABLE trials DROP COLUMN taken;";

/// A workspace in which three calls were paid.
fn paid() -> Workbench {
    let bench = Workbench::cities();
    bench.pw(&["eval", "city"]);
    bench
}

fn export(bench: &Workbench, to: &str) -> String {
    let text = bench.pw(&["ledger", "export"]).code(0).stdout;
    bench.write(to, &text);
    text
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

/// Billed dollars of everything that the ledger knows.
fn billed(bench: &Workbench) -> f64 {
    let json = bench.pw(&["cost", "--format", "json"]).code(0).json();
    json["total"]["billed_usd"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn ten_lines_of_python_verify_an_export() {
    // `cargo test` needs nothing but Rust; `.ci/run` has Python.
    if Command::new("python3").arg("-V").output().is_err() {
        return;
    }
    let bench = paid();
    let text = export(&bench, "books.jsonl");
    bench.write("verify.py", readme::file("verify.py"));
    let python = |file: &str| {
        let output = Command::new("python3")
            .args([bench.path("verify.py"), bench.path(file)])
            .output()
            .expect("python3 ran before");
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (well, said) = python("books.jsonl");
    assert!(well);
    // It and `pw` say the same.
    let verified = bench
        .pw(&["ledger", "verify", "books.jsonl"])
        .code(0)
        .stdout;
    assert!(verified.ends_with(&said), "{verified}{said}");
    for changed in [
        text.replacen("\"spent\":\"0.0", "\"spent\":\"0.1", 1),
        text.split_inclusive('\n').skip(1).collect(),
        text.replacen("wuhan", "Wuhan", 1),
    ] {
        assert_ne!(changed, text);
        bench.write("changed.jsonl", changed);
        assert!(!python("changed.jsonl").0);
        let found = bench.pw(&["ledger", "verify", "changed.jsonl"]).code(1);
        assert!(found.stdout.contains("posting"), "{found}");
    }
}

#[test]
fn a_backup_is_verified_and_never_written_over() {
    let bench = paid();
    let said = bench.pw(&["ledger", "backup", "b.db"]).code(0).stdout;
    let verified = bench.pw(&["ledger", "verify", "b.db"]).code(0).stdout;
    assert_eq!(said, verified);
    assert!(said.contains("postings, head "), "{said}");
    bench
        .pw(&["ledger", "backup", "b.db"])
        .code(2)
        .says("exists already");
    assert_eq!(bench.pw(&["ledger", "verify", "b.db"]).code(0).stdout, said);
    bench
        .pw(&["ledger", "backup", "no/such/folder/b.db"])
        .code(1)
        .says("cannot create");
    // A copy that ends before its anchor has lost its end.
    bench.pw(&["eval", "city", "--no-cache"]);
    let cut = bench
        .pw(&["ledger", "verify", "b.db", "--anchor", ".pw/ledger.anchor"])
        .code(1);
    assert!(cut.stdout.contains("it ends at posting"), "{cut}");
    // One byte of a text changed: `SQLite` calls it well.
    let conn = Connection::open(bench.path("b.db")).unwrap();
    conn.execute(
        "UPDATE payloads SET body = replace(body, 'Weather', 'Whether')",
        [],
    )
    .unwrap();
    drop(conn);
    let changed = bench.pw(&["ledger", "verify", "b.db"]).code(1);
    assert!(
        changed.stdout.contains("is not the text that was hashed"),
        "{changed}"
    );
}

#[test]
fn what_is_no_ledger_and_no_export_is_said_to_be_none() {
    let bench = paid();
    for (text, words) in [
        ("seq,spent\n1,2\n", "line 1: found"),
        ("{\"entry\":{},\"hash\":\"\"}\n", "without `seq`"),
        (
            "{\"entry\":{\"seq\":1},\"hash\":\"zz\"}\n",
            "found the hash `zz`",
        ),
        ("{\"entry\":{\"seq\":1},\"hash\":\"zz\"}", "the file is cut"),
    ] {
        bench.write("x", text);
        let found = bench.pw(&["ledger", "verify", "x"]).code(1);
        assert!(found.stdout.contains(words), "{found}");
        bench.pw(&["ledger", "import", "x"]).code(1).says(words);
    }
    bench.write("empty", "");
    for file in ["empty", "missing"] {
        bench.pw(&["ledger", "verify", file]).code(1).says("ledger");
        bench.pw(&["ledger", "import", file]).code(1).says("ledger");
    }
}

#[test]
fn importing_twice_doubles_nothing_and_going_on_adds_the_rest() {
    let (ours, theirs) = (paid(), paid());
    let before = billed(&ours);
    let file = name(&theirs.path(".pw/ledger.db"));
    let import = |file: &str| ours.pw(&["ledger", "import", file]).code(0).stdout;
    let first = import(&file);
    assert!(
        first.contains("3 answers") && !first.starts_with('0'),
        "{first}"
    );
    let both = billed(&ours);
    assert!((both - before - billed(&theirs)).abs() < 1e-15);
    // Again, as a database and as an export: nothing is new.
    let text = export(&theirs, "books.jsonl");
    let exported = name(&theirs.path("books.jsonl"));
    for file in [&file, &exported] {
        assert!(import(file).starts_with("0 of "), "{file}");
    }
    theirs.pw(&["eval", "city", "--no-cache"]);
    assert!(import(&file).contains("3 answers"));
    // The older export is a beginning of what is here.
    assert!(import(&exported).starts_with("0 of "));
    assert!((billed(&ours) - before - billed(&theirs)).abs() < 1e-15);
    assert_eq!(ours.pw(&["ledger", "check"]).code(0).stdout, "");
    // Our own chain is what it was: an import does not enter it.
    assert!(!export(&ours, "ours.jsonl").contains(&name(theirs.root())));
    assert!(text.contains(&name(theirs.root())));
}

#[test]
fn an_import_that_cannot_be_trusted_changes_nothing() {
    let (ours, theirs) = (paid(), paid());
    let refused = |file: &str, code: i32, words: &str| {
        let before = billed(&ours);
        ours.pw(&["ledger", "import", file]).code(code).says(words);
        assert!((billed(&ours) - before).abs() < 1e-15, "{file}");
    };
    // One's own, as it is, as a backup and as an export.
    ours.pw(&["ledger", "backup", "b.db"]).code(0);
    export(&ours, "own.jsonl");
    for file in [".pw/ledger.db", "b.db", "own.jsonl"] {
        refused(file, 2, "this ledger's own");
    }
    // Changed on the way.
    let text = export(&theirs, "books.jsonl");
    ours.write(
        "changed.jsonl",
        text.replacen("\"spent\":\"0.0", "\"spent\":\"0.1", 1),
    );
    refused("changed.jsonl", 1, "does not match its hash");
    // Copied without its end, which the anchor knows.
    theirs.pw(&["ledger", "backup", "old.db"]).code(0);
    theirs.pw(&["eval", "city", "--no-cache"]);
    std::fs::copy(theirs.path("old.db"), ours.path("copied.db")).unwrap();
    std::fs::copy(theirs.path(".pw/ledger.anchor"), ours.path("copied.anchor")).unwrap();
    refused(
        "copied.db",
        1,
        "its end is lost, or its `-wal` file is missing",
    );
    // From a newer version.
    let conn = Connection::open(theirs.path("old.db")).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    refused(&name(&theirs.path("old.db")), 1, "a newer `pw` wrote it");
}

#[test]
fn an_imported_chain_that_was_changed_is_found() {
    for (sql, words) in [
        (
            "UPDATE imported SET entry = '{}' WHERE seq = 2",
            "does not match its hash",
        ),
        (
            "UPDATE imported SET hash = zeroblob(32) WHERE seq = 2",
            "does not match its hash",
        ),
        (
            "DELETE FROM imported WHERE seq = 1",
            "does not match its hash",
        ),
        (
            "UPDATE imported_spend SET billed = billed + 1",
            "its spend is not the sum",
        ),
    ] {
        let (ours, theirs) = (paid(), paid());
        ours.pw(&["ledger", "import", &name(&theirs.path(".pw/ledger.db"))])
            .code(0);
        Connection::open(ours.path(".pw/ledger.db"))
            .unwrap()
            .execute_batch(&format!(
                "DROP TRIGGER imported_is_not_changed; DROP TRIGGER imported_is_not_deleted; {sql}"
            ))
            .unwrap();
        let found = ours.pw(&["ledger", "check"]).code(1);
        assert!(found.stdout.contains(words), "{sql}\n{found}");
    }
}

#[test]
fn the_audit_says_what_was_found_and_what_to_do() {
    let bench = paid();
    let found = || {
        let output = bench.pw(&["ledger", "check"]).code(1);
        assert!(output.stderr.contains("the ledger has "), "{output}");
        output.stdout
    };
    let change = |sql: &str| {
        let conn = Connection::open(bench.path(".pw/ledger.db")).unwrap();
        conn.execute_batch(sql).unwrap();
    };
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
    change("UPDATE balances SET spent = spent + 1 WHERE scope = 'day'");
    let said = found();
    assert!(
        said.contains("the balance of day 20261124 says spent"),
        "{said}"
    );
    assert!(said.contains("compare it with a backup"), "{said}");
    change("UPDATE balances SET spent = spent - 1 WHERE scope = 'day'");
    change("UPDATE payloads SET body = replace(body, 'sunny', 'Sunny')");
    assert!(found().contains("is not the text that was hashed"));
    change("UPDATE payloads SET body = replace(body, 'Sunny', 'sunny')");
    // An older copy in its place: what was written since is lost, as without a `-wal` file.
    bench.pw(&["ledger", "backup", "old.db"]).code(0);
    bench.pw(&["eval", "city"]);
    std::fs::copy(bench.path("old.db"), bench.path(".pw/ledger.db")).unwrap();
    let said = found();
    assert!(said.contains("there is no `-wal` file"), "{said}");
    assert!(said.contains("put the missing `-wal` file back"), "{said}");
}

#[test]
fn pruning_counts_first_and_takes_only_texts() {
    let bench = paid();
    let before = billed(&bench);
    bench.pw(&["ledger", "prune"]).code(2).says("--older-than");
    let prune = |arguments: &[&str]| {
        let all = [&["ledger", "prune", "--older-than"], arguments].concat();
        bench.pw(&all).code(0).stdout
    };
    assert!(prune(&["1d"]).starts_with("0 texts"));
    let later = bench.env("PW_TEST_CLOCK", "2026-12-24T08:00:00.000Z");
    let prune = |arguments: &[&str]| {
        let all = [&["ledger", "prune", "--older-than"], arguments].concat();
        later.pw(&all).code(0).stdout
    };
    let counted = prune(&["2 weeks"]);
    assert!(
        counted.starts_with("6 texts") && counted.contains("would be"),
        "{counted}"
    );
    assert_eq!(
        prune(&["2 weeks", "--yes"]),
        counted.replace("would be ", "")
    );
    assert!(prune(&["2 weeks"]).starts_with("0 texts"));
    assert!((billed(&later) - before).abs() < 1e-15);
    assert_eq!(later.pw(&["ledger", "check"]).code(0).stdout, "");
    later.pw(&["show"]).code(0);
    later
        .pw(&["ledger", "prune", "--older-than=-1d"])
        .code(2)
        .says("negative");
}

#[test]
fn a_ledger_of_an_earlier_version_is_brought_up_to_date_by_whoever_opens_it() {
    for command in [
        &["eval", "city"][..],
        &["cost"],
        &["log", "city"],
        &["show"],
    ] {
        let bench = paid();
        let conn = Connection::open(bench.path(".pw/ledger.db")).unwrap();
        conn.execute_batch(EARLIER).unwrap();
        conn.pragma_update(None, "user_version", 2).unwrap();
        drop(conn);
        bench.pw(command).code(0);
        assert!(
            bench.path(".pw/ledger.db.format-2").exists(),
            "{command:?} keeps a copy"
        );
        bench.pw(&["ledger", "check"]).code(0);
    }
}
