//! Section 3: where a price comes from, and which tokens are counted.

use std::time::Duration;

use crate::campaign::bench::{self, EVAL};
use crate::campaign::meter::{Does, Meter};
use crate::fault_server::Behaviour;
use crate::workbench::{Workbench, picos};

/// Four models at one address: two that somebody priced, one whose name the book knows, one that nobody knows.
fn four(url: &str) -> Workbench {
    let more = "[prices.\"fake/mock-model\"]\ninput = \"0.15\"\noutput = \"0.60\"\n\
                [prices.\"fake/mock-model2\"]\ninput = \"3\"\ncached_input = \"1\"\noutput = \"5\"\n";
    bench::workspace(url, 1, more)
}

#[test]
fn a_declared_price_is_taken_and_a_missing_one_is_asked_for_before_anything_is_sent() {
    // Without the name of the model that answered, which would be priced by itself.
    let answer = r#"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":6,"total_tokens":15}}"#;
    let meter = Meter::start(|_| Does::Asks(6, Behaviour::json(answer)));
    let bench = four(&meter.server.url());
    for unpriced in ["fake/unknown-model", "fake/gpt-4o-mini"] {
        let models = ["--model", "fake/mock-model", "--model", unpriced];
        bench
            .pw(&[&EVAL[..], &models].concat())
            .code(2)
            .says(&format!("no price is known for `{unpriced}`"))
            .says(&format!("[prices.\"{unpriced}\"]"));
        assert_eq!(meter.server.requests().len(), 0, "{unpriced}");
    }
    let models = [
        "--model",
        "fake/mock-model",
        "--model",
        "fake/mock-model2",
        "--format",
        "json",
    ];
    let output = bench.pw(&[&EVAL[..], &models].concat()).code(0);
    assert_eq!(meter.server.requests().len(), 2);
    let books = meter.demand(&bench);
    let run = &output.json()["runs"][0];
    let billed = |of: &serde_json::Value| picos(of["billed_usd"].as_str().expect("an amount"));
    // 9 tokens in and 6 out, at the prices above, in picodollars a token.
    assert_eq!(billed(&run["variants"][0]), 9 * 150_000 + 6 * 600_000);
    assert_eq!(billed(&run["variants"][1]), 9 * 3_000_000 + 6 * 5_000_000);
    assert_eq!(billed(&run["totals"]), books.sums().1);
    // The screen says dollars as well as tokens.
    let shown = bench.pw(&["show"]).code(0).stdout;
    assert!(shown.contains("billed $0.00006"), "{shown}");
    assert!(shown.contains("30 tokens"), "{shown}");
}

#[test]
fn a_row_that_fails_keeps_its_usage_and_its_cost() {
    // Of four cases, one passes, one is too dear, one says the wrong thing, and one cannot be judged.
    let meter = Meter::start(|number| match number {
        0 => Does::Sells(1, Duration::ZERO),
        1 => Does::Sells(60, Duration::ZERO),
        _ => Does::Sells(2, Duration::ZERO),
    });
    let suite = "tests:\n\
        - { vars: { x: a }, assert: [{ type: cost, threshold: 0.0001 }] }\n\
        - { vars: { x: b }, assert: [{ type: cost, threshold: 0.0001 }] }\n\
        - { vars: { x: c }, assert: [{ type: equals, value: other }] }\n\
        - { vars: { x: d }, assert: [{ type: is-json }] }\n";
    let bench = bench::workspace(&meter.server.url(), 4, "").file("evals/a.yaml", suite);
    let flags = ["--concurrency", "1", "--format", "json"];
    let output = bench.pw(&[&EVAL[..], &flags].concat()).code(0);
    let books = meter.demand(&bench);
    let run = &output.json()["runs"][0];
    let results = run["results"].as_array().expect("a list");
    let passes: Vec<bool> = results.iter().map(|one| one["pass"] == true).collect();
    assert_eq!(passes, [true, false, false, false], "{output}");
    let (mut tokens, mut billed) = (0, 0);
    for result in results {
        let usage = &result["usage"];
        let count = |name: &str| usage[name].as_u64().expect("a count");
        tokens += count("input_tokens") + count("output_tokens");
        billed += picos(result["billed_usd"].as_str().expect("an amount"));
    }
    assert_eq!((tokens, billed), (books.tokens(), books.sums().1));
    let totals = &run["totals"];
    assert_eq!(
        picos(totals["billed_usd"].as_str().expect("an amount")),
        billed
    );
}

#[test]
fn a_llama_cpp_server_is_found_where_it_is_declared_and_its_tokens_count() {
    // Its first questions are of its health and its properties; what follows are calls.
    let meter = Meter::start(|number| match number {
        0 => Does::Refuses(Behaviour::json(r#"{"status":"ok"}"#)),
        1 => Does::Refuses(Behaviour::json(
            r#"{"total_slots":2,"model_path":"m.gguf"}"#,
        )),
        _ => Does::Sells(7, Duration::ZERO),
    });
    let bench = bench::workspace(&meter.server.url(), 3, "");
    let settings = std::fs::read_to_string(bench.path("pw.toml")).expect("settings");
    let settings = settings
        .replace("kind = \"openai\"", "kind = \"llama.cpp\"")
        .replace("input = \"1\"\noutput = \"2\"", "price = \"free\"");
    let bench = bench.file("pw.toml", settings);
    bench.pw(&EVAL).code(0);
    let books = meter.demand(&bench);
    assert_eq!(books.tokens(), 3 * (9 + 7));
    assert_eq!(books.sums(), (0, 0));
    let paths: Vec<String> = meter
        .server
        .requests()
        .into_iter()
        .map(|seen| seen.path)
        .collect();
    assert_eq!(paths[..2], ["/health", "/props"]);
    assert!(paths[2..].iter().all(|path| path == "/v1/chat/completions"));
}
