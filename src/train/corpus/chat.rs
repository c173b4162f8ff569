//! What is neither a question about facts nor a task: a bare sentence, and anything that is not weather.

use crate::provider::embedded::tokenizer::Speaker;
use crate::train::corpus::condition::KINDS;
use crate::train::corpus::dice::Dice;
use crate::train::corpus::question::other as only_weather;
use crate::train::corpus::{Corpus, Kind, Row, Tongue};

/// Makes a sentence about the weather as a person says it, and a reply.
pub(super) fn reply(corpus: &Corpus, tongue: Tongue, dice: &mut Dice) -> Row {
    let kind = dice.below(KINDS.len());
    let sentence = sentence(corpus, tongue, kind, dice);
    let reply = corpus
        .grammar(tongue)
        .say(&format!("reply.{}", KINDS[kind]), &[], dice);
    row(corpus, tongue, Kind::Chat, sentence, reply, dice)
}

/// Makes a question about something else.
pub(super) fn other(corpus: &Corpus, tongue: Tongue, dice: &mut Dice) -> Row {
    let question = corpus.grammar(tongue).say("other", &[], dice);
    row(
        corpus,
        tongue,
        Kind::Other,
        question,
        only_weather(tongue).to_owned(),
        dice,
    )
}

/// Makes a sentence that describes a kind of weather.
pub(super) fn sentence(corpus: &Corpus, tongue: Tongue, kind: usize, dice: &mut Dice) -> String {
    let sentence = corpus.grammar(tongue).say(KINDS[kind], &[], dice);
    if tongue == Tongue::Zh || dice.percent(12) {
        return sentence;
    }
    let mut letters = sentence.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let sentence: String = first.chain(letters.as_str().chars()).collect();
    match dice.below(20) {
        0 => sentence.to_uppercase(),
        1 => sentence.replace('\'', "’"),
        _ => sentence,
    }
}

fn row(
    corpus: &Corpus,
    tongue: Tongue,
    kind: Kind,
    said: String,
    answer: String,
    dice: &mut Dice,
) -> Row {
    let system = dice
        .percent(10)
        .then(|| corpus.grammar(tongue).say("system.neutral", &[], dice));
    let system = system.map(|system| (Speaker::System, system));
    Row {
        kind,
        turns: system.into_iter().chain([(Speaker::User, said)]).collect(),
        answer,
        more: Vec::new(),
        copied: Vec::new(),
        facts: Vec::new(),
    }
}
