//! What ends a hold: settle, void, lose; once each, exact.

use crate::domain::{Cost, Fault, MoneyClass, Usd};
use crate::ledger::testing::*;
use crate::ledger::{Balance, CapScope, Caps, Ledger, LedgerError, Reader, check};

struct Books {
    folder: tempfile::TempDir,
    ledger: Ledger,
}

impl Books {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open(folder.path());
        Self { folder, ledger }
    }

    /// Spent, held, lost and overrun of the day.
    fn day(&self) -> [i64; 4] {
        raw(self.folder.path())
            .query_row(
                "SELECT spent, held, lost, overrun FROM balances WHERE scope = 'day'",
                [],
                |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]),
            )
            .unwrap()
    }
}

/// Returns what the answer in the cache cost.
fn cached(reader: &Reader) -> i64 {
    reader
        .cached("key")
        .unwrap()
        .unwrap()
        .cost
        .unwrap()
        .billed
        .picos()
}

#[tokio::test]
async fn a_settle_takes_the_cost_and_gives_back_the_rest() {
    let books = Books::new();
    let attempt = held(&books.ledger, hold(100, None)).await;
    assert_eq!(books.day(), [0, 100, 0, 0]);
    books.ledger.settle(settle(attempt, 30)).await.unwrap();
    assert_eq!(books.day(), [30, 0, 0, 0]);
    let error = books.ledger.settle(settle(attempt, 30)).await.unwrap_err();
    assert!(matches!(
        error,
        LedgerError::AttemptState {
            doing: "settle",
            ..
        }
    ));
    assert_eq!(books.day(), [30, 0, 0, 0]);
}

#[tokio::test]
async fn a_cost_above_its_hold_is_booked_as_an_overrun() {
    let books = Books::new();
    let attempt = held(&books.ledger, hold(100, Some(100))).await;
    books.ledger.settle(settle(attempt, 130)).await.unwrap();
    assert_eq!(books.day(), [130, 0, 0, 30]);
    assert_eq!(
        refused(&books.ledger, hold(1, Some(130)))
            .await
            .spent
            .picos(),
        130
    );
}

#[tokio::test]
async fn a_void_gives_everything_back() {
    let books = Books::new();
    let attempt = held(&books.ledger, hold(100, None)).await;
    let fault = Fault::new(2, MoneyClass::NotSent, "connection refused");
    let void = || {
        books
            .ledger
            .void(attempt, "not sent".to_owned(), Some(fault.clone()))
    };
    void().await.unwrap();
    assert_eq!(books.day(), [0; 4]);
    for error in [
        void().await.unwrap_err(),
        books.ledger.settle(settle(attempt, 1)).await.unwrap_err(),
        books
            .ledger
            .lose(attempt, "late".to_owned(), None, None)
            .await
            .unwrap_err(),
    ] {
        assert!(
            matches!(&error, LedgerError::AttemptState { state, .. } if state == "void"),
            "{error}"
        );
    }
    assert_eq!(books.day(), [0; 4]);
    assert_eq!(
        number(
            &raw(books.folder.path()),
            "SELECT fault FROM postings WHERE kind = 'void'"
        ),
        2
    );
}

#[tokio::test]
async fn a_lost_answer_keeps_its_worst_case_until_it_comes_after_all() {
    let books = Books::new();
    let attempt = held(&books.ledger, hold(100, None)).await;
    let lose = || {
        books.ledger.lose(
            attempt,
            "timed out".to_owned(),
            None,
            Some("req-9".to_owned()),
        )
    };
    lose().await.unwrap();
    assert_eq!(books.day(), [0, 0, 100, 0]);
    assert!(lose().await.is_err());
    assert!(
        books
            .ledger
            .void(attempt, String::new(), None)
            .await
            .is_err()
    );
    assert_eq!(
        refused(&books.ledger, hold(1, Some(100)))
            .await
            .lost
            .picos(),
        100
    );
    books.ledger.settle(settle(attempt, 120)).await.unwrap();
    assert_eq!(books.day(), [120, 0, 0, 20]);
    assert!(lose().await.is_err());
}

#[tokio::test]
async fn unknown_attempts_and_negative_costs_are_refused() {
    let books = Books::new();
    let unknown = books.ledger.settle(settle(id(), 1)).await.unwrap_err();
    assert!(matches!(unknown, LedgerError::UnknownAttempt { .. }));
    let attempt = held(&books.ledger, hold(100, None)).await;
    let negative = books.ledger.settle(settle(attempt, -1)).await.unwrap_err();
    assert!(matches!(negative, LedgerError::Amount { .. }));
    assert_eq!(books.day(), [0, 100, 0, 0]);
}

