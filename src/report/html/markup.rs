//! HTML and SVG that is escaped by construction.

use std::fmt::Write as _;

use crate::report::safe;

/// A piece of a page: whole elements and escaped text, nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

impl Markup {
    /// Takes a text from anywhere: what steers or hides is removed, what has a meaning in HTML is escaped.
    pub(crate) fn text(text: &str) -> Self {
        Self(escape(text))
    }

    /// Sets pieces one after the other.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }

    /// Returns it as it is written.
    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// Takes the program's own style sheet, the only text that is not escaped.
    pub(super) fn style_sheet(css: &'static str) -> Self {
        Self(format!("<style>{css}</style>"))
    }
}

/// An element whose attributes are being set.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    name: &'static str,
    open: String,
}

/// Begins an element.
pub(crate) fn tag(name: &'static str) -> Tag {
    Tag {
        name,
        open: format!("<{name}"),
    }
}

impl Tag {
    /// Sets an attribute.
    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        let value = escape(value);
        let _infallible = write!(self.open, " {name}=\"{value}\"");
        self
    }

    /// Sets a coordinate or a length: two decimals at most, and 0 for what is no number.
    pub(crate) fn at(self, name: &'static str, value: f64) -> Self {
        self.set(name, &number(value))
    }

    /// Ends the element around pieces.
    pub(crate) fn hold(self, parts: impl IntoIterator<Item = Markup>) -> Markup {
        let inside = Markup::all(parts).0;
        Markup(format!("{}>{inside}</{}>", self.open, self.name))
    }

    /// Ends the element around a text.
    pub(crate) fn text(self, text: &str) -> Markup {
        self.hold([Markup::text(text)])
    }

    /// Ends the element without anything in it.
    pub(crate) fn empty(self) -> Markup {
        Markup(format!("{}/>", self.open))
    }
}

/// Writes a coordinate.
pub(crate) fn number(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

fn escape(text: &str) -> String {
    let harmless = safe::block(text);
    let mut escaped = String::with_capacity(harmless.len());
    for c in harmless.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // No character of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}
