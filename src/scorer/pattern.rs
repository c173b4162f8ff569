//! `regex`: an unanchored match in the dialect of JavaScript, by an engine whose time is linear in the answer.
//!
//! Source of the limits: the `regex` crate's `size_limit`, which bounds `(a{1000}){1000}` and its kind at compile time.

use regex::{Regex, RegexBuilder};

use crate::domain::Assertion;
use crate::scorer::Refusal;
use crate::scorer::check::{Cache, Check, Finding};
use crate::scorer::javascript;
use crate::scorer::phrase::{excerpt, excerpt_at, quoted};
use crate::scorer::seen::{Seen, nfc};
use crate::scorer::text::{filled, text};

/// Bytes that a compiled pattern may take.
pub(super) const SIZE_LIMIT: usize = 1 << 20;
/// Bytes that the lazily built automaton may take.
pub(super) const DFA_SIZE_LIMIT: usize = 4 << 20;

/// Compiles a pattern.
pub(super) fn compile(assertion: &Assertion, cache: &mut Cache) -> Result<Box<dyn Check>, Refusal> {
    let written = filled(text(&assertion.value)?, "value")?;
    let regex = if let Some(regex) = cache.patterns.get(written) {
        regex.clone()
    } else {
        let regex = build(written)?;
        cache.patterns.insert(written.to_owned(), regex.clone());
        regex
    };
    Ok(Box::new(Matches {
        written: written.to_owned(),
        regex,
    }))
}

fn build(written: &str) -> Result<Regex, Refusal> {
    let shown = || written.chars().take(80).collect::<String>();
    let pattern =
        javascript::translate(&nfc(written)).map_err(|feature| Refusal::BacktrackingPattern {
            pattern: shown(),
            feature,
        })?;
    RegexBuilder::new(&pattern)
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(DFA_SIZE_LIMIT)
        .build()
        .map_err(|error| Refusal::Pattern {
            pattern: shown(),
            cause: cause(&error),
        })
}

/// Returns the parser's one line of cause, without its drawing of the translated pattern.
fn cause(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large when compiled".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}

#[derive(Debug)]
struct Matches {
    written: String,
    regex: Regex,
}

impl Check for Matches {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let text = seen.text();
        let pattern = quoted(&self.written);
        let holds = self.regex.is_match(text);
        let reason = match (holds, negated) {
            (true, false) => format!("matches {pattern}"),
            (false, true) => format!("does not match {pattern}"),
            (false, false) => format!("expected a match of {pattern} in {}", excerpt(text)),
            (true, true) => {
                let start = self.regex.find(text).map_or(0, |found| found.start());
                format!(
                    "expected no match of {pattern} in {}",
                    excerpt_at(text, start)
                )
            }
        };
        Finding::new(holds, reason)
    }
}
