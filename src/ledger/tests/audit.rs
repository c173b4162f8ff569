//! The audit finds what the database's own check does not, and says nothing when all is well.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

use crate::domain::{RunStatus, sha256_hex};
use crate::ledger::testing::*;
use crate::ledger::{Caps, LedgerError, check, export_jsonl};

/// A ledger with every kind of posting, closed.
async fn books(folder: &Path) -> PathBuf {
    let ledger = open(folder);
    let id = "r1".to_owned();
    ledger.begin_run(run("r1")).await.unwrap();
    for (position, cost) in [(0, 30), (1, 130)] {
        let request = hold_for(call(Some("r1")), 100, Caps::default());
        let call = request.call.id;
        let attempt = held(&ledger, request).await;
        ledger.settle(settle(attempt, cost)).await.unwrap();
        let row = trial(position, "beijing-02", call, true);
        ledger.record_trial(&id, row).await.unwrap();
    }
    let void = held(&ledger, hold(7, None)).await;
    ledger.void(void, "refused".to_owned(), None).await.unwrap();
    let lost = held(&ledger, hold(9, None)).await;
    ledger
        .lose(lost, "cut off".to_owned(), None, None)
        .await
        .unwrap();
    let late = held(&ledger, hold(11, None)).await;
    ledger
        .lose(late, "cut off".to_owned(), None, None)
        .await
        .unwrap();
    ledger.settle(settle(late, 10)).await.unwrap();
    ledger
        .end_run(&id, RunStatus::Finished, true)
        .await
        .unwrap();
    ledger.close().unwrap();
    folder.join("ledger.db")
}

fn found(path: &Path) -> Vec<String> {
    check(path)
        .unwrap()
        .findings
        .into_iter()
        .map(|finding| finding.what)
        .collect()
}

/// Changes a fresh ledger as a person with `sqlite3` could, and audits it.
async fn after(sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = books(folder.path()).await;
    Connection::open(&path)
        .unwrap()
        .execute_batch(&format!(
            "PRAGMA foreign_keys = OFF; DROP TRIGGER postings_are_not_changed; DROP TRIGGER postings_are_not_deleted; {sql}"
        ))
        .unwrap();
    found(&path)
}

#[tokio::test]
async fn a_whole_ledger_is_silent() {
    let folder = tempfile::tempdir().unwrap();
    let path = books(folder.path()).await;
    let report = check(&path).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.postings, 11);
    let anchor: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("ledger.anchor")).unwrap())
            .unwrap();
    assert_eq!(anchor["hash"], report.head.as_str());
    assert_eq!((&anchor["seq"], &anchor["calls"]), (&11.into(), &5.into()));
}

#[tokio::test]
async fn postings_cannot_be_changed_by_accident() {
    let folder = tempfile::tempdir().unwrap();
    let conn = Connection::open(books(folder.path()).await).unwrap();
    for sql in ["UPDATE postings SET spent = 0", "DELETE FROM postings"] {
        let error = conn.execute(sql, []).unwrap_err().to_string();
        assert_eq!(error, "postings are append-only");
    }
}

#[tokio::test]
async fn each_tampering_is_found() {
    let chained = "does not match its hash: it, its call or its names were changed";
    for (sql, expected) in [
        ("UPDATE postings SET spent = spent - 1 WHERE seq = 2", format!("posting 2 {chained}")),
        ("UPDATE postings SET reason = 'x' WHERE seq = 6", format!("posting 6 {chained}")),
        ("UPDATE postings SET time_ms = time_ms + 1 WHERE seq = 1", format!("posting 1 {chained}")),
        ("UPDATE postings SET usage = '{}' WHERE seq = 2", format!("posting 2 {chained}")),
        ("UPDATE names SET name = 'cheap' WHERE name = 'gpt-5-mini'", format!("posting 1 {chained}")),
        ("UPDATE contexts SET purpose = 'play'", format!("posting 1 {chained}")),
        ("UPDATE attempts SET day = 20261119 WHERE id = 1", format!("posting 1 {chained}")),
        ("UPDATE prices SET valid_from = ''", format!("posting 1 {chained}")),
        ("DELETE FROM postings WHERE seq = 11", "the ledger ends at posting 10, but posting 11 was written, and there is no `-wal` file".to_owned()),
        ("DELETE FROM postings WHERE seq = 3", "posting 4 follows posting 2: 1 between them are missing".to_owned()),
        ("UPDATE attempts SET state = 'void' WHERE id = 1", "is void, but by its postings it is settled".to_owned()),
        ("UPDATE attempts SET worst = 1 WHERE id = 4", "is lost, but by its postings it is lost".to_owned()),
        ("UPDATE balances SET lost = 0 WHERE scope = 'day'", "the balance of day 20261118 says lost $0.000000000000, but its postings add up to $0.000000000009".to_owned()),
        ("DELETE FROM balances WHERE scope = 'run'", "the balance of run 1 says spent $0.000000000000, but its postings add up to $0.000000000160".to_owned()),
        ("INSERT INTO balances VALUES ('month', 202612, 5, 0, 0, 0)", "the balance of month 202612 says spent $0.000000000005".to_owned()),
        ("UPDATE spend SET billed = billed + 1", "the spend of day 20261118, context 1 is not the sum of its postings".to_owned()),
        ("DELETE FROM spend", "the spend of day 20261118, context 1 is missing".to_owned()),
        ("UPDATE payloads SET body = replace(body, '17', '18') WHERE id = 3", "the answer of posting 2 is not the text that was hashed".to_owned()),
        ("UPDATE payloads SET body = x'00' WHERE id = 2", "the request of posting 1 is not the text that was hashed".to_owned()),
        ("UPDATE cases SET body = '{}' WHERE id = 2", "case 2 is not the text that was hashed".to_owned()),
        ("UPDATE calls SET accepted = 2 WHERE id = 1", "1 calls name an accepted attempt that is not theirs or not answered".to_owned()),
        ("DELETE FROM calls WHERE id = 5", "the audit could not go on".to_owned()),
    ] {
        let found = after(sql).await;
        assert!(
            found.iter().any(|what| what.contains(&expected)),
            "{sql}: expected `{expected}`, found {found:?}"
        );
    }
}

