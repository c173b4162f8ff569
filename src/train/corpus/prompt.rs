//! A question in words, and a prompt of it with its notes and instructions.

use crate::provider::embedded::tokenizer::Speaker;
use crate::train::corpus::dice::Dice;
use crate::train::corpus::grammar::Grammar;
use crate::train::corpus::{Kind, Tongue};

/// A prompt being put together.
pub(super) struct Asked<'g> {
    pub(super) grammar: &'g Grammar,
    pub(super) tongue: Tongue,
    /// Without anything beside notes and question.
    pub(super) easy: bool,
    /// What is asked; a question that names no place may turn it into a plain one.
    pub(super) kind: Kind,
    /// In words, once asked.
    pub(super) question: String,
    /// What the system message says about the form.
    pub(super) system: Option<String>,
}

impl Asked<'_> {
    /// Words the question and where its form is asked for.
    pub(super) fn ask(&mut self, place: &str, day: &str, placeless: bool, dice: &mut Dice) {
        let mut rule = match self.kind {
            Kind::Plain => "q.plain",
            Kind::Both => "q.both",
            Kind::All => "q.all",
            Kind::High => "q.high",
            Kind::Low => "q.low",
            Kind::Range => "q.range",
            Kind::Bare => "q.bare",
            Kind::Other => "q.other",
            _ => dice.word(&["q.plain", "q.plain", "q.plain", "q.both", "q.all"]),
        };
        if placeless {
            rule = "q.plain.noplace";
            if !matches!(self.kind, Kind::Json | Kind::All | Kind::Bare) {
                self.kind = Kind::Plain;
            }
        }
        let form = match self.kind {
            Kind::Json => Some("as.json"),
            Kind::All if placeless || dice.percent(15) => Some("one"),
            Kind::Bare if placeless || dice.percent(25) => Some("only.word"),
            _ => None,
        };
        if form.is_some() && self.kind != Kind::Json {
            rule = if placeless {
                "q.plain.noplace"
            } else {
                "q.plain"
            };
        }
        let bound = [("place", place), ("day", day)];
        self.question = self.grammar.say(rule, &bound, dice);
        if self.tongue == Tongue::En && dice.percent(12) {
            self.question = self
                .question
                .to_lowercase()
                .replace(&place.to_lowercase(), place)
                .replace(&day.to_lowercase(), day);
        }
        if let Some(form) = form {
            let form = self.grammar.say(form, &bound, dice);
            match dice.below(10) {
                0 | 1 => self.system = Some(form + self.stop()),
                2..=4 => {
                    let between = self.between(dice);
                    self.question = format!("{form}{between}{}", self.question);
                }
                _ => {
                    let between = self.between(dice);
                    let question = self.question.trim_end_matches(['。', '，']);
                    self.question = format!("{question}{between}{form}");
                    if dice.percent(40) {
                        self.question.push_str(self.stop());
                    }
                }
            }
        }
    }

    fn stop(&self) -> &'static str {
        match self.tongue {
            Tongue::Zh => "。",
            Tongue::En => ".",
        }
    }

    fn between(&self, dice: &mut Dice) -> &'static str {
        match self.tongue {
            Tongue::Zh => dice.word(&["，", "，", "，", "。", "。", "\n", "：", "；", " "]),
            Tongue::En => dice.word(&[". ", ", ", ". ", "\n", ": ", "; ", " ", " - "]),
        }
    }

    /// Puts notes, question and instructions into messages.
    pub(super) fn turns(self, notes: String, dice: &mut Dice) -> Vec<(Speaker, String)> {
        let mut question = self.question.clone();
        if !self.easy && dice.percent(14) {
            let tail = self.grammar.say("tail", &[], dice);
            let between = if dice.percent(50) { "\n" } else { self.stop() };
            question = match self.tongue {
                Tongue::Zh => format!("{}{between}{tail}", question.trim_end_matches('。')),
                Tongue::En => format!("{}{between} {tail}", question.trim_end_matches('.')),
            };
        }
        let mut system = self.system.clone();
        if system.is_none() && dice.percent(if self.easy { 8 } else { 25 }) {
            system = Some(self.grammar.say("system.neutral", &[], dice));
        }
        let user = if notes.is_empty() {
            question
        } else if !self.easy && dice.percent(14) {
            system = Some(match system {
                Some(system) => format!("{system}\n{notes}"),
                None => notes,
            });
            question
        } else if dice.percent(78) {
            let closed = notes.ends_with(['。', '.', '}', '|', ']']);
            let between = match self.tongue {
                Tongue::Zh if closed => dice.word(&["\n", "\n", "\n\n", "", " ", "\n问题："]),
                Tongue::En if closed => dice.word(&["\n", "\n", "\n\n", " ", " ", "\nQuestion: "]),
                Tongue::Zh => dice.word(&["\n", "\n", "\n\n", "。", "；", "\n问题：", "，"]),
                Tongue::En => dice.word(&["\n", "\n", "\n\n", ". ", "; ", "\nQuestion: "]),
            };
            format!("{notes}{between}{question}")
        } else {
            let between = match self.tongue {
                Tongue::Zh => dice.word(&["\n", "\n", "\n\n", " ", "。", "\n\n", "：", "，"]),
                Tongue::En => dice.word(&["\n", "\n", "\n\n", " ", " ", "; ", ": "]),
            };
            format!("{question}{between}{notes}")
        };
        let system = system.map(|system| (Speaker::System, system));
        system.into_iter().chain([(Speaker::User, user)]).collect()
    }
}
