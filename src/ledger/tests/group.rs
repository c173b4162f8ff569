//! Many tasks, one writer: everything is booked, and it is quick.

use std::time::Instant;

use crate::domain::RunStatus;
use crate::ledger::testing::*;
use crate::ledger::{Caps, HoldOutcome, Ledger, Reader, check};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_tasks_are_all_booked_and_never_pass_the_cap() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()), open(folder.path()));
    let tasks: Vec<_> = (0..256)
        .map(|i| {
            let ledger = if i % 2 == 0 { one.clone() } else { two.clone() };
            tokio::spawn(async move {
                let request = hold(10, Some(1000));
                let attempt = request.attempt;
                match ledger.hold(request).await.unwrap() {
                    HoldOutcome::Held => {
                        ledger.settle(settle(attempt, 9)).await.unwrap();
                        true
                    }
                    HoldOutcome::Refused(_) => false,
                }
            })
        })
        .collect();
    let mut answered = 0;
    for task in tasks {
        answered += i64::from(task.await.unwrap());
    }
    let raw = raw(folder.path());
    let spent = number(&raw, "SELECT spent FROM balances WHERE scope = 'day'");
    assert_eq!(spent, answered * 9);
    assert!((100..=111).contains(&answered), "{answered}");
    assert_eq!(number(&raw, "SELECT count(*) FROM postings"), answered * 2);
    one.close().unwrap();
    two.close().unwrap();
    assert_eq!(
        check(&folder.path().join("ledger.db")).unwrap().findings,
        []
    );
}

async fn calls(ledger: Ledger, count: usize) {
    for _ in 0..count {
        let request = hold_for(call(Some("r1")), 100, Caps::default());
        let call = request.call.id;
        let attempt = held(&ledger, request).await;
        ledger.settle(settle(attempt, 30)).await.unwrap();
        let position = u32::try_from(call.as_u128() & 0xffff_ffff).unwrap();
        let row = trial(position, "beijing-02", call, true);
        ledger.record_trial(&"r1".to_owned(), row).await.unwrap();
    }
}

/// Holds, settles and records calls at 64 in flight; prints what one costs in time and bytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[expect(
    clippy::print_stderr,
    clippy::cast_precision_loss,
    reason = "it measures for a person who asks with `--nocapture`"
)]
async fn what_a_call_costs() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.begin_run(run("r1")).await.unwrap();
    let count = 1024;
    let begin = Instant::now();
    let tasks: Vec<_> = (0..64)
        .map(|_| tokio::spawn(calls(ledger.clone(), count / 64)))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    ledger
        .end_run(&"r1".to_owned(), RunStatus::Finished, true)
        .await
        .unwrap();
    let spent = begin.elapsed();
    ledger.close().unwrap();
    let path = folder.path().join("ledger.db");
    let bytes = std::fs::metadata(&path).unwrap().len();
    eprintln!(
        "{count} calls in {spent:?}: {:?} and {} bytes a call",
        spent / u32::try_from(count).unwrap(),
        bytes as f64 / count as f64
    );
    let begin = Instant::now();
    let reader = Reader::open(&path, "w").unwrap();
    assert_eq!(reader.rows(&"r1".to_owned()).unwrap().len(), count);
    let (rows, begin) = (begin.elapsed(), Instant::now());
    assert_eq!(check(&path).unwrap().findings, []);
    eprintln!("read in {rows:?}, checked in {:?}", begin.elapsed());
    let raw = raw(folder.path());
    let calls = i64::try_from(count).unwrap();
    assert_eq!(number(&raw, "SELECT count(*) FROM trials"), calls);
    assert_eq!(number(&raw, "SELECT sum(answers) FROM spend"), calls);
}
