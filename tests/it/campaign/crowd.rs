//! A crowd of processes on one ledger, with random costs, faults and kills, while a cap of the day binds again and again: an
//! observer beside them sees every sum equal and no cap passed, at any moment.

mod observer;
mod worker;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::campaign::bench::EVAL;
use crate::campaign::books::Books;
use crate::campaign::meter::Meter;
use crate::workbench::{Workbench, picos};

/// Cases of each process's suite.
const CASES: usize = 40;

/// What the cap of the day is raised by whenever it has stopped someone: some twenty holds.
const STEP: i64 = 10_000_000_000;

/// How long a crowd goes on at most for the sake of events that have not happened yet.
const LONGEST: Duration = Duration::from_mins(2);

/// What the processes share, and what came of them.
#[derive(Default)]
struct Crowd {
    /// The cap of the day for whoever starts next, in picodollars; it only grows.
    cap: AtomicI64,
    started: AtomicU64,
    killed: AtomicU64,
    stopped_by_day: AtomicU64,
    stopped_by_run: AtomicU64,
    looks: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

impl Crowd {
    fn note(&self, wrong: String) {
        self.wrong.lock().expect("no panic").push(wrong);
    }

    /// Raises the cap above the one that stopped somebody, once.
    fn raise_above(&self, cap: i64) {
        self.cap.fetch_max(cap + STEP, Ordering::SeqCst);
    }

    /// Tells whether the cap has bound and a process was killed.
    fn has_seen_all(&self) -> bool {
        let some = |count: &AtomicU64| count.load(Ordering::Relaxed) > 0;
        some(&self.killed) && some(&self.stopped_by_day)
    }
}

/// Picodollars as the settings write dollars.
fn usd(picos: i64) -> String {
    format!(
        "{}.{:012}",
        picos / 1_000_000_000_000,
        picos % 1_000_000_000_000
    )
}

/// Lets so many workers start and kill processes for so long; returns what is to be told.
fn crowd(workers: usize, time: Duration, seed: u64) -> String {
    let server = worker::server(seed);
    let benches = worker::workspaces(&server, workers);
    let crowd = Crowd::default();
    crowd.cap.store(STEP, Ordering::SeqCst);
    let begun = Instant::now();
    let is_over = || {
        let elapsed = begun.elapsed();
        elapsed > time && (crowd.has_seen_all() || elapsed > LONGEST)
    };
    thread::scope(|scope| {
        let working: Vec<_> = benches
            .iter()
            .zip(seed..)
            .map(|(bench, seed)| {
                let (crowd, is_over) = (&crowd, &is_over);
                scope.spawn(move || worker::work(crowd, bench, seed, is_over))
            })
            .collect();
        let is_working = || working.iter().any(|worker| !worker.is_finished());
        observer::observe(&crowd, &benches[0], &is_working);
    });
    let books = settled(&benches[0], &server);
    let most = demand_caps(&benches[0], &books);
    let wrong = crowd.wrong.into_inner().expect("no panic");
    assert_eq!(wrong, Vec::<String>::new(), "seed {seed}");
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    assert!(count(&crowd.killed) > 0 && count(&crowd.stopped_by_day) > 0);
    assert!(count(&crowd.looks) > 0);
    format!(
        "{workers} at a time for {:.0} s: {} processes, {} killed, {} stopped by the day's cap and {} by the run's; \
         {} requests, {} settled, {} void, {} lost; ${} at most; {} looks, 0 violations",
        begun.elapsed().as_secs_f64(),
        count(&crowd.started),
        count(&crowd.killed),
        count(&crowd.stopped_by_day),
        count(&crowd.stopped_by_run),
        server.server.requests().len(),
        books.attempts("settle").len(),
        books.attempts("void").len(),
        books.attempts("lost").len(),
        usd(i64::try_from(most).expect("dollars")),
        count(&crowd.looks),
    )
}

/// Buries the dead by one more run, and demands that the server's counts and the books agree.
#[track_caller]
fn settled(bench: &Workbench, server: &Meter) -> Books {
    let settings = std::fs::read_to_string(bench.path("pw.toml")).expect("settings");
    let (uncapped, _) = settings.split_once("[budget]").expect("a cap");
    bench.write("pw.toml", uncapped);
    // Whatever comes of it: the faults are still there.
    bench.pw(&[&EVAL[..], &["--sample", "1"]].concat());
    let books = server.demand(bench);
    books.demand_order();
    let sent = server.server.requests().into_iter();
    let sent: std::collections::BTreeSet<String> = sent.filter_map(|seen| seen.attempt).collect();
    assert!(
        sent.is_subset(&books.attempts("hold")),
        "sent and not booked"
    );
    let ended = &(&books.attempts("settle") | &books.attempts("lost")) | &books.attempts("void");
    assert_eq!(ended, books.attempts("hold"), "a dead hold is open");
    books
}

/// Demands that no hold passed the caps under which its run began, and returns the greatest sum that ever was.
#[track_caller]
fn demand_caps(bench: &Workbench, books: &Books) -> i128 {
    let caps = caps_of_runs(bench);
    let mut run_of: BTreeMap<&str, &str> = BTreeMap::new();
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    let (mut sum, mut most) = (0, 0);
    for posting in &books.postings {
        if let Some(run) = &posting.run {
            run_of.insert(&posting.attempt, run);
        }
        let run = run_of[posting.attempt.as_str()];
        let change = posting.spent + posting.held + posting.lost;
        let of_run = sums.entry(run).or_default();
        *of_run += change;
        sum += change;
        most = most.max(sum);
        let (day, budget) = caps[run];
        if posting.kind == "hold" {
            assert!(
                sum <= day,
                "{sum} where {day} was the day's cap: {posting:?}"
            );
            assert!(*of_run <= budget, "{of_run} of {budget}: {posting:?}");
        }
    }
    most
}

/// Returns each run's caps of the day and of itself, which it carries as its tags.
fn caps_of_runs(bench: &Workbench) -> BTreeMap<String, (i128, i128)> {
    let conn = Connection::open(bench.path(".pw/ledger.db")).expect("a ledger");
    let mut runs = conn.prepare("SELECT uuid, tags FROM runs").expect("runs");
    let rows = runs.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    let read = |row: rusqlite::Result<(String, String)>| {
        let (run, tags) = row.expect("a run");
        let tags: BTreeMap<String, String> = serde_json::from_str(&tags).expect("tags");
        let cap = |name: &str| tags.get(name).map_or(i128::MAX, |text| picos(text));
        (run, (cap("day"), cap("run")))
    };
    rows.expect("runs").map(read).collect()
}

#[test]
fn three_processes_with_faults_and_kills_pass_no_cap_and_add_up() {
    crowd(3, Duration::from_secs(3), 7);
}

#[test]
#[expect(clippy::print_stderr, reason = "its output is what it is run for")]
fn eight_processes_with_faults_and_kills_pass_no_cap_and_add_up_for_a_minute() {
    if super::is_asked_for() {
        eprintln!("crowd: {}", crowd(8, Duration::from_mins(1), 100));
    }
}
