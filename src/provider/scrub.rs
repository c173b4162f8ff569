//! Keeps keys out of what people and ledgers see, and foreign text short and plain.

use std::borrow::Cow;
use std::fmt;

/// Shorter values are no secrets worth hiding: replacing them would garble ordinary text.
const SHORTEST_SECRET: usize = 12;
/// A run of this many bytes of a secret is hidden, since providers echo keys in part.
const SHORTEST_PART: usize = 8;
/// Characters of a provider's text that a message may hold.
const LONGEST: usize = 300;

/// The secrets of one endpoint. `Debug` shows how many.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    /// Collects the values worth hiding; `Bearer` and the like are not part of a secret.
    pub(super) fn of<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        Self(
            values
                .into_iter()
                .map(|value| value.rsplit(' ').next().unwrap_or(value))
                .filter(|value| value.len() >= SHORTEST_SECRET)
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Hides whole secrets in a body before it is read: a gateway may echo its request.
    pub(super) fn scrub<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = Cow::Owned(text.replace(secret.as_str(), "[key]"));
            }
        }
        text
    }

    /// Makes a provider's text fit for a message: no key nor part of one, no control characters, 300 characters.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut plain: String = text
            .chars()
            .map(|c| if is_control(c) { ' ' } else { c })
            .take(2 * LONGEST)
            .collect();
        for secret in &self.0 {
            plain = without_parts(&plain, secret);
        }
        let words: Vec<&str> = plain.split_whitespace().collect();
        let plain = words.join(" ");
        if plain.chars().count() <= LONGEST {
            return plain;
        }
        plain.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}

/// Control characters, bidirectional overrides and characters without width: all that could forge a terminal's line.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn without_parts(text: &str, secret: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let hidden = longest_part(rest, secret);
        if hidden >= SHORTEST_PART {
            out.push_str("[key]");
            rest = &rest[hidden..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// Length of the longest beginning of `text` that occurs in `secret`, ending on a character of both.
fn longest_part(text: &str, secret: &str) -> usize {
    secret
        .char_indices()
        .map(|(start, _)| {
            text.chars()
                .zip(secret[start..].chars())
                .take_while(|(a, b)| a == b)
                .map(|(a, _)| a.len_utf8())
                .sum()
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_key_is_left() {
        let secrets = Secrets::of(["Bearer sk-proj-ABCDEFGHIJKLMNOP"]);
        assert_eq!(
            secrets.clean("wrong key: sk-proj-ABCDEFGHIJKLMNOP."),
            "wrong key: [key]."
        );
        assert_eq!(
            secrets.clean("wrong key: sk-proj-****IJKLMNOP"),
            "wrong key: [key]****[key]"
        );
        assert_eq!(
            secrets.scrub("{\"a\":\"sk-proj-ABCDEFGHIJKLMNOP\"}"),
            "{\"a\":\"[key]\"}"
        );
        assert_eq!(format!("{secrets:?}"), "Secrets(1)");
    }

    #[test]
    fn text_is_short_and_plain() {
        let secrets = Secrets::of(["short"]);
        assert_eq!(
            secrets.clean("a\u{1b}[31m\nb\u{202e} short"),
            "a [31m b short"
        );
        let long = secrets.clean(&"晴".repeat(1000));
        assert_eq!(long.chars().count(), 300);
        assert!(long.ends_with('…'));
    }
}
