//! `compare.toml` as text → its values, each with its line.

use std::collections::BTreeMap;
use std::ops::Range as Span;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use crate::domain::{Place, nearest};
use crate::economics::curve::Point;
use crate::economics::dist::Dist;
use crate::economics::inputs::dist_table::{self, Field, Read};
use crate::economics::inputs::error::Flaw;
use crate::economics::inputs::words::{self, WORDS, Word, WordKind};
use crate::economics::keys::{self, Key};

/// A value that was given.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    Number(f64),
    Unsure(Dist),
    Text(String),
    Day(Date),
    Switch(bool),
    Whole(u64),
    Points(Vec<Point>),
}

/// Everything a file gives, by key, with the line.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) given: BTreeMap<String, (usize, Given)>,
    pub(super) flaws: Vec<Flaw>,
}

/// Reads a file; every mistake is kept.
pub(super) fn read(text: &str, file: &str) -> Document {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        text,
        file,
        document: Document::default(),
    };
    match DeTable::parse(text) {
        Ok(table) => reader.table(table.get_ref(), ""),
        Err(error) => reader.syntax(&error),
    }
    reader.document
}

struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    document: Document,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, above: &str) {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let key = if above.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{above}.{}", name.get_ref())
            };
            self.entry(&key, name.span(), value.get_ref());
        }
    }

    fn entry(&mut self, key: &str, span: Span<usize>, value: &DeValue<'_>) {
        let place = self.place(&span);
        let read = if let Some(number) = keys::find(key) {
            number_of(number, value)
        } else if let Some(word) = words::find(key) {
            word_of(word, value)
        } else if is_table(key) {
            match value {
                DeValue::Table(table) => return self.table(table, key),
                other => Err((with_article(other.type_str()), "a table".to_owned())),
            }
        } else {
            return self.unknown(key, place);
        };
        match read {
            Ok(given) => {
                let line = place.line;
                self.document.given.insert(key.to_owned(), (line, given));
            }
            Err((found, expected)) => self.document.flaws.push(Flaw::Wrong {
                key: key.to_owned(),
                place,
                found,
                expected,
            }),
        }
    }

    fn unknown(&mut self, key: &str, place: Place) {
        let (above, name) = key.rsplit_once('.').unwrap_or(("", key));
        let known = names_in(above);
        let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        self.document.flaws.push(Flaw::Unknown {
            key: key.to_owned(),
            place,
            nearest: near,
            known,
        });
    }

    fn syntax(&mut self, error: &toml::de::Error) {
        let start = error.span().map_or(0, |span| span.start);
        let before = self.text.get(..start).unwrap_or(self.text);
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let place = self.place(&(start..start));
        self.document.flaws.push(Flaw::Syntax {
            place,
            column,
            message: error.message().replace('\n', " "),
        });
    }

    fn place(&self, span: &Span<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        Place {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
        }
    }
}

type Misfit = (String, String);

fn number_of(key: &Key, value: &DeValue<'_>) -> Result<Given, Misfit> {
    let range = &key.range;
    let number = match value {
        DeValue::Table(table) => match dist_table::read(&fields(table), range)? {
            Read::Unsure(dist) => return Ok(Given::Unsure(dist)),
            Read::Fixed(number) => number,
        },
        other => number(other).ok_or_else(|| {
            (
                with_article(other.type_str()),
                format!("{}, or a table with `dist`", range.expected),
            )
        })?,
    };
    let inside = (range.low..=range.high).contains(&number);
    if inside && (!range.whole || number.fract() == 0.0) {
        // TOML knows a negative zero.
        return Ok(Given::Number(number + 0.0));
    }
    Err((format!("`{number}`"), range.expected.to_owned()))
}

