//! Sentences to label: by an instruction, a list of words, a system message or examples.

use crate::provider::embedded::tokenizer::Speaker;
use crate::train::corpus::chat::sentence;
use crate::train::corpus::condition::{KINDS, of_kind};
use crate::train::corpus::dice::Dice;
use crate::train::corpus::examples;
use crate::train::corpus::{Corpus, Kind, Row, Tongue};

/// Words for each kind of weather; the first is the label that is given where nothing else is asked for.
const WORDS_ZH: [&[&str]; 6] = [
    &["晴天", "晴", "晴朗", "晴好", "出太阳", "大晴天"],
    &["雨天", "雨", "下雨", "有雨", "下雨天"],
    &["阴天", "阴", "多云", "阴沉", "有云"],
    &["雪天", "雪", "下雪", "有雪", "下雪天"],
    &["大风", "风", "刮风", "有风", "风天", "大风天"],
    &["雾天", "雾", "大雾", "有雾", "起雾"],
];
const WORDS_EN: [&[&str]; 6] = [
    &["sunny", "sun", "clear", "fine", "sunshine"],
    &["rainy", "rain", "wet", "raining"],
    &["cloudy", "overcast", "clouds", "grey", "gray", "cloud"],
    &["snowy", "snow", "snowing"],
    &["windy", "wind", "gale", "stormy wind"],
    &["foggy", "fog", "misty", "mist"],
];

/// Returns the word of a kind; 0 is the usual one.
pub(super) fn word(tongue: Tongue, kind: usize, number: usize) -> &'static str {
    let words = match tongue {
        Tongue::Zh => WORDS_ZH[kind],
        Tongue::En => WORDS_EN[kind],
    };
    words[number % words.len()]
}

/// Words for the kinds, by kind: often the usual ones, else any.
pub(super) fn words(tongue: Tongue, dice: &mut Dice) -> [String; 6] {
    let usual = dice.percent(45);
    let capital = tongue == Tongue::En && dice.percent(15);
    let upper = tongue == Tongue::En && dice.percent(4);
    std::array::from_fn(|kind| {
        let number = if usual { 0 } else { dice.below(12) };
        let word = word(tongue, kind, number);
        match word.chars().next() {
            _ if upper => word.to_uppercase(),
            Some(first) if capital => first.to_uppercase().chain(word.chars().skip(1)).collect(),
            _ => word.to_owned(),
        }
    })
}

