//! Texts and distances.

use serde_json::json;

use super::*;

const COMPOSED: &str = "caf\u{e9}";
const DECOMPOSED: &str = "cafe\u{301}";

#[test]
fn equals_is_exact() {
    check("equals", "晴", "晴", true);
    check("equals", "晴", "晴 ", false);
    check("equals", "Rain", "rain", false);
    check("equals", "", "", true);
    check("equals", COMPOSED, DECOMPOSED, true);
    check("equals", "42", "４２", false);
}

#[test]
fn contains_finds_the_text_anywhere() {
    check("contains", "最低", "气温最低3°C", true);
    check("contains", "最低", "今天晴", false);
    check("contains", "Rain", "rain", false);
    check("contains", DECOMPOSED, "un café noir", true);
    check("contains", COMPOSED, "un cafe\u{301} noir", true);
    check("contains", "👍", "👍🏽", true);
    check("contains", "42", "气温４２", false);
}

#[test]
fn all_and_any_take_lists() {
    check("contains-all", json!(["晴", "21"]), "晴，21度", true);
    check("contains-all", json!(["晴", "22"]), "晴，21度", false);
    check("contains-any", json!(["雨", "晴"]), "晴，21度", true);
    check("contains-any", json!(["雨", "雪"]), "晴，21度", false);
    check("contains-any", "晴", "晴，21度", true);
    check(
        "icontains-all",
        json!(["RAIN", "wind"]),
        "Rain and Wind",
        true,
    );
    check(
        "icontains-any",
        json!(["SNOW", "wind"]),
        "Rain and Wind",
        true,
    );
    check(
        "icontains-any",
        json!(["SNOW", "hail"]),
        "Rain and Wind",
        false,
    );
}

#[test]
fn icontains_folds_case_fully() {
    check("icontains", "STRASSE", "die straße", true);
    check("icontains", "straße", "DIE STRASSE", true);
    check("icontains", "ΣΑΣ", "σας", true);
    check("icontains", "CAFE\u{301}", "café", true);
    check("icontains", "PÉKIN", "pékin", true);
    check("icontains", "İSTANBUL", "istanbul", false);
    check("icontains", "晴", "今天晴", true);
}

#[test]
fn starts_with_is_exact() {
    check("starts-with", "今天", "今天晴", true);
    check("starts-with", "今天", " 今天晴", false);
    check("starts-with", COMPOSED, "cafe\u{301}!", true);
    check("starts-with", "Rain", "rain", false);
}

#[test]
fn reasons_say_what_was_expected_and_found() {
    let text = "今天成都阴天，气温17°C到21°C";
    for (name, value, reason) in [
        (
            "contains",
            json!("最低"),
            "expected `最低` in “今天成都阴天，气温17°C到21°C”",
        ),
        ("contains", json!("阴"), "found `阴`"),
        ("not-contains", json!("最低"), "does not have `最低`"),
        (
            "not-contains",
            json!("阴"),
            "expected no `阴` in “今天成都阴天，气温17°C到21°C”",
        ),
        (
            "contains-all",
            json!(["阴", "a", "b", "c", "d"]),
            "expected `a`, `b`, `c` and 1 more in “今天成都阴天，气温17°C到21°C”",
        ),
        (
            "contains-any",
            json!(["a", "b"]),
            "expected `a` or `b` in “今天成都阴天，气温17°C到21°C”",
        ),
        (
            "equals",
            json!("晴"),
            "expected `晴`, found “今天成都阴天，气温17°C到21°C”",
        ),
        ("not-equals", json!("晴"), "is not `晴`"),
        (
            "starts-with",
            json!("晴"),
            "expected a start of `晴`, found “今天成都阴天，气温17°C到21°C”",
        ),
        (
            "regex",
            json!("^晴"),
            "expected a match of `^晴` in “今天成都阴天，气温17°C到21°C”",
        ),
        (
            "not-regex",
            json!("阴.天?"),
            "expected no match of `阴.天?` in “今天成都阴天，气温17°C到21°C”",
        ),
        (
            "levenshtein",
            json!("晴"),
            "expected a distance of at most 5 from `晴`, found 18: “今天成都阴天，气温17°C到21°C”",
        ),
    ] {
        assert_eq!(judge(assertion(name, value), text).1, reason, "{name}");
    }
}

