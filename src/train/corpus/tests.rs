use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use super::held_out::normal;
use super::*;

/// Rows that a test looks at.
const ROWS: usize = 12_000;

fn rows(corpus: &Corpus, seed: u64, count: usize) -> Vec<Row> {
    let mut dice = Dice::new(seed);
    (0..count).map(|_| corpus.row(&mut dice)).collect()
}

/// The columns of the shipped suites that must not be learned: sentences and notes.
fn shipped() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("evals");
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("the suites") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        let mut reader = csv::Reader::from_path(&path).expect("a suite");
        let heads = reader.headers().expect("heads").clone();
        for record in reader.records() {
            let record = record.expect("a case");
            let cells = heads.iter().zip(&record);
            texts.extend(
                cells
                    .filter(|(head, _)| ["sentence", "observation"].contains(head))
                    .map(|(_, cell)| cell.to_owned()),
            );
        }
    }
    texts
}

fn held_out() -> HeldOut {
    let mut held_out = HeldOut::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("evals");
    for entry in fs::read_dir(folder).expect("the suites") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|ending| ending == "csv") {
            held_out
                .add(&fs::read_to_string(path).expect("a suite"))
                .expect("a suite in CSV");
        }
    }
    held_out
}

#[test]
fn a_seed_gives_the_same_rows() {
    let corpus = Corpus::new(HeldOut::default());
    let said = |seed| {
        rows(&corpus, seed, 200)
            .into_iter()
            .map(|row| (row.turns, row.answer, row.more))
            .collect::<Vec<_>>()
    };
    assert_eq!(said(7), said(7));
    assert_ne!(said(7), said(8));
}

#[test]
fn no_case_of_a_shipped_suite_is_in_a_row() {
    let shipped: HashSet<String> = shipped().iter().map(|text| normal(text)).collect();
    assert!(
        shipped.len() >= 50,
        "found {} held-out texts",
        shipped.len()
    );
    let corpus = Corpus::new(held_out());
    for row in rows(&corpus, 1, ROWS) {
        let turns = row.turns.iter().map(|(_, text)| text);
        for text in turns.chain(row.more.iter().flatten()) {
            let text = normal(text);
            let found = shipped.iter().find(|held| text.contains(held.as_str()));
            assert_eq!(found, None, "in {:?}", row.turns);
        }
    }
}

#[test]
fn what_is_held_out_is_refused_in_whatever_form() {
    let mut held_out = HeldOut::default();
    held_out
        .add("sentence\n\"It is raining, hard!\"\n")
        .expect("CSV");
    held_out
        .add("city,observation,weather,low,high\n北京,\"北京，晴，最低-3度\",晴,-3,4\n")
        .expect("CSV");
    assert_eq!(held_out.count(), (2, 1));
    let row = |text: &str, facts: [&str; 4]| Row {
        kind: Kind::Label,
        turns: vec![(Speaker::User, text.to_owned())],
        answer: String::new(),
        more: Vec::new(),
        copied: Vec::new(),
        facts: vec![facts.map(str::to_owned)],
    };
    let nothing = ["", "", "", ""];
    assert!(held_out.refuses(&row("label: IT IS RAINING HARD", nothing)));
    assert!(held_out.refuses(&row("资料：北京,晴,最低-3度。", nothing)));
    assert!(held_out.refuses(&row("any words", ["北京", "晴", "-3", "4"])));
    assert!(!held_out.refuses(&row("it is raining", ["北京", "晴", "-3", "5"])));
}

#[test]
fn every_name_in_a_grammar_is_a_rule_or_bound() {
    let corpus = Corpus::new(HeldOut::default());
    for row in rows(&corpus, 3, ROWS) {
        for (_, text) in row
            .turns
            .iter()
            .chain([&(Speaker::Assistant, row.answer.clone())])
        {
            assert!(!text.contains("?>"), "{text}");
        }
        for text in row.more.iter().flatten() {
            assert!(!text.contains("?>"), "{text}");
        }
    }
}

#[test]
fn answers_hold_what_the_facts_say() {
    let corpus = Corpus::new(HeldOut::default());
    let mut seen = BTreeSet::new();
    for row in rows(&corpus, 4, ROWS) {
        seen.insert(row.kind);
        let answer = &row.answer;
        match row.kind {
            Kind::Json | Kind::LabelJson => {
                let object: BTreeMap<String, serde_json::Value> =
                    serde_json::from_str(answer).expect(answer);
                assert!(object.contains_key("weather"));
                if let (Some(high), Some(low)) = (
                    object.get("high").and_then(serde_json::Value::as_f64),
                    object.get("low").and_then(serde_json::Value::as_f64),
                ) {
                    assert!(high > low, "{answer}");
                }
            }
            Kind::Both | Kind::All => {
                let [high, low] = if answer.contains("最高") {
                    ["最高", "最低"]
                } else {
                    ["high of", "low of"]
                };
                assert!(answer.contains(high) && answer.contains(low), "{answer}");
            }
            Kind::Plain => assert!(
                !answer.contains("最高") && !answer.contains("high of"),
                "{answer}"
            ),
            Kind::Label | Kind::LabelList | Kind::LabelSystem => {
                assert!(answer.chars().count() < 16, "{answer}");
            }
            _ => {}
        }
    }
    assert_eq!(seen.len(), 16, "{seen:?}");
}

/// The wordings are far more than a run sees: bound words count as one, and so do names and figures.
#[test]
fn wordings_are_many() {
    let corpus = Corpus::new(HeldOut::default());
    for grammar in [&corpus.zh, &corpus.en] {
        for rule in ["q.plain", "q.both", "q.all", "q.high", "q.low", "q.range"] {
            assert!(
                grammar.count(rule) > 3_000.0,
                "{rule}: {}",
                grammar.count(rule)
            );
        }
        for rule in ["sun", "rain", "cloud", "snow", "wind", "fog"] {
            assert!(
                grammar.count(rule) > 100_000.0,
                "{rule}: {}",
                grammar.count(rule)
            );
        }
    }
}

#[test]
fn rows_hardly_ever_repeat() {
    let corpus = Corpus::new(HeldOut::default());
    let rows = rows(&corpus, 5, ROWS);
    let distinct: HashSet<&str> = rows
        .iter()
        .filter_map(|row| row.turns.last())
        .map(|(_, text)| text.as_str())
        .collect();
    assert!(
        distinct.len() * 100 > ROWS * 93,
        "{} of {ROWS}",
        distinct.len()
    );
}
