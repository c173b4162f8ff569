//! The shipped prompts and suites: that they judge what the user asked for, and are what they claim to be.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use pw::domain::Case;

use crate::readme::shipped;
use crate::workbench::Workbench;

/// The repository, which is a workspace.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Repeats what it is told.
const ECHO: &str = "rules: [{ match: '^([\\s\\S]*?)\\n?$', reply: '$1' }]\n";

/// Has answers judged by the assertions of a shipped suite over these variables; returns those that passed.
fn passing<'a>(suite: &str, vars: &[(&str, &str)], answers: &[&'a str]) -> HashSet<&'a str> {
    let (names, values): (Vec<&str>, Vec<&str>) = vars.iter().copied().unzip();
    let mut table = csv::Writer::from_writer(Vec::new());
    table
        .write_record([vec!["answer"], names].concat())
        .unwrap();
    for answer in answers {
        table
            .write_record([vec![*answer], values.clone()].concat())
            .unwrap();
    }
    let yaml = file(&format!("evals/{suite}.yaml"));
    let bench = Workbench::new()
        .scripted(ECHO)
        .file("prompts/echo.hbs", "{{answer}}")
        .file(
            "evals/echo.yaml",
            yaml.replace(&format!("{suite}.csv"), "echo.csv"),
        )
        .file("evals/echo.csv", table.into_inner().unwrap());
    let report = bench
        .pw(&["eval", "echo", "--format", "json"])
        .code(0)
        .json();
    let results = report["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), answers.len());
    answers
        .iter()
        .zip(results)
        .filter(|(_, result)| result["pass"] == true)
        .map(|(answer, _)| *answer)
        .collect()
}

/// Demands that of these answers exactly the right ones pass.
#[track_caller]
fn judges(suite: &str, vars: &[(&str, &str)], right: &[&str], wrong: &[&str]) {
    let passed = passing(suite, vars, &[right, wrong].concat());
    for answer in right {
        assert!(passed.contains(answer), "`{answer}` is right: {vars:?}");
    }
    for answer in wrong {
        assert!(!passed.contains(answer), "`{answer}` is wrong: {vars:?}");
    }
}

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

fn cases(suite: &str) -> Vec<Case> {
    let file = format!("evals/{suite}.yaml");
    pw::suite::load(Path::new(ROOT), Path::new(&file))
        .unwrap()
        .cases
}

fn text<'c>(case: &'c Case, name: &str) -> &'c str {
    case.vars[name].as_str().unwrap()
}

#[test]
fn chinese_answers_are_judged_by_what_was_asked_and_not_by_their_wording() {
    judges(
        "weather",
        &[("weather", "晴"), ("high", "4"), ("low", "-3")],
        &[
            "北京今天晴，最高温度4度，最低温度-3度。",
            "今天北京是晴天，最高气温为4℃，最低气温为-3℃",
            "晴。最低温：-3，最高温：4",
            "晴，高温4°C，低温-3°C",
            "晴，最高和最低温度分别是4度和-3度",
            "晴，最高温度和最低温度分别为 4°C、-3°C。",
            "晴，**最高温度**：**4℃**\n**最低温度**：**-3℃**",
        ],
        &[
            "北京今天晴。",
            "晴，气温-3到4度",
            "最高温度4度，最低温度-3度",
            "阴，最高温度4度，最低温度-3度",
            "晴，最高温度-3度，最低温度4度",
            "晴，最高和最低温度分别是-3度和4度",
            "晴，最高温度4度",
            "晴，最高温度4度，最低温度3度",
            "晴，最高温度4度，最低温度-33度",
            "晴，最高温度-4度，最低温度-3度",
            "晴，最高温度零下4度，最低温度-3度",
            "晴，最高温度14度，最低温度-3度",
            "晴，最高温度4.5度，最低温度-3度",
        ],
    );
}

#[test]
fn decimals_are_judged_whole() {
    judges(
        "weather",
        &[("weather", "雷阵雨"), ("high", "29.5"), ("low", "22.1")],
        &["宁波今天雷阵雨，最高温度29.5度，最低温度22.1度。"],
        &[
            "雷阵雨，最高温度29度，最低温度22度",
            "雷阵雨，最高温度9.5度，最低温度22.1度",
            "雷阵雨，最高温度129.5度，最低温度22.1度",
            "雷阵雨，最高温度29.55度，最低温度22.1度",
            "雷阵雨，最高温度2915度，最低温度22.1度",
        ],
    );
    judges(
        "weather-en",
        &[("weather", "snow"), ("high", "-4"), ("low", "-11.5")],
        &["Snow in Oslo, with a high of -4 and a low of -11.5."],
        &[
            "Snow, high of 4, low of 11.5",
            "Snow, high of -4, low of -11",
            "Snow, high of -4, low of -1135",
        ],
    );
}

