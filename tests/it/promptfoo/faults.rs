//! Section 2: a server that refuses, breaks off, talks nonsense or says nothing.

use std::net::TcpListener;
use std::time::Duration;

use crate::campaign::bench::{self, EVAL, answer};
use crate::campaign::books::Books;
use crate::campaign::meter::{Does, Meter};
use crate::fault_server::{Behaviour, Step};
use crate::workbench::{Output, Workbench, picos};

/// Cases of a suite, unless a test says otherwise.
const CASES: usize = 10;

fn sells() -> Does {
    Does::Sells(5, Duration::ZERO)
}

/// Evaluates with waits a thousandth of what they are.
fn evaluate(url: &str, cases: usize, concurrency: &str) -> (Workbench, Output) {
    let bench = bench::workspace(url, cases, "").env("PW_TEST_WAIT_SCALE", "0.001");
    let flags = ["--concurrency", concurrency, "--format", "json"];
    let output = bench.pw(&[&EVAL[..], &flags].concat());
    (bench, output)
}

/// Demands a report of so many passes and errors, whose amounts are those of the books.
#[track_caller]
fn demand_report(output: &Output, books: &Books, passed: usize, errors: usize) {
    let run = &output.json()["runs"][0];
    let (variant, totals) = (&run["variants"][0], &run["totals"]);
    assert_eq!(variant["passed"], passed, "{output}");
    assert_eq!(variant["errors"], errors, "{output}");
    let amount = |name: &str| picos(totals[name].as_str().expect("an amount"));
    assert_eq!(amount("billed_usd") + amount("lost_usd"), books.sums().1);
    let usage = &totals["usage"];
    let tokens = |name: &str| usage[name].as_u64().expect("a count");
    assert_eq!(
        tokens("input_tokens") + tokens("output_tokens"),
        books.tokens()
    );
    assert_eq!(totals["attempts"], books.attempts("hold").len());
}

/// Refuses or breaks off before each of so many answers; one call at a time, so that each answer has one refusal.
fn before_each(refuse: impl Fn() -> Does + Send + Sync + 'static) -> Meter {
    Meter::start(move |number| if number % 2 == 0 { refuse() } else { sells() })
}

#[test]
fn a_hundred_429s_cost_a_hundred_waits_and_nothing_else() {
    let meter = Meter::start(|number| {
        if number < 100 {
            let body = br#"{"error":{"message":"slow down"}}"#;
            Does::Refuses(Behaviour::answer(429, "Retry-After: 2\r\n", body))
        } else {
            sells()
        }
    });
    let (bench, output) = evaluate(&meter.server.url(), 100, "32");
    let output = output.code(0);
    assert_eq!(meter.server.requests().len(), 200);
    let books = meter.demand(&bench);
    demand_report(&output, &books, 100, 0);
    assert_eq!(books.attempts("void").len(), 100);
}

#[test]
fn a_503_before_each_answer_is_waited_out() {
    let meter = before_each(|| {
        let body = r#"{"error":{"message":"Loading model"}}"#;
        Does::Refuses(Behaviour::status(503, body))
    });
    let (bench, output) = evaluate(&meter.server.url(), CASES, "1");
    let output = output.code(0);
    assert_eq!(meter.server.requests().len(), 2 * CASES);
    demand_report(&output, &meter.demand(&bench), CASES, 0);
}

#[test]
fn a_reset_before_each_answer_is_asked_again_and_each_is_shown_as_lost() {
    const BEGUN: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\"";
    let meter = before_each(|| Does::Asks(5, Behaviour::reset_after(BEGUN)));
    let (bench, output) = evaluate(&meter.server.url(), CASES, "1");
    let output = output.code(0);
    assert_eq!(meter.server.requests().len(), 2 * CASES);
    let books = meter.demand(&bench);
    assert_eq!(books.attempts("lost").len(), CASES);
    demand_report(&output, &books, CASES, 0);
}

#[test]
fn nothing_but_429_ends_with_no_answer_and_no_cost() {
    let body = br#"{"error":{"message":"slow down"}}"#;
    let meter = Meter::start(move |_| {
        // What a server asks for that wants to be left alone: five minutes make three tries of each call.
        Does::Refuses(Behaviour::answer(429, "Retry-After: 300\r\n", body))
    });
    let (bench, output) = evaluate(&meter.server.url(), CASES, "4");
    let output = output.code(1).says("429");
    let books = meter.demand(&bench);
    demand_report(&output, &books, 0, CASES);
    assert_eq!(books.sums(), (books.sums().0, 0));
    assert_eq!(books.attempts("void"), books.attempts("hold"));
    assert_eq!(books.attempts("hold").len(), meter.server.requests().len());
}

