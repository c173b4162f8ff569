//! An answer as the checks see it; what several of them need is made once.

use std::borrow::Cow;
use std::cell::OnceCell;

use caseless::Caseless as _;
use serde_json::{Map, Value};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::domain::{Answer, Cost};
use crate::scorer::extract;

/// An answer and what is known of the call that bought it.
#[derive(Debug, Clone, Copy)]
pub struct AnswerFacts<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// What the answer cost when it was bought; `None` when that is not known, which is not zero.
    pub cost: Option<Cost>,
    /// Milliseconds of the accepted attempt, as recorded when the answer was bought.
    pub latency_ms: Option<u64>,
    /// True when the answer came from the ledger.
    pub cached: bool,
}

/// The facts, and forms of the text that are made on first use.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) facts: &'a AnswerFacts<'a>,
    composed: OnceCell<Cow<'a, str>>,
    folded: OnceCell<String>,
    json: OnceCell<Result<Value, String>>,
    objects: OnceCell<Vec<Map<String, Value>>>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(facts: &'a AnswerFacts<'a>) -> Self {
        Self {
            facts,
            composed: OnceCell::new(),
            folded: OnceCell::new(),
            json: OnceCell::new(),
            objects: OnceCell::new(),
        }
    }

    /// Returns the text as it came; empty when there is none, which no check is asked about.
    fn raw(&self) -> &'a str {
        self.facts.answer.text.as_deref().unwrap_or_default()
    }

    /// Returns the text in NFC.
    pub(super) fn text(&self) -> &str {
        self.composed.get_or_init(|| nfc(self.raw()))
    }

    /// Returns the text with case folded away.
    pub(super) fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(self.raw()))
    }

    /// Returns the whole text as JSON.
    ///
    /// Errors: what the parser said.
    pub(super) fn json(&self) -> Result<&Value, &str> {
        self.json
            .get_or_init(|| serde_json::from_str(self.raw()).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(String::as_str)
    }

    /// Returns the JSON objects that stand anywhere in the text.
    pub(super) fn objects(&self) -> &[Map<String, Value>] {
        self.objects.get_or_init(|| extract::objects(self.raw()))
    }
}

/// Returns a text in NFC: é is one character, however it was typed.
///
/// Source: Unicode Standard Annex #15.
pub(super) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Folds case fully: STRASSE is straße, ΣΑΣ is σας; İ is not i, as Unicode has it without a Turkish rule.
///
/// Source: Unicode Standard 3.13, canonical caseless matching (D145).
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.nfd().default_case_fold().nfc().collect()
    }
}
