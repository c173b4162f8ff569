//! Iterations and the runs that a new one is compared with.

use crate::domain::{PromptName, Revision, RunStatus, Variant};
use crate::ledger::testing::*;
use crate::ledger::{Caps, Iteration, Ledger, NewRun, PreviousRun, Reader};

fn revision(digit: &str) -> Revision {
    Revision(digit.repeat(64))
}

fn variants(run: &mut NewRun, revisions: &[(Option<&str>, &str)]) {
    run.revisions = revisions
        .iter()
        .map(|(variant, digit)| {
            let variant = Variant(variant.map(str::to_owned));
            (variant, revision(digit), "{}".to_owned())
        })
        .collect();
}

/// Runs a revision to its end, with one trial for each verdict.
async fn whole(ledger: &Ledger, id: &str, digit: &str, passes: &[bool]) -> Vec<Iteration> {
    let mut new = run(id);
    variants(&mut new, &[(None, digit)]);
    ledger.begin_run(new).await.unwrap();
    let id = id.to_owned();
    for (position, pass) in (0..).zip(passes) {
        let request = hold_for(call(Some(&id)), 1, Caps::default());
        let call = request.call.id;
        let attempt = held(ledger, request).await;
        ledger.settle(settle(attempt, 1)).await.unwrap();
        let row = trial(position, &format!("case-{position}"), call, *pass);
        ledger.record_trial(&id, row).await.unwrap();
    }
    ledger
        .end_run(&id, RunStatus::Finished, true)
        .await
        .unwrap()
}

fn iteration(digit: &str, number: u32) -> Vec<Iteration> {
    vec![Iteration {
        variant: Variant::UNSUFFIXED,
        revision: revision(digit),
        number,
    }]
}

fn previous(run: &str, number: u64, digit: &str, iteration: u32) -> PreviousRun {
    PreviousRun {
        run: run.to_owned(),
        number,
        revision: revision(digit),
        iteration: Some(iteration),
    }
}

#[tokio::test]
async fn iterations_count_revisions_and_going_back_is_no_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    assert_eq!(whole(&ledger, "r1", "a", &[true]).await, iteration("a", 1));
    assert_eq!(whole(&ledger, "r2", "b", &[true]).await, iteration("b", 2));
    assert_eq!(whole(&ledger, "r3", "a", &[true]).await, iteration("a", 1));
    let mut filtered = run("r4");
    filtered.filtered = true;
    variants(&mut filtered, &[(None, "c")]);
    ledger.begin_run(filtered).await.unwrap();
    let end = |id: &str, status, complete| {
        let (ledger, id) = (ledger.clone(), id.to_owned());
        async move { ledger.end_run(&id, status, complete).await.unwrap() }
    };
    assert_eq!(end("r4", RunStatus::Finished, true).await, []);
    // Two variants are numbered apart; an incomplete run of a known revision keeps the number it has.
    let mut both = run("r5");
    variants(&mut both, &[(None, "b"), (Some("detailed"), "d")]);
    ledger.begin_run(both.clone()).await.unwrap();
    assert_eq!(
        end("r5", RunStatus::Cancelled, false).await,
        iteration("b", 2)
    );
    both.id = "r6".to_owned();
    ledger.begin_run(both).await.unwrap();
    let numbers: Vec<u32> = end("r6", RunStatus::Finished, true)
        .await
        .iter()
        .map(|iteration| iteration.number)
        .collect();
    assert_eq!(numbers, [2, 1]);

    let reader = Reader::open(&folder.path().join("ledger.db"), "w").unwrap();
    let weather = PromptName("weather".to_owned());
    let of = |digit| {
        let variant = Variant::UNSUFFIXED;
        reader
            .iteration_of(&weather, &variant, &revision(digit))
            .unwrap()
    };
    assert_eq!(
        (of("a"), of("b"), of("c"), of("d")),
        (Some(1), Some(2), None, None)
    );
    assert_eq!(
        reader.first_iteration_at(&weather).unwrap().unwrap(),
        "2026-11-18T12:26:40.000Z"
    );
    let other = PromptName("other".to_owned());
    assert_eq!(reader.first_iteration_at(&other).unwrap(), None);
}

#[tokio::test]
async fn the_previous_run_is_whole_and_of_another_revision() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    whole(&ledger, "r1", "a", &[true, true, false]).await;
    whole(&ledger, "r2", "b", &[true, false, false]).await;
    whole(&ledger, "r3", "a", &[false, true, true]).await;
    let mut cancelled = run("r4");
    variants(&mut cancelled, &[(None, "c")]);
    ledger.begin_run(cancelled).await.unwrap();
    ledger
        .end_run(&"r4".to_owned(), RunStatus::Cancelled, false)
        .await
        .unwrap();

    let reader = Reader::open(&folder.path().join("ledger.db"), "w").unwrap();
    let (weather, plain) = (PromptName("weather".to_owned()), Variant::UNSUFFIXED);
    let before = |digit| {
        reader
            .previous(&weather, &plain, &model(), &revision(digit))
            .unwrap()
    };
    assert_eq!(before("a"), Some(previous("r2", 2, "b", 2)));
    assert_eq!(before("b"), Some(previous("r3", 3, "a", 1)));
    assert_eq!(before("c"), Some(previous("r3", 3, "a", 1)));
    let best = reader.best(&weather, &plain, &model()).unwrap();
    assert_eq!(best, Some(previous("r3", 3, "a", 1)));
    let b = reader
        .run_of(&weather, &plain, &model(), &revision("b"))
        .unwrap();
    assert_eq!(b, Some(previous("r2", 2, "b", 2)));
    let other = "openai/other".parse().unwrap();
    assert_eq!(
        reader
            .previous(&weather, &plain, &other, &revision("c"))
            .unwrap(),
        None
    );
    let detailed = Variant(Some("detailed".to_owned()));
    assert_eq!(reader.best(&weather, &detailed, &model()).unwrap(), None);
    assert_eq!(reader.by_revision("aa").unwrap(), [revision("a")]);
    assert_eq!(reader.by_revision("").unwrap().len(), 3);
    assert_eq!(reader.by_revision("%").unwrap(), []);
    let elsewhere = Reader::open(&folder.path().join("ledger.db"), "another").unwrap();
    assert_eq!(elsewhere.best(&weather, &plain, &model()).unwrap(), None);
}
