//! JSON as a tree with lines: `serde_json` says whether a text is JSON, and this finds where everything stands in it.

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::suite::FlawKind;
use crate::suite::tree::{Data, Entry, Node};

/// Levels that lists and maps may nest, as in `serde_json`.
const DEPTH: usize = 128;

type Flawed = (usize, FlawKind);

/// Reads JSON, strictly; doubled keys are refused.
///
/// Errors: the line within the text, and what is wrong.
pub(super) fn json(text: &str) -> Result<Node, Flawed> {
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| {
        // The parser's own position counts lines of the text, which may be one line of a file.
        let words = error.to_string();
        let cause = words.split(" at line ").next().unwrap_or(&words);
        syntax(
            error.line().max(1),
            format!("{cause}, at column {}", error.column()),
        )
    })?;
    let mut cursor = Cursor {
        text,
        at: 0,
        line: 1,
    };
    cursor.node(0)
}

fn syntax(line: usize, cause: String) -> Flawed {
    let format = "JSON";
    (line, FlawKind::Syntax { format, cause })
}

/// Walks over a text that is known to be JSON.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Steps over blanks and returns the first character after them.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let blanks = &rest[..rest.len() - trimmed.len()];
        self.line += blanks.matches('\n').count();
        self.at += blanks.len();
        trimmed.chars().next()
    }

    /// Steps over a punctuation mark if it comes next.
    fn eat(&mut self, mark: char) -> bool {
        let found = self.peek() == Some(mark);
        self.at += usize::from(found);
        found
    }

    fn node(&mut self, depth: usize) -> Result<Node, Flawed> {
        let first = self.peek();
        let (line, start) = (self.line, self.at);
        if depth > DEPTH {
            return Err(syntax(line, format!("nested deeper than {DEPTH} levels")));
        }
        let data = match first {
            Some('{') => self.map(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Data::Text(self.string()?),
            _ => self.literal()?,
        };
        Ok(Node::new(line, (start, self.at - start), data))
    }

    fn list(&mut self, depth: usize) -> Result<Data, Flawed> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.eat(']') {
            items.push(self.node(depth + 1)?);
            self.eat(',');
        }
        Ok(Data::List(items))
    }

    fn map(&mut self, depth: usize) -> Result<Data, Flawed> {
        self.at += 1;
        let mut entries: Vec<Entry> = Vec::new();
        while !self.eat('}') {
            self.peek();
            let line = self.line;
            let key = self.string()?;
            self.eat(':');
            entries.push(Entry {
                key,
                line,
                node: self.node(depth + 1)?,
            });
            self.eat(',');
        }
        let mut keys: Vec<(&str, usize)> = entries
            .iter()
            .map(|entry| (entry.key.as_str(), entry.line))
            .collect();
        keys.sort_unstable();
        match keys.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(syntax(
                pair[1].1,
                format!("key `{}` is given twice", pair[1].0),
            )),
            None => Ok(Data::Map(entries)),
        }
    }

    /// Reads a text, quotes and escapes included.
    fn string(&mut self) -> Result<String, Flawed> {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let length = end.map_or(rest.len(), |end| end + 2);
        self.parsed(length)
    }

    /// Reads a number, `true`, `false` or `null`.
    fn literal(&mut self) -> Result<Data, Flawed> {
        let rest = self.rest();
        let length = rest
            .find([',', ']', '}', ' ', '\t', '\r', '\n'])
            .unwrap_or(rest.len());
        Ok(match self.parsed(length)? {
            Value::Bool(truth) => Data::Bool(truth),
            Value::Number(number) => Data::Number(number),
            _ => Data::Null,
        })
    }

    fn parsed<T: serde::de::DeserializeOwned>(&mut self, length: usize) -> Result<T, Flawed> {
        let piece = self.rest().get(..length).unwrap_or_default();
        // Errors here are numbers out of range: everything else was seen by the first reading.
        let value = serde_json::from_str(piece);
        self.at += length;
        value.map_err(|error| {
            let words = error.to_string();
            syntax(
                self.line,
                words.split(" at line ").next().unwrap_or(&words).to_owned(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_knows_its_line_and_spelling() {
        let text = "\n{\"a\": [1.50,\n \"x\\\"\\n\"],\r\n\"b\"\n:\n{}, \"c\": true}";
        let node = json(text).expect("JSON");
        let Data::Map(entries) = &node.data else {
            panic!("a map")
        };
        let lines: Vec<(usize, usize)> = entries
            .iter()
            .map(|entry| (entry.line, entry.node.line))
            .collect();
        assert_eq!((node.line, lines), (2, vec![(2, 2), (4, 6), (6, 6)]));
        let Data::List(items) = &entries[0].node.data else {
            panic!("a list")
        };
        assert_eq!((items[0].written(text), items[1].line), (Some("1.50"), 3));
        assert_eq!(entries[2].node.written(text), Some("true"));
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(json(&deep(100)).is_ok());
        let cause = "nested deeper than 128 levels".to_owned();
        assert_eq!(
            json(&deep(200_000)).err(),
            Some((
                1,
                FlawKind::Syntax {
                    format: "JSON",
                    cause
                }
            ))
        );
    }
}
