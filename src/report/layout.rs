//! Lines that fit: cutting, padding, wrapping and filling by display width.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::report::style::{Piece, paint};
use crate::report::view::View;

/// Returns the columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Cuts a text to at most `most` columns, with `…` where something is missing.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    for grapheme in text.graphemes(true) {
        if width(&kept) + width(grapheme) + 1 > most {
            break;
        }
        kept.push_str(grapheme);
    }
    if most > 0 {
        kept.truncate(kept.trim_end().len());
        kept.push('…');
    }
    kept
}

/// Returns as many spaces as a text lacks to a width.
pub(crate) fn padding(text: &str, to: usize) -> String {
    " ".repeat(to.saturating_sub(width(text)))
}

/// Puts a text at the right of a width.
pub(crate) fn right(text: &str, to: usize) -> String {
    format!("{}{text}", padding(text, to))
}

/// Puts a text at the left of a width.
pub(crate) fn left(text: &str, to: usize) -> String {
    format!("{text}{}", padding(text, to))
}

/// Breaks a text into lines of at most `most` columns: at spaces, between wide characters, and within a word that is too long.
///
/// The text's own line breaks stay; leading spaces of a line stay too, so that code and lists keep their form.
pub(crate) fn wrap(text: &str, most: usize) -> Vec<String> {
    text.split('\n')
        .flat_map(|line| wrap_line(&line.replace('\t', "    "), most.max(2)))
        .collect()
}

fn wrap_line(line: &str, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    // Tracked, not measured again: a long answer is wrapped in linear time.
    let mut columns = 0;
    for unit in units(line) {
        if columns > 0 && columns + width(&unit) > most {
            lines.push(current.trim_end().to_owned());
            current.clear();
            columns = 0;
            if unit.trim().is_empty() {
                continue;
            }
        }
        for piece in unit
            .graphemes(true)
            .flat_map(|grapheme| unbroken(grapheme, most))
        {
            if columns > 0 && columns + width(piece) > most {
                lines.push(std::mem::take(&mut current));
                columns = 0;
            }
            current.push_str(piece);
            columns += width(piece);
        }
    }
    lines.push(current.trim_end().to_owned());
    lines
}

/// Splits a grapheme that is wider than a line (a syllable with a foreign vowel sign) into its characters; others stay whole.
fn unbroken(grapheme: &str, most: usize) -> Vec<&str> {
    if width(grapheme) <= most {
        return vec![grapheme];
    }
    grapheme
        .split("")
        .filter(|character| !character.is_empty())
        .collect()
}

/// Splits a line into what stays together: words with their punctuation, spaces, single wide characters; closing
/// punctuation stays with what it closes (the first rule of Chinese line breaking).
fn units(line: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut last = None;
    for grapheme in line.graphemes(true) {
        let closing = grapheme.starts_with(|c| "，。、：；！？）」』】》…”’".contains(c));
        let kind = match width(grapheme) {
            _ if closing && last.is_some() => Kind::Closing,
            0 | 1 if grapheme.trim().is_empty() => Kind::Space,
            0 | 1 => Kind::Narrow,
            _ => Kind::Wide,
        };
        let joins = kind == Kind::Closing || (kind != Kind::Wide && last == Some(kind));
        match units.last_mut() {
            Some(unit) if joins => unit.push_str(grapheme),
            _ => units.push(grapheme.to_owned()),
        }
        last = Some(kind);
    }
    units
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Narrow,
    Wide,
    Closing,
}

/// How pieces are set one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fill<'a> {
    /// Between two pieces on a line.
    pub(crate) between: &'a str,
    /// Columns before the first line.
    pub(crate) indent: usize,
    /// Columns before every further line.
    pub(crate) hanging: usize,
    /// Columns there are.
    pub(crate) width: usize,
    /// True for colours.
    pub(crate) styled: bool,
}

impl Fill<'static> {
    /// Facts of one line, a dot between them; further lines stand in by one column.
    pub(crate) const fn dotted(view: &View) -> Self {
        Self {
            between: " · ",
            indent: 0,
            hanging: 1,
            width: view.width,
            styled: view.styled,
        }
    }

    /// Parts of one line of a list.
    pub(crate) const fn spaced(view: &View) -> Self {
        Self {
            between: "  ",
            indent: 1,
            hanging: 3,
            width: view.width,
            styled: view.styled,
        }
    }
}

