//! Kill -9 at any moment of a run: nothing that left the machine is off the books, and no answer is bought twice.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use crate::campaign::bench::{self, EVAL};
use crate::campaign::books::Books;
use crate::fault_server::FaultServer;
use crate::workbench::Workbench;

/// A moment to kill at.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So long after the start.
    Time(Duration),
    /// So long after the server saw so many requests.
    Requests(usize, Duration),
}

impl Moment {
    fn draw(random: &mut ChaCha8Rng, most: usize) -> Self {
        let pause = Duration::from_micros(random.random_range(0..8_000));
        if random.random_range(0..4) == 0 {
            Self::Time(Duration::from_micros(random.random_range(0..150_000)))
        } else {
            Self::Requests(random.random_range(0..=most), pause)
        }
    }

    /// Waits for it, or for a run that does not get so far.
    fn wait(self, server: &FaultServer) {
        match self {
            Self::Time(time) => thread::sleep(time),
            Self::Requests(count, pause) => {
                let begin = Instant::now();
                while server.requests().len() < count && begin.elapsed() < Duration::from_secs(5) {
                    thread::sleep(Duration::from_millis(1));
                }
                thread::sleep(pause);
            }
        }
    }
}

fn sent(server: &FaultServer) -> BTreeSet<String> {
    let seen = server.requests().into_iter();
    seen.map(|seen| seen.attempt.expect("an attempt's id"))
        .collect()
}

/// Reads the books after a kill, and demands that they go on from `before` and know all that the server saw until now.
#[track_caller]
fn demand(bench: &Workbench, server: &FaultServer, before: &Books, what: &str) -> Books {
    // Seen first, read later: what comes between the two is on the books as well.
    let sent = sent(server);
    let books = Books::of(bench);
    books.demand_order();
    assert!(
        books.lines.starts_with(&before.lines),
        "{what}: a posting went or changed"
    );
    let unknown: Vec<_> = sent.difference(&books.attempts("hold")).cloned().collect();
    assert!(
        unknown.is_empty(),
        "{what}: sent and not booked: {unknown:?}"
    );
    books
}

/// Kills one or two processes, then runs the same command to its end. Returns how many answers had been booked at the kill.
fn round(seed: u64, cases: usize, processes: usize) -> usize {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let server = bench::server(seed);
    let bench = bench::workspace(&server.url(), cases, "");
    let concurrency = ["1", "8", "32"][random.random_range(0..3)];
    let arguments = [&EVAL[..], &["--concurrency", concurrency]].concat();
    let mut what = format!("seed {seed}, {processes} processes, {concurrency} at a time");
    let mut children: Vec<_> = (0..processes).map(|_| bench.spawn(&arguments)).collect();
    let mut books = Books::default();
    while let Some(mut child) = children.pop() {
        let moment = Moment::draw(&mut random, cases);
        what = format!("{what}, {moment:?}");
        moment.wait(&server);
        child.kill().expect("a kill");
        child.wait().expect("an end");
        // With a second process, the books are read while it writes.
        books = demand(&bench, &server, &books, &what);
    }
    let missing = cases - books.answered().len();
    bench.pw(&arguments).code(0);
    let after = demand(&bench, &server, &books, &what);
    let bought = after.attempts("hold").len() - books.attempts("hold").len();
    assert_eq!(bought, missing, "{what}: bought again or not at all");
    assert_eq!(after.answered().len(), cases, "{what}");
    let new: BTreeSet<_> = &after.attempts("hold") - &books.attempts("hold");
    assert!(new.is_subset(&sent(&server)), "{what}: booked and not sent");
    let ended = &(&after.attempts("settle") | &after.attempts("lost")) | &after.attempts("void");
    assert_eq!(ended, after.attempts("hold"), "{what}: a dead hold is open");
    books.attempts("settle").len()
}

#[test]
fn a_killed_run_loses_nothing_and_buys_nothing_twice() {
    for (seed, processes) in [(1, 1), (2, 2), (3, 1), (4, 2)] {
        round(seed, 60, processes);
    }
}

#[test]
fn an_audit_beside_a_running_evaluation_finds_nothing() {
    let server = bench::server(5);
    let bench = bench::workspace(&server.url(), 40, "");
    let mut children: Vec<_> = (0..2).map(|_| bench.spawn(&EVAL)).collect();
    let mut books = Books::default();
    while children
        .iter_mut()
        .any(|child| child.try_wait().expect("a state").is_none())
    {
        books = demand(&bench, &server, &books, "beside a run");
    }
    books = demand(&bench, &server, &books, "after a run");
    assert_eq!(books.answered().len(), 40);
    assert_eq!(books.attempts("lost").len(), 0);
}

#[test]
#[expect(clippy::print_stderr, reason = "its output is what it is run for")]
fn kills_of_a_long_campaign_lose_nothing() {
    if !super::is_asked_for() {
        return;
    }
    let (mut kills, mut kept) = (0, 0);
    for seed in 1_000..1_100 {
        let processes = 1 + usize::try_from(seed % 2).unwrap();
        kept += round(seed, 200, processes);
        kills += processes;
    }
    eprintln!("kill: 100 rounds, {kills} kills, {kept} answers kept, 0 violations");
}