#[test]
fn a_port_where_nobody_listens_costs_nothing() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = closed.local_addr().expect("an address");
    drop(closed);
    let (bench, output) = evaluate(&format!("http://{address}/v1"), CASES, "4");
    let output = output
        .code(1)
        .says(&format!("nothing listens at `{address}`"));
    let books = Books::of(&bench);
    demand_report(&output, &books, 0, CASES);
    assert_eq!(books.sums().1, 0);
    assert_eq!(books.attempts("void"), books.attempts("hold"));
}

#[test]
fn a_page_in_place_of_answers_stops_the_run_and_is_shown_at_its_worst_case() {
    let page = Behaviour::answer(200, "Content-Type: text/html\r\n", b"<html>log in</html>");
    let meter = Meter::start(move |_| Does::Refuses(page.clone()));
    let (bench, output) = evaluate(&meter.server.url(), CASES, "1");
    let output = output.code(1).says("error:");
    // Two tries of the first call, since a page may pass; then nobody is asked any more.
    assert_eq!(meter.server.requests().len(), 2);
    let books = meter.demand(&bench);
    demand_report(&output, &books, 0, 1);
    assert_eq!(books.attempts("lost"), books.attempts("hold"));
    let run = &output.json()["runs"][0];
    assert_eq!(run["variants"][0]["skipped"], CASES - 1, "{output}");
    // The bill knows none of them: then they are free, and the sums are the server's own.
    bench.write("bill.csv", "id,amount\n");
    let book = [
        "ledger",
        "reconcile",
        "--total",
        "0",
        "--since",
        "2026-11-24",
        "--endpoint",
        "fake",
    ];
    bench.pw(&book).code(0);
    assert_eq!(Books::of(&bench).sums().1, 0);
}

#[test]
fn answers_without_a_choice_are_paid_and_shown() {
    let empty =
        r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}}"#;
    let meter = Meter::start(move |_| Does::Asks(5, Behaviour::json(empty)));
    let (bench, output) = evaluate(&meter.server.url(), CASES, "4");
    // Ten calls were paid and none passes; none is asked again, since each was answered.
    let output = output.code(0);
    assert_eq!(meter.server.requests().len(), CASES);
    let books = meter.demand(&bench);
    demand_report(&output, &books, 0, 0);
    let run = &output.json()["runs"][0];
    assert_eq!(run["variants"][0]["failed"], CASES, "{output}");
}

#[test]
fn answers_beside_which_no_request_remains_are_all_kept() {
    let meter = Meter::start(|_| {
        let Behaviour(mut steps) = answer(5, Duration::ZERO);
        for step in &mut steps {
            if let Step::Write(bytes) = step {
                let text = String::from_utf8_lossy(bytes);
                let head = "\r\nx-ratelimit-remaining-requests: 0\r\n";
                *bytes = text.replacen("\r\n", head, 1).into_bytes();
            }
        }
        Does::Asks(5, Behaviour(steps))
    });
    let (bench, output) = evaluate(&meter.server.url(), CASES, "4");
    let output = output.code(0);
    assert_eq!(meter.server.requests().len(), CASES);
    demand_report(&output, &meter.demand(&bench), CASES, 0);
}

#[test]
fn a_server_that_never_answers_is_left_and_its_calls_are_shown_as_lost() {
    let meter = Meter::start(|_| {
        let silent = Step::Pause(Duration::from_secs(2));
        Does::Asks(5, Behaviour(vec![Step::ReadBody, silent, Step::Close]))
    });
    let bench = bench::workspace(&meter.server.url(), 3, "").env("PW_TEST_WAIT_SCALE", "0.001");
    let flags = [
        "--timeout",
        "200ms",
        "--concurrency",
        "3",
        "--format",
        "json",
    ];
    let output = bench.pw(&[&EVAL[..], &flags].concat()).code(1);
    let books = meter.demand(&bench);
    demand_report(&output, &books, 0, 3);
    assert_eq!(books.attempts("lost"), books.attempts("hold"));
    assert_eq!(books.attempts("hold").len(), meter.server.requests().len());
    // Three tries of each call, and not one more.
    assert_eq!(meter.server.requests().len(), 9);
}
