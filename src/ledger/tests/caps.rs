//! Caps: exact to a picodollar, shared between processes, refused without a trace.

use std::sync::atomic::Ordering;

use crate::domain::Usd;
use crate::ledger::testing::*;
use crate::ledger::{CapScope, Caps, HoldOutcome, LedgerError, Reader, Refused};

fn usd(picos: i64) -> Usd {
    Usd::from_picos(picos)
}

#[tokio::test]
async fn a_cap_is_reached_exactly_and_not_passed_by_a_picodollar() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    held(&ledger, hold(60, Some(100))).await;
    let refusal = refused(&ledger, hold(41, Some(100))).await;
    assert_eq!(
        refusal,
        Refused {
            scope: CapScope::Day,
            amount: usd(41),
            cap: usd(100),
            spent: Usd::ZERO,
            held: usd(60),
            lost: Usd::ZERO,
            held_here: usd(60),
            others: Vec::new(),
        }
    );
    assert!(refusal.may_fit_later());
    held(&ledger, hold(40, Some(100))).await;
    refused(&ledger, hold(1, Some(100))).await;
    let raw = raw(folder.path());
    assert_eq!(number(&raw, "SELECT count(*) FROM postings"), 2);
    assert_eq!(number(&raw, "SELECT count(*) FROM calls"), 2);
}

#[tokio::test]
async fn a_cap_of_zero_is_a_cap_and_free_models_pass_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let refusal = refused(&ledger, hold(1, Some(0))).await;
    assert!(!refusal.may_fit_later());
    let attempt = held(&ledger, hold(0, Some(0))).await;
    ledger.settle(settle(attempt, 5)).await.unwrap();
    // Overrun: more is spent than any cap allows. A free model needs no budget and goes on.
    held(&ledger, hold(0, Some(0))).await;
    refused(&ledger, hold(1, Some(4))).await;
}

#[tokio::test]
async fn what_can_never_fit_is_named_before_what_may() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.begin_run(run("r1")).await.unwrap();
    let caps = Caps {
        run: Some(usd(100)),
        day: Some(usd(30)),
        month: None,
    };
    held(&ledger, hold_for(call(Some("r1")), 30, Caps::default())).await;
    let refusal = refused(&ledger, hold_for(call(Some("r1")), 80, caps)).await;
    assert_eq!(
        (refusal.scope, refusal.may_fit_later()),
        (CapScope::Day, false)
    );
    let refusal = refused(&ledger, hold_for(call(Some("r1")), 20, caps)).await;
    assert_eq!(
        (refusal.scope, refusal.may_fit_later()),
        (CapScope::Day, true)
    );
}

#[tokio::test]
async fn a_run_cap_counts_its_own_run_and_a_call_without_one_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.begin_run(run("r1")).await.unwrap();
    ledger.begin_run(run("r2")).await.unwrap();
    let caps = Caps {
        run: Some(usd(10)),
        ..Caps::default()
    };
    held(&ledger, hold_for(call(Some("r1")), 10, caps)).await;
    held(&ledger, hold_for(call(Some("r2")), 10, caps)).await;
    assert_eq!(
        refused(&ledger, hold_for(call(Some("r1")), 1, caps))
            .await
            .scope,
        CapScope::Run
    );
    held(&ledger, hold_for(call(None), 10, caps)).await;
    refused(&ledger, hold_for(call(None), 11, caps)).await;
}

#[tokio::test]
async fn day_and_month_are_those_of_the_clock_in_utc() {
    let folder = tempfile::tempdir().unwrap();
    let clock = TestClock::new();
    let ledger = open_at(folder.path(), clock.clone());
    let first = held(&ledger, hold(10, Some(10))).await;
    refused(&ledger, hold(1, Some(10))).await;
    // 12 days on: another day of the same month.
    clock.0.store(BEGIN_MS + 12 * 86_400_000, Ordering::SeqCst);
    let month = Caps {
        month: Some(usd(20)),
        ..Caps::default()
    };
    held(&ledger, hold(10, Some(10))).await;
    refused(&ledger, hold_for(call(None), 1, month)).await;
    // An answer of the first day is booked on the day of its hold.
    ledger.settle(settle(first, 7)).await.unwrap();
    let reader = Reader::open(&folder.path().join("ledger.db"), "w").unwrap();
    let balance = |scope, period| {
        let balance = reader.balance(scope, period).unwrap();
        (balance.spent, balance.held, balance.lost)
    };
    assert_eq!(
        balance(CapScope::Day, 20_261_118),
        (usd(7), Usd::ZERO, Usd::ZERO)
    );
    assert_eq!(
        balance(CapScope::Day, 20_261_130),
        (Usd::ZERO, usd(10), Usd::ZERO)
    );
    assert_eq!(
        balance(CapScope::Month, 202_611),
        (usd(7), usd(10), Usd::ZERO)
    );
    clock.0.store(BEGIN_MS + 14 * 86_400_000, Ordering::SeqCst);
    held(&ledger, hold_for(call(None), 20, month)).await;
}

