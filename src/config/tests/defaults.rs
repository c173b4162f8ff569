//! The embedded file, the table of keys and the JSON Schema say the same.

use serde_json::{Value as Json, json};

use crate::config::document;
use crate::config::keys::{KEYS, Key};
use crate::config::load::DEFAULTS;
use crate::config::source::Layer;

const SCHEMA: &str = include_str!("../pw.schema.json");

/// Takes the `#` off every setting that is shown as an example.
fn uncommented() -> String {
    let lines = DEFAULTS.lines().map(|line| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c == '[' || c.is_ascii_lowercase()) => rest,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn json_of(value: &toml::Value) -> Json {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::Array(items) => items.iter().map(json_of).collect(),
        toml::Value::Table(table) => table
            .iter()
            .map(|(name, value)| (name.clone(), json_of(value)))
            .collect(),
    }
}

fn is_valid(text: &str) -> bool {
    let schema: Json = serde_json::from_str(SCHEMA).expect("JSON");
    let document: toml::Value = toml::from_str(text).expect("TOML");
    jsonschema::is_valid(&schema, &json_of(&document))
}

#[test]
fn the_defaults_show_every_key_and_every_example_is_right() {
    let (settings, problems) = document::read(&uncommented(), "default.toml", Layer::Default);
    assert_eq!(problems, []);
    let fits = |key: &Key, path: &[String]| {
        key.path.len() == path.len()
            && key
                .path
                .iter()
                .zip(path)
                .all(|(pattern, name)| *pattern == "*" || pattern == name)
    };
    for key in KEYS {
        assert!(
            settings.iter().any(|setting| fits(key, &setting.path)),
            "{:?} is not in default.toml",
            key.path
        );
    }
}

#[test]
fn the_schema_accepts_the_defaults_and_refuses_mistakes() {
    assert!(is_valid(DEFAULTS));
    assert!(is_valid(&uncommented()));
    for wrong in [
        "[budget]\nrum = 1",
        "[budget]\nrun = -1",
        "[defaults]\nconcurrency = 0",
        "[endpoints.e]\napi_key = \"x\"",
        "[endpoints.e]\nkind = \"openapi\"",
        "[prices.\"e/m\"]\ninput = 1",
        "[prices.\"e/m\"]\nprice = \"free\"\ninput = 1\noutput = 1",
        "[prices.m]\nprice = \"free\"",
    ] {
        assert!(!is_valid(wrong), "{wrong}");
    }
}

#[test]
fn the_schema_knows_the_keys_of_the_table_and_no_others() {
    let schema: Json = serde_json::from_str(SCHEMA).expect("JSON");
    let mut found = Vec::new();
    collect(&schema, &schema, &mut Vec::new(), &mut found);
    let mut expected: Vec<String> = KEYS.iter().map(|key| key.path.join(".")).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

fn collect(schema: &Json, at: &Json, path: &mut Vec<String>, found: &mut Vec<String>) {
    let at = match at["$ref"].as_str() {
        Some(reference) => schema.pointer(&reference[1..]).expect("a definition"),
        None => at,
    };
    let named = at["properties"].as_object().into_iter().flatten();
    let any = at
        .get("additionalProperties")
        .filter(|any| **any != json!(false));
    let any = any.map(|any| ("*".to_owned(), any));
    let below: Vec<(String, &Json)> = named
        .map(|(name, below)| (name.clone(), below))
        .chain(any)
        .collect();
    if below.is_empty() {
        found.push(path.join("."));
    }
    for (name, below) in below {
        path.push(name);
        collect(schema, below, path, found);
        path.pop();
    }
}