#[test]
fn english_answers_are_judged_by_what_was_asked_and_not_by_their_wording() {
    judges(
        "weather-en",
        &[("weather", "sunny"), ("high", "22"), ("low", "12")],
        &[
            "It is sunny in Paris today, with a high of 22 and a low of 12.",
            "Sunny. The highest temperature is 22 degrees and the lowest temperature is 12 degrees.",
            "Sunny; max 22°C, min 12°C",
            "Paris is sunny with lows near 12 and highs around 22",
            "sunny, with the highest and lowest temperatures 22 and 12 degrees, respectively",
            r#"{"weather": "sunny", "high": 22, "low": 12}"#,
        ],
        &[
            "It is sunny in Paris today.",
            "It is sunny, from 12 to 22 degrees",
            "a high of 22 and a low of 12",
            "rainy, with a high of 22 and a low of 12",
            "sunny, with a high of 12 and a low of 22",
            "sunny, the high and the low are 12 and 22",
            "sunny, with a high of 22.5 and a low of 12",
            "sunny, with a high of 122 and a low of 12",
            "sunny, with a high of -22 and a low of -12",
        ],
    );
}

#[test]
fn a_label_is_the_whole_answer() {
    let vars = [("label", "晴天")];
    let wrong = ["晴天。", "今天是晴天", "晴", "雨天", "晴天 雨天"];
    judges("label", &vars, &["晴天"], &wrong);
    let vars = [("label", "sunny")];
    let wrong = ["It is sunny", "sunny.", "rainy", "sun"];
    judges("label-en", &vars, &["sunny"], &wrong);
}

#[test]
fn each_note_holds_what_its_answer_needs_and_no_condition_hides_in_another() {
    for suite in ["weather", "weather-en"] {
        let cases = cases(suite);
        assert_eq!(cases.len(), 64);
        let cities: HashSet<&str> = cases.iter().map(|case| text(case, "city")).collect();
        assert_eq!(cities.len(), 64, "{suite}");
        let conditions: HashSet<&str> = cases.iter().map(|case| text(case, "weather")).collect();
        for case in &cases {
            let note = text(case, "observation").to_lowercase();
            for needed in ["city", "weather", "high", "low"] {
                let needed = text(case, needed).to_lowercase();
                assert!(
                    note.contains(&needed),
                    "{}: `{needed}` in `{note}`",
                    case.id
                );
            }
            let [high, low] = ["high", "low"].map(|name| text(case, name).parse::<f64>().unwrap());
            assert!(high > low, "{}", case.id);
            // Else a label found in the city's name, or in another condition, would be an answer.
            let others = conditions
                .iter()
                .filter(|one| **one != text(case, "weather"));
            for other in others {
                assert!(!text(case, "weather").contains(other), "{}", case.id);
            }
            for condition in &conditions {
                assert!(
                    !text(case, "city").to_lowercase().contains(condition),
                    "{}",
                    case.id
                );
            }
        }
    }
}

#[test]
fn each_label_has_twenty_sentences_and_no_sentence_has_a_twin() {
    for suite in ["label", "label-en"] {
        let cases = cases(suite);
        let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
        for case in &cases {
            *labels.entry(text(case, "label")).or_default() += 1;
        }
        assert_eq!((labels.len(), cases.len()), (6, 120), "{suite}");
        assert!(labels.values().all(|count| *count == 20), "{labels:?}");
        let sentences: Vec<(&str, HashSet<String>)> = cases
            .iter()
            .map(|case| text(case, "sentence"))
            .map(|sentence| (sentence, pairs(sentence)))
            .collect();
        for (at, (one, ones)) in sentences.iter().enumerate() {
            for (other, others) in &sentences[..at] {
                let (shared, all) = (ones & others, ones | others);
                assert!(
                    shared.len() * 2 < all.len(),
                    "`{one}` and `{other}` are alike"
                );
            }
        }
    }
}

/// Returns the pairs of neighbouring characters.
fn pairs(sentence: &str) -> HashSet<String> {
    let chars: Vec<char> = sentence.chars().collect();
    chars.windows(2).map(String::from_iter).collect()
}

#[test]
fn every_shipped_prompt_renders_over_its_suite() {
    let bench = Workbench::new();
    for (name, variants) in [
        ("weather", ["", "detailed", "polite"]),
        ("label", ["", "instructed", "fewshot"]),
    ] {
        for (language, variant) in variants.iter().flat_map(|one| [("", one), ("-en", one)]) {
            let prompt = format!("{name}{language}");
            bench
                .pw(&["--workspace", ROOT, "render", &prompt, "--variant", variant])
                .code(0);
        }
    }
}

#[test]
fn polite_words_are_too_close_to_call_and_bare_ones_are_not() {
    let report = shipped()
        .pw(&[
            "eval",
            "weather",
            "--baseline",
            "detailed",
            "--format",
            "json",
        ])
        .json();
    let verdicts: BTreeMap<&str, &str> = report["runs"][0]["comparisons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["candidate"]["variant"].as_str().unwrap_or(""),
                one["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [("", "REJECT"), ("polite", "INCONCLUSIVE")];
    assert_eq!(verdicts, BTreeMap::from(expected));
}
