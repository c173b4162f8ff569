//! Single promises about money, each seen from outside, each broken by one of the patches in `tests/sabotage`.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use crate::campaign::bench::{self, EVAL};
use crate::campaign::books::Books;
use crate::fault_server::{Behaviour, EVENTS, FaultServer, sse};
use crate::workbench::{Workbench, finish};

#[test]
fn a_request_is_on_the_books_before_it_arrives() {
    let bench: Arc<OnceLock<Workbench>> = Arc::default();
    let early: Arc<Mutex<Vec<String>>> = Arc::default();
    let (looks_at, found) = (Arc::clone(&bench), Arc::clone(&early));
    let server = FaultServer::start_by(move |_, seen| {
        let attempt = seen.attempt.clone().unwrap_or_default();
        let books = Books::export(looks_at.get().expect("a workspace"));
        if !books.attempts("hold").contains(&attempt) {
            found.lock().expect("no panic").push(attempt);
        }
        bench::answer(3, Duration::ZERO)
    });
    let bench = bench.get_or_init(|| bench::workspace(&server.url(), 6, ""));
    bench.pw(&EVAL).code(0);
    assert_eq!(server.requests().len(), 6);
    assert_eq!(*early.lock().expect("no panic"), Vec::<String>::new());
}

#[test]
fn a_reset_after_sending_keeps_its_hold_as_lost() {
    let server = FaultServer::start(|number| match number {
        0 => Behaviour::reset_after(b""),
        _ => bench::answer(3, Duration::ZERO),
    });
    let bench = bench::workspace(&server.url(), 1, "");
    bench.pw(&EVAL).code(0);
    let books = Books::of(&bench);
    let kinds: Vec<&str> = books.postings.iter().map(|p| p.kind.as_str()).collect();
    assert_eq!(kinds, ["hold", "lost", "hold", "settle"]);
    assert_eq!(books.postings[1].lost, books.postings[0].held);
    assert!(books.postings[1].lost > 0);
}

/// A call at a time costs two commits, and each waits for the disk.
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
fn each_hold_and_each_settle_waits_for_the_disk() {
    const CALLS: usize = 8;
    let server = bench::server(7);
    let bench = bench::workspace(&server.url(), CALLS, "");
    let plain = bench.command(&[&EVAL[..], &["--concurrency", "1"]].concat());
    let log = bench.path("syncs");
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-o"])
        .arg(&log)
        .arg(plain.get_program())
        .args(plain.get_args())
        .current_dir(bench.root())
        .envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?))))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(child) = traced.spawn() else {
        eprintln!("skipped: no strace");
        return;
    };
    finish(child);
    let trace = std::fs::read_to_string(&log).unwrap_or_default();
    if server.requests().is_empty() {
        eprintln!("skipped: strace may not trace here");
        return;
    }
    let syncs = trace.lines().filter(|line| line.contains("sync(")).count();
    assert!(syncs >= 2 * CALLS, "{syncs} for {CALLS} calls:\n{trace}");
}

/// `pw try` streams; a stream that ends in order, but without the reason why the model stopped, is no answer.
#[test]
fn a_stream_that_does_not_say_why_it_ended_is_lost() {
    let unfinished = sse(EVENTS[..3].iter().copied().chain(["[DONE]"]));
    let server = FaultServer::start(move |_| Behaviour::stream(&unfinished));
    let bench = bench::workspace(&server.url(), 1, "");
    let output = bench.pw(&["try", "prompts/a.hbs", "--set", "x=c"]).code(1);
    let books = Books::of(&bench);
    assert_eq!(books.attempts("settle").len(), 0, "{output}");
    assert_eq!(books.attempts("lost"), books.attempts("hold"), "{output}");
    assert!(books.of_kind("lost").all(|p| p.lost > 0));
    assert_eq!(books.attempts("hold").len(), server.requests().len());
}
