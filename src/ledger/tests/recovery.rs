//! Dead processes, lost ends, files put in another's place.

use std::fs;

use crate::domain::{RunStatus, Usd};
use crate::ledger::testing::*;
use crate::ledger::{
    Balance, CapScope, Caps, Ledger, LedgerError, Reader, Recovered, RunRef, check,
};

#[tokio::test]
async fn a_dead_writers_holds_are_lost_and_its_runs_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let dead = open(folder.path());
    dead.begin_run(run("r1")).await.unwrap();
    let late = held(&dead, hold_for(call(Some("r1")), 60, Caps::default())).await;
    held(&dead, hold(10, None)).await;
    dead.die();

    let report = check(&path).unwrap();
    assert_eq!(report.findings.len(), 1, "{report:?}");
    assert!(
        report.findings[0]
            .what
            .starts_with("2 holds of $0.000000000070 are open")
    );

    let ledger = open(folder.path());
    let expected = Recovered {
        writers: 1,
        attempts: 2,
        runs: 1,
    };
    assert_eq!(ledger.recovered(), expected);
    assert_eq!(check(&path).unwrap().findings, []);
    let reader = Reader::open(&path, "w").unwrap();
    assert_eq!(
        reader.run(&RunRef::Number(1)).unwrap().status,
        RunStatus::Interrupted
    );
    assert_eq!(
        reader.balance(CapScope::Day, 20_261_118).unwrap(),
        Balance {
            lost: Usd::from_picos(70),
            ..Balance::default()
        }
    );
    assert_eq!(refused(&ledger, hold(31, Some(100))).await.lost.picos(), 70);
    ledger.settle(settle(late, 5)).await.unwrap();
    held(&ledger, hold(85, Some(100))).await;
    assert_eq!(
        number(
            &raw(folder.path()),
            "SELECT count(*) FROM writers WHERE ending = 'died'"
        ),
        1
    );
}

#[tokio::test]
async fn the_living_are_left_alone_and_the_dead_found_while_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()), open(folder.path()));
    let attempt = held(&one, hold(60, None)).await;
    assert_eq!(two.recover().await.unwrap(), Recovered::default());
    one.settle(settle(attempt, 1)).await.unwrap();
    held(&one, hold(60, None)).await;
    one.die();
    let expected = Recovered {
        writers: 1,
        attempts: 1,
        runs: 0,
    };
    assert_eq!(two.recover().await.unwrap(), expected);
    assert_eq!(two.recover().await.unwrap(), Recovered::default());
}

#[tokio::test]
async fn a_writer_taken_for_dead_goes_on_and_is_looked_after_again() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()), open(folder.path()));
    one.begin_run(run("r1")).await.unwrap();
    let attempt = held(&one, hold(60, None)).await;
    fs::remove_dir_all(folder.path().join("live")).unwrap();
    assert_eq!(two.recover().await.unwrap().attempts, 1);
    one.settle(settle(attempt, 1)).await.unwrap();
    one.end_run(&"r1".to_owned(), RunStatus::Finished, true)
        .await
        .unwrap();
    held(&one, hold(60, None)).await;
    one.die();
    assert_eq!(two.recover().await.unwrap().attempts, 1);
    two.close().unwrap();
    let path = folder.path().join("ledger.db");
    assert_eq!(check(&path).unwrap().findings, []);
}

#[tokio::test]
async fn closing_leaves_nothing_open_and_no_sign_of_life() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let other = ledger.clone();
    held(&ledger, hold(60, None)).await;
    ledger.close().unwrap();
    assert!(matches!(
        other.hold(hold(1, None)).await,
        Err(LedgerError::Closed)
    ));
    assert!(matches!(other.close(), Err(LedgerError::Closed)));
    assert_eq!(fs::read_dir(folder.path().join("live")).unwrap().count(), 0);
    assert!(!folder.path().join("ledger.db-wal").exists());
    assert_eq!(
        number(
            &raw(folder.path()),
            "SELECT lost FROM balances WHERE scope = 'day'"
        ),
        60
    );
    assert_eq!(
        check(&folder.path().join("ledger.db")).unwrap().findings,
        []
    );
}

