//! What a model, a file or a server said, made harmless for a terminal.
//!
//! Removed: C0 and C1 controls but line feed and tab, escape sequences with their payload (CSI, OSC, DCS, SOS, PM, APC),
//! bidirectional controls, zero-width and other invisible format characters. Zero-width joiners go too: terminals disagree
//! about the width of what they join, so that a family of emoji is shown as its members.

use std::borrow::Cow;

/// Returns a text of many lines without anything that steers a terminal; keeps `\n` and `\t`.
pub fn block(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Once no terminator lies ahead, none lies ahead of anything later: the search stays linear.
    let mut terminator_ahead = true;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\u{1b}' => escape(after, &mut terminator_ahead),
            '\u{9b}' => control_sequence(after),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => string(after, &mut terminator_ahead),
            '\r' => {
                out.push('\n');
                after.strip_prefix('\n').unwrap_or(after)
            }
            '\u{2028}' | '\u{2029}' => {
                out.push('\n');
                after
            }
            _ => {
                if !is_hostile(c) {
                    out.push(c);
                }
                after
            }
        };
    }
    out
}

/// Returns a text as one line: [`block`], with each run of white space as one space.
pub fn line(text: &str) -> String {
    block(text)
        .split([' ', '\n', '\t'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Tells whether a character steers a terminal or hides from the reader.
pub(crate) fn is_hostile(c: char) -> bool {
    if matches!(c, '\n' | '\t') {
        return false;
    }
    c.is_control()
        || matches!(c,
            // Soft hyphen, combining grapheme joiner, Arabic letter mark, Hangul fillers, Khmer inherent vowels.
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            // Mongolian selectors and vowel separator.
            | '\u{180b}'..='\u{180f}'
            // Zero-width space and joiners, direction marks, line separators, embeddings and overrides.
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            // Word joiner, invisible operators, isolates, deprecated format characters.
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            // Musical and shorthand format controls, tags, supplementary variation selectors.
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Skips what follows an ESC.
fn escape<'a>(after: &'a str, terminator_ahead: &mut bool) -> &'a str {
    match after.chars().next() {
        Some('[') => control_sequence(&after[1..]),
        Some(']' | 'P' | 'X' | '^' | '_') => string(&after[1..], terminator_ahead),
        _ => {
            let rest = after.trim_start_matches(|c| matches!(c, ' '..='/'));
            rest.strip_prefix(|c| matches!(c, '0'..='~'))
                .unwrap_or(rest)
        }
    }
}

/// Skips parameters, intermediates and the final byte of a CSI sequence (ECMA-48, 5.4).
fn control_sequence(after: &str) -> &str {
    let rest = after.trim_start_matches(|c| matches!(c, ' '..='?'));
    rest.strip_prefix(|c| matches!(c, '@'..='~'))
        .unwrap_or(rest)
}

/// Skips a control string with its terminator; without one the payload stays, or a model could hide the rest of its answer.
fn string<'a>(after: &'a str, terminator_ahead: &mut bool) -> &'a str {
    if !*terminator_ahead {
        return after;
    }
    let bytes = after.as_bytes();
    let end = after.char_indices().find_map(|(i, c)| match c {
        '\u{7}' | '\u{9c}' => Some(i + c.len_utf8()),
        '\u{1b}' if bytes.get(i + 1) == Some(&b'\\') => Some(i + 2),
        _ => None,
    });
    *terminator_ahead = end.is_some();
    end.map_or(after, |end| &after[end..])
}

/// Disarms a spreadsheet's cell: a text that would be run as a formula is set behind an apostrophe.
///
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>.
pub(crate) fn cell(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sequences_go_with_their_payload_and_text_stays() {
        for (hostile, harmless) in [
            ("a\u{1b}[31mred\u{1b}[0m", "ared"),
            ("\u{9b}2Jgone", "gone"),
            ("\u{1b}]0;title\u{7}text", "text"),
            (
                "\u{1b}]8;;http://evil\u{1b}\\link\u{1b}]8;;\u{1b}\\",
                "link",
            ),
            ("\u{1b}Pq#0\u{9c}x", "x"),
            ("\u{1b}_Gf=100\u{1b}\\y", "y"),
            ("\u{1b}(Bz", "z"),
            ("\u{1b}]52;c;never closed", "52;c;never closed"),
            ("\u{1b}[31", ""),
            ("\u{1b}", ""),
            ("one\r\ntwo\rthree\u{2028}four", "one\ntwo\nthree\nfour"),
            ("a\u{202e}b\u{2066}c\u{200b}d\u{feff}e", "abcde"),
            ("bell\u{7} back\u{8} nul\0", "bell back nul"),
            (
                "tab\tstays, 晴天 too 🌤\u{fe0f}",
                "tab\tstays, 晴天 too 🌤\u{fe0f}",
            ),
            ("👨\u{200d}👩\u{200d}👧", "👨👩👧"),
            ("hidden\u{e0041}\u{e0042} tags", "hidden tags"),
        ] {
            assert_eq!(block(hostile), harmless, "{hostile:?}");
        }
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("  今天\n\n成都\t阴天\u{1b}[2J \r\n"), "今天 成都 阴天");
    }

    #[test]
    fn many_open_strings_take_linear_time() {
        let text = "\u{1b}]".repeat(200_000);
        assert_eq!(block(&text), "");
    }

    proptest! {
        #[test]
        fn random_bytes_leave_no_control_but_line_feed_and_tab(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = String::from_utf8_lossy(&bytes);
            let shown = block(&text);
            prop_assert!(!shown.chars().any(|c| is_hostile(c) || (c.is_control() && c != '\n' && c != '\t')));
        }

        #[test]
        fn hostile_characters_in_any_mix_leave_none(text in "[\u{1b}\u{9b}\u{9d}\u{9c}\u{7}\\]\\[P_;m\\\\\u{202e}\u{200b}a晴\r\n]{0,60}") {
            let shown = block(&text);
            prop_assert!(!shown.chars().any(is_hostile));
            prop_assert_eq!(&block(&shown), &shown, "harmless text changes no more");
        }
    }
}