/// Sets pieces one after the other, on a further line where they do not fit; a piece that fits on no line is wrapped.
///
/// Nothing is lost: an amount that is cut would be a wrong amount. After a colon stands one space, after a full-width one none.
pub(crate) fn fill(pieces: &[Piece], how: Fill<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = how.indent;
    let mut last = None;
    for piece in pieces.iter().filter(|piece| !piece.text.is_empty()) {
        let between = match last {
            Some(':') => " ",
            Some('：') => "",
            _ => how.between,
        };
        last = piece.text.chars().next_back();
        let joined = used + width(between) + width(&piece.text);
        if !line.is_empty() && joined <= how.width {
            line.push_str(between);
            line.push_str(&piece.paint(how.styled));
            used = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let room = how.width.saturating_sub(how.indent.max(how.hanging));
        for part in wrap(&piece.text, room) {
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            let indent = if lines.is_empty() {
                how.indent
            } else {
                how.hanging
            };
            used = indent + width(&part);
            line = format!(
                "{}{}",
                " ".repeat(indent),
                paint(piece.style, &part, how.styled)
            );
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Returns as many names as fit in a width, one at least, and how many that is; `…` stands for the others.
pub(crate) fn names_that_fit(names: &[String], most: usize, between: &str) -> (String, usize) {
    let mut text = String::new();
    for (i, name) in names.iter().enumerate() {
        let between = if i == 0 { "" } else { between };
        let reserve = if i + 1 == names.len() { 0 } else { 3 };
        if i > 0 && width(&text) + width(between) + width(name) + reserve > most {
            return (format!("{text}{between}…"), i);
        }
        text.push_str(between);
        text.push_str(name);
    }
    (cut(&text, most), names.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::style::{DIM, PLAIN};

    #[test]
    fn cutting_counts_columns_and_never_halves_a_character() {
        assert_eq!(cut("晴天转多云", 10), "晴天转多云");
        assert_eq!(cut("晴天转多云", 9), "晴天转多…");
        assert_eq!(cut("晴天转多云", 8), "晴天转…");
        assert_eq!(cut("ab cd", 4), "ab…");
        assert_eq!(cut("🇨🇳🇨🇳", 3), "🇨🇳…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn wrapping_breaks_between_words_and_between_wide_characters() {
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("今天成都阴天", 7), ["今天成", "都阴天"]);
        assert_eq!(wrap("cost $0.90 or more", 9), ["cost", "$0.90 or", "more"]);
        assert_eq!(wrap("今天阴天，有雨", 8), ["今天阴", "天，有雨"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("  - one\n\ntwo", 20), ["  - one", "", "two"]);
    }

    #[test]
    fn filling_starts_a_line_where_a_piece_does_not_fit() {
        let how = Fill {
            between: " · ",
            indent: 0,
            hanging: 1,
            width: 12,
            styled: false,
        };
        let pieces =
            ["billed $0", "", "48 calls", "a piece too long for any line"].map(Piece::from);
        assert_eq!(
            fill(&pieces, how),
            [
                "billed $0",
                " 48 calls",
                " a piece too",
                " long for",
                " any line"
            ]
        );
        let named = ["who:", "one", "two"].map(Piece::from);
        assert_eq!(fill(&named, Fill { width: 40, ..how }), ["who: one · two"]);
        let named = ["谁：", "一"].map(Piece::from);
        assert_eq!(fill(&named, how), ["谁：一"]);
        let dim = [Piece::new(DIM, "x"), Piece::new(PLAIN, "y")];
        assert_eq!(
            fill(
                &dim,
                Fill {
                    styled: true,
                    ..how
                }
            ),
            ["\u{1b}[2mx\u{1b}[0m · y"]
        );
    }

    #[test]
    fn names_are_listed_while_they_fit() {
        let names = ["beijing-02", "上海-01", "guangzhou-04"].map(str::to_owned);
        assert_eq!(
            names_that_fit(&names, 40, ", "),
            ("beijing-02, 上海-01, guangzhou-04".to_owned(), 3)
        );
        assert_eq!(
            names_that_fit(&names, 24, ", "),
            ("beijing-02, 上海-01, …".to_owned(), 2)
        );
        assert_eq!(
            names_that_fit(&names, 4, ", "),
            ("beijing-02, …".to_owned(), 1)
        );
    }

    #[test]
    fn a_grapheme_wider_than_the_line_is_broken() {
        assert_eq!(wrap("가ෲ", 2), ["가", "ෲ"]);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_it_may_be(text in "\\PC{0,40}", most in 2_usize..30) {
            prop_assert!(width(&cut(&text, most)) <= most, "{:?}", cut(&text, most));
            for line in wrap(&text, most) {
                prop_assert!(width(&line) <= most, "{:?}", line);
            }
        }
    }
}