#[tokio::test]
async fn a_free_call_is_recorded_with_what_the_machine_cost() {
    let books = Books::new();
    books.ledger.begin_run(run("r1")).await.unwrap();
    let free = hold_for(call(Some("r1")), 0, Caps::default());
    let attempt = held(&books.ledger, free).await;
    let mut answered = settle(attempt, 0);
    answered.cost = Some(Cost {
        billed: Usd::ZERO,
        imputed: Usd::from_picos(42),
    });
    answered.price = None;
    books.ledger.settle(answered).await.unwrap();
    let reader = Reader::open(&books.folder.path().join("ledger.db"), "w").unwrap();
    let totals = reader.totals(&"r1".to_owned()).unwrap();
    assert_eq!((totals.calls, totals.attempts), (1, 1));
    assert_eq!((totals.billed, totals.imputed.picos()), (Usd::ZERO, 42));
    assert_eq!(
        reader.balance(CapScope::Run, 1).unwrap(),
        Balance::default()
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_is_paid_and_not_accepted() {
    let books = Books::new();
    let first = hold(10, None);
    let mut second = first.clone();
    (second.attempt, second.number) = (id(), 2);
    let attempt = held(&books.ledger, first).await;
    let mut useless = settle(attempt, 10);
    useless.accepted = false;
    books.ledger.settle(useless).await.unwrap();
    let reader = Reader::open(&books.folder.path().join("ledger.db"), "w").unwrap();
    assert_eq!(reader.cached("key").unwrap(), None);
    let attempt = held(&books.ledger, second).await;
    books.ledger.settle(settle(attempt, 4)).await.unwrap();
    assert_eq!(cached(&reader), 4);
    assert_eq!(books.day(), [14, 0, 0, 0]);
}

#[tokio::test]
async fn an_answer_of_unknown_cost_is_kept_at_its_worst_case_until_it_is_reconciled() {
    let books = Books::new();
    let path = books.folder.path().join("ledger.db");
    let attempt = held(&books.ledger, hold(100, None)).await;
    let mut unpriced = settle(attempt, 0);
    unpriced.cost = None;
    books.ledger.settle(unpriced).await.unwrap();
    assert_eq!(books.day(), [0, 0, 100, 0]);
    assert_eq!(check(&path).unwrap().findings, []);
    let reader = Reader::open(&path, "w").unwrap();
    let found = reader.cached("key").unwrap().unwrap();
    assert_eq!(found.cost, None, "it is taken, and its cost stays unknown");
    books.ledger.settle(settle(attempt, 30)).await.unwrap();
    assert_eq!(books.day(), [30, 0, 0, 0]);
    assert_eq!(check(&path).unwrap().findings, []);
    assert_eq!(cached(&reader), 30);
}

#[tokio::test]
async fn a_lost_attempt_is_reconciled_to_what_the_bill_says() {
    let books = Books::new();
    let path = books.folder.path().join("ledger.db");
    for (billed, expected) in [
        (0, [0, 0, 0, 0]),
        (40, [40, 0, 0, 0]),
        (130, [170, 0, 0, 30]),
    ] {
        let attempt = held(&books.ledger, hold(100, None)).await;
        let reconcile = |picos| {
            let amount = Usd::from_picos(picos);
            books
                .ledger
                .reconcile(attempt, amount, "the bill of November".to_owned())
        };
        let error = reconcile(billed).await.unwrap_err();
        assert!(
            matches!(error, LedgerError::AttemptState { .. }),
            "{error}: it is open"
        );
        books
            .ledger
            .lose(attempt, "cut off".to_owned(), None, None)
            .await
            .unwrap();
        let reader = Reader::open(&path, "w").unwrap();
        let lost = reader.lost().unwrap();
        assert_eq!(lost.len(), 1);
        assert_eq!(
            (lost[0].id, lost[0].worst.picos(), lost[0].reason.as_str()),
            (attempt, 100, "cut off")
        );
        let error = reconcile(-1).await.unwrap_err();
        assert!(matches!(error, LedgerError::Amount { .. }), "{error}");
        reconcile(billed).await.unwrap();
        assert_eq!(books.day(), expected, "billed {billed}");
        assert_eq!(reader.lost().unwrap(), []);
        assert_eq!(check(&path).unwrap().findings, []);
        let error = reconcile(billed).await.unwrap_err();
        assert!(
            matches!(error, LedgerError::AttemptState { .. }),
            "{error}: once is enough"
        );
    }
}

#[tokio::test]
async fn an_answer_whose_cost_was_unknown_is_found_again_once_it_is_reconciled() {
    let books = Books::new();
    let path = books.folder.path().join("ledger.db");
    let attempt = held(&books.ledger, hold(100, None)).await;
    let mut unpriced = settle(attempt, 0);
    unpriced.cost = None;
    books.ledger.settle(unpriced).await.unwrap();
    books
        .ledger
        .reconcile(attempt, Usd::from_picos(25), "by hand".to_owned())
        .await
        .unwrap();
    let found = Reader::open(&path, "w")
        .unwrap()
        .cached("key")
        .unwrap()
        .unwrap();
    assert_eq!(found.cost.unwrap().billed.picos(), 25);
    assert!(
        found.answer.usage.is_some(),
        "what was said of the answer is said again"
    );
    assert_eq!(check(&path).unwrap().findings, []);
}
