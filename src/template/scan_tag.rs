//! One tag of a template: where it ends, and what it does to the blocks around it.

use crate::template::BodyFlaw;
use crate::template::scan::{FlawAt, MAX_NESTED};

/// A tag as it stands in the text; comments and escaped tags are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The byte of its first brace.
    pub(super) start: usize,
    /// The byte after its last brace.
    pub(super) end: usize,
    /// All of it.
    pub(super) text: &'a str,
    /// What it says, without braces, `~` and outer blanks.
    pub(super) inner: &'a str,
    /// What it does to blocks.
    pub(super) kind: TagKind<'a>,
}

/// What a tag does to the blocks around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind<'a> {
    /// Opens the block of that name.
    Open(&'a str),
    /// `{{else}}` or `{{^}}`.
    Else,
    /// `{{else if x}}`.
    ElseIf,
    /// Closes the block of that name.
    Close(&'a str),
    /// A value, a helper, a partial.
    Other,
}

impl Tag<'_> {
    /// Returns the tag as an error shows it: one line of bounded length.
    pub(super) fn shown(&self) -> String {
        shown(self.text)
    }
}

/// Returns the first line of a tag, bounded.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= MOST && line.len() == text.len() {
        return line.to_owned();
    }
    let start: String = line.chars().take(MOST).collect();
    format!("{start}…")
}

/// Finds the next tag at or after a byte.
pub(super) fn next_tag(body: &str, from: usize) -> Result<Option<Tag<'_>>, FlawAt> {
    let mut at = from;
    while let Some(found) = body[at..].find("{{") {
        let start = at + found;
        let rest = &body[start..];
        if is_escaped(&body[at..start]) {
            let twice = rest[2..].starts_with("{{");
            at = start + if twice { 4 } else { 2 };
        } else if rest.starts_with("{{!") {
            at = start + comment(rest).ok_or_else(|| (start, unclosed(rest)))?;
        } else {
            return tag(body, start).map(Some);
        }
    }
    Ok(None)
}

/// One backslash escapes; two or more are text before a live tag.
fn is_escaped(before: &str) -> bool {
    before.len() - before.trim_end_matches('\\').len() == 1
}

/// Returns the length of a comment: up to `--}}` when it begins with `--`, else up to `}}`.
fn comment(rest: &str) -> Option<usize> {
    let dashes = 3 + rest[3..].len() - rest[3..].trim_start().len();
    let long = rest[dashes..]
        .strip_prefix("--")
        .and_then(|inner| inner.find("--}}"))
        .map(|at| dashes + 2 + at + 4);
    long.or_else(|| rest.find("}}").map(|at| at + 2))
}

fn unclosed(rest: &str) -> BodyFlaw {
    BodyFlaw::UnclosedTag { tag: shown(rest) }
}

fn tag(body: &str, start: usize) -> Result<Tag<'_>, FlawAt> {
    let rest = &body[start..];
    if rest.starts_with("{{{{") {
        return Err((start, BodyFlaw::RawBlock));
    }
    let length = length(rest).map_err(|flaw| (start, flaw))?;
    let text = &rest[..length];
    let inner = inner(text);
    let kind = kind(text, inner).map_err(|flaw| (start, flaw))?;
    Ok(Tag {
        start,
        end: start + length,
        text,
        inner,
        kind,
    })
}

/// Returns the length of a tag, braces included; `}}` within strings and brackets does not end it.
fn length(rest: &str) -> Result<usize, BodyFlaw> {
    let bytes = rest.as_bytes();
    let mut brackets: Vec<u8> = Vec::new();
    let mut at = 2;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' if begins_string(bytes[at - 1]) => at += string(&bytes[at..]),
            b'[' if brackets.last() != Some(&b'[') && bytes[at - 1] != b' ' => {
                at += key(&bytes[at..]);
            }
            b'(' | b'[' | b'{' => {
                if at > 3 && rest[at..].starts_with("{{") {
                    return Err(unclosed(rest));
                }
                brackets.push(byte);
                at += 1;
            }
            b'}' if brackets.last() != Some(&b'{') && rest[at..].starts_with("}}") => {
                return Ok(at + 2);
            }
            b')' | b']' | b'}' => {
                if brackets.last() == Some(&opening(byte)) {
                    brackets.pop();
                }
                at += 1;
            }
            _ => at += 1,
        }
        if brackets.len() > MAX_NESTED {
            return Err(BodyFlaw::TooDeep {
                what: "parentheses and brackets",
                limit: MAX_NESTED,
            });
        }
    }
    // Unbalanced: the nearest end, so that the message shows one tag and not the rest of the file.
    rest.find("}}")
        .map(|end| end + 2)
        .filter(|end| !rest[2..*end].contains("{{"))
        .ok_or_else(|| unclosed(rest))
}

/// A quote in the middle of a word is no string.
fn begins_string(before: u8) -> bool {
    before.is_ascii_whitespace() || b"=([,:{".contains(&before)
}

/// Returns the length of a quoted string, or 1 where it never ends.
fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            _ if byte == bytes[0] => return at + 1,
            _ => at += 1,
        }
    }
    1
}

/// Returns the length of `[any text]` as a name, or 1 where it never ends.
fn key(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| *byte == b']')
        .map_or(1, |end| end + 1)
}

const fn opening(closing: u8) -> u8 {
    match closing {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    }
}

fn inner(text: &str) -> &str {
    let inner = text[2..text.len() - 2].trim_matches('~');
    let triple = inner
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'));
    triple.unwrap_or(inner).trim()
}

fn kind<'a>(text: &str, inner: &'a str) -> Result<TagKind<'a>, BodyFlaw> {
    let after = |sign: char| inner.strip_prefix(sign).map(str::trim_start);
    if let Some(rest) = after('#') {
        let name = rest.trim_start_matches(['>', '*']).trim_start();
        return Ok(TagKind::Open(first_word(name)));
    }
    if let Some(rest) = after('/') {
        return Ok(TagKind::Close(rest));
    }
    if let Some(rest) = after('^') {
        return if rest.is_empty() {
            Ok(TagKind::Else)
        } else {
            Err(BodyFlaw::InverseSection {
                name: rest.to_owned(),
            })
        };
    }
    if text.starts_with("{{~!") {
        return Err(BodyFlaw::TildeComment);
    }
    match inner.strip_prefix("else") {
        Some("") => Ok(TagKind::Else),
        Some(rest) if rest.starts_with(char::is_whitespace) => Ok(TagKind::ElseIf),
        Some(_) => Err(BodyFlaw::ElseName {
            name: first_word(inner).to_owned(),
        }),
        None => Ok(TagKind::Other),
    }
}

fn first_word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or_default()
}
