//! Front matter, and what of it counts for the revision.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{parse, partials, refused, vars};
use crate::template::{ParseOptions, RenderContext, RevisionText, Template};

#[test]
fn every_key_is_read() {
    let template = parse(
        "---\nmodel: openai/gpt-5-mini\ndescription: 天气\nconfig: {temperature: 0, stopSequences: [x]}\ninput:\n  default: {unit: C}\n  schema: {city: string}\noutput:\n  format: json\n  schema: {high: number}\ntools: [search]\ntoolDefs:\n  - name: rain\n    description: mm of rain\n    inputSchema: {day: string}\npw.suite: evals/other.yaml\npw.baseline: short\npw.tags: {team: 北京, year: 2026}\nacme.a.b: 1\n---\nhi",
    );
    let front = template.front();
    assert_eq!(front.model.as_deref(), Some("openai/gpt-5-mini"));
    assert_eq!(
        json!(front.config),
        json!({"temperature": 0, "stopSequences": ["x"]})
    );
    assert_eq!(json!(front.input_default), json!({"unit": "C"}));
    assert_eq!(
        front
            .input_schema
            .as_ref()
            .map(|schema| &schema["required"]),
        Some(&json!(["city"]))
    );
    assert_eq!(front.output_format.as_deref(), Some("json"));
    assert_eq!(
        front
            .output_schema
            .as_ref()
            .map(|schema| &schema["properties"]["high"]["type"]),
        Some(&json!("number"))
    );
    assert_eq!(front.tools, ["search"]);
    assert_eq!(front.tool_defs[0].name, "rain");
    assert_eq!(
        front.tool_defs[0].parameters["properties"]["day"]["type"],
        "string"
    );
    assert_eq!(
        (front.suite(), front.baseline()),
        (Some("evals/other.yaml"), Some("short"))
    );
    assert_eq!(
        front.tags(),
        BTreeMap::from([
            ("team".to_owned(), "北京".to_owned()),
            ("year".to_owned(), "2026".to_owned())
        ])
    );
    assert_eq!(front.ext["acme.a"]["b"], 1);
    assert_eq!(front.warnings, []);
}

#[test]
fn unknown_keys_are_warnings() {
    let template = parse("---\nmodle: x\npw.siute: y\npw: {suite: z}\nother: 1\n---\nhi");
    let warnings: Vec<String> = template
        .front()
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        warnings,
        [
            "p.hbs:2:8: unknown key `modle`, did you mean `model`?",
            "p.hbs:3:11: unknown key `pw.siute`, did you mean `pw.suite`?",
            "p.hbs:4:5: `pw` is written with a dot: `pw.suite`, `pw.baseline` or `pw.tags`",
            "p.hbs:5:8: unknown key `other`"
        ]
    );
}

#[test]
fn errors_have_the_line_of_the_file() {
    assert_eq!(
        refused("# x\n---\nmodel: 3\n---\nhi"),
        "p.hbs:3:8: front matter: `model` is a number, expected a text"
    );
    assert_eq!(
        refused("---\na: [1\nb: 2\n---\nhi").split(": ").next(),
        Some("p.hbs:3:2")
    );
    assert_eq!(
        refused("---\njust text\n---\nhi"),
        "p.hbs:2:1: front matter: `---` is a text, expected a map of keys between two lines of `---`"
    );
    assert_eq!(
        refused("---\ninput:\n  schema:\n    age: intger\n---\nhi"),
        "p.hbs:3:3: front matter: `input.schema.age`: `intger` is no type: expected string, number, integer, boolean, null, any or a named schema, did you mean `integer`?"
    );
    assert!(
        refused("---\noutput:\n  schema: {type: object, properties: 3}\n---\nhi")
            .contains("`output.schema`: not a valid JSON Schema: ")
    );
    assert_eq!(
        refused("---\npw.tags: [a]\n---\nhi"),
        "p.hbs:2:10: front matter: `pw.tags` is a list, expected a map"
    );
    assert_eq!(
        refused("---\na: 1\na: 2\n---\nhi").split(": ").next(),
        Some("p.hbs:3:1")
    );
}

