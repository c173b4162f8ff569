//! A run that was killed or stopped, and gone on with: each call that was paid twice was in flight at the kill and is shown,
//! and once the provider's export has settled what was lost, the books say to the last token what the server asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::campaign::bench::{self, EVAL};
use crate::campaign::meter::Meter;
use crate::workbench::{Output, Workbench, finish, picos};

/// How a run is stopped.
#[derive(Debug, Clone, Copy)]
struct Stop {
    signal: &'static str,
    concurrency: usize,
    pause: Duration,
    cases: usize,
    /// Requests after which the signal comes.
    after: usize,
    /// The exit code, as a shell shows it.
    code: i32,
}

/// Stops a run without a cache; returns what it leaves.
fn stopped(stop: Stop) -> (Meter, Workbench) {
    let meter = Meter::selling(stop.pause);
    let bench = bench::workspace(&meter.server.url(), stop.cases, "");
    let concurrency = stop.concurrency.to_string();
    let flags = ["--no-cache", "--concurrency", &concurrency];
    let child = bench.spawn(&[&EVAL[..], &flags].concat());
    let begun = Instant::now();
    while meter.server.requests().len() < stop.after && begun.elapsed() < Duration::from_mins(1) {
        thread::sleep(Duration::from_millis(1));
    }
    let pid = child.id().to_string();
    let killed = Command::new("kill").args([stop.signal, &pid]).status();
    assert!(killed.expect("kill runs").success());
    finish(child).code(stop.code);
    // Answers that are under way when the process dies are sold all the same.
    thread::sleep(stop.pause);
    (meter, bench)
}

/// Goes on with the stopped run and demands what must hold; returns how many calls were in flight at the stop.
#[track_caller]
fn resumed(stop: Stop) -> usize {
    let (meter, bench) = stopped(stop);
    let before = meter.demand(&bench);
    let (lost, had) = (before.attempts("lost"), before.answered().len());
    assert!(
        lost.len() <= stop.concurrency,
        "{stop:?}: {} lost",
        lost.len()
    );
    let output = bench.pw(&["resume", "--format", "json"]).code(0);
    let after = meter.demand(&bench);

    // Every case has its answer, and the answers that were there were not asked for again.
    let run = &output.json()["runs"][0];
    let first = bench.pw(&["show", "1", "--format", "json"]).code(0).json();
    assert_eq!(run["resumed_from"], first["runs"][0]["id"], "{stop:?}");
    assert_eq!(run["variants"][0]["passed"], stop.cases, "{stop:?}");
    assert_eq!(run["totals"]["carried"], had, "{stop:?}");
    assert_eq!(run["totals"]["calls"], stop.cases - had, "{stop:?}");
    assert_eq!(after.answered().len(), stop.cases);

    // Whatever was paid twice was in flight, and is on the books as lost.
    let mut times: BTreeMap<Vec<u8>, BTreeSet<String>> = BTreeMap::new();
    let requests = meter.server.requests().into_iter();
    // A kill may come between a request's head and its body.
    for seen in requests.filter(|seen| !seen.body.is_empty()) {
        times.entry(seen.body).or_default().extend(seen.attempt);
    }
    let twice: Vec<_> = times
        .values()
        .filter(|attempts| attempts.len() > 1)
        .collect();
    assert!(twice.len() <= lost.len(), "{stop:?}: {} twice", twice.len());
    for attempts in twice {
        assert_eq!(
            attempts.difference(&lost).count(),
            1,
            "{stop:?}: {attempts:?}"
        );
    }
    listed(&output, lost.len());

    // The provider's own list of calls settles the lost ones.
    bench.write("bill.csv", meter.bill());
    let booked = [
        "ledger",
        "reconcile",
        "--bill",
        "bill.csv",
        "--rest-is-free",
    ];
    let said = bench.pw(&booked).code(0).stdout;
    assert_eq!(said.lines().count(), lost.len(), "{said}");
    let total = bench.pw(&["cost", "--format", "json"]).code(0).json()["total"].clone();
    assert_eq!(
        dollars(&total["billed_usd"]),
        asked(&meter.bill()),
        "{stop:?}"
    );
    assert_eq!(total["lost"], 0, "{total}");
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
    lost.len()
}

/// Demands that the command named what was lost, with what to do.
#[track_caller]
fn listed(output: &Output, lost: usize) {
    assert_eq!(
        output.stderr.contains("pw ledger reconcile"),
        lost > 0,
        "{output}"
    );
    if lost > 0 {
        let count = format!("{lost} lost call");
        assert!(output.stderr.contains(&count), "lacks `{count}`\n{output}");
    }
}

/// Returns the picodollars of a report's amount.
fn dollars(amount: &Value) -> i128 {
    picos(amount.as_str().expect("an amount"))
}

/// Returns the picodollars of all lines of a bill.
fn asked(bill: &str) -> i128 {
    let amounts = bill
        .lines()
        .skip(1)
        .filter_map(|line| line.rsplit(',').next());
    amounts.map(picos).sum()
}

const KILL: Stop = Stop {
    signal: "-KILL",
    concurrency: 4,
    pause: Duration::from_millis(20),
    cases: 60,
    after: 31,
    code: 137,
};

#[test]
fn killed_at_4_and_resumed() {
    resumed(KILL);
}

#[test]
fn killed_at_128_and_resumed() {
    let lost = resumed(Stop {
        concurrency: 128,
        pause: Duration::from_millis(500),
        cases: 300,
        after: 200,
        ..KILL
    });
    assert!(lost > 0, "the kill met no call in flight");
}

#[test]
fn interrupted_and_resumed_loses_nothing() {
    let lost = resumed(Stop {
        signal: "-INT",
        code: 130,
        ..KILL
    });
    assert_eq!(lost, 0);
}

#[test]
fn terminated_and_resumed_loses_nothing() {
    let lost = resumed(Stop {
        signal: "-TERM",
        code: 143,
        ..KILL
    });
    assert_eq!(lost, 0);
}

#[test]
#[expect(clippy::print_stderr, reason = "its output is what it is run for")]
fn thousands_of_cases_killed_and_resumed() {
    if !super::is_asked_for() {
        return;
    }
    for (concurrency, pause, after) in [(4, 20, 543), (32, 200, 517), (128, 500, 515)] {
        let lost = resumed(Stop {
            concurrency,
            pause: Duration::from_millis(pause),
            cases: 1_000,
            after,
            ..KILL
        });
        eprintln!("resume: killed at {concurrency}, {lost} lost and settled, tokens equal");
    }
}
