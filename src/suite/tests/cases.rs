//! Defaults, matrices, ids, assertions and their values.

use proptest::prelude::*;

use super::*;

#[test]
fn default_test_is_merged_key_by_key() {
    let suite = suite(
        r"
defaultTest:
  vars: {unit: C, city: nowhere}
  metadata: {a: 1, b: 1}
  threshold: 0.5
  cluster: all
  assert: [{type: contains, value: 晴}]
tests:
  - vars: {city: 北京}
    metadata: {b: 2}
    assert: [{type: contains, value: 雨}]
  - vars: {unit: F}
    threshold: 1
    cluster: own
    options: {disableDefaultAsserts: true}
    assert: [{type: equals, value: 雪}]
",
    );
    let [first, second] = suite.cases.as_slice() else {
        panic!("two cases")
    };
    assert_eq!(vars(first), json!({"unit": "C", "city": "北京"}));
    assert_eq!(json!(first.metadata), json!({"a": 1, "b": 2}));
    assert_eq!(
        (first.threshold, first.cluster.as_deref()),
        (Some(0.5), Some("all"))
    );
    assert_eq!(
        brief(&first.asserts),
        [
            ("contains".to_owned(), json!("晴")),
            ("contains".to_owned(), json!("雨"))
        ]
    );
    assert_eq!(vars(second), json!({"unit": "F", "city": "nowhere"}));
    assert_eq!(
        (second.threshold, second.cluster.as_deref()),
        (Some(1.0), Some("own"))
    );
    assert_eq!(brief(&second.asserts), [("equals".to_owned(), json!("雪"))]);
}

#[test]
fn a_matrix_multiplies_with_the_first_variable_slowest() {
    let suite = suite(
        r"
tests:
  - id: beijing
    vars: {city: 北京}
    matrix: {unit: [C, F], days: [1, 3]}
    assert: [{contains: '{{unit}}'}]
  - vars: {city: 上海}
    matrix: {unit: [C]}
    assert: [{contains: x}]
",
    );
    let ids: Vec<&str> = suite.cases.iter().map(|case| case.id.0.as_str()).collect();
    assert_eq!(
        ids[..4],
        [
            "beijing[unit=C,days=1]",
            "beijing[unit=C,days=3]",
            "beijing[unit=F,days=1]",
            "beijing[unit=F,days=3]"
        ]
    );
    assert_eq!(
        vars(&suite.cases[3]),
        json!({"city": "北京", "unit": "F", "days": 3})
    );
    assert_eq!(
        brief(&suite.cases[3].asserts),
        [("contains".to_owned(), json!("F"))]
    );
    assert_eq!(suite.cases[4].label, "weather.yaml:7 上海[unit=C]");
    assert_eq!(ids[4].len(), 12);
}

#[test]
fn a_default_matrix_yields_to_a_variable_of_the_test() {
    let suite = suite(
        r"
defaultTest: {vars: {unit: K}, matrix: {unit: [C, F]}, assert: [{contains: x}]}
tests:
  - {id: a}
  - {id: b, vars: {unit: R}}
  - {id: c, matrix: {unit: [D]}}
",
    );
    let ids: Vec<&str> = suite.cases.iter().map(|case| case.id.0.as_str()).collect();
    assert_eq!(ids, ["a[unit=C]", "a[unit=F]", "b", "c[unit=D]"]);
    assert_eq!(vars(&suite.cases[2]), json!({"unit": "R"}));
}

#[test]
fn a_case_keeps_its_id_when_its_expectation_is_corrected() {
    let id = |text: &str| suite(text).cases[0].id.0.clone();
    let before = id("tests: [{vars: {city: 北京, n: 1}, assert: [{equals: 晴}]}]");
    // Computed once with another program: the first 12 hex digits of SHA-256 over `{"turns":[],"vars":{"city":"北京","n":1}}`.
    assert_eq!(before, "5b8c9d8625eb");
    assert_eq!(
        before,
        id(
            "# moved\n\ntests:\n- assert: [{equals: 雨}, {contains: x}]\n  threshold: 0.5\n  vars: {n: 1, city: 北京}\n"
        )
    );
    assert_ne!(before, id("tests: [{vars: {city: 北京, n: 2}}]"));
    assert_ne!(
        before,
        id("tests: [{vars: {city: 北京, n: 1}, turns: [{role: user, content: x}]}]")
    );
}

