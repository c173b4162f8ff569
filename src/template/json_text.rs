//! JSON as `{{json}}` writes it.

use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// Writes a value as JSON, compact or with that many spaces a level; integral floats as integers, keys in their order.
pub(super) fn json_text(value: &Value, indent: usize) -> String {
    if indent == 0 {
        return written(value, Plain(CompactFormatter));
    }
    let spaces = " ".repeat(indent);
    written(
        value,
        Plain(PrettyFormatter::with_indent(spaces.as_bytes())),
    )
}

fn written<F: Formatter>(value: &Value, formatter: F) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, formatter);
    // A `Value` has string keys only, and a vector takes every byte.
    value.serialize(&mut serializer).ok();
    String::from_utf8(bytes).unwrap_or_default()
}

/// A formatter that writes 1.0 as `1`.
struct Plain<F>(F);

impl<F: Formatter> Formatter for Plain<F> {
    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let text = serde_json::Number::from_f64(value).map_or_else(
            || "null".to_owned(),
            |number| crate::template::values::number_text(&number),
        );
        writer.write_all(text.as_bytes())
    }

    fn begin_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_keeps_order_and_writes_integral_floats_as_integers() {
        let value = json!({"z": 1.0, "a": [2.5, "晴", null], "e": {}});
        assert_eq!(
            json_text(&value, 0),
            r#"{"z":1,"a":[2.5,"晴",null],"e":{}}"#
        );
        assert_eq!(
            json_text(&value, 2),
            "{\n  \"z\": 1,\n  \"a\": [\n    2.5,\n    \"晴\",\n    null\n  ],\n  \"e\": {}\n}"
        );
    }
}
