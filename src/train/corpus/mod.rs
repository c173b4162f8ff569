//! What the model learns from: chats about weather notes, made up by seed, in Chinese and English.
//!
//! Everything is deterministic: a row is a function of its seed, an answer a function of what is asked and the facts, so
//! that greedy decoding is right or wrong and never a matter of taste. Wordings come from small grammars (`*.txt`, read by
//! `grammar.rs`); names and figures are made up, so that they can only be copied.
//!
//! It must not know how a model is trained, nor read a file.

mod chat;
mod condition;
mod dice;
mod examples;
mod facts;
mod figure;
mod grammar;
mod held_out;
mod label;
mod note;
mod place;
mod prompt;
mod question;
mod several;
#[cfg(test)]
mod tests;

use crate::provider::embedded::tokenizer::Speaker;

pub use dice::Dice;
pub use held_out::HeldOut;
pub use place::characters;

use grammar::Grammar;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Tongue {
    fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }
}

/// What a row trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The condition, in a sentence.
    Plain,
    /// Condition, highest and lowest.
    Both,
    /// Everything, because one sentence or details are asked for.
    All,
    /// The highest alone.
    High,
    /// The lowest alone.
    Low,
    /// From the lowest to the highest.
    Range,
    /// The condition and no other word.
    Bare,
    /// An object of four keys.
    Json,
    /// The facts are not there.
    Unknown,
    /// Not about weather.
    Other,
    /// A sentence, labelled because an instruction says so.
    Label,
    /// … with one of the words of a list.
    LabelList,
    /// … because a system message says so.
    LabelSystem,
    /// … like the examples.
    LabelExamples,
    /// … as an object.
    LabelJson,
    /// A bare sentence: a reply.
    Chat,
}

/// One chat.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it trains.
    pub kind: Kind,
    /// Who says what, up to the answer.
    pub turns: Vec<(Speaker, String)>,
    /// What the model is to say.
    pub answer: String,
    /// Further questions about the same notes, each with its answer.
    pub more: Vec<[String; 2]>,
    /// Names, figures and conditions: what is copied, and never becomes part of a merged token.
    pub copied: Vec<String>,
    /// Places with their condition, lowest and highest, for what is held out.
    pub facts: Vec<[String; 4]>,
}

/// The generator: grammars, read once.
#[derive(Debug)]
pub struct Corpus {
    zh: Grammar,
    en: Grammar,
    held_out: HeldOut,
}

impl Corpus {
    /// Reads the grammars; no row will hold what is held out.
    pub fn new(held_out: HeldOut) -> Self {
        Self {
            zh: Grammar::read(&[
                include_str!("facts_zh.txt"),
                include_str!("labels_zh.txt"),
                include_str!("sentences_zh.txt"),
            ]),
            en: Grammar::read(&[
                include_str!("facts_en.txt"),
                include_str!("labels_en.txt"),
                include_str!("sentences_en.txt"),
            ]),
            held_out,
        }
    }

    /// Makes the next row.
    pub fn row(&self, dice: &mut Dice) -> Row {
        loop {
            let row = self.any_row(dice);
            if !self.held_out.refuses(&row) {
                return row;
            }
        }
    }

    fn any_row(&self, dice: &mut Dice) -> Row {
        let tongue = if dice.percent(48) {
            Tongue::Zh
        } else {
            Tongue::En
        };
        match dice.weighted(&[32, 36, 22, 4, 6]) {
            0 => question::row(self, tongue, dice),
            1 => several::row(self, tongue, dice),
            2 => label::row(self, tongue, dice),
            3 => chat::reply(self, tongue, dice),
            _ => chat::other(self, tongue, dice),
        }
    }

    fn grammar(&self, tongue: Tongue) -> &Grammar {
        match tongue {
            Tongue::Zh => &self.zh,
            Tongue::En => &self.en,
        }
    }
}
