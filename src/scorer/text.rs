//! `equals`, `contains`, `contains-all`, `contains-any`, their `icontains` forms, `starts-with`.
//!
//! Texts are compared in NFC; `icontains` folds case fully. An empty text to look for is refused, since every answer has it.

use serde_json::Value;

use crate::domain::{Assertion, AssertionKind};
use crate::scorer::Refusal;
use crate::scorer::check::{Check, Finding, words};
use crate::scorer::phrase::{excerpt, excerpt_at, quoted};
use crate::scorer::seen::{Seen, fold, nfc};

/// Compiles an assertion about texts.
pub(super) fn compile(assertion: &Assertion) -> Result<Box<dyn Check>, Refusal> {
    Ok(match assertion.kind {
        AssertionKind::Equals => Box::new(Equals(nfc(text(&assertion.value)?).into_owned())),
        AssertionKind::StartsWith => Box::new(StartsWith(
            nfc(filled(text(&assertion.value)?, "value")?).into_owned(),
        )),
        kind => Box::new(Contains {
            needles: needles(kind, &assertion.value)?,
            any: matches!(
                kind,
                AssertionKind::ContainsAny | AssertionKind::IcontainsAny
            ),
            folded: is_folded(kind),
        }),
    })
}

fn is_folded(kind: AssertionKind) -> bool {
    matches!(
        kind,
        AssertionKind::Icontains | AssertionKind::IcontainsAll | AssertionKind::IcontainsAny
    )
}

fn needles(kind: AssertionKind, value: &Value) -> Result<Vec<Needle>, Refusal> {
    let needle = |text: &str| {
        let form = if is_folded(kind) {
            fold(text)
        } else {
            nfc(text).into_owned()
        };
        Needle {
            written: text.to_owned(),
            form,
        }
    };
    match (kind, value) {
        (AssertionKind::Contains | AssertionKind::Icontains, _) => {
            Ok(vec![needle(filled(text(value)?, "value")?)])
        }
        (_, Value::Array(items)) if items.is_empty() => Err(Refusal::Empty { what: "value" }),
        (_, Value::Array(items)) => items
            .iter()
            .map(|item| filled(text(item)?, "an item of the value").map(needle))
            .collect(),
        // A text that was filled in from one variable.
        (_, Value::String(_)) => Ok(vec![needle(filled(text(value)?, "value")?)]),
        _ => Err(Refusal::Value {
            found: words(value),
            expected: "a list of texts",
        }),
    }
}

/// Reads a value as text.
pub(super) fn text(value: &Value) -> Result<&str, Refusal> {
    value.as_str().ok_or(Refusal::Value {
        found: words(value),
        expected: "a text",
    })
}

/// Refuses an empty text.
pub(super) fn filled<'t>(text: &'t str, what: &'static str) -> Result<&'t str, Refusal> {
    if text.is_empty() {
        Err(Refusal::Empty { what })
    } else {
        Ok(text)
    }
}

/// `equals` with a text: the same characters.
#[derive(Debug)]
struct Equals(String);

impl Check for Equals {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let holds = seen.text() == self.0;
        let expected = quoted(&self.0);
        let reason = match (holds, negated) {
            (true, false) => format!("is {expected}"),
            (true, true) => format!("expected anything but {expected}"),
            (false, true) => format!("is not {expected}"),
            (false, false) => format!("expected {expected}, found {}", excerpt(seen.text())),
        };
        Finding::new(holds, reason)
    }
}

/// `starts-with`.
#[derive(Debug)]
struct StartsWith(String);

impl Check for StartsWith {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let holds = seen.text().starts_with(&self.0);
        let start = quoted(&self.0);
        let reason = match (holds, negated) {
            (true, false) => format!("starts with {start}"),
            (false, true) => format!("does not start with {start}"),
            (false, false) => format!(
                "expected a start of {start}, found {}",
                excerpt(seen.text())
            ),
            (true, true) => format!(
                "expected no start of {start}, found {}",
                excerpt(seen.text())
            ),
        };
        Finding::new(holds, reason)
    }
}

#[derive(Debug)]
struct Needle {
    /// As the suite has it, for reasons.
    written: String,
    /// As it is searched.
    form: String,
}

/// The `contains` family.
#[derive(Debug)]
struct Contains {
    needles: Vec<Needle>,
    any: bool,
    folded: bool,
}

impl Check for Contains {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let text = if self.folded {
            seen.folded()
        } else {
            seen.text()
        };
        let places: Vec<Option<usize>> = self
            .needles
            .iter()
            .map(|needle| text.find(&needle.form))
            .collect();
        let present = |wanted: bool| -> Vec<&Needle> {
            let pairs = self.needles.iter().zip(&places);
            pairs
                .filter(|(_, place)| place.is_some() == wanted)
                .map(|(needle, _)| needle)
                .collect()
        };
        let (found, missing) = (present(true), present(false));
        let holds = if self.any {
            !found.is_empty()
        } else {
            missing.is_empty()
        };
        let reason = match (holds, negated) {
            (true, false) => format!("found {}", list(&found, "and")),
            (false, true) => format!("does not have {}", list(&missing, "or")),
            (false, false) => format!(
                "expected {} in {}",
                self.wanted(&missing),
                excerpt(seen.text())
            ),
            (true, true) => {
                // A place in the folded text is none in the text itself.
                let place = places.iter().flatten().next().filter(|_| !self.folded);
                let shown =
                    place.map_or_else(|| excerpt(seen.text()), |place| excerpt_at(text, *place));
                format!(
                    "expected no {} in {shown}",
                    list(&found, if self.any { "or" } else { "and" })
                )
            }
        };
        Finding::new(holds, reason)
    }
}

impl Contains {
    fn wanted(&self, missing: &[&Needle]) -> String {
        list(missing, if self.any { "or" } else { "and" })
    }
}

/// Writes `` `a`, `b` and 2 more ``.
fn list(needles: &[&Needle], word: &str) -> String {
    const MOST: usize = 3;
    let mut parts: Vec<String> = needles
        .iter()
        .take(MOST)
        .map(|needle| quoted(&needle.written))
        .collect();
    if needles.len() > MOST {
        parts.push(format!("{} more", needles.len() - MOST));
    }
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, init)) => format!("{} {word} {last}", init.join(", ")),
        None => String::new(),
    }
}
