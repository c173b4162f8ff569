//! Questions about facts, with the notes they can be answered from, or cannot.

use crate::train::corpus::dice::Dice;
use crate::train::corpus::facts::{Facts, unknown};
use crate::train::corpus::note::{Layout, Writer};
use crate::train::corpus::place::place;
use crate::train::corpus::prompt::Asked;
use crate::train::corpus::{Corpus, Kind, Row, Tongue};

/// What may be asked, and how often.
const KINDS: [(Kind, usize); 9] = [
    (Kind::Plain, 17),
    (Kind::Both, 24),
    (Kind::All, 14),
    (Kind::High, 11),
    (Kind::Low, 11),
    (Kind::Range, 10),
    (Kind::Bare, 5),
    (Kind::Json, 13),
    (Kind::Other, 3),
];

/// What is known of the place that is asked about.
#[derive(PartialEq, Eq)]
enum Known {
    /// Its facts are there.
    Given,
    /// Only those of other places are.
    Elsewhere,
    /// Those of another day are.
    OtherDay,
    /// Nothing is.
    Nothing,
}

/// Makes a question and its answer.
pub(super) fn row(corpus: &Corpus, tongue: Tongue, dice: &mut Dice) -> Row {
    let grammar = corpus.grammar(tongue);
    let kind = KINDS[dice.weighted(&KINDS.map(|(_, weight)| weight))].0;
    // What people mostly ask is plain; the rest is there so that nothing is too much for it.
    let easy = dice.percent(65);
    let known = match dice.below(100) {
        0..=3 => Known::Nothing,
        4..=8 => Known::Elsewhere,
        9 => Known::OtherDay,
        _ => Known::Given,
    };
    let day = day(tongue, &known, dice);
    let places = match known {
        Known::Nothing => 0,
        _ if easy => 1 + dice.weighted(&[70, 30]),
        _ => 1 + dice.weighted(&[35, 50, 15]),
    };
    let layout = Layout::new(dice);
    let mut all: Vec<Facts> = (0..places).map(|_| Facts::new(tongue, dice)).collect();
    if matches!(layout, Layout::Json) {
        all.iter_mut().for_each(Facts::plain);
    }
    let subject = all
        .get(dice.below(all.len()))
        .filter(|_| known != Known::Elsewhere)
        .cloned();
    let named = subject.is_none() || places > 1 || kind == Kind::Other || !dice.percent(7);
    let mut name = match &subject {
        Some(facts) => facts.place.clone(),
        None => place(tongue, dice),
    };
    if tongue == Tongue::Zh && named && dice.percent(4) {
        name.push('市');
    }
    let mut asked = Asked {
        grammar,
        tongue,
        easy,
        kind,
        question: String::new(),
        system: None,
    };
    let plain_only = !named;
    asked.ask(&name, day, plain_only, dice);
    let spoken = if asked.question.contains(day) {
        day
    } else {
        today(tongue)
    };
    // Where the question names no place, its answer names the note's.
    let kind = asked.kind;
    let answer = match &subject {
        _ if kind == Kind::Other => other(tongue).to_owned(),
        Some(facts) if known == Known::Given => facts
            .answer(kind, tongue, &name, spoken)
            .unwrap_or_else(|| unknown(kind, tongue, &name, spoken)),
        _ => unknown(kind, tongue, &name, spoken),
    };
    let is_unknown = answer == unknown(kind, tongue, &name, spoken);
    let writer = Writer {
        grammar,
        tongue,
        easy,
        day: (known == Known::Given && spoken != today(tongue)).then_some(spoken),
    };
    let notes = notes(&writer, &all, layout, known == Known::OtherDay, dice);
    let mut row = Row {
        kind: if is_unknown { Kind::Unknown } else { kind },
        turns: asked.turns(notes, dice),
        answer,
        more: Vec::new(),
        copied: all.iter().flat_map(Facts::copied).chain([name]).collect(),
        facts: all.iter().map(Facts::key).collect(),
    };
    // The longest first: a name may hold another.
    row.copied.sort_by_key(|word| std::cmp::Reverse(word.len()));
    row
}

/// What is answered about anything else.
pub(super) fn other(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::Zh => "我只懂天气。",
        Tongue::En => "I only know about the weather.",
    }
}

/// Says "today".
pub(super) fn today(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::Zh => "今天",
        Tongue::En => "today",
    }
}

/// Picks the day that is asked about; what is known of another day is of today.
fn day(tongue: Tongue, known: &Known, dice: &mut Dice) -> &'static str {
    let another = *known == Known::OtherDay || dice.percent(10);
    match tongue {
        Tongue::Zh if another => {
            dice.word(&["明天", "明天", "后天", "今晚", "昨天", "周六", "周日"])
        }
        Tongue::En if another => dice.word(&[
            "tomorrow",
            "tomorrow",
            "tonight",
            "on Sunday",
            "on Monday",
            "this weekend",
        ]),
        Tongue::Zh if dice.percent(8) => "今日",
        _ => today(tongue),
    }
}

/// Writes the notes, with what leads to them.
pub(super) fn notes(
    writer: &Writer,
    all: &[Facts],
    layout: Layout,
    dated: bool,
    dice: &mut Dice,
) -> String {
    if all.is_empty() {
        return String::new();
    }
    let between = match writer.tongue {
        Tongue::Zh => dice.word(&["\n", "\n", "；", "。", "\n\n", "。\n", " "]),
        Tongue::En => dice.word(&["\n", "\n", "; ", ". ", "\n\n", ".\n", " | "]),
    };
    let notes: Vec<String> = all
        .iter()
        .map(|facts| {
            let note = writer.note(facts, layout, dice);
            match writer.tongue {
                _ if !dated => note,
                Tongue::Zh => format!("今天{}", note.replace("今天", "").replace("今日", "")),
                Tongue::En => format!(
                    "Today: {}",
                    note.replace(" today", "")
                        .replace("Today ", "")
                        .replace("Today: ", "")
                ),
            }
        })
        .collect();
    let mut text = if matches!(layout, Layout::Json) && (notes.len() > 1 && dice.percent(50)) {
        format!("[{}]", notes.join(dice.word(&[",", ", ", ",\n"])))
    } else {
        notes.join(between)
    };
    if dice.percent(if writer.easy { 35 } else { 60 }) {
        text = format!("{}{text}", writer.grammar.say("note.lead", &[], dice));
    }
    if dice.percent(60) && !text.ends_with(['}', '|', ']']) {
        text.push_str(if writer.tongue == Tongue::Zh {
            "。"
        } else {
            "."
        });
    }
    text
}
