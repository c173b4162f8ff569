//! Runs and their rows: what is read is what was written.

use serde_json::json;

use crate::domain::{
    AnswerText, Cost, Fault, Message, MoneyClass, Outcome, Part, PromptName, Role, RunStatus,
    TrialRow, Usage, Usd, Variant,
};
use crate::ledger::testing::*;
use crate::ledger::{Caps, LedgerError, NewRun, Reader, Recorded, RunRecord, RunRef, Taken};

fn usd(picos: i64) -> Usd {
    Usd::from_picos(picos)
}

#[tokio::test]
async fn a_run_reads_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    assert_eq!(ledger.begin_run(run("r1")).await.unwrap(), 1);
    assert!(matches!(
        ledger.begin_run(run("r1")).await,
        Err(LedgerError::RunExists { .. })
    ));
    let reader = Reader::open(&folder.path().join("ledger.db"), "w").unwrap();
    let new = run("r1");
    let expected = RunRecord {
        id: new.id.clone(),
        number: 1,
        status: RunStatus::Started,
        complete: false,
        filtered: false,
        started_at: "2026-11-18T12:26:40.000Z".to_owned(),
        finished_at: None,
        command: new.command,
        workspace: new.workspace,
        prompt: new.prompt,
        suite: new.suite,
        suite_hash: new.suite_hash,
        seed: u64::MAX,
        version: new.version,
        git: new.git,
        tags: new.tags,
        note: new.note,
        settings: new.settings,
        resumed_from: None,
        revisions: vec![(new.revisions[0].0.clone(), new.revisions[0].1.clone())],
        models: new.models,
    };
    assert_eq!(reader.run(&RunRef::Id("r1".to_owned())).unwrap(), expected);
    assert_eq!(reader.run(&RunRef::Number(1)).unwrap(), expected);
    assert_eq!(reader.run(&RunRef::Last).unwrap(), expected);
    assert_eq!(reader.cases(&new.id).unwrap(), new.cases);
    assert!(matches!(
        reader.run(&RunRef::Number(2)),
        Err(LedgerError::UnknownRun { .. })
    ));
    let weather = PromptName("weather".to_owned());
    assert_eq!(reader.last_run(Some(&weather)).unwrap().unwrap(), expected);
    assert_eq!(
        reader
            .last_run(Some(&PromptName("other".to_owned())))
            .unwrap(),
        None
    );
    let elsewhere = Reader::open(&folder.path().join("ledger.db"), "another").unwrap();
    assert_eq!(elsewhere.last_run(None).unwrap(), None);
}

#[tokio::test]
async fn a_run_ends_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let id = "r1".to_owned();
    let end = || ledger.end_run(&id, RunStatus::Cancelled, false);
    assert!(matches!(end().await, Err(LedgerError::UnknownRun { .. })));
    ledger.begin_run(run("r1")).await.unwrap();
    assert_eq!(end().await.unwrap(), []);
    assert!(
        matches!(end().await, Err(LedgerError::RunEnded { status, .. }) if status == "cancelled")
    );
}

#[tokio::test]
async fn a_run_is_gone_on_with_once() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()), open(folder.path()));
    one.begin_run(run("r1")).await.unwrap();
    let next = |id: &str| NewRun {
        resumed_from: Some("r1".to_owned()),
        ..run(id)
    };
    // Both looked before either began.
    let (first, second) = tokio::join!(one.begin_run(next("r2")), two.begin_run(next("r3")));
    let refused = match (first, second) {
        (Ok(2), Err(refused)) | (Err(refused), Ok(2)) => refused,
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(&refused, LedgerError::GoneOnWith { from: 1, by: 2, status } if status == "started"),
        "{refused}"
    );
    assert_eq!(number(&raw(folder.path()), "SELECT count(*) FROM runs"), 2);
}

#[tokio::test]
async fn cases_are_stored_once_for_a_suite() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.begin_run(run("r1")).await.unwrap();
    let mut again = run("r2");
    // Another value for one case, as `--set` gives: the suite is the same, the case is not.
    again.cases[0].vars.insert("city".to_owned(), json!("天津"));
    ledger.begin_run(again.clone()).await.unwrap();
    assert_eq!(number(&raw(folder.path()), "SELECT count(*) FROM cases"), 3);
    let reader = Reader::open(&folder.path().join("ledger.db"), "w").unwrap();
    assert_eq!(reader.cases(&again.id).unwrap(), again.cases);
    assert_eq!(reader.cases(&"r1".to_owned()).unwrap(), run("r1").cases);
}