#[tokio::test]
async fn a_database_copied_without_its_wal_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    held(&ledger, hold(1, None)).await;
    ledger.close().unwrap();
    let ledger = open(folder.path());
    for _ in 0..5 {
        held(&ledger, hold(1, None)).await;
    }
    let copy = tempfile::tempdir().unwrap();
    for name in ["ledger.db", "ledger.anchor"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let path = copy.path().join("ledger.db");
    let before = fs::read(&path).unwrap();
    let error = Ledger::open(options(copy.path(), TestClock::new())).unwrap_err();
    // Posting 2 is the lost one that the first closing wrote.
    assert!(
        matches!(
            error,
            LedgerError::TailLost {
                found: 2,
                expected: 7,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    let report = check(&path).unwrap();
    assert_eq!(report.findings.len(), 1, "{report:?}");
    assert_eq!(
        report.findings[0].what,
        "the ledger ends at posting 2, but posting 7 was written, and there is no `-wal` file"
    );
    // The remedy: with its WAL it is whole.
    fs::copy(
        folder.path().join("ledger.db-wal"),
        copy.path().join("ledger.db-wal"),
    )
    .unwrap();
    open(copy.path()).close().unwrap();
    assert_eq!(check(&path).unwrap().findings, []);
}

#[tokio::test]
async fn a_vanished_or_exchanged_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    held(&ledger, hold(1, None)).await;
    ledger.close().unwrap();
    let path = folder.path().join("ledger.db");
    fs::remove_file(&path).unwrap();
    let error = Ledger::open(options(folder.path(), TestClock::new())).unwrap_err();
    assert!(
        matches!(error, LedgerError::TailLost { found: 0, .. }),
        "{error}"
    );
    assert!(!path.exists());

    let other = tempfile::tempdir().unwrap();
    let ledger = open(other.path());
    held(&ledger, hold(1, None)).await;
    ledger.close().unwrap();
    fs::copy(other.path().join("ledger.db"), &path).unwrap();
    let error = Ledger::open(options(folder.path(), TestClock::new())).unwrap_err();
    assert!(
        matches!(error, LedgerError::ForeignAnchor { .. }),
        "{error}"
    );
    assert_eq!(
        check(&path).unwrap().findings[0].what,
        "the anchor belongs to another ledger"
    );
}

#[tokio::test]
async fn a_process_that_dies_before_the_anchor_leaves_a_ledger_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path(), TestClock::new());
    let anchor = folder.path().join("ledger.anchor");
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    options.fail = std::sync::Arc::new({
        let (anchor, seen) = (anchor.clone(), seen.clone());
        move |step| {
            seen.lock()
                .unwrap()
                .push((step, fs::read(&anchor).unwrap()));
        }
    });
    let ledger = Ledger::open(options).unwrap();
    held(&ledger, hold(1, None)).await;
    held(&ledger, hold(1, None)).await;
    ledger.die();
    let (step, stale) = seen.lock().unwrap().last().cloned().unwrap();
    assert_eq!(step, "before-anchor");
    fs::write(&anchor, stale).unwrap();
    open(folder.path()).close().unwrap();
    assert_eq!(
        check(&folder.path().join("ledger.db")).unwrap().findings,
        []
    );
}

#[tokio::test]
async fn a_reader_needs_a_ledger_and_works_beside_a_writer_and_on_a_read_only_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    assert!(matches!(
        Reader::open(&path, "w"),
        Err(LedgerError::Missing { .. })
    ));
    let ledger = open(folder.path());
    let reader = Reader::open(&path, "w").unwrap();
    ledger.begin_run(run("r1")).await.unwrap();
    assert_eq!(reader.run(&RunRef::Last).unwrap().number, 1);
    drop(reader);
    ledger.close().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let set = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        set(0o555).unwrap();
        let found = Reader::open(&path, "w").and_then(|reader| reader.run(&RunRef::Last));
        set(0o755).unwrap();
        assert_eq!(found.unwrap().number, 1);
    }
}
