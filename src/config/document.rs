//! One TOML file → settings, each with its line.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::domain::{Place, nearest};

use crate::config::error::Problem;
use crate::config::keys::{Key, Meaning, dotted, meaning};
use crate::config::kind::{Kind, Value};
use crate::config::references;
use crate::config::source::{Layer, Source};

/// A value, where it belongs and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    pub path: Vec<String>,
    pub value: Value,
    pub source: Source,
}

/// Reads a TOML text; every mistake is reported.
pub(super) fn read(text: &str, file: &str, layer: Layer) -> (Vec<Setting>, Vec<Problem>) {
    let mut reader = Reader {
        text,
        file,
        layer,
        settings: Vec::new(),
        problems: Vec::new(),
    };
    // A BOM is no part of TOML's text, but editors of some systems write one.
    match DeTable::parse(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Ok(table) => reader.table(table.get_ref(), &[]),
        Err(error) => reader.syntax(&error),
    }
    (reader.settings, reader.problems)
}

struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    layer: Layer,
    settings: Vec<Setting>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, above: &[String]) {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let mut path = above.to_vec();
            path.push(name.get_ref().to_string());
            self.entry(path, name.span(), value.get_ref());
        }
    }

    fn entry(&mut self, mut path: Vec<String>, span: Range<usize>, value: &DeValue<'_>) {
        let at = self.source(&span);
        match (meaning(&path), value) {
            (Meaning::Value(key), value) => {
                // Names of headers do not tell capitals from small letters, so that layers must not either.
                if let (Kind::Header, Some(name)) = (key.kind, path.last_mut()) {
                    name.make_ascii_lowercase();
                }
                self.value(key, path, at, value);
            }
            (Meaning::Table, DeValue::Table(table)) => self.table(table, &path),
            (Meaning::Table, other) => self.problems.push(Problem::WrongValue {
                key: dotted(&path),
                at,
                found: format!("of type {}", other.type_str()),
                expected: "a table".to_owned(),
            }),
            (Meaning::Unknown(known), _) => self.unknown(&path, at, known),
        }
    }

    fn value(&mut self, key: &Key, path: Vec<String>, at: Source, value: &DeValue<'_>) {
        if let Some(expected) = references::secret(&path, value.as_str()) {
            let key = dotted(&path);
            self.problems
                .push(Problem::SecretInFile { key, at, expected });
            return;
        }
        match key.kind.read(value) {
            Ok(value) => self.settings.push(Setting {
                path,
                value,
                source: at,
            }),
            Err(found) => self.problems.push(Problem::WrongValue {
                key: dotted(&path),
                at,
                found,
                expected: key.kind.expected(),
            }),
        }
    }

    fn unknown(&mut self, path: &[String], at: Source, known: Vec<&'static str>) {
        let name = path.last().map_or("", String::as_str);
        let key = dotted(path);
        if references::is_secret_name(name) {
            self.problems.push(Problem::SecretInFile {
                key,
                at,
                expected: references::NAME_OF_KEY,
            });
            return;
        }
        let nearest = nearest(name, known.iter().copied().filter(|name| *name != "*"));
        self.problems.push(Problem::UnknownKey {
            key,
            at,
            nearest: nearest.map(str::to_owned),
            known,
        });
    }

    fn syntax(&mut self, error: &toml::de::Error) {
        // The error's own excerpt is left out: the line may hold a key.
        let start = error.span().map_or(0, |span| span.start);
        let (line, column) = position(self.text, start);
        let place = Place {
            file: self.file.to_owned(),
            line,
        };
        self.problems.push(Problem::Syntax {
            place,
            column,
            message: error.message().replace('\n', " "),
        });
    }

    fn source(&self, span: &Range<usize>) -> Source {
        Source::line(self.layer, self.file, position(self.text, span.start).0)
    }
}

/// Returns the line and column, from 1, of a byte; columns count characters.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let (_, problems) = read(text, "pw.toml", Layer::Workspace);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_know_their_lines() {
        let (settings, problems) = read(
            "# 设置\n[budget]\nrun = \"1.00\"\n\n[endpoints.x.headers]\nX-Team = \"a\"\n",
            "pw.toml",
            Layer::Workspace,
        );
        assert_eq!(problems, []);
        let lines: Vec<(String, String)> = settings
            .iter()
            .map(|setting| (dotted(&setting.path), setting.source.to_string()))
            .collect();
        let expected = [
            ("budget.run", "pw.toml:3"),
            ("endpoints.x.headers.x-team", "pw.toml:6"),
        ];
        assert_eq!(
            lines,
            expected.map(|(key, at)| (key.to_owned(), at.to_owned()))
        );
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        assert_eq!(
            problems(
                "[budget]\nrum = 1\n[defaults]\nconcurrency = \"many\"\nmax_tokens = 0\nbudget = {}\n[ledger]\npath = 3\n"
            ),
            [
                "unknown key `budget.rum` at `pw.toml:2`, did you mean `run`?",
                "`defaults.concurrency` at `pw.toml:4` is a string, expected a whole number from 1 to 4294967295",
                "`defaults.max_tokens` at `pw.toml:5` is `0`, expected a whole number from 1 to 4294967295",
                "unknown key `defaults.budget` at `pw.toml:6`, expected one of `model`, `concurrency`, `max_tokens`, `timeout`, `lang` and `color`",
                "`ledger.path` at `pw.toml:8` is an integer, expected a string",
            ]
        );
        assert_eq!(
            problems("budget = 3\n[prices.\"a/b\"]\ncurrency = \"yuan\""),
            [
                "`budget` at `pw.toml:1` is of type integer, expected a table",
                "`prices.\"a/b\".currency` at `pw.toml:3` is `yuan`, expected a currency of three capital letters, such as `CNY`",
            ]
        );
    }

    #[test]
    fn broken_toml_names_line_and_column_and_repeats_nothing() {
        let found = problems("[defaults]\nmodel = sk-canary-1234\n");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("`pw.toml:2:9` is not TOML: "),
            "{found:?}"
        );
        assert!(!found[0].contains("canary"), "{found:?}");
    }
}
