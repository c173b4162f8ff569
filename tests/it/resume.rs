//! `pw resume`: what it goes on with, and what it says when there is nothing to go on with.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::fault_server::{Behaviour, FaultServer, WHOLE};
use crate::workbench::{Workbench, finish};

/// A budget that fits the answer to one question, and not the hold of a second.
const ONE_CALL: &str = "0.004";

/// A workspace of three cities at a server that answers at great length, stopped by its budget after the first answer.
fn stopped() -> (FaultServer, Workbench) {
    let long = WHOLE.replace("\"completion_tokens\":3", "\"completion_tokens\":1000");
    let server = FaultServer::start(move |_| Behaviour::json(&long));
    let bench = Workbench::at_server(&server.url());
    let eval = [
        "eval",
        "city",
        "--no-cache",
        "--tag",
        "why=test",
        "--repeat",
        "2",
        "--budget",
        ONE_CALL,
    ];
    bench
        .pw(&eval)
        .code(4)
        .says("`pw resume --budget USD` goes on");
    (server, bench)
}

fn posts(server: &FaultServer) -> usize {
    server
        .requests()
        .iter()
        .filter(|seen| seen.method == "POST")
        .count()
}

#[test]
fn a_run_goes_on_with_its_own_flags_and_pays_nothing_twice() {
    let (server, bench) = stopped();
    let before = posts(&server);
    assert_eq!(before, 1);
    let report = bench
        .pw(&["resume", "--budget", "1", "--format", "json"])
        .code(0)
        .says("goes on")
        .json();
    let run = &report["runs"][0];
    assert_eq!(
        posts(&server),
        6,
        "two repeats of three cases, each paid once"
    );
    assert_eq!(run["variants"][0]["trials"], 6);
    assert_eq!(run["tags"]["why"], "test");
    assert_eq!(run["totals"]["carried"], before);
    assert_eq!(run["totals"]["cached"], 0);
    assert_eq!(run["totals"]["calls"], 6 - before);
    assert_eq!(run["results"].as_array().unwrap().len(), 6);
    // The report that the ledger makes later is the same one.
    let shown = bench.pw(&["show", "--format", "json"]).code(0).json();
    assert_eq!(shown["runs"], report["runs"]);
    // It is finished now, by whichever of its names one asks.
    for arguments in [&["resume"][..], &["resume", "1"], &["resume", "2"]] {
        bench.pw(arguments).code(0).says("nothing is left to ask");
    }
    assert_eq!(posts(&server), 6);
}

#[test]
fn a_run_has_what_its_budget_left_and_goes_on_from_the_end_of_its_chain() {
    let (server, bench) = stopped();
    let before = posts(&server);
    // What is left of the budget is less than what was too little.
    bench.pw(&["resume"]).code(4);
    assert_eq!(posts(&server), before);
    let run = bench
        .pw(&["resume", "1", "--budget", "1", "--format", "json"])
        .code(0)
        .json()["runs"][0]
        .clone();
    let second = bench.pw(&["show", "2", "--format", "json"]).code(0).json();
    assert_eq!(run["resumed_from"], second["runs"][0]["id"]);
    assert_eq!(posts(&server), 6);
}

#[test]
fn files_that_changed_since_are_named_and_the_run_keeps_its_own() {
    let (server, bench) = stopped();
    let before = posts(&server);
    bench.write("prompts/city.hbs", "Another question about {{city}}\n");
    bench.write(
        "evals/city.yaml",
        "tests: [{ id: rome, vars: { city: Rome } }]\n",
    );
    let output = bench
        .pw(&["resume", "--budget", "1", "--format", "json"])
        .code(0);
    let output = output
        .says("prompts/city.hbs has changed since")
        .says("evals/city.yaml has changed since");
    assert_eq!(
        output.json()["runs"][0]["results"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
    let asked = server.requests();
    assert!(asked.len() > before);
    for seen in &asked[before..] {
        let body = String::from_utf8_lossy(&seen.body).into_owned();
        assert!(!body.contains("Another question"), "{body}");
    }
}

#[test]
fn faults_are_asked_again_and_answers_are_not() {
    let broken = Arc::new(AtomicBool::new(true));
    let is_broken = Arc::clone(&broken);
    let server = FaultServer::start(move |number| {
        if number > 0 && is_broken.load(Ordering::Relaxed) {
            return Behaviour::status(401, r#"{"error":{"message":"no"}}"#);
        }
        Behaviour::ok()
    });
    let bench = Workbench::at_server(&server.url());
    bench
        .pw(&["eval", "city", "--no-cache"])
        .code(1)
        .says("error:");
    broken.store(false, Ordering::Relaxed);
    let before = posts(&server);
    let run = bench.pw(&["resume", "--format", "json"]).code(0).json()["runs"][0].clone();
    assert_eq!(run["totals"]["carried"], 1);
    assert_eq!(posts(&server) - before, 2);
}

#[test]
fn of_several_that_go_on_with_a_run_at_one_instant_one_does() {
    let (server, bench) = stopped();
    let before = posts(&server);
    let children: Vec<_> = (0..4)
        .map(|_| bench.spawn(&["resume", "1", "--budget", "1"]))
        .collect();
    let ends: Vec<_> = children.into_iter().map(finish).collect();
    let (mut went_on, mut said) = (0, 0);
    for end in &ends {
        // Whoever came while another was at it is told so; whoever came after it has nothing left to do.
        let told = [
            "is being resumed, by run 2",
            "is gone on with already, by run 2",
        ];
        let was_told = end.code == 2 && told.iter().any(|words| end.stderr.contains(words));
        let came_after = end.code == 0 && end.stderr.contains("nothing is left to ask");
        if was_told || came_after {
            said += 1;
        } else {
            went_on += usize::from(end.clone().code(0).stderr.contains("goes on"));
        }
    }
    assert_eq!((went_on, said), (1, 3), "{ends:?}");
    assert_eq!(posts(&server) - before, 5, "no answer is paid twice");
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
}

#[test]
fn what_cannot_be_gone_on_with_is_said() {
    let bench = Workbench::cities();
    bench
        .pw(&["resume"])
        .code(2)
        .says("no ledger in this workspace");
    assert!(!bench.path(".pw/ledger.db").exists());
    bench.pw(&["eval", "city"]).code(0);
    bench
        .pw(&["resume"])
        .code(0)
        .says("every run is finished, the last is run 1");
    bench
        .pw(&["resume", "1"])
        .code(0)
        .says("run 1 of `city` is finished");
    bench.pw(&["resume", "7"]).code(1).says("error:");
}