#[tokio::test]
async fn a_clock_a_day_behind_stops_capped_calls_only() {
    let folder = tempfile::tempdir().unwrap();
    let clock = TestClock::new();
    let ledger = open_at(folder.path(), clock.clone());
    held(&ledger, hold(1, None)).await;
    clock.0.store(BEGIN_MS - 86_400_000, Ordering::SeqCst);
    held(&ledger, hold(1, Some(9))).await;
    clock.0.store(BEGIN_MS, Ordering::SeqCst);
    held(&ledger, hold(1, Some(9))).await;
    clock.0.store(BEGIN_MS - 86_400_001, Ordering::SeqCst);
    let error = ledger.hold(hold(1, Some(9))).await.unwrap_err();
    assert!(matches!(error, LedgerError::ClockBehind { .. }), "{error}");
    held(&ledger, hold(1, None)).await;
}

#[tokio::test]
async fn two_writers_share_caps_and_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()), open(folder.path()));
    held(&one, hold(70, Some(100))).await;
    held(&two, hold(20, Some(100))).await;
    let refusal = refused(&two, hold(20, Some(100))).await;
    assert_eq!((refusal.held, refusal.held_here), (usd(90), usd(20)));
    assert_eq!(refusal.others, [std::process::id()]);
}

#[tokio::test]
async fn amounts_that_cannot_be_booked_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let error = ledger.hold(hold(-1, None)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Amount { .. }));
    held(&ledger, hold(i64::MAX, None)).await;
    let error = ledger.hold(hold(1, None)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Amount { .. }));
    assert_eq!(
        number(&raw(folder.path()), "SELECT count(*) FROM postings"),
        1
    );
}

#[tokio::test]
async fn a_hold_is_made_once_and_never_for_an_answered_call() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let first = hold(5, None);
    let attempt = held(&ledger, first.clone()).await;
    let error = ledger.hold(first.clone()).await.unwrap_err();
    assert!(matches!(error, LedgerError::AttemptExists { .. }));
    let mut second = first.clone();
    (second.attempt, second.number) = (id(), 2);
    let late = held(&ledger, second).await;
    ledger.settle(settle(attempt, 5)).await.unwrap();
    let mut third = first;
    (third.attempt, third.number) = (id(), 3);
    let error = ledger.hold(third).await.unwrap_err();
    assert!(matches!(error, LedgerError::AlreadyAnswered { .. }));
    let mut unknown = hold(5, None);
    std::sync::Arc::make_mut(&mut unknown.call).run = Some("nobody".to_owned());
    let error = ledger.hold(unknown).await.unwrap_err();
    assert!(matches!(error, LedgerError::UnknownRun { .. }));
    // The other attempt was in flight: it is paid, and the call keeps its first answer.
    ledger.settle(settle(late, 5)).await.unwrap();
    let raw = raw(folder.path());
    let accepted = "SELECT a.number FROM calls c JOIN attempts a ON a.id = c.accepted";
    assert_eq!(number(&raw, accepted), 1);
    assert_eq!(number(&raw, "SELECT count(*) FROM payloads"), 3);
}

#[tokio::test]
async fn whoever_waits_is_woken_by_a_settle() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let attempt = held(&ledger, hold(10, Some(10))).await;
    let mut settled = ledger.settled();
    refused(&ledger, hold(4, Some(10))).await;
    assert!(!settled.has_changed().unwrap());
    ledger.settle(settle(attempt, 6)).await.unwrap();
    settled.changed().await.unwrap();
    assert_eq!(
        ledger.hold(hold(4, Some(10))).await.unwrap(),
        HoldOutcome::Held
    );
}

#[tokio::test]
async fn a_hold_that_nobody_waits_for_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let raw = raw(folder.path());
    // The writer is kept out, so that the hold cannot be made before its future is dropped.
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let other = tokio::spawn({
        let ledger = ledger.clone();
        async move { held(&ledger, hold(1, None)).await }
    });
    let mut lonely = Box::pin(ledger.hold(hold(50, Some(60))));
    let waker = std::task::Waker::noop();
    let mut context = std::task::Context::from_waker(waker);
    assert!(lonely.as_mut().poll(&mut context).is_pending());
    drop(lonely);
    raw.execute_batch("COMMIT").unwrap();
    other.await.unwrap();
    held(&ledger, hold(50, Some(60))).await;
    ledger.close().unwrap();
    assert_eq!(
        crate::ledger::check(&folder.path().join("ledger.db"))
            .unwrap()
            .findings,
        []
    );
}
