//! Dotprompt's own specification: every case of `fixtures/dotprompt-spec`, by the rules of its reference runner.
//!
//! A case is rendered and compared whole, then its raw front matter, then its metadata alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pw::domain::{Message, Vars};
use pw::template::{
    FrontMatter, ParseOptions, PartialSource, Partials, RenderContext, Template, yaml,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Cases in the commit that `SOURCE.md` names.
const CASES: usize = 117;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    name: String,
    template: String,
    #[serde(default)]
    data: Map<String, Value>,
    #[serde(default)]
    schemas: BTreeMap<String, Value>,
    #[serde(default)]
    partials: BTreeMap<String, String>,
    #[serde(default)]
    resolver_partials: BTreeMap<String, String>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    #[serde(default)]
    desc: String,
    #[serde(default)]
    data: Map<String, Value>,
    #[serde(default)]
    options: Map<String, Value>,
    expect: Map<String, Value>,
}

#[test]
fn every_case_of_the_specification_passes() {
    let mut total = 0;
    let mut failures = Vec::new();
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let suites: Vec<Suite> = yaml::read(&text).unwrap();
        for suite in &suites {
            for test in &suite.tests {
                total += 1;
                if let Err(problem) = run(suite, test) {
                    failures.push(format!(
                        "{} / {} / {}: {problem}",
                        file.display(),
                        suite.name,
                        test.desc
                    ));
                }
            }
        }
    }
    println!(
        "dotprompt specification: {}/{total}",
        total - failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(total, CASES);
}

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/dotprompt-spec");
    let mut files: Vec<PathBuf> = [root.clone(), root.join("helpers")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    files
}

fn run(suite: &Suite, test: &Test) -> Result<(), String> {
    let options = ParseOptions {
        schemas: suite.schemas.clone(),
        overrides: test.options.clone(),
        lenient: true,
        ..ParseOptions::default()
    };
    let template = Template::parse_with("spec.prompt", &suite.template, &partials(suite), &options)
        .map_err(|error| error.to_string())?;
    let mut data = suite.data.clone();
    data.extend(test.data.clone());
    let vars: Vars = object(data.get("input"));
    let context = RenderContext {
        history: messages(data.get("messages")),
        context: object(data.get("context")),
    };
    let rendered = template
        .render(&vars, &context)
        .map_err(|error| error.to_string())?;

    let mut whole = metadata(template.front());
    whole.remove("input");
    whole.insert("messages".to_owned(), json!(rendered));
    same("whole", &whole, &expected(test, &["raw", "input"]))?;
    if let Some(raw) = test.expect.get("raw") {
        let found = Map::from_iter([("raw".to_owned(), json!(template.front().raw))]);
        same(
            "raw",
            &found,
            &Map::from_iter([("raw".to_owned(), raw.clone())]),
        )?;
    }
    let alone = metadata(template.front());
    same("metadata", &alone, &expected(test, &["raw", "messages"]))
}

fn partials(suite: &Suite) -> Partials {
    suite
        .partials
        .iter()
        .chain(&suite.resolver_partials)
        .map(|(name, text)| {
            let source = PartialSource {
                file: format!("_{name}.prompt"),
                text: text.clone(),
            };
            (name.clone(), source)
        })
        .collect()
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    value
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

fn messages(value: Option<&Value>) -> Vec<Message> {
    value.map_or_else(Vec::new, |value| {
        serde_json::from_value(value.clone()).unwrap()
    })
}

/// What a case expects, less some keys; `config`, `ext` and `metadata` are always there.
fn expected(test: &Test, without: &[&str]) -> Map<String, Value> {
    let mut expect = test.expect.clone();
    for key in without {
        expect.remove(*key);
    }
    for key in ["config", "ext", "metadata"] {
        expect.entry(key).or_insert_with(|| json!({}));
    }
    expect
}

/// Front matter in the form of the specification.
fn metadata(front: &FrontMatter) -> Map<String, Value> {
    let group = |pairs: [(&str, Option<Value>); 2]| {
        let present: Map<String, Value> = pairs
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect();
        (!present.is_empty()).then_some(Value::Object(present))
    };
    let default = Some(&front.input_default).filter(|map| !map.is_empty());
    let keys = [
        ("name", front.name.as_ref().map(|text| json!(text))),
        ("variant", front.variant.as_ref().map(|text| json!(text))),
        ("version", front.version.as_ref().map(|text| json!(text))),
        (
            "description",
            front.description.as_ref().map(|text| json!(text)),
        ),
        ("model", front.model.as_ref().map(|text| json!(text))),
        ("config", Some(json!(front.config))),
        ("ext", Some(json!(front.ext))),
        ("metadata", Some(json!({}))),
        (
            "input",
            group([
                ("default", default.map(|map| json!(map))),
                ("schema", front.input_schema.clone()),
            ]),
        ),
        (
            "output",
            group([
                (
                    "format",
                    front.output_format.as_ref().map(|text| json!(text)),
                ),
                ("schema", front.output_schema.clone()),
            ]),
        ),
    ];
    keys.into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect()
}

fn same(what: &str, found: &Map<String, Value>, expect: &Map<String, Value>) -> Result<(), String> {
    if found == expect {
        return Ok(());
    }
    Err(format!(
        "{what} differs\n  found    {}\n  expected {}",
        json!(found),
        json!(expect)
    ))
}