/// A run with an answer, a cache hit of it, a fault after a lost attempt, and a trial that was never sent.
async fn four_trials(folder: &std::path::Path) -> Reader {
    let ledger = open(folder);
    let id = "r1".to_owned();
    ledger.begin_run(run("r1")).await.unwrap();
    let bought = hold_for(call(Some("r1")), 100, Caps::default());
    let (attempt, bought) = (held(&ledger, bought.clone()).await, bought.call.id);
    ledger.settle(settle(attempt, 30)).await.unwrap();
    ledger
        .record_trial(&id, trial(0, "beijing-02", bought, true))
        .await
        .unwrap();

    let mut hit = trial(1, "shanghai-01", bought, false);
    (hit.call, hit.cached_from, hit.attempts) = (None, Some(bought), 0);
    ledger.record_trial(&id, hit).await.unwrap();

    let failed = hold_for(call(Some("r1")), 50, Caps::default());
    let (attempt, failed) = (held(&ledger, failed.clone()).await, failed.call.id);
    ledger
        .lose(attempt, "timed out".to_owned(), None, None)
        .await
        .unwrap();
    let mut error = trial(2, "beijing-02", failed, false);
    error.outcome = Recorded::Error(Fault::new(15, MoneyClass::Ambiguous, "timed out"));
    (error.pass, error.score, error.scores, error.latency_ms) = (None, None, Vec::new(), None);
    ledger.record_trial(&id, error.clone()).await.unwrap();

    let mut skipped = error;
    (skipped.position, skipped.call, skipped.attempts) = (3, None, 0);
    skipped.outcome = Recorded::Skipped;
    ledger.record_trial(&id, skipped).await.unwrap();
    ledger
        .end_run(&id, RunStatus::OutOfBudget, false)
        .await
        .unwrap();
    ledger.close().unwrap();
    Reader::open(&folder.join("ledger.db"), "w").unwrap()
}

#[tokio::test]
async fn rows_are_what_the_engine_reported() {
    let folder = tempfile::tempdir().unwrap();
    let reader = four_trials(folder.path()).await;
    let rows = reader.rows(&"r1".to_owned()).unwrap();
    let paid = Cost {
        billed: usd(30),
        imputed: Usd::ZERO,
    };
    let first = TrialRow {
        key: trial(0, "beijing-02", id(), true).key,
        messages: vec![Message {
            role: Role::User,
            content: vec![Part::Text {
                text: "北京天气？".to_owned(),
            }],
            metadata: None,
        }],
        outcome: Outcome::Answered {
            answer: Box::new(answer("晴，最低气温17°C")),
        },
        text: AnswerText::Kept,
        scores: vec![score(true), score(true)],
        pass: Some(true),
        score: Some(1.0),
        cost: paid,
        answer_cost: paid,
        price: Some(("openai".to_owned(), Some("2026-10-01".to_owned()))),
        cached: false,
        attempts: 1,
        latency_ms: Some(812),
    };
    assert_eq!(rows[0], first);
    let hit = TrialRow {
        key: trial(1, "shanghai-01", id(), true).key,
        scores: vec![score(false), score(true)],
        pass: Some(false),
        score: Some(0.0),
        cost: Cost::default(),
        cached: true,
        attempts: 0,
        ..first.clone()
    };
    assert_eq!(rows[1], hit);
    let error = TrialRow {
        outcome: Outcome::Error {
            fault: Fault::new(15, MoneyClass::Ambiguous, "timed out"),
        },
        scores: Vec::new(),
        pass: None,
        score: None,
        cost: Cost::default(),
        answer_cost: Cost::default(),
        price: None,
        latency_ms: None,
        ..first
    };
    assert_eq!(rows[2], error);
    assert_eq!(
        (&rows[3].outcome, rows[3].messages.len()),
        (&Outcome::Skipped, 0)
    );
    assert_eq!(rows.len(), 4);
}

