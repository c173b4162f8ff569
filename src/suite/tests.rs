//! Suites written to a folder and read back.

mod cases;
mod flaws;
mod included;
mod schema;
mod size;
mod table;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::domain::{Assertion, AssertionKind, Case};
use crate::suite::{Suite, SuiteError, load};

/// A workspace with files.
struct Workspace(TempDir);

impl Workspace {
    fn new(files: &[(&str, &str)]) -> Self {
        let workspace = Self(tempfile::tempdir().expect("a folder"));
        for (name, text) in files {
            workspace.write(name, text.as_bytes());
        }
        workspace
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    fn load(&self) -> Result<Suite, SuiteError> {
        load(self.0.path(), Path::new("evals/weather.yaml"))
    }
}

/// Reads a suite of one YAML file.
fn suite(text: &str) -> Suite {
    Workspace::new(&[("evals/weather.yaml", text)])
        .load()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Reads a suite that is wrong and returns its flaws as people see them.
fn flaws(text: &str) -> Vec<String> {
    flaws_in(&Workspace::new(&[("evals/weather.yaml", text)]))
}

fn flaws_in(workspace: &Workspace) -> Vec<String> {
    match workspace.load() {
        Err(SuiteError::Flawed { flaws, .. }) => flaws.iter().map(ToString::to_string).collect(),
        other => panic!("expected flaws, found {other:?}"),
    }
}

/// Reads tests of one CSV file.
fn csv(text: &str) -> Vec<Case> {
    csv_workspace(text.as_bytes())
        .load()
        .unwrap_or_else(|error| panic!("{error}"))
        .cases
}

fn csv_flaws(text: &str) -> Vec<String> {
    flaws_in(&csv_workspace(text.as_bytes()))
}

fn csv_workspace(bytes: &[u8]) -> Workspace {
    let workspace = Workspace::new(&[("evals/weather.yaml", "tests: file://weather.csv")]);
    workspace.write("evals/weather.csv", bytes);
    workspace
}

/// What matters of assertions, in brief.
fn brief(asserts: &[Assertion]) -> Vec<(String, Value)> {
    asserts
        .iter()
        .map(|one| {
            (
                super::assertion::type_name(one.kind, one.negated),
                one.value.clone(),
            )
        })
        .collect()
}

fn vars(case: &Case) -> Value {
    json!(case.vars)
}

#[test]
fn every_key_of_a_suite_is_read() {
    let suite = suite(
        r#"
description: Weather in words
models: [openai/gpt-5-mini, "local/qwen/3"]
judge: openai/gpt-5
repeat: 3
budget: 1.50
pass: {rate: 0.9, lower_bound: 0.8, max_cost_per_call: "0.001"}
tests:
  - id: beijing-01
    description: the capital
    vars: {city: 北京, days: [1, 2], none: null}
    cluster: north
    split: holdout
    threshold: 0.5
    metadata: {source: nmc}
    turns:
      - {role: user, content: 你好}
      - {role: assistant, content: 您好}
    assert:
      - {type: not-contains, value: 雨, weight: 2, metric: dry}
"#,
    );
    assert_eq!(suite.file, "evals/weather.yaml");
    assert_eq!(suite.description.as_deref(), Some("Weather in words"));
    let models: Vec<String> = suite.models.iter().map(ToString::to_string).collect();
    assert_eq!(models, ["openai/gpt-5-mini", "local/qwen/3"]);
    assert_eq!(
        suite.judge.map(|judge| judge.to_string()).as_deref(),
        Some("openai/gpt-5")
    );
    assert_eq!(suite.repeat, 3);
    assert_eq!(suite.budget, "1.50".parse().ok());
    assert_eq!(
        json!(suite.gates),
        json!([
            {"gate": "rate", "required": 0.9},
            {"gate": "lower_bound", "required": 0.8},
            {"gate": "max_cost_per_call", "required": 0.001}
        ])
    );
    assert_eq!(suite.warnings, Vec::<String>::new());
    let case = &suite.cases[0];
    assert_eq!(
        (case.id.0.as_str(), case.label.as_str(), case.named),
        ("beijing-01", "beijing-01", true)
    );
    assert_eq!(case.place.to_string(), "evals/weather.yaml:9");
    assert_eq!(case.description.as_deref(), Some("the capital"));
    assert_eq!(
        vars(case),
        json!({"city": "北京", "days": [1, 2], "none": null})
    );
    assert_eq!(
        (case.cluster.as_deref(), case.holdout, case.threshold),
        (Some("north"), true, Some(0.5))
    );
    assert_eq!(json!(case.metadata), json!({"source": "nmc"}));
    assert_eq!(
        json!(case.turns),
        json!([
            {"role": "user", "content": [{"text": "你好"}]},
            {"role": "model", "content": [{"text": "您好"}]}
        ])
    );
    let assertion = &case.asserts[0];
    assert_eq!(
        (assertion.kind, assertion.negated),
        (AssertionKind::Contains, true)
    );
    assert_eq!((&assertion.value, assertion.weight), (&json!("雨"), 2.0));
    assert_eq!(assertion.metric.as_deref(), Some("dry"));
    assert_eq!(assertion.place.to_string(), "evals/weather.yaml:20");
}

#[test]
fn the_least_suite_has_defaults_and_a_warning() {
    let suite = suite("tests: [{vars: {city: 北京}}]");
    assert_eq!(
        (
            suite.repeat,
            suite.budget,
            suite.models.len(),
            suite.gates.len()
        ),
        (1, None, 0, 0)
    );
    assert_eq!(
        suite.warnings,
        ["1 case expects nothing and passes whatever the answer: `weather.yaml:1 北京`"]
    );
}
