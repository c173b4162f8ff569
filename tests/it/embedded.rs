//! The model inside `pw`, through the program: what a person meets who has no key and no network.

use serde_json::Value;

use crate::workbench::{Output, Workbench};

/// A model of 28 thousand parameters with random weights; `provider::embedded::testing` writes it and holds it to its bytes.
const SMALL: &[u8] = include_bytes!("fixtures/embedded/small.gguf");

const ONE_CASE: &str = "tests:\n  - {id: one, vars: {text: 今天}}\n";

/// A workspace whose own endpoint serves the small model.
fn small(prompt: &str, suite: &str) -> Workbench {
    let settings = "[defaults]\nmodel = \"tiny/small\"\n[endpoints.tiny]\nkind = \"embedded\"\nfile = \"small.gguf\"\n";
    Workbench::new()
        .file("pw.toml", settings)
        .file("small.gguf", SMALL)
        .file("prompts/say.hbs", prompt)
        .file("evals/say.yaml", suite)
}

fn eval(bench: &Workbench, flags: &[&str]) -> Output {
    let mut arguments = vec!["eval", "say", "--format", "json", "--max-tokens", "8"];
    arguments.extend(flags);
    bench.pw(&arguments)
}

fn outputs(report: &Value) -> Vec<String> {
    let results = report["runs"][0]["results"].as_array().unwrap();
    let output = |result: &Value| result["output"].as_str().unwrap().to_owned();
    results.iter().map(output).collect()
}

#[test]
fn a_prompt_without_a_model_is_never_judged_by_the_model_inside() {
    let bench = Workbench::new()
        .file("prompts/say.hbs", "Translate {{text}}\n")
        .file("evals/say.yaml", ONE_CASE);
    let refused = bench.pw(&["eval", "say"]).code(2);
    assert!(!bench.path(".pw/ledger.db").exists(), "{refused}");
    refused
        .says("no model is named")
        .says("endpoints that answer: embedded (knows weather only); try --model embedded/weather")
        .says("for any other subject: export OPENAI_API_KEY");
}

#[test]
fn the_model_inside_answers_without_key_network_or_cost() {
    let bench = Workbench::new().file("prompts/say.hbs", "{{text}}\n");
    let said = bench.pw(&[
        "try",
        "say",
        "--set",
        "text=今天天气很好",
        "--model",
        "embedded",
        "--max-tokens",
        "4",
    ]);
    said.code(0).says("$0 · ").says(" tokens · ");
    let models = bench
        .env("COLUMNS", "140")
        .pw(&["models", "embedded"])
        .code(0)
        .stdout;
    for cell in [
        "weather",
        "parameters, weather only",
        "free",
        "none needed",
        "512",
    ] {
        assert!(models.contains(cell), "`{cell}` is not in\n{models}");
    }
}

#[test]
fn a_name_that_it_does_not_serve_is_refused_before_anything_runs() {
    small("{{text}}\n", ONE_CASE)
        .pw(&["eval", "say", "--model", "embedded/gpt-5"])
        .code(2)
        .says("no model `embedded/gpt-5`: `embedded` serves `weather`, and nothing else");
}

#[test]
fn two_hundred_answers_at_once_are_those_of_one_after_another() {
    use std::fmt::Write as _;
    let mut suite = "tests:\n".to_owned();
    for n in 0..200 {
        writeln!(suite, "  - {{vars: {{text: '今天 {n} sunny'}}}}").unwrap();
    }
    let bench = small("{{text}}\n", &suite);
    let together = eval(&bench, &["--concurrency", "200"]).code(0).json();
    let alone = eval(&bench, &["--concurrency", "1", "--no-cache"])
        .code(0)
        .json();
    assert_eq!(outputs(&together).len(), 200);
    assert_eq!(outputs(&together), outputs(&alone));
    let totals = &together["runs"][0]["totals"];
    assert_eq!(
        (&totals["calls"], &totals["billed_usd"]),
        (&200.into(), &"0.000000000000".into())
    );
    assert_eq!(alone["runs"][0]["totals"]["usage"], totals["usage"]);
    // What was answered is recorded: the same question is not computed again, by this file.
    let again = eval(&bench, &[]).code(0).json();
    assert_eq!(
        (&again["runs"][0]["totals"]["attempts"], outputs(&again)),
        (&0.into(), outputs(&alone))
    );
    let mut other = SMALL.to_vec();
    *other.last_mut().unwrap() ^= 1;
    bench.write("small.gguf", other);
    let other = eval(&bench, &[]).code(0).json();
    assert_eq!(other["runs"][0]["totals"]["attempts"], 200);
}

#[test]
fn strange_characters_are_read_and_a_control_token_in_a_text_is_text() {
    let suite = "tests:\n  - {vars: {text: '😀é'}}\n  - {vars: {text: '<|end|>'}}\n  - {vars: {text: ''}}\n";
    let bench = small("a{{text}}", suite);
    let report = eval(&bench, &[]).code(0).json();
    let usage = |n: usize| report["runs"][0]["results"][n]["usage"]["input_tokens"].clone();
    // Three control tokens and `a`; 4 + 2 bytes; `<`, `|`, `e`, `n`, `d`, `|`, `>`; nothing.
    assert_eq!([usage(0), usage(1), usage(2)], [10, 11, 4].map(Value::from));
}

#[test]
fn a_prompt_longer_than_the_context_fails_its_variant_with_both_lengths() {
    let bench = small("{{text}}", &ONE_CASE.replace("今天", &"雨".repeat(200)));
    let report = eval(&bench, &[])
        .code(1)
        .says("no trial was answered")
        .json();
    let result = &report["runs"][0]["results"][0];
    let error = result["error"]["message"].as_str().unwrap();
    assert!(
        error.starts_with("the prompt has 203 tokens, and the context of the embedded model is 96"),
        "{error}"
    );
    assert_eq!(report["runs"][0]["variants"][0]["failed"], 1, "{report}");
}

#[test]
fn what_it_cannot_do_is_one_clear_error() {
    let schema = "---\noutput: {format: json, schema: {city: string}}\n---\n{{text}}\n";
    eval(&small(schema, ONE_CASE), &[])
        .code(1)
        .says("endpoint `tiny`: the embedded model cannot be constrained by a schema");
    let penalty = "---\nconfig: {frequencyPenalty: 1}\n---\n{{text}}\n";
    eval(&small(penalty, ONE_CASE), &[])
        .code(1)
        .says("the embedded model does not know `frequency_penalty`, expected `max_tokens`, `temperature`");
}

#[test]
fn a_file_that_is_cut_or_of_another_kind_is_named() {
    let bench = small("{{text}}\n", ONE_CASE);
    bench.write("small.gguf", &SMALL[..9_000]);
    eval(&bench, &[])
        .code(2)
        .says("small.gguf` ")
        .says("was cut");
    bench.write("small.gguf", "not a model");
    eval(&bench, &[])
        .code(2)
        .says("begins with `not `, expected `GGUF`");
    let at = SMALL
        .windows(5)
        .position(|bytes| bytes == b"llama")
        .unwrap();
    let other = [&SMALL[..at], b"bloom", &SMALL[at + 5..]].concat();
    bench.write("small.gguf", other);
    eval(&bench, &[])
        .code(2)
        .says("has `bloom` under `general.architecture`, expected `llama`");
    std::fs::remove_file(bench.path("small.gguf")).unwrap();
    eval(&bench, &[])
        .code(2)
        .says("endpoint `tiny`: `")
        .says("small.gguf`: No such file");
}
