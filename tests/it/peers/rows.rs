//! One row for each request, whatever the answer says of itself.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::campaign::bench::{self, EVAL};
use crate::campaign::books::Books;
use crate::campaign::meter::{Does, Meter};
use crate::fault_server::{Behaviour, EVENTS, FaultServer, WHOLE, sse};
use crate::workbench::{Workbench, picos};

/// Demands that the attempts on the books are those that the server saw.
#[track_caller]
fn demand_rows(server: &FaultServer, books: &Books) {
    let seen = server.requests();
    let sent: BTreeSet<String> = seen
        .iter()
        .filter_map(|seen| seen.attempt.clone())
        .collect();
    assert_eq!(sent.len(), seen.len(), "two requests of one name");
    assert_eq!(books.attempts("hold"), sent);
}

#[test]
fn b2_litellm_29292_a_burst_of_three_hundred_answers_keeps_three_hundred_rows() {
    const BURST: usize = 300;
    let arrived = AtomicUsize::new(0);
    let meter = Meter::start(move |number| {
        arrived.fetch_add(1, Ordering::Relaxed);
        // All are answered at once, when the last has come.
        let begun = Instant::now();
        while arrived.load(Ordering::Relaxed) < BURST && begun.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(1));
        }
        Does::Sells(1 + number as u64 % 64, Duration::ZERO)
    });
    let bench = bench::workspace(&meter.server.url(), BURST, "");
    let eval = [&EVAL[..], &["--concurrency", "300", "--format", "json"]].concat();
    let totals = bench.pw(&eval).code(0).json()["runs"][0]["totals"].clone();
    let books = meter.demand(&bench);
    assert_eq!(books.of_kind("settle").count(), BURST);
    demand_rows(&meter.server, &books);
    assert_eq!(totals["calls"], BURST);
    let billed = totals["billed_usd"].as_str().expect("an amount");
    assert_eq!(picos(billed), books.sums().1);
    let cost = bench.pw(&["cost", "--format", "json"]).code(0).json();
    assert_eq!(cost["total"]["billed_usd"], billed);
}

#[test]
fn b3_litellm_13280_nine_equal_requests_are_nine_rows() {
    let meter = Meter::selling(Duration::from_millis(5));
    let same = format!("x\n{}", "same\n".repeat(9));
    let bench = bench::workspace(&meter.server.url(), 9, "").file("evals/a.csv", same);
    let eval = [&EVAL[..], &["--no-cache", "--concurrency", "9"]].concat();
    bench.pw(&eval).code(0);
    assert_eq!(meter.server.requests().len(), 9);
    let books = meter.demand(&bench);
    assert_eq!(books.of_kind("settle").count(), 9);
    demand_rows(&meter.server, &books);
}

/// The same workspace, whose endpoint streams or does not.
fn in_manner(url: &str, cases: usize, streamed: bool) -> Workbench {
    let bench = bench::workspace(url, cases, "");
    let settings = std::fs::read_to_string(bench.path("pw.toml")).expect("settings");
    let kind = "kind = \"openai\"\n";
    let chosen = settings.replace(kind, &format!("{kind}stream = {streamed}\n"));
    bench.file("pw.toml", chosen)
}

/// A good answer in either manner, with its text changed.
fn good(streamed: bool, change: impl Fn(&str) -> String) -> Behaviour {
    if streamed {
        let stream = sse(EVENTS.into_iter().chain(["[DONE]"]));
        Behaviour::stream(&change(&stream))
    } else {
        Behaviour::json(&change(WHOLE))
    }
}

/// What the good answer costs: 9 tokens at $1 a million and 3 at $2.
const GOOD: i128 = 15_000_000;