#[tokio::test]
async fn totals_are_sums_over_postings() {
    let folder = tempfile::tempdir().unwrap();
    let reader = four_trials(folder.path()).await;
    let totals = reader.totals(&"r1".to_owned()).unwrap();
    assert_eq!((totals.calls, totals.cached, totals.attempts), (2, 1, 2));
    assert_eq!((totals.billed, totals.saved), (usd(30), usd(30)));
    assert_eq!((totals.held, totals.lost), (Usd::ZERO, usd(50)));
    assert_eq!(totals.usage, Usage::of(12, 7));
    assert_eq!(totals.by_purpose, [("eval".to_owned(), usd(30))].into());
    let spent = reader
        .prompt_spend(&PromptName("weather".to_owned()))
        .unwrap();
    assert_eq!(spent.billed, usd(30));
}

#[tokio::test]
async fn only_the_cache_saves() {
    let folder = tempfile::tempdir().unwrap();
    let reader = four_trials(folder.path()).await;
    let ledger = open(folder.path());
    let bought: Vec<u8> = raw(folder.path())
        .query_row("SELECT uuid FROM calls LIMIT 1", [], |row| row.get(0))
        .unwrap();
    let bought = uuid::Uuid::from_slice(&bought).unwrap();
    for (id, taken) in [("r2", Taken::Resumed), ("r3", Taken::Rescored)] {
        ledger.begin_run(run(id)).await.unwrap();
        let mut again = trial(0, "beijing-02", bought, true);
        (again.call, again.cached_from, again.taken) = (None, Some(bought), taken);
        ledger.record_trial(&id.to_owned(), again).await.unwrap();
        ledger
            .end_run(&id.to_owned(), RunStatus::Finished, true)
            .await
            .unwrap();
        let totals = reader.totals(&id.to_owned()).unwrap();
        assert_eq!((totals.cached, totals.carried), (0, 1), "{taken:?}");
        assert_eq!(totals.saved, Usd::ZERO, "{taken:?}");
    }
    let spend = reader.spend().unwrap();
    let sum = |part: fn(&crate::summary::SpendSums) -> u64| -> u64 {
        spend.iter().map(|row| part(&row.sums)).sum()
    };
    assert_eq!((sum(|s| s.cached), sum(|s| s.carried)), (1, 2));
    let saved = spend
        .iter()
        .fold(Usd::ZERO, |all, row| all.saturating_add(row.sums.saved));
    assert_eq!(saved, usd(30), "the one hit of the first run");
}

#[tokio::test]
async fn a_pruned_answer_is_no_cache_hit_and_leaves_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let reader = four_trials(folder.path()).await;
    assert!(reader.cached("key").unwrap().is_some());
    assert_eq!(reader.cached("another").unwrap(), None);
    raw(folder.path())
        .execute("DELETE FROM payloads", [])
        .unwrap();
    assert_eq!(reader.cached("key").unwrap(), None);
    let rows = reader.rows(&"r1".to_owned()).unwrap();
    assert_eq!((rows[0].cost.billed, rows[0].pass), (usd(30), Some(true)));
    assert!(rows[0].messages.is_empty());
    assert_eq!(rows[0].text, AnswerText::Gone);
    let path = folder.path().join("ledger.db");
    assert_eq!(crate::ledger::check(&path).unwrap().findings, []);
}

#[tokio::test]
async fn a_trial_recorded_again_takes_the_place_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let id = "r1".to_owned();
    ledger.begin_run(run("r1")).await.unwrap();
    let request = hold_for(call(Some("r1")), 100, Caps::default());
    let call = request.call.id;
    held(&ledger, request).await;
    for pass in [false, true] {
        let row = trial(0, "beijing-02", call, pass);
        ledger.record_trial(&id, row).await.unwrap();
    }
    ledger
        .end_run(&id, RunStatus::Finished, true)
        .await
        .unwrap();
    let reader = Reader::open(&folder.path().join("ledger.db"), "w").unwrap();
    let rows = reader.rows(&id).unwrap();
    assert_eq!(
        (rows.len(), rows[0].pass, rows[0].scores.len()),
        (1, Some(true), 2)
    );
    assert_eq!(rows[0].key.variant, Variant::UNSUFFIXED);
}

#[tokio::test]
async fn a_trial_that_could_not_be_written_is_an_error_of_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let run_id = "r1".to_owned();
    ledger.begin_run(run("r1")).await.unwrap();
    let unknown = trial(0, "beijing-02", id(), true);
    ledger.record_trial(&run_id, unknown).await.unwrap();
    let error = ledger.end_run(&run_id, RunStatus::Finished, true).await;
    assert!(matches!(error, Err(LedgerError::UnknownCall { .. })));
}