/// Makes a sentence to label.
pub(super) fn row(corpus: &Corpus, tongue: Tongue, dice: &mut Dice) -> Row {
    let kind = dice.below(KINDS.len());
    let spoken = if dice.percent(10) {
        tongue.other()
    } else {
        tongue
    };
    let style = dice.weighted(&[28, 32, 15, 25]);
    if style == 3 {
        return examples::row(corpus, tongue, dice);
    }
    let text = if dice.percent(6) {
        of_kind(spoken, kind, dice).to_owned()
    } else {
        sentence(corpus, spoken, kind, dice)
    };
    let json = dice.percent(11);
    let listed = style == 1 || (style == 2 && dice.percent(50));
    let (label, list) = if listed {
        let words = words(
            if dice.percent(10) {
                tongue.other()
            } else {
                tongue
            },
            dice,
        );
        list(tongue, &words, kind, dice)
    } else {
        (word(tongue, kind, 0).to_owned(), String::new())
    };
    let grammar = corpus.grammar(tongue);
    let rule = match (style, listed) {
        (2, true) => "system.list",
        (2, false) => "system.default",
        (_, true) => "only.list",
        (_, false) => "only.default",
    };
    let mut instruction = grammar.say(rule, &[("list", &list)], dice);
    if style == 0 {
        instruction += &grammar.say("only.suffix", &[], dice);
    }
    if tongue == Tongue::En && dice.percent(10) && !listed {
        instruction = instruction.to_lowercase();
    }
    if json {
        let comma = if tongue == Tongue::Zh { "，" } else { ". " };
        instruction = format!("{instruction}{comma}{}", grammar.say("as.json", &[], dice));
    }
    let turns = if style == 2 {
        let stop = match tongue {
            Tongue::Zh => dice.word(&["。", "", "。"]),
            Tongue::En => dice.word(&[".", "", "."]),
        };
        vec![(Speaker::System, instruction + stop), (Speaker::User, text)]
    } else {
        asked(corpus, tongue, &instruction, &text, dice)
    };
    Row {
        kind: match (json, style) {
            (true, _) => Kind::LabelJson,
            (_, 0) => Kind::Label,
            (_, 1) => Kind::LabelList,
            _ => Kind::LabelSystem,
        },
        turns,
        answer: if json {
            format!(r#"{{"weather": "{label}"}}"#)
        } else {
            label
        },
        more: Vec::new(),
        copied: Vec::new(),
        facts: Vec::new(),
    }
}

/// Puts the instruction before or behind the sentence.
fn asked(
    corpus: &Corpus,
    tongue: Tongue,
    instruction: &str,
    text: &str,
    dice: &mut Dice,
) -> Vec<(Speaker, String)> {
    let grammar = corpus.grammar(tongue);
    let (colon, question) = match tongue {
        Tongue::Zh => ("：", "？"),
        Tongue::En => (": ", "?"),
    };
    let lead = grammar.say("sentence.lead", &[], dice);
    let close = match lead.as_str() {
        "「" => "」",
        "“" => "”",
        "\"" => "\"",
        _ => "",
    };
    let text = format!("{lead}{text}{close}");
    let mut user = if dice.percent(62) {
        let between = match tongue {
            Tongue::Zh => dice.word(&["：", "：", "\n", "。\n", "。", "：\n", "？", "\n\n"]),
            Tongue::En => dice.word(&[": ", ": ", "\n", ".\n", ". ", ":\n", "? ", "\n\n"]),
        };
        let instruction = if between.starts_with(['：', ':', '？', '?']) {
            instruction.trim_end_matches([':', '：', '.', '。', '？'])
        } else {
            instruction
        };
        format!("{instruction}{between}{text}")
    } else {
        let between = dice.word(&["\n", "\n", "\n\n", " "]);
        let stop = dice.word(&["", "", colon.trim_end(), question]);
        format!("{text}{between}{instruction}{stop}")
    };
    let lead = grammar.say("answer.lead", &[], dice);
    if !lead.is_empty() && dice.percent(60) {
        user = format!("{user}\n{lead}");
    }
    let system = dice
        .percent(8)
        .then(|| (Speaker::System, grammar.say("system.neutral", &[], dice)));
    system.into_iter().chain([(Speaker::User, user)]).collect()
}

/// Lists some of the words in any order; returns the right one and the list.
fn list(tongue: Tongue, words: &[String; 6], kind: usize, dice: &mut Dice) -> (String, String) {
    let mut others: Vec<usize> = (0..words.len()).filter(|other| *other != kind).collect();
    dice.shuffle(&mut others);
    others.truncate(1 + dice.weighted(&[22, 18, 14, 12, 34]));
    let mut listed: Vec<&str> = others.iter().map(|other| words[*other].as_str()).collect();
    let else_ = match tongue {
        Tongue::Zh => dice.word(&["其他", "其它", "以上都不是", "不确定"]),
        Tongue::En => dice.word(&["other", "none", "something else", "unknown"]),
    };
    // A word for all the rest is right where the kind is not listed.
    let label = if dice.percent(6) && others.len() < 5 {
        listed.push(else_);
        else_
    } else {
        if dice.percent(8) {
            listed.push(else_);
        }
        listed.push(&words[kind]);
        &words[kind]
    };
    dice.shuffle(&mut listed);
    let label = label.to_owned();
    (label, joined(tongue, &listed, dice))
}

fn joined(tongue: Tongue, words: &[&str], dice: &mut Dice) -> String {
    let (open, close) = match (dice.below(12), tongue) {
        (0, Tongue::Zh) => ("“", "”"),
        (0 | 1, _) => ("\"", "\""),
        (2, Tongue::Zh) => ("「", "」"),
        _ => ("", ""),
    };
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("{open}{word}{close}"))
        .collect();
    let (between, last): (&str, &[&str]) = match tongue {
        Tongue::Zh => (
            dice.word(&["、", "、", "、", "，", "/", ",", "｜", " ", "或"]),
            &["或", "或者", "还是", "和"],
        ),
        Tongue::En => (
            dice.word(&[", ", ", ", ", ", "/", " / ", " | ", "; ", ","]),
            &[" or ", ", or ", " and "],
        ),
    };
    match words.split_last() {
        Some((end, rest)) if !rest.is_empty() && dice.percent(40) => {
            format!("{}{}{end}", rest.join(between), dice.word(last))
        }
        _ if dice.percent(5) => format!("[{}]", words.join(between)),
        _ => words.join(between),
    }
}
