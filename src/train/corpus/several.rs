//! Several questions about the notes of several places: whose facts are whose is learned from these.
//!
//! A row with one question teaches that with one word of its answer, and 21,000 steps of such rows left it a guess. Here one
//! reading of the notes serves a few answers, and the more places there are, the less guessing helps.

use crate::train::corpus::dice::Dice;
use crate::train::corpus::facts::{Facts, unknown};
use crate::train::corpus::note::{Layout, Writer};
use crate::train::corpus::place::place;
use crate::train::corpus::prompt::Asked;
use crate::train::corpus::question::{notes, today};
use crate::train::corpus::{Corpus, Kind, Row, Tongue};

/// What may be asked, and how often.
type Kinds = &'static [(Kind, usize)];

/// Of whole notes; objects are long and taught elsewhere.
const WHOLE: Kinds = &[
    (Kind::Plain, 34),
    (Kind::Both, 20),
    (Kind::All, 6),
    (Kind::High, 12),
    (Kind::Low, 12),
    (Kind::Range, 12),
    (Kind::Json, 4),
];
/// Of notes that tell the condition only: whose it is stands right before it, which is where looking it up begins.
const CONDITIONS: Kinds = &[(Kind::Plain, 85), (Kind::Bare, 15)];
/// Of notes that tell the temperatures only.
const FIGURES: Kinds = &[(Kind::High, 35), (Kind::Low, 35), (Kind::Range, 30)];
/// Questions about a place that no note names, of a hundred.
const STRANGERS: usize = 7;

/// Makes notes of two places or more and a few questions about them.
pub(super) fn row(corpus: &Corpus, tongue: Tongue, dice: &mut Dice) -> Row {
    let layout = Layout::new(dice);
    let kinds = [WHOLE, CONDITIONS, FIGURES][dice.weighted(&[50, 35, 15])];
    let places = 2 + dice.weighted(&[40, 30, 20, 10]);
    let mut all: Vec<Facts> = (0..places).map(|_| facts(kinds, tongue, dice)).collect();
    if matches!(layout, Layout::Json) {
        all.iter_mut().for_each(Facts::plain);
    }
    let writer = Writer {
        grammar: corpus.grammar(tongue),
        tongue,
        easy: true,
        day: None,
    };
    let notes = notes(&writer, &all, layout, false, dice);
    let mut copied: Vec<String> = all.iter().flat_map(Facts::copied).collect();
    let mut ask = |dice: &mut Dice| {
        let (asked, name, answer) = question(corpus, tongue, &all, kinds, dice);
        copied.push(name);
        (asked, answer)
    };
    let (first, answer) = ask(dice);
    let more = (0..=1 + dice.below(3)).map(|_| ask(dice));
    let more = more.map(|(asked, answer)| {
        let system = asked.system.map(|form| format!("{form}\n"));
        [system.unwrap_or_default() + &asked.question, answer]
    });
    let more = more.collect();
    copied.sort_by_key(|word| std::cmp::Reverse(word.len()));
    Row {
        kind: first.kind,
        turns: first.turns(notes, dice),
        answer,
        more,
        copied,
        facts: all.iter().map(Facts::key).collect(),
    }
}

/// Makes up the facts of a place, no more of them than is asked for.
fn facts(kinds: Kinds, tongue: Tongue, dice: &mut Dice) -> Facts {
    loop {
        let mut facts = Facts::new(tongue, dice);
        if kinds == CONDITIONS {
            facts.span = None;
        } else if kinds == FIGURES {
            facts.condition = None;
        }
        if facts.condition.is_some() || facts.span.is_some() {
            return facts;
        }
    }
}

/// Asks about one of the places, or about a stranger; returns the question, the name and the answer.
fn question<'c>(
    corpus: &'c Corpus,
    tongue: Tongue,
    all: &[Facts],
    kinds: Kinds,
    dice: &mut Dice,
) -> (Asked<'c>, String, String) {
    let known = dice.pick(all).filter(|_| !dice.percent(STRANGERS));
    let name = known.map_or_else(|| place(tongue, dice), |facts| facts.place.clone());
    let mut asked = Asked {
        grammar: corpus.grammar(tongue),
        tongue,
        easy: true,
        kind: kind(kinds, dice),
        question: String::new(),
        system: None,
    };
    let day = today(tongue);
    asked.ask(&name, day, false, dice);
    let answer = known.and_then(|facts| facts.answer(asked.kind, tongue, &name, day));
    let answer = answer.unwrap_or_else(|| {
        let answer = unknown(asked.kind, tongue, &name, day);
        asked.kind = Kind::Unknown;
        answer
    });
    (asked, name, answer)
}

fn kind(kinds: Kinds, dice: &mut Dice) -> Kind {
    let weights: Vec<usize> = kinds.iter().map(|(_, weight)| *weight).collect();
    kinds[dice.weighted(&weights)].0
}
