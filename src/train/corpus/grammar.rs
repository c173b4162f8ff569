//! A small grammar of wordings, so that a few hundred lines of text are some billions of prompts.
//!
//! A file holds rules: `name =` begins one (with its one alternative behind it, or with an indented line for each). In an
//! alternative `[a|b|]` is one of these (the last is empty; they nest), `<name>` a rule or a bound word, `\n` a new line
//! and `\s` a space where one would be trimmed. All alternatives of a choice are equally likely: repeat one to favour it.

use std::collections::BTreeMap;

use crate::train::corpus::dice::Dice;

/// Rules by name.
#[derive(Debug, Default)]
pub(super) struct Grammar {
    rules: BTreeMap<String, Vec<Vec<Part>>>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Name(String),
    Choice(Vec<Vec<Part>>),
}

/// Words bound from outside, by name.
pub(super) type Bound<'b> = &'b [(&'b str, &'b str)];

impl Grammar {
    /// Reads rules; of two rules with one name, the later counts.
    pub(super) fn read(texts: &[&str]) -> Self {
        let mut grammar = Self::default();
        let mut name = String::new();
        let lines = texts.iter().flat_map(|text| text.lines());
        for line in lines.filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let mut alternative = line.strip_prefix("  ");
            if alternative.is_none()
                && let Some((head, rest)) = line.split_once(" =")
            {
                head.clone_into(&mut name);
                grammar.rules.insert(name.clone(), Vec::new());
                alternative = Some(rest.trim()).filter(|rest| !rest.is_empty());
            }
            if let (Some(text), Some(rule)) = (alternative, grammar.rules.get_mut(&name)) {
                rule.push(Reader::new(text).sequence(false));
            }
        }
        grammar
    }

    /// Returns one wording of a rule; a name that is neither bound nor a rule says so in the text, and a test finds it.
    pub(super) fn say(&self, rule: &str, bound: Bound, dice: &mut Dice) -> String {
        let mut text = String::new();
        self.name(rule, bound, dice, &mut text);
        text
    }

    fn name(&self, name: &str, bound: Bound, dice: &mut Dice, text: &mut String) {
        if let Some((_, word)) = bound.iter().find(|(key, _)| *key == name) {
            text.push_str(word);
        } else if let Some(rule) = self.rules.get(name) {
            self.one_of(rule, bound, dice, text);
        } else if let Some(number) = number(name, dice) {
            text.push_str(&number.to_string());
        } else {
            text.extend(["<", name, "?>"]);
        }
    }

    fn one_of(&self, choice: &[Vec<Part>], bound: Bound, dice: &mut Dice, text: &mut String) {
        let Some(parts) = dice.pick(choice) else {
            return;
        };
        for part in parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Name(name) => self.name(name, bound, dice, text),
                Part::Choice(choice) => self.one_of(choice, bound, dice, text),
            }
        }
    }

    /// Counts the ways through a rule; bound words count as one.
    #[cfg(test)]
    pub(super) fn count(&self, rule: &str) -> f64 {
        self.rules.get(rule).map_or(1.0, |rule| {
            rule.iter().map(|parts| self.product(parts)).sum()
        })
    }

    #[cfg(test)]
    fn product(&self, parts: &[Part]) -> f64 {
        parts
            .iter()
            .map(|part| match part {
                Part::Text(_) => 1.0,
                Part::Name(name) => self.count(name),
                Part::Choice(choice) => choice.iter().map(|parts| self.product(parts)).sum(),
            })
            .product()
    }
}

/// Numbers in the noise around the facts.
fn number(name: &str, dice: &mut Dice) -> Option<usize> {
    let (least, most) = match name {
        "n.one" => (1, 9),
        "n.two" => (10, 59),
        "n.three" => (100, 999),
        "n.percent" => (5, 99),
        "n.month" => (1, 12),
        "n.day" => (1, 31),
        "n.hour" => (5, 7),
        _ => return None,
    };
    Some(least + dice.below(most - least + 1))
}

/// Reads one alternative.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn new(rest: &'t str) -> Self {
        Self { rest }
    }

    /// Reads up to the end, or inside brackets up to `|` or `]`.
    fn sequence(&mut self, inside: bool) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut text = String::new();
        while let Some(next) = self.rest.chars().next() {
            if inside && (next == '|' || next == ']') {
                break;
            }
            self.rest = &self.rest[next.len_utf8()..];
            let part = match next {
                '[' => Some(Part::Choice(self.choice())),
                '<' => self.name().map(Part::Name),
                _ => None,
            };
            match part {
                Some(part) => {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(part);
                }
                None if next == '\\' => text.push(self.escaped()),
                None => text.push(next),
            }
        }
        parts.push(Part::Text(text));
        parts
    }

    fn choice(&mut self) -> Vec<Vec<Part>> {
        let mut alternatives = vec![self.sequence(true)];
        while let Some(rest) = self.rest.strip_prefix('|') {
            self.rest = rest;
            alternatives.push(self.sequence(true));
        }
        self.rest = self.rest.strip_prefix(']').unwrap_or(self.rest);
        alternatives
    }

    fn name(&mut self) -> Option<String> {
        let (name, rest) = self.rest.split_once('>')?;
        let named = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '_';
        if name.is_empty() || !name.chars().all(named) {
            return None;
        }
        self.rest = rest;
        Some(name.to_owned())
    }

    fn escaped(&mut self) -> char {
        let next = self.rest.chars().next().unwrap_or('\\');
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or("");
        match next {
            'n' => '\n',
            's' => ' ',
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alternative_is_chosen_and_names_are_filled_in() {
        let grammar = Grammar::read(&["# words\na = [x|y[1|2]|]-<b>-<c>\nb =\n  one\n  two\\n\n"]);
        assert!(
            (grammar.count("a") - 8.0).abs() < 1e-9,
            "{}",
            grammar.count("a")
        );
        let mut dice = Dice::new(1);
        let said: std::collections::BTreeSet<String> = (0..200)
            .map(|_| grammar.say("a", &[("c", "C")], &mut dice))
            .collect();
        let starts = ["x", "y1", "y2", ""];
        let expected = starts
            .iter()
            .flat_map(|start| ["one", "two\n"].map(|b| format!("{start}-{b}-C")));
        assert_eq!(said, expected.collect());
    }

    #[test]
    fn an_unknown_name_shows() {
        let grammar = Grammar::read(&["a = <nobody> < b"]);
        assert_eq!(grammar.say("a", &[], &mut Dice::new(1)), "<nobody?> < b");
    }
}