#[test]
fn a_long_answer_is_quoted_in_part() {
    let text = format!("{}最低{}", "晴".repeat(500), "雨".repeat(500));
    let (_, reason) = judge(assertion("not-contains", json!("最低")), &text);
    assert_eq!(
        reason,
        format!(
            "expected no `最低` in “…{}最低{}…”",
            "晴".repeat(20),
            "雨".repeat(36)
        )
    );
    let (_, reason) = judge(
        assertion("contains", json!("x".repeat(500))),
        "\u{1b}[31m晴\n",
    );
    assert_eq!(
        reason,
        format!("expected `{}…` in “ [31m晴 ”", "x".repeat(79))
    );
}

#[test]
fn an_empty_text_to_look_for_is_refused() {
    for (name, value) in [
        ("contains", json!("")),
        ("not-contains", json!("")),
        ("icontains", json!("")),
        ("starts-with", json!("")),
        ("regex", json!("")),
        ("contains-any", json!([])),
        ("contains-all", json!([])),
    ] {
        let message = refused(assertion(name, value));
        assert_eq!(
            message,
            format!(
                "evals/weather.yaml:3: `{name}` cannot judge: value is empty, so that every answer gets the same verdict"
            )
        );
    }
    assert!(
        refused(assertion("contains-any", json!(["a", ""])))
            .contains("an item of the value is empty")
    );
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    for (name, value, found, expected) in [
        ("contains", json!(null), "missing", "a text"),
        ("contains", json!(["a"]), "a list", "a text"),
        ("contains-all", json!({"a": 1}), "a map", "a list of texts"),
        ("contains-all", json!([1]), "a number", "a text"),
        ("equals", json!(null), "missing", "a text, a list or a map"),
        ("regex", json!(null), "missing", "a text"),
        ("levenshtein", json!([]), "a list", "a text"),
        (
            "is-json",
            json!("text"),
            "a text",
            "a JSON schema or nothing",
        ),
        (
            "contains-json",
            json!([1]),
            "a list",
            "a JSON schema or nothing",
        ),
    ] {
        let message = refused(assertion(name, value));
        assert_eq!(
            message,
            format!(
                "evals/weather.yaml:3: `{name}` cannot judge: value is {found}, expected {expected}"
            )
        );
    }
}

#[test]
fn levenshtein_counts_characters() {
    let limit = |value: &str, threshold: f64| Assertion {
        threshold: Some(threshold),
        ..assertion("levenshtein", json!(value))
    };
    check("levenshtein", "kitten", "sitting", true);
    check("levenshtein", "12345678", "abcdefgh", false);
    for (value, text, distance) in [
        ("👍", "👍🏽", 1.0),
        ("👨‍👩‍👧", "👍", 1.0),
        (COMPOSED, DECOMPOSED, 0.0),
        ("今天晴", "明天晴", 1.0),
        ("", "晴", 1.0),
    ] {
        assert!(judge(limit(value, distance), text).0, "{value} {text}");
        if distance > 0.0 {
            assert!(
                !judge(limit(value, distance - 1.0), text).0,
                "{value} {text}"
            );
        }
    }
    assert_eq!(
        refused(limit("a", 1e9)),
        "evals/weather.yaml:3: `levenshtein` cannot judge: threshold is 1000000000, expected a number from 0 to 10000"
    );
}

#[test]
fn five_megabytes_are_judged_in_good_time() {
    let text = "今天晴，气温21°C。".repeat(5_000_000 / 25);
    let asserts = vec![
        assertion("contains", json!("最低")),
        assertion("icontains", json!("最低")),
        assertion("equals", json!("晴")),
        assertion("regex", json!("最低\\d+")),
        assertion("levenshtein", json!("今天晴".repeat(100))),
        assertion("is-json", json!(null)),
        assertion("contains-json", json!(null)),
    ];
    let start = std::time::Instant::now();
    let judgement = judge_all(&case(asserts), &text);
    assert_eq!(judgement.pass, Some(false));
    assert!(
        judgement
            .scores
            .iter()
            .all(|score| score.reason.chars().count() <= 300)
    );
    assert!(
        judgement.scores[4].reason.contains("found more than 5: "),
        "{}",
        judgement.scores[4].reason
    );
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
