//! Every exit code, reached.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::fault_server::{Behaviour, FaultServer, Step};
use crate::workbench::{Output, Workbench, finish};

#[test]
fn success_and_missed_gates() {
    let bench = Workbench::cities();
    bench.pw(&["eval", "city"]).code(0).says("--threshold 0.9");
    bench.pw(&["eval", "city", "--threshold", "0.6"]).code(0);
    bench.pw(&["eval", "city", "--threshold", "0.9"]).code(3);
    bench.pw(&["eval", "city", "--fail-on", "sunshine"]).code(2);
}

#[test]
fn no_answer_at_all_is_a_failure() {
    let server = FaultServer::start(|_| Behaviour::status(401, r#"{"error":{"message":"no"}}"#));
    Workbench::at_server(&server.url())
        .pw(&["eval", "city"])
        .code(1)
        .says("error:");
}

#[test]
fn a_budget_that_fits_no_call_sends_nothing() {
    let server = FaultServer::ok();
    Workbench::at_server(&server.url())
        .pw(&["eval", "city", "--budget", "0.000001"])
        .code(4)
        .says("error: the run's budget");
    let asked: Vec<_> = server.requests();
    assert!(asked.iter().all(|seen| seen.method != "POST"), "{asked:?}");
}

/// Sends a signal once the first call is on its way.
fn signalled(signal: &str) -> Output {
    let pause = Step::Pause(Duration::from_millis(400));
    let server = FaultServer::start(move |_| {
        let Behaviour(mut steps) = Behaviour::ok();
        steps.insert(1, pause.clone());
        Behaviour(steps)
    });
    let bench = Workbench::at_server(&server.url());
    let child = bench.spawn(&["eval", "city"]);
    let begun = Instant::now();
    while server.requests().is_empty() && begun.elapsed() < Duration::from_secs(10) {
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = finish(child);
    let posts = server
        .requests()
        .iter()
        .filter(|seen| seen.method == "POST")
        .count();
    assert_eq!(
        posts, 1,
        "a call in flight is kept, and no further one is sent\n{output}"
    );
    output
}

#[test]
fn an_interrupt_and_a_termination_keep_what_is_in_flight() {
    signalled("-INT").code(130).says("error: interrupted");
    signalled("-TERM").code(143).says("error: interrupted");
}