#[test]
fn equal_cases_are_numbered() {
    let suite = suite("tests: [{vars: {a: 1}}, {vars: {a: 2}}, {vars: {a: 1}}, {vars: {a: 1}}]");
    let first = suite.cases[0].id.0.clone();
    let ids: Vec<&str> = suite.cases.iter().map(|case| case.id.0.as_str()).collect();
    assert_eq!(ids[2..], [format!("{first}-2"), format!("{first}-3")]);
    assert_ne!(ids[1], first);
}

#[test]
fn the_hash_is_of_what_decides_scores() {
    let hash = |text: &str| suite(text).hash;
    let base = hash("tests: [{vars: {a: 1}, assert: [{equals: x}]}]");
    assert_eq!(base.len(), 64);
    assert_eq!(
        base,
        hash(
            "description: y\nrepeat: 2\ntests:\n\n- {assert: [{type: equals, value: x}], vars: {a: 1}, metadata: {m: 1}}"
        )
    );
    for other in [
        "tests: [{vars: {a: 2}, assert: [{equals: x}]}]",
        "tests: [{vars: {a: 1}, assert: [{equals: y}]}]",
        "tests: [{vars: {a: 1}, assert: [{not-equals: x}]}]",
        "tests: [{vars: {a: 1}, assert: [{equals: x, weight: 2}]}]",
        "tests: [{vars: {a: 1}, assert: [{equals: x}], threshold: 1}]",
        "tests: [{vars: {a: 1}, assert: [{equals: x}], id: z}]",
    ] {
        assert_ne!(base, hash(other), "{other}");
    }
}

#[test]
fn yaml_means_what_it_says() {
    let suite = suite(
        "tests:\n- vars: {a: no, b: 012, c: 1_000, d: true, e: 1.5, f: ~, g: [x, 2], h: '17', i: 2026-11-24}\n  assert: [{contains: 1.50}, {contains: yes}, {contains: True}, {contains: 012}, {equals: 17}, {contains-any: [1.0, 02]}]\n",
    );
    let case = &suite.cases[0];
    assert_eq!(
        vars(case),
        json!({"a": "no", "b": "012", "c": "1_000", "d": true, "e": 1.5, "f": null, "g": ["x", 2], "h": "17", "i": "2026-11-24"})
    );
    let values: Vec<Value> = case.asserts.iter().map(|one| one.value.clone()).collect();
    assert_eq!(
        values,
        [
            json!("1.50"),
            json!("yes"),
            json!("True"),
            json!("012"),
            json!("17"),
            json!(["1.0", "02"])
        ]
    );
}

#[test]
fn anchors_and_merges_are_yaml() {
    let suite = suite(
        "defaultTest: {assert: &a [{contains: 晴}]}\ntests:\n- &t {vars: {a: 1}, assert: *a}\n- {<<: *t, vars: {a: 2}}\n",
    );
    assert_eq!(vars(&suite.cases[1]), json!({"a": 2}));
    assert_eq!(suite.cases[1].asserts.len(), 2);
}

