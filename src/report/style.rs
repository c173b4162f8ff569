//! Colours, and pieces of text that carry one: widths are always taken from the plain text.

use anstyle::{AnsiColor, Style};

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const DOUBT: Style = AnsiColor::Yellow.on_default();

/// A piece of a line, with its colour.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Piece {
    /// Makes a piece of one colour.
    pub(crate) fn new(style: Style, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }

    /// Returns the piece as it is written.
    pub(crate) fn paint(&self, styled: bool) -> String {
        paint(self.style, &self.text, styled)
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::new(PLAIN, text)
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::new(PLAIN, text)
    }
}

/// Returns a text in its colour, or as it is where no colours are wanted.
pub(crate) fn paint(style: Style, text: &str, styled: bool) -> String {
    if styled && style != PLAIN && !text.is_empty() {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_appear_only_where_they_are_wanted() {
        assert_eq!(paint(BAD, "no", true), "\u{1b}[31mno\u{1b}[0m");
        assert_eq!(paint(BAD, "no", false), "no");
        assert_eq!(paint(PLAIN, "no", true), "no");
    }
}
