//! A file as a tree in which every node knows its line; YAML into such a tree.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

use crate::suite::FlawKind;

/// A node and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    /// Its line within the text, from 1; an alias's is the alias's own.
    pub(super) line: usize,
    /// Byte range of its source, for scalars.
    span: (usize, usize),
    /// What it is.
    pub(super) data: Data,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One entry of a map; its line is the key's.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) node: Node,
}

impl Node {
    pub(super) fn new(line: usize, span: (usize, usize), data: Data) -> Self {
        Self { line, span, data }
    }

    /// Returns the node as JSON, without lines.
    pub(super) fn value(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(truth) => Value::Bool(*truth),
            Data::Number(number) => Value::Number(number.clone()),
            Data::Text(text) => Value::String(text.clone()),
            Data::List(items) => items.iter().map(Self::value).collect(),
            Data::Map(entries) => Value::Object(map_value(entries)),
        }
    }

    /// Returns a number or truth value as the author wrote it: `1.50` is not `1.5` to someone who compares texts.
    pub(super) fn written<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (start, length) = self.span;
        text.get(start..start + length)
            .filter(|raw| !raw.is_empty())
    }

    /// Names the node in an error.
    pub(super) fn words(&self) -> String {
        match &self.data {
            Data::Null => "empty".to_owned(),
            Data::Bool(truth) => format!("`{truth}`"),
            Data::Number(number) => format!("the number `{number}`"),
            Data::Text(text) => format!("the text `{}`", shortened(text)),
            Data::List(items) if items.is_empty() => "an empty list".to_owned(),
            Data::List(_) => "a list".to_owned(),
            Data::Map(_) => "a map".to_owned(),
        }
    }
}

/// Returns the entries of a map as JSON.
pub(super) fn map_value(entries: &[Entry]) -> Map<String, Value> {
    entries
        .iter()
        .map(|entry| (entry.key.clone(), entry.node.value()))
        .collect()
}

/// Returns the start of a text for an error: one line, 40 characters.
pub(super) fn shortened(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(40)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

/// Reads YAML.
///
/// YAML 1.2's core schema: `no` and `012` are texts, duplicate keys are refused. The limits grow with the text, so that a
/// hundred thousand tests fit and a few lines of aliases cannot become a million nodes.
///
/// Errors: the line within the text, and what is wrong.
pub(super) fn yaml(text: &str) -> Result<Node, (usize, FlawKind)> {
    serde_saphyr::from_str_with_options(text, options(text.len())).map_err(|error| {
        let error = error.without_snippet();
        let line = error
            .location()
            .map_or(1, |place| line_number(place.line()));
        (
            line,
            FlawKind::Syntax {
                format: "YAML",
                cause: error.to_string(),
            },
        )
    })
}

fn options(bytes: usize) -> serde_saphyr::Options {
    let most = bytes.saturating_mul(2).saturating_add(1_000);
    serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 250_000 },
        budget: serde_saphyr::budget! {
            max_events: most,
            max_nodes: most,
            max_aliases: most,
            max_anchors: most,
            max_merge_keys: most,
            max_total_scalar_bytes: most,
            // One anchor used by two hundred tests is how suites share assertions; replays are counted instead.
            enforce_alias_anchor_ratio: false,
        },
    }
}

fn line_number(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX).max(1)
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Data>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let bytes = |part: Option<u64>| usize::try_from(part.unwrap_or(0)).unwrap_or(0);
        Ok(Self {
            line: line_number(spanned.referenced.line()),
            span: (bytes(span.byte_offset()), bytes(span.byte_len())),
            data: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, a truth value, a list or a map")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Data, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Data, E> {
        Ok(Data::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Data, E> {
        Ok(Data::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Data, E> {
        Ok(Data::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Data, E> {
        Number::from_f64(number)
            .map(Data::Number)
            .ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Data, E> {
        Ok(Data::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Data::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Data, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = pairs.next_key::<Spanned<String>>()? {
            entries.push(Entry {
                line: line_number(key.referenced.line()),
                key: key.value,
                node: pairs.next_value()?,
            });
        }
        Ok(Data::Map(entries))
    }
}