#[test]
fn assertions_may_be_short() {
    let suite = suite(
        r"
tests:
  - assert:
      - contains: 晴
      - not-regex: ^抱歉
        weight: 0
      - is-json:
      - levenshtein: 晴天
        threshold: 3
      - latency: 500
      - cost: 0.002
      - {type: latency, threshold: 400}
      - contains-all: 晴, 雨, '“a, b”'
      - icontains-any: [A, B]
      - equals: {high: 3}
      - assert-set:
          - contains: 风
          - contains: 云
        threshold: 0.5
        metric: sky
",
    );
    let asserts = &suite.cases[0].asserts;
    assert_eq!(
        brief(asserts),
        [
            ("contains".to_owned(), json!("晴")),
            ("not-regex".to_owned(), json!("^抱歉")),
            ("is-json".to_owned(), json!(null)),
            ("levenshtein".to_owned(), json!("晴天")),
            ("latency".to_owned(), json!(null)),
            ("cost".to_owned(), json!(null)),
            ("latency".to_owned(), json!(null)),
            ("contains-all".to_owned(), json!(["晴", "雨", "'“a", "b”'"])),
            ("icontains-any".to_owned(), json!(["A", "B"])),
            ("equals".to_owned(), json!({"high": 3})),
            ("assert-set".to_owned(), json!(null)),
        ]
    );
    let thresholds: Vec<Option<f64>> = asserts.iter().map(|one| one.threshold).collect();
    assert_eq!(
        thresholds[3..7],
        [Some(3.0), Some(500.0), Some(0.002), Some(400.0)]
    );
    assert!(asserts[1].weight.abs() < f64::EPSILON);
    assert_eq!(
        (asserts[10].threshold, asserts[10].metric.as_deref()),
        (Some(0.5), Some("sky"))
    );
    assert_eq!(
        brief(&asserts[10].children),
        [
            ("contains".to_owned(), json!("风")),
            ("contains".to_owned(), json!("云"))
        ]
    );
}

#[test]
fn values_are_filled_in_with_the_cases_variables() {
    let suite = suite(
        r#"
defaultTest:
  assert:
    - contains: "{{city}}今天{{ high }}度"
    - contains-any: "{{words}}"
    - equals: "{{answer}}"
    - is-json: {properties: {city: {const: "{{city}}"}}}
    - contains-all: ["{{city}}", "{{place.name}}"]
    - assert-set: [{contains: "{{{raw}}}"}]
tests:
  - vars:
      city: 北京
      high: 21
      words: [晴, 多云]
      answer: {sky: 晴}
      place: {name: 朝阳}
      raw: "<b>&{{city}}"
"#,
    );
    let asserts = &suite.cases[0].asserts;
    let values: Vec<Value> = asserts.iter().map(|one| one.value.clone()).collect();
    assert_eq!(
        values[..5],
        [
            json!("北京今天21度"),
            json!(["晴", "多云"]),
            json!({"sky": "晴"}),
            json!({"properties": {"city": {"const": "北京"}}}),
            json!(["北京", "朝阳"]),
        ]
    );
    // What a variable holds is data: it is neither escaped nor filled in again.
    assert_eq!(asserts[5].children[0].value, json!("<b>&{{city}}"));
}

#[test]
fn a_schema_may_be_written_as_a_text() {
    let suite =
        suite("tests:\n- assert:\n  - type: is-json\n    value: '{\"required\": [\"a\"]}'\n");
    assert_eq!(suite.cases[0].asserts[0].value, json!({"required": ["a"]}));
}

#[test]
fn variables_of_values_are_noted_behind_helpers_too() {
    let suite = suite(
        "tests:\n- vars: {city: a, unit: C, place: {name: x}}\n  assert: [{contains: '{{#if unit}}{{city}}{{/if}}'}, {equals: {k: '{{place.name}}'}}]\n",
    );
    for name in ["city", "unit", "place"] {
        assert!(suite.value_vars.contains(name), "{name}");
    }
    assert!(!suite.value_vars.contains("name"));
}

proptest! {
    /// JSON read for its lines is the JSON that it is.
    #[test]
    fn json_keeps_its_meaning(
        texts in prop::collection::vec(any::<String>(), 0..6),
        whole in any::<i64>(),
        unsigned in any::<u64>(),
        real in any::<f64>().prop_filter("finite", |real| real.is_finite()),
        truth in any::<bool>(),
    ) {
        let value = json!({"texts": texts, "whole": whole, "unsigned": unsigned, "real": real, "truth": truth, "none": null,
            "keys": texts.iter().map(|text| (text.clone(), json!([{}]))).collect::<serde_json::Map<_, _>>()});
        for text in [value.to_string(), serde_json::to_string_pretty(&value).expect("JSON")] {
            let node = crate::suite::json_tree::json(&text).map_err(|(line, kind)| TestCaseError::fail(format!("{line}: {kind} in {text}")))?;
            prop_assert_eq!(node.value(), serde_json::from_str::<Value>(&text).expect("JSON"));
        }
    }
}
