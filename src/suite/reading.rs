//! Taking typed fields out of a tree; whatever does not fit becomes a flaw and reading goes on.

use serde_json::{Map, Value};

use crate::domain::{Place, nearest};
use crate::suite::tree::{Data, Entry, Node, map_value};
use crate::suite::{Flaw, FlawKind, known};

/// A text being read, its name for people, and the flaws found in it so far.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    /// The file, relative to the workspace.
    pub(super) file: &'a str,
    /// The text, from which numbers are taken as they were written.
    pub(super) text: &'a str,
    /// Lines of the file before the text: a line of a JSONL file is a text of its own.
    pub(super) lines_before: usize,
    /// What is wrong so far.
    pub(super) flaws: Vec<Flaw>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            file,
            text,
            lines_before: 0,
            flaws: Vec::new(),
        }
    }

    /// Returns the place of a line of the text.
    pub(super) fn place(&self, line: usize) -> Place {
        Place {
            file: self.file.to_owned(),
            line: self.lines_before + line,
        }
    }

    /// Notes a flaw.
    pub(super) fn flaw(&mut self, line: usize, kind: FlawKind) {
        let place = self.place(line);
        self.flaws.push(Flaw { place, kind });
    }

    /// Notes a value that is not what the key asks for.
    pub(super) fn unexpected(&mut self, entry: &Entry, expected: &str) {
        let kind = FlawKind::Value {
            key: entry.key.clone(),
            found: entry.node.words(),
            expected: expected.to_owned(),
        };
        self.flaw(entry.line, kind);
    }

    /// Notes a key that nobody reads here.
    pub(super) fn unknown(&mut self, entry: &Entry, owner: &'static str, names: &[&'static str]) {
        let key = entry.key.clone();
        let kind = if known::PROMPTFOO_KEYS.contains(&key.as_str()) {
            FlawKind::UnsupportedKey { key, owner }
        } else {
            FlawKind::UnknownKey {
                nearest: nearest_of(&key, names),
                key,
                owner,
            }
        };
        self.flaw(entry.line, kind);
    }

    /// Returns a node's text; numbers and truth values count as the text they were written as.
    pub(super) fn scalar_text(&self, node: &Node) -> Option<String> {
        match &node.data {
            Data::Text(text) => Some(text.clone()),
            Data::Number(number) => Some(
                node.written(self.text)
                    .map_or_else(|| number.to_string(), str::to_owned),
            ),
            Data::Bool(truth) => Some(
                node.written(self.text)
                    .map_or_else(|| truth.to_string(), str::to_owned),
            ),
            Data::Null | Data::List(_) | Data::Map(_) => None,
        }
    }

    /// Reads a text that is not blank.
    pub(super) fn text_of(&mut self, entry: &Entry) -> Option<String> {
        let text = self
            .scalar_text(&entry.node)
            .filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.unexpected(entry, "a text");
        }
        text
    }

    /// Reads a name: a text of one line, without blanks around it.
    pub(super) fn name_of(&mut self, entry: &Entry) -> Option<String> {
        let name = self.text_of(entry)?.trim().to_owned();
        if name.chars().any(char::is_control) {
            self.unexpected(entry, "a text of one line");
            return None;
        }
        Some(name)
    }

    /// Reads a number for which `fits` holds; `expected` says so in words.
    pub(super) fn number_of(
        &mut self,
        entry: &Entry,
        expected: &str,
        fits: fn(f64) -> bool,
    ) -> Option<f64> {
        let number = match &entry.node.data {
            Data::Number(number) => number.as_f64().filter(|number| fits(*number)),
            _ => None,
        };
        if number.is_none() {
            self.unexpected(entry, expected);
        }
        number
    }

    /// Reads `true` or `false`.
    pub(super) fn truth_of(&mut self, entry: &Entry) -> Option<bool> {
        if let Data::Bool(truth) = entry.node.data {
            return Some(truth);
        }
        self.unexpected(entry, "`true` or `false`");
        None
    }

    /// Returns the items of a list.
    pub(super) fn list_of<'n>(&mut self, entry: &'n Entry, expected: &str) -> &'n [Node] {
        if let Data::List(items) = &entry.node.data {
            return items;
        }
        self.unexpected(entry, expected);
        &[]
    }

    /// Returns the entries of a map.
    pub(super) fn entries_of<'n>(&mut self, entry: &'n Entry, expected: &str) -> &'n [Entry] {
        if let Data::Map(entries) = &entry.node.data {
            return entries;
        }
        self.unexpected(entry, expected);
        &[]
    }

    /// Reads a map of anything.
    pub(super) fn map_of(&mut self, entry: &Entry) -> Map<String, Value> {
        map_value(self.entries_of(entry, "a map"))
    }
}

/// Returns the known name that was probably meant.
pub(super) fn nearest_of(name: &str, names: &[&'static str]) -> Option<&'static str> {
    let near = nearest(name, names.iter().copied())?;
    names.iter().copied().find(|known| *known == near)
}
