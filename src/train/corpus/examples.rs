//! Sentences to label like the examples before them.

use crate::provider::embedded::tokenizer::Speaker;
use crate::train::corpus::chat::sentence;
use crate::train::corpus::condition::KINDS;
use crate::train::corpus::dice::Dice;
use crate::train::corpus::label::{word, words};
use crate::train::corpus::{Corpus, Kind, Row, Tongue};

/// Longer sentences are not taken as examples, in bytes.
const LONGEST: usize = 54;
/// Labels that mean nothing, so that their meaning is read from the examples.
const SIGNS: [&[&str]; 6] = [
    &["A", "B", "C", "D", "E", "F"],
    &["甲", "乙", "丙", "丁", "戊", "己"],
    &["1", "2", "3", "4", "5", "6"],
    &["a", "b", "c", "d", "e", "f"],
    &["红", "黄", "蓝", "绿", "白", "黑"],
    &["red", "blue", "green", "white", "black", "pink"],
];

/// How an example is written: before the sentence, between it and its label, behind the label.
struct Format {
    before: &'static str,
    between: &'static str,
    after: &'static str,
}

impl Format {
    fn new(tongue: Tongue, dice: &mut Dice) -> Self {
        let arrow = dice.word(&[
            " -> ",
            " -> ",
            " -> ",
            "->",
            " => ",
            "=>",
            " → ",
            "→",
            "：",
            ": ",
            " = ",
            "=",
            " | ",
            "\t",
            " - ",
            " --> ",
            "，答案是",
            " ~ ",
        ]);
        let pairs: &[(&str, &str)] = match tongue {
            Tongue::Zh => &[
                ("句子：", "\n标签："),
                ("输入：", "\n输出："),
                ("问：", "\n答："),
                ("文本：", "\n类别："),
                ("句子：", " 标签："),
                ("问：", "答："),
                ("例：", "\n天气："),
                ("Q：", "\nA："),
                ("“", "”："),
                ("- ", "："),
                ("输入：", "，输出："),
            ],
            Tongue::En => &[
                ("Sentence: ", "\nLabel: "),
                ("Input: ", "\nOutput: "),
                ("Q: ", "\nA: "),
                ("Text: ", "\nLabel: "),
                ("Text: ", " Label: "),
                ("Sentence: ", "\nWeather: "),
                ("- ", ": "),
                ("\"", "\": "),
                ("User: ", "\nAnswer: "),
                ("Q: ", " A: "),
            ],
        };
        match dice.pick(pairs) {
            Some((before, between)) if dice.percent(45) => {
                let after = if between.starts_with('\n') {
                    dice.word(&["\n", "\n\n", "\n\n"])
                } else {
                    "\n"
                };
                Self {
                    before,
                    between,
                    after,
                }
            }
            _ => Self {
                before: "",
                between: arrow,
                after: dice.word(&["\n", "\n", "\n", "\n", "；"]),
            },
        }
    }
}

/// Makes examples and a sentence to label like them.
pub(super) fn row(corpus: &Corpus, tongue: Tongue, dice: &mut Dice) -> Row {
    let usual = dice.percent(50);
    let signs = !usual && dice.percent(35);
    let tongue_of_labels = if dice.percent(10) {
        tongue.other()
    } else {
        tongue
    };
    let labels: [String; 6] = if usual {
        std::array::from_fn(|kind| word(tongue_of_labels, kind, 0).to_owned())
    } else if signs {
        let mut signs = SIGNS[dice.below(SIGNS.len())].to_vec();
        dice.shuffle(&mut signs);
        std::array::from_fn(|kind| signs[kind].to_owned())
    } else {
        words(tongue_of_labels, dice)
    };
    let kind = dice.below(KINDS.len());
    let count = 1 + dice.weighted(&[14, 30, 26, 16, 9, 5]);
    let mut shown: Vec<usize> = (0..KINDS.len()).collect();
    dice.shuffle(&mut shown);
    shown.truncate(count);
    // What a label means can be known only from an example, unless it is the usual word.
    if !(usual || shown.contains(&kind)) {
        let place = dice.below(shown.len());
        shown[place] = kind;
    }
    let examples: Vec<(String, &str)> = shown
        .into_iter()
        .map(|kind| (short(corpus, tongue, kind, dice), labels[kind].as_str()))
        .collect();
    let spoken = if dice.percent(8) {
        tongue.other()
    } else {
        tongue
    };
    let query = short(corpus, spoken, kind, dice);
    let turns = if dice.percent(18) {
        as_turns(corpus, tongue, &examples, query, dice)
    } else {
        vec![(
            Speaker::User,
            as_text(corpus, tongue, &examples, &query, dice),
        )]
    };
    Row {
        kind: Kind::LabelExamples,
        turns,
        answer: labels[kind].clone(),
        more: Vec::new(),
        copied: Vec::new(),
        facts: Vec::new(),
    }
}

fn short(corpus: &Corpus, tongue: Tongue, kind: usize, dice: &mut Dice) -> String {
    let mut text = sentence(corpus, tongue, kind, dice);
    while text.len() > LONGEST {
        text = sentence(corpus, tongue, kind, dice);
    }
    if dice.percent(50) {
        text.truncate(
            text.trim_end_matches(['。', '.', '！', '!', '…', '~'])
                .len(),
        );
    }
    text
}

fn as_text(
    corpus: &Corpus,
    tongue: Tongue,
    examples: &[(String, &str)],
    query: &str,
    dice: &mut Dice,
) -> String {
    let grammar = corpus.grammar(tongue);
    let Format {
        before,
        between,
        after,
    } = Format::new(tongue, dice);
    let mut text = String::new();
    if dice.percent(20) {
        text += &grammar.say("only.default", &[], dice);
        text += if tongue == Tongue::Zh { "。\n" } else { ".\n" };
    }
    let head = grammar.say("example.head", &[], dice);
    if !head.is_empty() {
        text += &head;
        text.push('\n');
    }
    for (sentence, label) in examples {
        text.extend([before, sentence, between, label, after]);
    }
    text += before;
    text += query;
    text += if dice.percent(85) {
        between.trim_end()
    } else {
        between
    };
    text
}

fn as_turns(
    corpus: &Corpus,
    tongue: Tongue,
    examples: &[(String, &str)],
    query: String,
    dice: &mut Dice,
) -> Vec<(Speaker, String)> {
    let mut turns = Vec::new();
    if dice.percent(40) {
        let rule = if dice.percent(70) {
            "system.default"
        } else {
            "system.neutral"
        };
        turns.push((Speaker::System, corpus.grammar(tongue).say(rule, &[], dice)));
    }
    for (sentence, label) in examples {
        turns.push((Speaker::User, sentence.clone()));
        turns.push((Speaker::Assistant, (*label).to_owned()));
    }
    turns.push((Speaker::User, query));
    turns
}
