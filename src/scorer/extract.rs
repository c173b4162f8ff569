//! JSON objects inside a text, as models write them: between sentences, in fences, with a comma too many.

use std::str::CharIndices;

use serde_json::{Deserializer, Map, Value};

/// Bytes that are read leniently in one answer; what a model means as JSON is far shorter.
const LENIENT_BYTES: usize = 1 << 20;

/// Returns the objects of a text from left to right; objects inside objects are part of them.
///
/// An object is read strictly first, then with single quotes and commas before a closing bracket allowed. Text in braces is
/// no object: `{city}` has no key.
pub(super) fn objects(text: &str) -> Vec<Map<String, Value>> {
    let mut found = Vec::new();
    let mut budget = LENIENT_BYTES;
    let mut position = 0;
    while let Some(brace) = text[position..].find('{') {
        let start = position + brace;
        let read = strict(&text[start..]).or_else(|| lenient(&text[start..], &mut budget));
        match read {
            Some((object, length)) => {
                found.push(object);
                position = start + length;
            }
            None => position = start + 1,
        }
    }
    found
}

fn strict(text: &str) -> Option<(Map<String, Value>, usize)> {
    let mut values = Deserializer::from_str(text).into_iter::<Map<String, Value>>();
    let object = values.next()?.ok()?;
    Some((object, values.byte_offset()))
}

/// Repairs the text up to the brace that closes it, then reads it strictly. What was looked at is taken off the budget, found
/// or not: a thousand open braces must not each look to the end.
fn lenient(text: &str, budget: &mut usize) -> Option<(Map<String, Value>, usize)> {
    // A name follows, or this is no object.
    let first = text[1..].trim_start().chars().next()?;
    if *budget == 0 || !matches!(first, '"' | '\'') {
        return None;
    }
    let mut chars = text.char_indices();
    let repaired = repair(&mut chars, *budget);
    let length = chars.offset();
    *budget = budget.saturating_sub(length);
    Some((serde_json::from_str(&repaired?).ok()?, length))
}

/// Rewrites single-quoted texts and drops commas before `}` and `]`; `None` when no end is found within `most` bytes.
fn repair(chars: &mut CharIndices<'_>, most: usize) -> Option<String> {
    let mut out = String::new();
    let mut depth = 0_usize;
    while let Some((index, c)) = chars.next() {
        if index > most {
            return None;
        }
        match c {
            '"' | '\'' => copy_text(c, chars, &mut out)?,
            '{' | '[' => {
                depth += 1;
                out.push(c);
            }
            '}' | ']' => {
                if out.ends_with(',') {
                    out.pop();
                }
                depth = depth.checked_sub(1)?;
                out.push(c);
                if depth == 0 {
                    return Some(out);
                }
            }
            blank if blank.is_whitespace() => {}
            other => out.push(other),
        }
    }
    None
}

/// Copies a quoted text as JSON has it; `None` when it does not end.
fn copy_text(quote: char, chars: &mut CharIndices<'_>, out: &mut String) -> Option<()> {
    out.push('"');
    loop {
        match chars.next()?.1 {
            '\\' => match chars.next()?.1 {
                '\'' => out.push('\''),
                escaped => out.extend(['\\', escaped]),
            },
            end if end == quote => break,
            '"' => out.push_str("\\\""),
            other => out.push(other),
        }
    }
    out.push('"');
    Some(())
}