#[tokio::test]
async fn a_hold_that_nobody_will_end_is_found_until_the_next_writer_comes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = open(folder.path());
    held(&ledger, hold(100, None)).await;
    assert_eq!(found(&path), Vec::<String>::new(), "its process lives");
    ledger.die();
    let told = found(&path);
    assert!(
        told.len() == 1 && told[0].starts_with("1 holds of $0.0000000001"),
        "{told:?}"
    );
    open(folder.path()).close().unwrap();
    assert_eq!(found(&path), Vec::<String>::new());
}

#[tokio::test]
async fn many_findings_of_a_sort_are_counted() {
    let found = after("UPDATE postings SET time_ms = 0").await;
    assert_eq!(found.len(), 11);
    assert_eq!(found[10], "1 more findings like the last one");
}

#[tokio::test]
async fn a_flipped_byte_of_the_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = books(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    for needle in ["最低气温17", "cut off", "gpt-5-mini-2026"] {
        // Every copy: pages that were split keep stale ones, which nobody reads.
        let mut bytes = whole.clone();
        let places = bytes.windows(needle.len()).enumerate();
        let places: Vec<_> = places
            .filter(|(_, window)| *window == needle.as_bytes())
            .map(|(place, _)| place)
            .collect();
        for place in places {
            bytes[place] ^= 1;
        }
        std::fs::write(&path, &bytes).unwrap();
        assert_ne!(found(&path), Vec::<String>::new(), "{needle}");
    }
}

#[tokio::test]
async fn damaged_and_cut_files_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = books(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    for length in [1, 99, 100, 4096, whole.len() / 2, whole.len() - 4096] {
        std::fs::write(&path, &whole[..length]).unwrap();
        match check(&path) {
            Ok(report) => assert_ne!(report.findings, [], "cut at {length}"),
            Err(e) => assert!(matches!(e, LedgerError::NotALedger { .. }), "{e}"),
        }
    }
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(check(&path), Err(LedgerError::NotALedger { .. })));
    for page in (0..whole.len()).step_by(4096).skip(1) {
        let mut bytes = whole.clone();
        bytes[page..page + 200].fill(0xa5);
        std::fs::write(&path, &bytes).unwrap();
        let report = check(&path).unwrap();
        assert_ne!(report.findings, [], "page at {page}");
    }
}

#[tokio::test]
async fn a_flipped_bit_is_found_or_changes_no_posting() {
    let folder = tempfile::tempdir().unwrap();
    let path = books(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    let export = || {
        let mut out = Vec::new();
        export_jsonl(&path, &mut out).map(|_| out)
    };
    let expected = export().unwrap();
    let mut harmless = 0;
    for (count, place) in (0..whole.len()).step_by(1_013).enumerate() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (count % 8);
        std::fs::write(&path, &bytes).unwrap();
        if check(&path).is_ok_and(|report| report.findings.is_empty()) {
            harmless += 1;
            assert_eq!(export().unwrap(), expected, "byte {place}");
        }
    }
    assert!(harmless > 0, "free space may change");
}

#[tokio::test]
async fn an_export_verifies_without_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = books(folder.path()).await;
    let mut out = Vec::new();
    assert_eq!(export_jsonl(&path, &mut out).unwrap(), 11);
    let text = String::from_utf8(out).unwrap();
    let mut before = "0".repeat(64);
    for (line, seq) in text.lines().zip(1..) {
        let value: Value = serde_json::from_str(line).unwrap();
        let entry = crate::domain::canonical_json(&value["entry"]);
        assert!(
            line.contains(&entry),
            "an entry stands in its canonical form"
        );
        before = sha256_hex(format!("{before}\n{entry}").as_bytes());
        assert_eq!(value["hash"], before.as_str());
        assert_eq!(
            (&value["entry"]["seq"], &value["entry"]["v"]),
            (&seq.into(), &1.into())
        );
    }
    let hold: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    for (key, expected) in [
        ("kind", "hold"),
        ("held", "0.000000000100"),
        ("prompt", "weather"),
        ("run", "r1"),
        ("case", "beijing-02"),
        ("purpose", "eval"),
        ("model", "gpt-5-mini"),
        ("price_from", "2026-10-01"),
        ("time", "2026-11-18T12:26:40.000Z"),
    ] {
        assert_eq!(hold["entry"][key], expected, "{key}");
    }
    assert_eq!(hold["entry"]["repeat"], 1);
    assert!(hold["entry"].get("variant").is_none());
}
