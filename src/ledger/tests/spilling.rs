//! Disks that are full or broken: no paid answer is lost, nothing is sent without a row.

use rusqlite::Connection;

use crate::ledger::testing::*;
use crate::ledger::{Caps, LedgerError, Reader, check};

/// Makes the next page allocation of the writer's connection fail as on a full disk.
fn fill(conn: &Connection) -> rusqlite::Result<()> {
    let pages: i64 = conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
}

fn free(conn: &Connection) -> rusqlite::Result<()> {
    conn.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))
}

fn big_hold() -> crate::ledger::Hold {
    let mut hold = hold(100, None);
    // Larger than a page, and nothing repeats: it does not shrink.
    let noise: String = (0_u32..20_000)
        .filter_map(|i| char::from_u32(0x4e00 + i.wrapping_mul(i).wrapping_mul(7919) % 20_000))
        .collect();
    std::sync::Arc::make_mut(&mut hold.call).request = noise;
    hold
}

fn big_settle(attempt: uuid::Uuid) -> crate::ledger::Settle {
    let mut settle = settle(attempt, 30);
    settle.answer.text = Some(big_hold().call.request.clone());
    settle
}

#[tokio::test]
async fn a_full_disk_keeps_the_answer_and_books_it_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = open(folder.path());
    let attempt = held(&ledger, hold(100, None)).await;
    ledger.meddle(fill).await.unwrap();
    let error = ledger.hold(big_hold()).await.unwrap_err();
    assert!(error.is_disk_full(), "{error}");
    let error = ledger.settle(big_settle(attempt)).await.unwrap_err();
    assert!(matches!(&error, LedgerError::Spilled { .. }), "{error}");
    assert!(error.is_disk_full());
    // The end is as hard as a kill; the next start books the answer before it looks after the dead.
    ledger.die();
    assert_eq!(check(&path).unwrap().findings.len(), 2);
    let ledger = open(folder.path());
    assert_eq!(check(&path).unwrap().findings, []);
    let cached = Reader::open(&path, "w")
        .unwrap()
        .cached("key")
        .unwrap()
        .unwrap();
    assert_eq!(cached.cost.unwrap().billed.picos(), 30);
    assert_eq!(cached.answer, big_settle(attempt).answer);
    assert_eq!(
        number(&raw(folder.path()), "SELECT count(*) FROM postings"),
        2
    );
    ledger.close().unwrap();
    open(folder.path()).close().unwrap();
    assert_eq!(
        number(&raw(folder.path()), "SELECT count(*) FROM postings"),
        2
    );
}

#[tokio::test]
async fn a_disk_that_has_room_again_takes_what_waited() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.begin_run(run("r1")).await.unwrap();
    let request = hold_for(call(Some("r1")), 100, Caps::default());
    let call = request.call.id;
    let attempt = held(&ledger, request).await;
    ledger.meddle(fill).await.unwrap();
    let run_id = "r1".to_owned();
    let mut row = trial(0, "beijing-02", call, true);
    row.scores[0].0.reason = big_hold().call.request.clone();
    ledger.record_trial(&run_id, row).await.unwrap();
    let error = ledger.settle(big_settle(attempt)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Spilled { .. }), "{error}");
    ledger.meddle(free).await.unwrap();
    let attempt = held(&ledger, hold(1, None)).await;
    ledger.void(attempt, "done".to_owned(), None).await.unwrap();
    ledger
        .end_run(&run_id, crate::domain::RunStatus::Finished, true)
        .await
        .unwrap();
    assert_eq!(
        number(
            &raw(folder.path()),
            "SELECT spent FROM balances WHERE scope = 'run'"
        ),
        30
    );
    assert_eq!(
        number(&raw(folder.path()), "SELECT count(*) FROM scores"),
        2
    );
    ledger.close().unwrap();
    assert_eq!(
        check(&folder.path().join("ledger.db")).unwrap().findings,
        []
    );
}

#[tokio::test]
async fn a_failed_sync_stops_the_writer_and_answers_are_still_kept() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let attempt = held(&ledger, hold(100, None)).await;
    let broken = ledger
        .meddle(|_| {
            Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC),
                None,
            ))
        })
        .await;
    assert!(matches!(broken, Err(LedgerError::Sqlite { .. })));
    let error = ledger.hold(hold(1, None)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Stopped { .. }), "{error}");
    let error = ledger.settle(settle(attempt, 30)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Spilled { .. }), "{error}");
    assert!(matches!(ledger.close(), Err(LedgerError::Stopped { .. })));
    let ledger = open(folder.path());
    assert_eq!(
        number(
            &raw(folder.path()),
            "SELECT spent FROM balances WHERE scope = 'day'"
        ),
        30
    );
    ledger.close().unwrap();
}

#[tokio::test]
async fn one_entry_that_cannot_be_written_does_not_take_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let attempts: Vec<_> = futures_util::future::join_all((0..20).map(|i| {
        let ledger = &ledger;
        async move {
            if i == 7 {
                let wrong = ledger
                    .meddle(|conn| conn.execute("INSERT INTO calls VALUES (0)", []).map(drop));
                assert!(wrong.await.is_err());
                None
            } else {
                Some(held(ledger, hold(1, Some(100))).await)
            }
        }
    }))
    .await;
    assert_eq!(attempts.iter().flatten().count(), 19);
    assert_eq!(
        number(
            &raw(folder.path()),
            "SELECT held FROM balances WHERE scope = 'day'"
        ),
        19
    );
}
