//! CSV.

use super::*;

#[test]
fn cells_are_texts_and_columns_are_variables() {
    let cases = csv(
        "\u{feff}city,note,path,__expected\r\n北京,\"a, \"\"b\"\"\r\nc\",C:\\temp\\new,晴\r\n上海, x ,\"D:\\\",012\r\n",
    );
    assert_eq!(
        vars(&cases[0]),
        json!({"city": "北京", "note": "a, \"b\"\r\nc", "path": "C:\\temp\\new"})
    );
    assert_eq!(
        vars(&cases[1]),
        json!({"city": "上海", "note": " x ", "path": "D:\\"})
    );
    assert_eq!(
        brief(&cases[0].asserts),
        [("equals".to_owned(), json!("晴"))]
    );
    assert_eq!(
        brief(&cases[1].asserts),
        [("equals".to_owned(), json!("012"))]
    );
    let labels: Vec<&str> = cases.iter().map(|case| case.label.as_str()).collect();
    // A record has one line, the one on which it begins.
    assert_eq!(labels, ["weather.csv:2 北京", "weather.csv:4 上海"]);
}

#[test]
fn blank_lines_are_skipped_and_counted() {
    let cases = csv("\n\ncity\n\n北京\n\n\n上海\n\n");
    let lines: Vec<usize> = cases.iter().map(|case| case.place.line).collect();
    assert_eq!(lines, [5, 8]);
}

#[test]
fn promptfoos_columns_are_read() {
    let cases = csv(
        "city , __expected1,__expected2,__description,__metric,__threshold,__metadata:src,__metadata:tags[],__id,__cluster,__split\n\
         北京,contains: 晴,latency(500),the capital,sky,0.5,nmc,\"a, b\\, c\",bj,north,holdout\n\
         上海,,,,,,,,,,\n",
    );
    let first = &cases[0];
    assert_eq!(vars(first), json!({"city": "北京"}));
    assert_eq!(
        brief(&first.asserts),
        [
            ("contains".to_owned(), json!("晴")),
            ("latency".to_owned(), json!(null))
        ]
    );
    assert_eq!(first.asserts[1].threshold, Some(500.0));
    assert!(
        first
            .asserts
            .iter()
            .all(|one| one.metric.as_deref() == Some("sky"))
    );
    assert_eq!(
        (first.description.as_deref(), first.threshold),
        (Some("the capital"), Some(0.5))
    );
    assert_eq!(
        json!(first.metadata),
        json!({"src": "nmc", "tags": ["a", "b, c"]})
    );
    assert_eq!(
        (first.id.0.as_str(), first.cluster.as_deref(), first.holdout),
        ("bj", Some("north"), true)
    );
    let second = &cases[1];
    assert_eq!(
        (second.asserts.len(), second.named, second.metadata.len()),
        (0, false, 0)
    );
}

/// One cell of `__expected`: its type, value and threshold.
fn expected(cell: &str) -> Result<Option<(String, Value, Option<f64>)>, String> {
    let place = crate::domain::Place::default();
    crate::suite::expected::read(cell, &place)
        .map(|one| {
            one.map(|one| {
                (
                    super::super::assertion::type_name(one.kind, one.negated),
                    one.value,
                    one.threshold,
                )
            })
        })
        .map_err(|kind| kind.to_string())
}

#[test]
fn cells_of_expectations() {
    for (cell, kind, value, threshold) in [
        ("晴", "equals", json!("晴"), None),
        (" padded ", "equals", json!("padded"), None),
        ("equals: a: b", "equals", json!("a: b"), None),
        ("Answer: 42", "equals", json!("Answer: 42"), None),
        ("12:30", "equals", json!("12:30"), None),
        (
            "https://example.org",
            "equals",
            json!("https://example.org"),
            None,
        ),
        ("human", "equals", json!("human"), None),
        ("{\"a\": 1}", "equals", json!("{\"a\": 1}"), None),
        ("contains:晴", "contains", json!("晴"), None),
        ("not-icontains: Rain", "not-icontains", json!("Rain"), None),
        (
            "contains-all: 晴, 21, \"a, b\"",
            "contains-all",
            json!(["晴", "21", "a, b"]),
            None,
        ),
        (
            "icontains-any: a,b",
            "icontains-any",
            json!(["a", "b"]),
            None,
        ),
        (
            "levenshtein(2): 晴天",
            "levenshtein",
            json!("晴天"),
            Some(2.0),
        ),
        ("levenshtein: 晴天", "levenshtein", json!("晴天"), None),
        ("cost(0.001)", "cost", json!(null), Some(0.001)),
        ("latency: 500", "latency", json!(null), Some(500.0)),
        ("is-json", "is-json", json!(null), None),
        (
            "is-json: {\"required\": [\"a\"]}",
            "is-json",
            json!({"required": ["a"]}),
            None,
        ),
        ("regex: ^\\d+$", "regex", json!("^\\d+$"), None),
        ("starts-with: a(b)", "starts-with", json!("a(b)"), None),
    ] {
        assert_eq!(
            expected(cell),
            Ok(Some((kind.to_owned(), value, threshold))),
            "{cell}"
        );
    }
    assert_eq!(expected("  "), Ok(None));
}

