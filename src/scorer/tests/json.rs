//! JSON, schemas, objects inside texts.

use serde_json::json;

use super::*;

#[test]
fn equals_with_data_compares_what_the_answer_parses_to() {
    let value = json!({"city": "北京", "high": 21, "days": [1, 2]});
    check(
        "equals",
        value.clone(),
        r#" {"days": [1, 2.0], "high": 21.0, "city": "北京"} "#,
        true,
    );
    check(
        "equals",
        value.clone(),
        r#"{"days": [2, 1], "high": 21, "city": "北京"}"#,
        false,
    );
    check(
        "equals",
        value.clone(),
        r#"{"days": [1, 2], "high": 21, "city": "北京", "low": 1}"#,
        false,
    );
    check("equals", value.clone(), "北京 21", false);
    check(
        "equals",
        value,
        "```json\n{\"city\": \"北京\", \"high\": 21, \"days\": [1, 2]}\n```",
        false,
    );
    check("equals", json!(["caf\u{e9}"]), "[\"cafe\u{301}\"]", true);
    check("equals", json!([u64::MAX]), "[18446744073709551615]", true);
    check("equals", json!([u64::MAX]), "[18446744073709551614]", false);
}

#[test]
fn is_json_wants_the_whole_answer() {
    for (text, is) in [
        ("{}", true),
        (" [1, 2] \n", true),
        ("17", true),
        ("\"晴\"", true),
        ("null", true),
        ("", false),
        ("晴", false),
        ("{a: 1}", false),
        ("{\"a\": 1,}", false),
        ("{\"a\": NaN}", false),
        ("{} {}", false),
        ("```json\n{}\n```", false),
    ] {
        check("is-json", json!(null), text, is);
    }
    let deep = "[".repeat(100_000);
    check("is-json", json!(null), &deep, false);
}

#[test]
fn a_schema_must_hold() {
    let schema = json!({
        "type": "object",
        "required": ["city", "high"],
        "properties": {"city": {"type": "string", "pattern": "^[北上]"}, "high": {"type": "integer", "maximum": 60}},
        "additionalProperties": false
    });
    check(
        "is-json",
        schema.clone(),
        r#"{"city": "北京", "high": 21}"#,
        true,
    );
    check(
        "is-json",
        schema.clone(),
        r#"{"city": "北京", "high": 21.0}"#,
        true,
    );
    check("is-json", schema.clone(), r#"{"city": "北京"}"#, false);
    check(
        "is-json",
        schema.clone(),
        r#"{"city": "广州", "high": 21}"#,
        false,
    );
    check(
        "is-json",
        schema.clone(),
        r#"{"city": "北京", "high": 61}"#,
        false,
    );
    check(
        "is-json",
        schema.clone(),
        r#"{"city": "北京", "high": 21, "x": 1}"#,
        false,
    );
    let (_, reason) = judge(
        assertion("is-json", schema),
        r#"{"city": "北京", "high": "21"}"#,
    );
    assert_eq!(
        reason,
        "does not fit the schema at `/high`: \"21\" is not of type \"integer\""
    );
    check("is-json", json!({"format": "date"}), "\"2026-11-24\"", true);
    check(
        "is-json",
        json!({"format": "date"}),
        "\"24.11.2026\"",
        false,
    );
    check("is-json", json!(false), "{}", false);
}

#[test]
fn schemas_of_draft_seven_keep_their_meaning() {
    check(
        "is-json",
        json!({"items": [{"type": "string"}, {"type": "integer"}], "additionalItems": false}),
        "[\"a\", 1]",
        true,
    );
    check(
        "is-json",
        json!({"items": [{"type": "string"}], "additionalItems": false}),
        "[\"a\", 1]",
        false,
    );
    let beside = json!({"definitions": {"a": {"type": "string"}}, "$ref": "#/definitions/a", "maxLength": 2});
    check("is-json", beside.clone(), "\"ab\"", true);
    check("is-json", beside, "\"abc\"", false);
    check(
        "is-json",
        json!({"dependencies": {"a": ["b"]}}),
        r#"{"a": 1}"#,
        false,
    );
    let latest = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [{"type": "string"}]});
    check("is-json", latest.clone(), "[1]", false);
    check("is-json", latest, "[\"a\"]", true);
}