#[test]
fn the_revision_counts_what_can_change_an_answer() {
    let of = |text: &str| parse(text).revision().clone();
    let base = of("---\nmodel: a/b\nconfig: {temperature: 0, topP: 1}\n---\nhi {{a}}\n");
    assert_eq!(base.0.len(), 64);
    for same in [
        "---\nmodel: c/d\nconfig: {topP: 1, temperature: 0}\n---\nhi {{a}}",
        "# licence\n---\r\ndescription: x\r\npw.tags: {a: b}\r\npw.suite: s\r\nconfig: {temperature: 0, topP: 1}\r\n---\r\n\r\nhi {{a}}\r\n",
    ] {
        assert_eq!(of(same), base, "{same}");
    }
    for other in [
        "---\nmodel: a/b\nconfig: {temperature: 1, topP: 1}\n---\nhi {{a}}\n",
        "---\nconfig: {temperature: 0, topP: 1}\n---\nhi  {{a}}\n",
        "---\nconfig: {temperature: 0, topP: 1}\nacme.x: 1\n---\nhi {{a}}\n",
    ] {
        assert_ne!(of(other), base, "{other}");
    }
}

#[test]
fn the_revision_counts_reached_partials_only() {
    let of = |p: &str, q: &str| {
        let known = partials(&[("p", p), ("q", q)]);
        Template::parse("p.hbs", "{{>p}}", &known)
            .expect("a prompt")
            .revision()
            .clone()
    };
    let base = of("x\n", "y");
    assert_eq!(of("x\r\n", "other"), base);
    assert_eq!(of("---\na: 1\n---\nx", "y"), of("x", "y"));
    assert_ne!(of("z\n", "y"), base);
}

#[test]
fn a_revisions_text_writes_the_prompt_back() {
    for file in [
        "# licence\n---\nmodel: a/b # dear\n---\n\nhi {{a}}\n\n",
        "plain {{a}}\n",
        "---\n---\nx",
    ] {
        let template = parse(file);
        let stored = serde_json::to_value(template.text()).expect("JSON");
        let text: RevisionText = serde_json::from_value(stored).expect("a text");
        assert_eq!(&text, template.text());
        let again = parse(&text.source());
        assert_eq!(again.text(), template.text(), "{file}");
        assert_eq!(again.revision(), template.revision());
    }
    assert_eq!(
        parse("# l\n---\nmodel: a/b # dear\n---\n\nhi\n\n")
            .text()
            .source(),
        "# l\n---\nmodel: a/b # dear\n---\nhi\n"
    );
}

#[test]
fn options_name_tools_and_replace_keys() {
    let rain = crate::domain::ToolDef {
        name: "rain".to_owned(),
        description: None,
        parameters: json!({}),
    };
    let options = ParseOptions {
        tools: BTreeMap::from([("rain".to_owned(), rain.clone())]),
        overrides: vars(&json!({"config": {"temperature": 1}, "model": "x/y"})),
        ..ParseOptions::default()
    };
    let text = "---\nmodel: a/b\nconfig: {temperature: 0, topP: 1}\ntools: [rain, sun]\n---\nhi";
    let template = Template::parse_with("p.hbs", text, &partials(&[]), &options).expect("a prompt");
    assert_eq!(template.front().tool_defs, [rain]);
    assert_eq!(template.front().tools, ["sun"]);
    assert_eq!(template.front().model.as_deref(), Some("x/y"));
    assert_eq!(
        json!(template.front().config),
        json!({"temperature": 1, "topP": 1})
    );
    assert_eq!(template.front().raw["model"], "a/b");
}

#[test]
fn context_and_history_come_from_the_render_context() {
    let template = parse("{{@state.n}} {{json @state}} {{#each @list}}{{this}}{{/each}}{{>p @state}}{{#*inline \"p\"}}{{/inline}}".split("{{>p").next().unwrap_or_default());
    let context = RenderContext {
        context: vars(&json!({"state": {"n": 1.0}, "list": ["a", "b"]})),
        ..RenderContext::default()
    };
    let messages = template
        .render(&vars(&Value::Null), &context)
        .expect("messages");
    assert_eq!(messages[0].plain_text(), "1 {\"n\":1} ab");
}
