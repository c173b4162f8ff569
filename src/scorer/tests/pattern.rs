//! Regular expressions: JavaScript's meaning, linear time.

use std::time::Instant;

use serde_json::json;

use super::*;

#[test]
fn patterns_mean_what_javascript_means() {
    for (pattern, text, matches) in [
        ("晴|雨", "今天雨", true),
        ("^雨", "今天雨", false),
        ("雨$", "今天雨", true),
        ("雨$", "雨\n晴", false),
        (r"\d+°C", "气温17°C", true),
        (r"^\d+$", "１７", false),
        (r"\w", "晴", false),
        (r"\W", "晴", true),
        (r"\b17\b", "气温17°C", true),
        (r"\b17\b", "a17", false),
        (r"\B7", "17", true),
        ("今.晴", "今天晴", true),
        ("今.晴", "今\n晴", false),
        ("今.晴", "今\u{2028}晴", false),
        ("(?s)今.晴", "今\n晴", true),
        ("(?i)RAIN", "rain", true),
        ("rain", "RAIN", false),
        (r#"{"temp": \d+}"#, r#"{"temp": 3}"#, true),
        ("a{2}", "aa", true),
        ("a{2,}b", "aab", true),
        ("a{,2}", "a{,2}", true),
        ("[[]", "[", true),
        ("[a&&b]", "&", true),
        (r"[\w-.]+$", "-", true),
        (r"^[\w-]+$", "a-b_9", true),
        (r"[^\d]", "1", false),
        ("[]", "a", false),
        ("[^]", "\n", true),
        (r"[\]]", "]", true),
        ("[--9]", "5", false),
        (r"\u4eca", "今天", true),
        (r"\u{4eca}", "今天", true),
        (r"\ud83d\ude00", "😀", true),
        (r"\x41", "A", true),
        (r"\/", "/", true),
        (r"\-\:\'\<\>\中", "-:'<>中", true),
        (r"\p{Script=Han}+", "今天", true),
        (r"(?<unit>°[CF])", "17°C", true),
        (r"(?:a|b)+?c", "abc", true),
        ("e\u{301}", "caf\u{e9}", true),
        ("\u{e9}", "cafe\u{301}", true),
        (r"^\S+$", "今 天", false),
        (r"\s", "\u{3000}", true),
    ] {
        check("regex", pattern, text, matches);
    }
}

#[test]
fn what_needs_backtracking_is_refused_by_name() {
    for (pattern, feature) in [
        ("(?=a)", "look-ahead"),
        ("a(?!b)", "negative look-ahead"),
        ("(?<=a)b", "look-behind"),
        ("(?<!a)b", "negative look-behind"),
        (r"(a)\1", "a back-reference"),
        (r"(?<x>a)\k<x>", "a back-reference"),
    ] {
        assert_eq!(
            refused(assertion("not-regex", json!(pattern))),
            format!(
                "evals/weather.yaml:3: `not-regex` cannot judge: pattern `{pattern}` uses {feature}, which the linear-time engine does not have"
            )
        );
    }
    // The same characters, escaped or in a class, are plain.
    check("regex", r"\(?=", "(=", true);
    check("regex", "[(?=]", "?", true);
}

#[test]
fn what_is_no_pattern_is_refused_with_its_cause() {
    for (pattern, cause) in [
        ("(a", "unclosed group"),
        ("a)", "unopened group"),
        ("[a", "unclosed character class"),
        ("*a", "repetition operator missing expression"),
        (
            r"a\",
            "incomplete escape sequence, reached end of pattern prematurely",
        ),
        ("(a{1000}){1000}", "it is too large when compiled"),
    ] {
        assert_eq!(
            refused(assertion("regex", json!(pattern))),
            format!(
                "evals/weather.yaml:3: `regex` cannot judge: pattern `{pattern}` is not usable: {cause}"
            )
        );
    }
}

#[test]
fn catastrophic_patterns_stay_linear() {
    let patterns = [
        "^(a+)+$",
        "^(a*)*$",
        "^(a|a)*$",
        "^(a|aa)+$",
        "^(a|a?)+$",
        "^(.*a){12}$",
        "^(a+)*b",
        "(a+)+b",
        "^([a-z]+)*\\d$",
        "^(\\w+\\s?)*$",
        "^(\\w*)*!$",
        "^(?:a+b?)+$",
        "(x+x+)+y",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "^(a?){30}a{30}$",
        "(.*)(.*)(.*)(.*)(.*)z",
        "^\\s+|\\s+$",
        "(\\d+)*\\.\\d",
        "^(?:(?:a+)+)+$",
        "([^,]*,)*z",
        "(a|b|ab)*c",
        "^(.+)+@z",
        "(?:.*,){9}P",
        "<(.+)+>",
        "(?:\\w+\\.)*\\w+@",
        "^(0|[1-9]\\d*)+$",
        "(aa|a)*$x",
        "(\"[^\"]*\"|[^\"])*!",
        "(a*)+\\z!",
        "(((a+)+)+)+!",
    ];
    assert_eq!(patterns.len(), 30);
    let text = "a".repeat(1 << 20) + "!!";
    let start = Instant::now();
    for pattern in patterns {
        let one = Instant::now();
        judge(assertion("regex", json!(pattern)), &text);
        assert!(
            one.elapsed().as_secs() < 5,
            "{pattern} took {:?}",
            one.elapsed()
        );
    }
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