#[test]
fn a_schema_that_would_accept_too_much_is_refused() {
    for (schema, message) in [
        (
            json!({"requried": ["a"]}),
            "unknown schema keyword `requried` at `/requried`, did you mean `required`?",
        ),
        (
            json!({"properties": {"a": {"typ": "string"}}}),
            "unknown schema keyword `typ` at `/properties/a/typ`, did you mean `type`?",
        ),
        (
            json!({"anyOf": [{"minimun": 1}]}),
            "unknown schema keyword `minimun` at `/anyOf/0/minimun`, did you mean `minimum`?",
        ),
        (
            json!({"prefixItems": []}),
            "the schema is not usable: `prefixItems` needs a schema that begins with `$schema: https://json-schema.org/draft/2020-12/schema`",
        ),
    ] {
        assert_eq!(
            refused(assertion("is-json", schema)),
            format!("evals/weather.yaml:3: `is-json` cannot judge: {message}")
        );
    }
    for schema in [
        json!({"type": "strng"}),
        json!({"format": "dat"}),
        json!({"pattern": "(?=a)"}),
        json!({"pattern": "(a{1000}){1000}"}),
        json!({"$ref": "https://example.org/schema.json"}),
        json!({"$ref": "file:///etc/passwd"}),
        json!({"$ref": "#/definitions/none"}),
        json!({"required": "a"}),
    ] {
        let message = refused(assertion("contains-json", schema.clone()));
        assert!(
            message.contains("the schema is not usable: "),
            "{schema}: {message}"
        );
        assert!(message.chars().count() < 400, "{message}");
    }
    // Names of properties are no keywords.
    check(
        "is-json",
        json!({"properties": {"requried": {"type": "string"}}, "default": {"typ": 1}}),
        "{}",
        true,
    );
}

#[test]
fn contains_json_finds_objects_only() {
    for (text, has) in [
        ("这是结果：{\"a\": 1}。", true),
        ("```json\n{\"a\": {\"b\": [1, 2]}}\n```", true),
        ("{'a': 'it is \"so\"', 'b': [1, 2,],}", true),
        ("{}", true),
        ("set {a, b} then {\"a\": 1}", true),
        ("{{\"a\": 1}", true),
        ("[1, 2]", false),
        ("17", false),
        ("{city}", false),
        ("{a: 1}", false),
        ("{\"a\": 1", false),
        ("", false),
    ] {
        check("contains-json", json!(null), text, has);
    }
}

#[test]
fn one_object_that_fits_suffices() {
    let schema = json!({"required": ["b"]});
    check(
        "contains-json",
        schema.clone(),
        "{\"a\": 1} or {\"b\": 2}",
        true,
    );
    check(
        "contains-json",
        schema.clone(),
        "{\"a\": 1} or {\"c\": 2}",
        false,
    );
    // An object inside an object is part of it.
    check(
        "contains-json",
        schema.clone(),
        "{\"a\": {\"b\": 1}}",
        false,
    );
    let (_, reason) = judge(
        assertion("contains-json", schema),
        "{\"a\": 1} or {\"c\": 2}",
    );
    assert_eq!(
        reason,
        "does not fit the schema: \"b\" is a required property"
    );
}

#[test]
fn hostile_braces_are_read_in_good_time() {
    let start = std::time::Instant::now();
    for text in [
        "{".repeat(1 << 20),
        "{\"a\":".repeat(1 << 17),
        "{'a':".repeat(1 << 17),
        "{\"a".repeat(1 << 18),
        "{'a':{".repeat(1 << 15) + &"}".repeat(1 << 16),
        "{\"a\":1,".repeat(1 << 16),
        "{'".repeat(1 << 18),
    ] {
        judge(assertion("contains-json", json!(null)), &text);
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
