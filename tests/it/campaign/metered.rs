//! What `promptfoo` gets wrong, measured in the same way: after faults, cache and repeats the server's own count of tokens is
//! the ledger's total, and no answer that was paid for is thrown away or asked for twice.

use std::time::Duration;

use crate::campaign::bench::{self, EVAL, answer};
use crate::campaign::meter::{Does, Meter};
use crate::fault_server::{Behaviour, Step};
use crate::workbench::{Output, Workbench};

/// Cases of a suite.
const CASES: usize = 10;

fn sells() -> Does {
    Does::Sells(5, Duration::ZERO)
}

/// Evaluates ten cases, one at a time, with waits a thousandth of what they are.
fn evaluate(meter: &Meter) -> (Workbench, Output) {
    let bench = bench::workspace(&meter.server.url(), CASES, "").env("PW_TEST_WAIT_SCALE", "0.001");
    let output = bench.pw(&[&EVAL[..], &["--concurrency", "1", "--format", "json"]].concat());
    (bench, output)
}

/// Evaluates against a server that does wrong with some requests, and demands ten answers for so many requests.
#[track_caller]
fn demand(meter: &Meter, requests: usize) {
    let (bench, output) = evaluate(meter);
    let output = output.code(0);
    let of_variant = &output.json()["runs"][0]["variants"][0];
    assert_eq!(of_variant["passed"], CASES, "{output}");
    assert_eq!(meter.server.requests().len(), requests, "{output}");
    meter.demand(&bench);
}

#[test]
fn every_fifth_request_429_is_asked_again_and_nothing_else_is() {
    let refusal = r#"{"error":{"message":"slow down"}}"#.as_bytes();
    let refuse = move || Behaviour::answer(429, "Retry-After: 1\r\n", refusal);
    let plan = move |n: usize| {
        if n % 5 == 4 {
            Does::Refuses(refuse())
        } else {
            sells()
        }
    };
    demand(&Meter::start(plan), 12);
}

#[test]
fn every_fifth_request_500_is_asked_again() {
    let refuse = || Does::Refuses(Behaviour::status(500, r#"{"error":{"message":"oops"}}"#));
    demand(
        &Meter::start(move |n| if n % 5 == 4 { refuse() } else { sells() }),
        12,
    );
}

#[test]
fn a_model_that_is_still_loading_is_waited_for() {
    let loading = || Behaviour::status(503, r#"{"error":{"message":"Loading model"}}"#);
    demand(
        &Meter::start(move |n| {
            if n == 0 {
                Does::Refuses(loading())
            } else {
                sells()
            }
        }),
        11,
    );
}

/// An answer that breaks off.
const BEGUN: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\"";

/// Breaks the first answer off, and demands that its call is asked again and shown as lost.
#[track_caller]
fn broken(how: fn() -> Behaviour) {
    let meter = Meter::start(move |n| {
        if n == 0 {
            Does::Asks(5, how())
        } else {
            sells()
        }
    });
    let (bench, output) = evaluate(&meter);
    output.code(0);
    assert_eq!(meter.demand(&bench).attempts("lost").len(), 1);
    assert_eq!(meter.server.requests().len(), 11);
}

#[test]
fn a_reset_in_the_middle_is_asked_again_and_shown_as_lost() {
    broken(|| Behaviour::reset_after(BEGUN));
}

#[test]
fn a_close_in_the_middle_is_asked_again_and_shown_as_lost() {
    broken(|| Behaviour::write(BEGUN.to_vec()).then(Step::Close));
}

#[test]
fn an_answer_beside_which_no_request_remains_is_kept() {
    let last = || {
        let Behaviour(mut steps) = answer(5, Duration::ZERO);
        for step in &mut steps {
            if let Step::Write(bytes) = step {
                let text = String::from_utf8_lossy(bytes);
                let headed = text.replacen("\r\n", "\r\nx-ratelimit-remaining-requests: 0\r\n", 1);
                *bytes = headed.into_bytes();
            }
        }
        Behaviour(steps)
    };
    demand(
        &Meter::start(move |n| {
            if n % 3 == 2 {
                Does::Asks(5, last())
            } else {
                sells()
            }
        }),
        10,
    );
}

/// Three cases, of which two ask the same.
#[test]
fn a_question_asked_twice_is_paid_once_and_repeats_are_answers_of_their_own() {
    let meter = Meter::selling(Duration::ZERO);
    let bench =
        bench::workspace(&meter.server.url(), 3, "").file("evals/a.csv", "x\nsame\nsame\nother\n");
    let steps: [(&[&str], usize); 5] = [
        (&[], 2),
        (&[], 0),
        (&["--repeat", "3"], 4),
        (&["--repeat", "3"], 0),
        (&["--repeat", "3", "--no-cache"], 9),
    ];
    let mut seen = 0;
    for (flags, requests) in steps {
        let command = [&EVAL[..], &["--concurrency", "1"], flags].concat();
        bench.pw(&command).code(0);
        let now = meter.server.requests().len();
        assert_eq!(now - seen, requests, "{flags:?}");
        seen = now;
        meter.demand(&bench);
    }
}