fn word_of(word: &Word, value: &DeValue<'_>) -> Result<Given, Misfit> {
    let wrong = |expected: String| match value {
        DeValue::String(text) => (format!("`{text}`"), expected),
        DeValue::Integer(number) => (format!("`{number}`"), expected),
        other => (with_article(other.type_str()), expected),
    };
    let read = match (word.kind, value) {
        (WordKind::Text, DeValue::String(text)) => Some(Given::Text(text.to_string())),
        (WordKind::Choice(words), DeValue::String(text)) if words.contains(&text.as_ref()) => {
            Some(Given::Text(text.to_string()))
        }
        (WordKind::Switch, DeValue::Boolean(on)) => Some(Given::Switch(*on)),
        (WordKind::Day, DeValue::Datetime(day)) => day.to_string().parse().ok().map(Given::Day),
        (WordKind::Day, DeValue::String(day)) => day.parse().ok().map(Given::Day),
        (WordKind::Whole(low, high), DeValue::Integer(number)) => number
            .as_str()
            .parse()
            .ok()
            .filter(|number| (low..=high).contains(number))
            .map(Given::Whole),
        (WordKind::Points, DeValue::Array(rows)) => Some(Given::Points(
            rows.iter()
                .map(|row| point(row.get_ref()))
                .collect::<Result<_, _>>()?,
        )),
        _ => None,
    };
    read.ok_or_else(|| {
        wrong(match word.kind {
            WordKind::Text => "a string".to_owned(),
            WordKind::Day => "a day such as 2026-11-24".to_owned(),
            WordKind::Switch => "true or false".to_owned(),
            WordKind::Choice(words) => {
                format!("one of {}", crate::domain::and_list(words, words.len()))
            }
            WordKind::Whole(low, high) => format!("a whole number from {low} to {high}"),
            WordKind::Points => POINTS.to_owned(),
        })
    })
}

const POINTS: &str = "rows of three numbers, `[effort, passed, cases]` with 0 <= passed <= cases";

fn point(row: &DeValue<'_>) -> Result<Point, Misfit> {
    let numbers = row
        .as_array()
        .map(|row| numbers(row.iter().map(toml::Spanned::get_ref)));
    match numbers.flatten().as_deref() {
        Some([effort, passed, cases])
            if *effort >= 0.0 && *passed >= 0.0 && passed <= cases && *cases > 0.0 =>
        {
            Ok(Point {
                effort: *effort,
                passed: *passed,
                cases: *cases,
            })
        }
        Some(row) => Err((format!("the row {row:?}"), POINTS.to_owned())),
        None => Err((
            "a row that is no list of numbers".to_owned(),
            POINTS.to_owned(),
        )),
    }
}

/// Reads a finite number.
fn number(value: &DeValue<'_>) -> Option<f64> {
    let plain = |text: &str| text.replace('_', "").parse::<f64>().ok();
    match value {
        DeValue::Integer(number) if number.radix() == 10 => plain(number.as_str()),
        DeValue::Float(number) => plain(number.as_str()),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

fn numbers<'a, 'b: 'a>(items: impl Iterator<Item = &'a DeValue<'b>>) -> Option<Vec<f64>> {
    items.map(number).collect()
}

fn fields(table: &DeTable<'_>) -> Vec<(String, Field)> {
    let field = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Field::Word(text.to_string()),
        DeValue::Array(items) => numbers(items.iter().map(toml::Spanned::get_ref)).map_or(
            Field::Other("a list with other things than numbers"),
            Field::Numbers,
        ),
        other => number(other).map_or(Field::Other(other.type_str()), Field::Number),
    };
    table
        .iter()
        .map(|(name, value)| (name.get_ref().to_string(), field(value.get_ref())))
        .collect()
}

/// Returns every name a file may use.
fn known_names() -> impl Iterator<Item = &'static str> {
    keys::all()
        .map(|key| key.name)
        .chain(WORDS.iter().map(|word| word.name))
}

fn is_table(key: &str) -> bool {
    known_names().any(|name| {
        name.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

/// Returns what may stand in a table, each once.
fn names_in(table: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in known_names() {
        let rest = if table.is_empty() {
            Some(name)
        } else {
            name.strip_prefix(table)
                .and_then(|rest| rest.strip_prefix('.'))
        };
        let first = rest.and_then(|rest| rest.split('.').next());
        if let Some(first) = first.filter(|first| !names.iter().any(|name| name == first)) {
            names.push(first.to_owned());
        }
    }
    names
}

fn with_article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}
