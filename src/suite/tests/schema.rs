//! The JSON schema for editors says what the reader does.

use super::*;

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(include_str!("../suite.schema.json")).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn as_json(text: &str) -> Value {
    crate::suite::tree::yaml(text)
        .map_or_else(|(line, kind)| panic!("{line}: {kind}"), |node| node.value())
}

#[test]
fn what_is_read_is_valid() {
    let validator = validator();
    for text in [
        "tests: [{vars: {city: 北京}}]",
        "tests: [{vars: {a: [1], b: {c: ~}}, assert: [{type: contains, value: x, weight: 0}, {not-regex: y, metric: m}, {is-json: }]}]",
        "tests: [{assert: [{assert-set: [{contains: x}], threshold: 0.5}, {type: assert-set, assert: [{latency: 5}]}]}]",
        "description: x\nmodels: a/b\njudge: a/b/c\nrepeat: 2\nbudget: \"1.00\"\npass: {rate: 1, lower_bound: 0.5, max_cost_per_call: 0.001}\ntests: [{id: 1}]",
        "models: [a/b]\nbudget: 0\ntests: [{id: a, matrix: {u: [C, F]}, turns: [{role: user, content: x}], split: holdout, cluster: c}]",
        "defaultTest: {vars: {}, assert: [{contains: x}], options: {disableDefaultAsserts: true}, metadata: {}}\ntests: [{threshold: 0.5}]",
    ] {
        suite(text);
        let json = as_json(text);
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{text}: {errors:?}");
    }
    assert!(validator.is_valid(&json!({"tests": "file://a.csv"})));
}

#[test]
fn what_is_refused_is_invalid() {
    let validator = validator();
    for text in [
        "description: x",
        "tests: []",
        "tests: [{vars: []}]",
        "tests: [{asert: []}]",
        "tests: [a.csv]",
        "tests: file://a.txt",
        "tests: [{assert: [{type: contians}]}]",
        "tests: [{assert: [{type: llm-rubric, value: x}]}]",
        "tests: [{assert: [{value: x}]}]",
        "tests: [{assert: [{contains: x, weight: -1}]}]",
        "tests: [{assert: [{not-assert-set: [{contains: x}]}]}]",
        "tests: [{threshold: 2}]",
        "tests: [{split: train}]",
        "tests: [{turns: [{role: user}]}]",
        "tests: [{matrix: {a: []}}]",
        "tests: [{options: {transform: x}}]",
        "models: gpt\ntests: [{id: a}]",
        "repeat: 0\ntests: [{id: a}]",
        "budget: cheap\ntests: [{id: a}]",
        "pass: {rate: 90}\ntests: [{id: a}]",
        "defaultTest: {id: a}\ntests: [{id: a}]",
    ] {
        flaws(text);
        assert!(!validator.is_valid(&as_json(text)), "{text}");
    }
}

#[test]
fn every_type_is_listed() {
    let schema = include_str!("../suite.schema.json");
    for kind in AssertionKind::ALL {
        assert!(
            schema.contains(&format!("\"{}\"", kind.name())),
            "{}",
            kind.name()
        );
    }
}