#[test]
fn a_typing_error_in_a_cell_is_no_expectation() {
    for (cell, message) in [
        (
            "contians: 晴",
            "`contians:` is no assertion type, did you mean `contains`?; to expect this very text write `equals: contians: 晴`",
        ),
        (
            "contian:晴",
            "`contian:` is no assertion type, did you mean `contains`?; to expect this very text write `equals: contian:晴`",
        ),
        (
            "note: hello",
            "`note:` is no assertion type; to expect this very text write `equals: note: hello`",
        ),
        (
            "llm-rubric: good",
            "assertion type `llm-rubric` is promptfoo's and not supported yet",
        ),
        (
            "grade: good",
            "assertion type `grade` is promptfoo's and not supported yet",
        ),
        ("contains(3): a", "`contains` takes no `threshold`"),
        (
            "levenshtein(x): a",
            "`levenshtein` is `(x)`, expected a number of at least 0 in parentheses",
        ),
        (
            "latency: fast",
            "`latency` is `fast`, expected a number of at least 0",
        ),
        ("latency", "`latency` has no `threshold`"),
        (
            "contains",
            "`contains` (to expect this very text write `equals: contains`) has no value",
        ),
        ("assert-set: a", "`assert-set` in a cell has no assertions"),
    ] {
        assert_eq!(expected(cell), Err(message.to_owned()), "{cell}");
    }
}

#[test]
fn what_is_wrong_in_a_table_is_said_once_for_all() {
    assert_eq!(
        csv_flaws(
            "city,city,__expcted,__prefix,,__metadata:,__expectedx\na,b,c,d,,f,g\na,b,c,d,e,f,g\na\na,b,c,d,,f,g,h\n"
        ),
        [
            "evals/weather.csv:1: column `city` is given twice",
            "evals/weather.csv:1: unknown key `__expcted` in a CSV header, did you mean `__expected`?",
            "evals/weather.csv:1: key `__prefix` in a CSV header is promptfoo's and not supported",
            "evals/weather.csv:1: column `__metadata:` has no key behind the colon",
            "evals/weather.csv:1: unknown key `__expectedx` in a CSV header, did you mean `__expected`?",
            "evals/weather.csv:3: the column of `e` has no name in the header",
            "evals/weather.csv:4: record has 1 cell, the header has 7",
            "evals/weather.csv:5: record has 8 cells, the header has 7",
        ]
    );
    assert_eq!(
        csv_flaws("city,__threshold,__split\n北京,2,test\n"),
        [
            "evals/weather.csv:2: `__threshold` is `2`, expected a number from 0 to 1",
            "evals/weather.csv:2: `__split` is `test`, expected `holdout` or nothing",
        ]
    );
}

#[test]
fn an_empty_table_is_no_success() {
    assert_eq!(
        csv_flaws(""),
        ["evals/weather.csv:1: `evals/weather.csv` has no header"]
    );
    assert_eq!(
        csv_flaws("\r\n\n"),
        ["evals/weather.csv:1: `evals/weather.csv` has no header"]
    );
    assert_eq!(
        csv_flaws("city,note\n"),
        ["evals/weather.csv:1: `evals/weather.csv` has no record below its header"]
    );
}

#[test]
fn a_quote_that_never_closes_swallows_no_case() {
    assert_eq!(
        csv_flaws("city,note\n北京,x\n上海,\"y\n广州,z\n"),
        ["evals/weather.csv:2: not valid CSV: a quote is opened in this record and never closed"]
            .map(|text| text.replace(":2:", ":3:"))
    );
}

#[test]
fn other_encodings_are_named() {
    let found = flaws_in(&csv_workspace(b"city\n\xb1\xb1\xbe\xa9\n"));
    assert_eq!(
        found,
        [
            "evals/weather.yaml:1: cannot use `file://weather.csv`: not valid UTF-8: line 2 holds bytes of another encoding; save it as UTF-8"
        ]
    );
    let found = flaws_in(&csv_workspace(b"\xff\xfec\0i\0"));
    assert_eq!(
        found,
        [
            "evals/weather.yaml:1: cannot use `file://weather.csv`: not valid UTF-8: it is UTF-16; save it as UTF-8"
        ]
    );
}

#[test]
fn data_in_a_cell_is_never_a_template_nor_a_path() {
    let cases = csv("city,__expected\n{{x}},contains: {{city}}\nfile://weather.csv,x\n");
    assert_eq!(vars(&cases[0]), json!({"city": "{{x}}"}));
    assert_eq!(
        brief(&cases[0].asserts),
        [("contains".to_owned(), json!("{{x}}"))]
    );
    assert_eq!(vars(&cases[1]), json!({"city": "file://weather.csv"}));
}