#[test]
fn b4_litellm_6633_ids_that_are_absent_empty_or_repeated_cost_no_row() {
    const IDS: [&str; 4] = [r#""id":"","#, "", r#""id":null,"#, r#""id":"c-1","#];
    for streamed in [false, true] {
        let server = FaultServer::start(move |number| {
            good(streamed, |text| {
                text.replace(r#""id":"c-1","#, IDS[number % IDS.len()])
            })
        });
        let bench = in_manner(&server.url(), 12, streamed);
        bench.pw(&EVAL).code(0);
        let books = Books::of(&bench);
        demand_rows(&server, &books);
        assert_eq!(books.of_kind("settle").count(), 12, "streamed={streamed}");
        assert_eq!(books.sums().1, 12 * GOOD, "streamed={streamed}");
    }
}

#[test]
fn b5_litellm_36426_an_answer_that_says_nothing_of_itself_has_its_row() {
    let bare = r#"{"choices":[{"message":{"content":"ok"}}]}"#;
    let server = FaultServer::start(move |_| Behaviour::json(bare));
    let bench = bench::workspace(&server.url(), 3, "");
    let eval = [&EVAL[..], &["--format", "json"]].concat();
    let report = bench.pw(&eval).code(0).json();
    let books = Books::of(&bench);
    demand_rows(&server, &books);
    // Its cost is unknown: it stays at its worst case, and is said to, and its answer counts.
    assert_eq!(books.attempts("lost"), books.attempts("hold"));
    let held: i128 = books.of_kind("hold").map(|posting| posting.held).sum();
    assert_eq!(books.sums().1, held);
    let run = &report["runs"][0];
    assert_eq!(run["variants"][0]["passed"], 3);
    let lost = run["totals"]["lost_usd"].as_str().expect("an amount");
    assert_eq!(picos(lost), held);
    let listed = bench.pw(&["ledger", "reconcile"]).code(0).stdout;
    assert_eq!(listed.matches("at most $").count(), 3, "{listed}");
}

#[test]
fn b6_litellm_40100_37923_a_streamed_run_is_billed_like_a_whole_one() {
    for streamed in [false, true] {
        let server = FaultServer::start(move |_| good(streamed, str::to_owned));
        let bench = in_manner(&server.url(), 5, streamed);
        let asked_to_stream =
            |body: &[u8]| String::from_utf8_lossy(body).contains("\"stream\":true");
        let eval = [&EVAL[..], &["--format", "json"]].concat();
        let totals = bench.pw(&eval).code(0).json()["runs"][0]["totals"].clone();
        let seen = server.requests();
        assert!(
            seen.iter()
                .all(|seen| asked_to_stream(&seen.body) == streamed)
        );
        let billed = totals["billed_usd"].as_str().expect("an amount");
        assert_eq!(picos(billed), 5 * GOOD, "streamed={streamed}");
        // A budget sees it as well: what is left fits no sixth call.
        let budget = ["--budget", "0.000016", "--no-cache"];
        bench.pw(&[&EVAL[..], &budget].concat()).code(4);
        assert_eq!(server.requests().len(), 5, "streamed={streamed}");
    }
}

/// A llama.cpp server is asked for its health, its properties and its count of each input; only the answers are calls.
#[test]
fn b7_litellm_25015_17814_only_what_generates_is_booked() {
    let server = FaultServer::start_by(|_, seen| match seen.path.as_str() {
        "/health" => Behaviour::json(r#"{"status":"ok"}"#),
        "/props" => Behaviour::json(r#"{"total_slots":1,"model_path":"m.gguf"}"#),
        "/v1/models" => Behaviour::json(r#"{"data":[{"id":"m"}]}"#),
        "/v1/chat/completions/input_tokens" => Behaviour::json(r#"{"input_tokens":9}"#),
        "/v1/chat/completions" => Behaviour::ok(),
        _ => Behaviour::status(404, "{}"),
    });
    let bench = bench::workspace(&server.url(), 3, "");
    let settings = std::fs::read_to_string(bench.path("pw.toml")).expect("settings");
    let bench = bench.file("pw.toml", settings.replace("\"openai\"", "\"llama.cpp\""));
    bench.pw(&EVAL).code(0);
    let generated = |seen: &&crate::fault_server::Seen| seen.path == "/v1/chat/completions";
    let asked = |server: &FaultServer| server.requests().iter().filter(generated).count();
    assert_eq!(asked(&server), 3);
    assert!(
        server.requests().len() >= 3 + 2,
        "it asks for more than answers"
    );
    let books = Books::of(&bench);
    assert_eq!(books.of_kind("settle").count(), 3);
    assert_eq!(books.sums().1, 3 * GOOD);
    // Asked for again, answers and models cost nothing.
    for command in [
        &EVAL[..],
        &["models"],
        &["show", "1"],
        &["resume", "1"],
        &["rescore", "1"],
        &["log", "a"],
        &["ledger", "reconcile"],
    ] {
        bench.pw(command).code(0);
        assert_eq!(Books::of(&bench).lines, books.lines, "{command:?}");
    }
    assert_eq!(asked(&server), 3);
}

#[test]
fn b17_langfuse_2112_an_answer_of_before_costs_nothing_again() {
    let meter = Meter::selling(Duration::ZERO);
    let bench = bench::workspace(&meter.server.url(), 4, "");
    let eval = [&EVAL[..], &["--format", "json"]].concat();
    let first = bench.pw(&eval).code(0).json()["runs"][0]["totals"].clone();
    let second = bench.pw(&eval).code(0).json()["runs"][0].clone();
    assert_eq!(meter.server.requests().len(), 4);
    meter.demand(&bench);
    let totals = &second["totals"];
    assert_eq!(
        (&totals["calls"], &totals["cached"]),
        (&0.into(), &4.into())
    );
    assert_eq!(totals["billed_usd"], "0.000000000000");
    assert_eq!(totals["saved_usd"], first["billed_usd"]);
    assert_eq!(totals["usage"]["output_tokens"], 0);
    // What each answer cost when it was bought is kept beside the nothing that it costs now.
    for result in second["results"].as_array().expect("a list") {
        assert_eq!(result["cached"], true);
        assert_eq!(result["billed_usd"], "0.000000000000");
        assert_ne!(result["cost_usd"], "0.000000000000");
    }
    let cost = bench.pw(&["cost", "--format", "json"]).code(0).json();
    assert_eq!(cost["total"]["billed_usd"], first["billed_usd"]);
}
