//! What is kept of texts: all of them, those within the limits, or nothing but their hashes.
//!
//! The chain has a hash of every request and answer in any case. Where the text itself is not kept, a tombstone takes its place
//! that tells its size; reports count tombstones, and nothing can be scored or shown again.

use std::borrow::Cow;

use crate::domain::{Answer, Fault, FinishReason, TextKey};
use crate::ledger::Settle;
use crate::ledger::chain::{self, Digest32};
use crate::ledger::payload::StoredAnswer;

/// What a ledger keeps of requests, answers, reasons and what providers say.
#[derive(Debug, Clone)]
pub enum Keep {
    /// Texts within these limits; of others their hash and size.
    Texts(TextLimits),
    /// No text at all: hashes under a key, without which nobody can try guesses.
    Hashes(TextKey),
}

/// How much text is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextLimits {
    /// Bytes of one request or answer, before compression.
    pub each: Option<u64>,
    /// Bytes of the whole ledger; no further text is kept once it has them.
    pub total: Option<u64>,
}

impl Default for Keep {
    fn default() -> Self {
        Self::Texts(TextLimits::default())
    }
}

impl Keep {
    /// Returns the hash of a text, as the chain has it.
    pub(super) fn hash(&self, text: &str) -> Digest32 {
        match self {
            Self::Texts(_) => chain::digest(text),
            Self::Hashes(key) => key.digest(text),
        }
    }

    /// Tells whether a text of this many bytes is kept, as long as the ledger has room for it.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        match self {
            Self::Texts(limits) => limits.each.is_none_or(|most| bytes as u64 <= most),
            Self::Hashes(_) => false,
        }
    }

    /// Returns the size that the whole ledger may have and still take texts.
    pub(super) fn total(&self) -> Option<u64> {
        match self {
            Self::Texts(limits) => limits.total,
            Self::Hashes(_) => None,
        }
    }

    pub(super) fn is_hashes(&self) -> bool {
        matches!(self, Self::Hashes(_))
    }

    /// Returns why an attempt ended without an answer; what a provider said is a text.
    pub(super) fn reason<'a>(&self, reason: &'a str, fault: Option<&Fault>) -> Cow<'a, str> {
        match (self, fault) {
            (Self::Hashes(_), Some(fault)) => Cow::Owned(unsaid(fault)),
            _ => Cow::Borrowed(reason),
        }
    }

    /// Returns a fault without what the provider said.
    pub(super) fn fault<'a>(&self, fault: &'a Fault) -> Cow<'a, Fault> {
        match self {
            Self::Texts(_) => Cow::Borrowed(fault),
            Self::Hashes(_) => Cow::Owned(Fault {
                message: unsaid(fault),
                partial_text: None,
                settled_by: None,
                ..fault.clone()
            }),
        }
    }
}

fn unsaid(fault: &Fault) -> String {
    let status = fault
        .status
        .map_or_else(String::new, |status| format!(", HTTP {status}"));
    format!("{}{status} (texts are not kept)", fault.code)
}

/// A settle and what is kept of its answer. It is made before the order is queued, so that no text that must not be kept
/// reaches the queue, the spill file or the database.
#[derive(Debug)]
pub(super) struct Booking {
    /// Its answer has no text where none is kept.
    pub(super) settle: Settle,
    pub(super) hash: Digest32,
    /// The payload, where it is kept.
    pub(super) body: Option<String>,
    /// What lies in its place else.
    pub(super) tombstone: String,
}

impl Booking {
    pub(super) fn of(mut settle: Settle, keep: &Keep) -> Self {
        let body = StoredAnswer::text_of(&settle.answer);
        let (hash, tombstone) = (
            keep.hash(&body),
            tombstone(body.len(), settle.answer.finish_reason.as_ref()),
        );
        let body = keep.takes(body.len()).then_some(body);
        if body.is_none() {
            settle.answer = without_texts(settle.answer);
        }
        Self {
            settle,
            hash,
            body,
            tombstone,
        }
    }
}

/// Returns what lies in the place of a payload of so many bytes.
pub(super) fn tombstone(bytes: usize, finish_reason: Option<&FinishReason>) -> String {
    // A reason that no list knows is the provider's own text.
    let known = finish_reason.filter(|reason| !matches!(reason, FinishReason::Other(_)));
    StoredAnswer::tombstone_of(bytes as u64, known.cloned())
}

fn without_texts(answer: Answer) -> Answer {
    Answer {
        text: None,
        refusal: None,
        reasoning: None,
        tool_calls: Vec::new(),
        finish_reason: None,
        logprobs: None,
        timings: None,
        warnings: Vec::new(),
        ..answer
    }
}
