//! Texts as they lie in the database: short ones as they are, long ones compressed; and answers without what postings hold.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use rusqlite::ToSql;
use rusqlite::types::{
    FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value as Stored, ValueRef,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{Answer, FinishReason, ToolCall};

/// Shorter texts gain nothing by compression.
const SHORT: usize = 512;

/// How a tombstone begins; no request and no answer does.
pub(super) const TOMBSTONE: &str = "{\"unkept\":";

/// No text that `pw` writes is longer; a damaged row must not fill the memory.
const LONGEST: u64 = 256 << 20;

/// A text in its stored form: TEXT is the text, BLOB its zlib form.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Body(Stored);

impl ToSql for Body {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

/// A text read from its stored form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plain(pub(super) String);

impl FromSql for Plain {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Text(text) => String::from_utf8(text.to_vec())
                .map(Plain)
                .map_err(FromSqlError::other),
            ValueRef::Blob(bytes) => {
                let mut text = String::new();
                ZlibDecoder::new(bytes)
                    .take(LONGEST)
                    .read_to_string(&mut text)
                    .map(|_| Plain(text))
                    .map_err(FromSqlError::other)
            }
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

/// Compresses texts, one after the other, with one set of tables.
pub(super) struct Packer {
    zlib: Compress,
    buffer: Vec<u8>,
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            // Level 3: prompts shrink about as well as at 6, in a third of the time.
            zlib: Compress::new(Compression::new(3), true),
            buffer: Vec::new(),
        }
    }

    /// Brings a text into its stored form.
    pub(super) fn pack(&mut self, text: &str) -> Body {
        Body(match self.compress(text) {
            Some(bytes) => Stored::Blob(bytes),
            None => Stored::Text(text.to_owned()),
        })
    }

    /// Returns the zlib form where it is shorter.
    fn compress(&mut self, text: &str) -> Option<Vec<u8>> {
        if text.len() < SHORT {
            return None;
        }
        self.zlib.reset();
        self.buffer.clear();
        // What does not fit here is longer than the text: the end of the stream is not reached, and the text stays.
        self.buffer.reserve(text.len());
        let status = self
            .zlib
            .compress_vec(text.as_bytes(), &mut self.buffer, FlushCompress::Finish)
            .ok()?;
        (status == Status::StreamEnd && self.buffer.len() < text.len()).then(|| self.buffer.clone())
    }
}

/// An answer as its payload holds it: without the usage, ids and names that its posting holds, and without what is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredAnswer {
    /// Bytes of the payload in whose place this lies; a request's too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unkept: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reasoning: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCall>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finish_reason: Option<FinishReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logprobs: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timings: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl StoredAnswer {
    /// Writes the payload of an answer.
    pub(super) fn text_of(answer: &Answer) -> String {
        let stored = Self {
            unkept: None,
            text: answer.text.clone(),
            refusal: answer.refusal.clone(),
            reasoning: answer.reasoning.clone(),
            tool_calls: answer.tool_calls.clone(),
            finish_reason: answer.finish_reason.clone(),
            logprobs: answer.logprobs.clone(),
            timings: answer.timings.clone(),
            warnings: answer.warnings.clone(),
        };
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Writes what lies in the place of a payload of so many bytes.
    pub(super) fn tombstone_of(bytes: u64, finish_reason: Option<FinishReason>) -> String {
        let tombstone = Self {
            unkept: Some(bytes),
            finish_reason,
            ..Self::default()
        };
        serde_json::to_string(&tombstone).unwrap_or_default()
    }

    /// Returns the bytes of the payload in whose place a text lies; `None` for a payload itself.
    pub(super) fn stands_for(text: &str) -> Option<u64> {
        if !text.starts_with(TOMBSTONE) {
            return None;
        }
        serde_json::from_str::<Self>(text).ok()?.unkept
    }

    /// Makes an answer of a payload; what its posting holds is still unset.
    pub(super) fn into_answer(self) -> Answer {
        Answer {
            text: self.text,
            refusal: self.refusal,
            reasoning: self.reasoning,
            tool_calls: self.tool_calls,
            finish_reason: self.finish_reason,
            model_returned: None,
            tier_returned: None,
            usage: None,
            usage_raw: None,
            response_id: None,
            request_id: None,
            logprobs: self.logprobs,
            timings: self.timings,
            warnings: self.warnings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> (bool, String) {
        let body = Packer::new().pack(text);
        let plain = Plain::column_result(ValueRef::from(&body.0)).unwrap();
        (matches!(body.0, Stored::Blob(_)), plain.0)
    }

    #[test]
    fn short_texts_stay_and_long_ones_shrink() {
        let short = "晴".repeat(100);
        assert_eq!(round_trip(&short), (false, short));
        let long = "今天北京晴。".repeat(500);
        assert_eq!(round_trip(&long), (true, long));
    }

    #[test]
    fn what_does_not_shrink_stays() {
        // Distinct characters in a fixed irregular order: nothing repeats.
        let noise: String = (0_u32..600)
            .filter_map(|i| char::from_u32(0x4e00 + i.wrapping_mul(7919) % 20_000))
            .collect();
        let (packed, text) = round_trip(&noise);
        assert_eq!(text, noise);
        assert!(!packed || Packer::new().compress(&noise).unwrap().len() < noise.len());
    }

    #[test]
    fn one_packer_serves_many_texts() {
        let mut packer = Packer::new();
        for n in [600, 5000, 700] {
            let text = "abc ".repeat(n);
            let body = packer.pack(&text);
            assert_eq!(
                Plain::column_result(ValueRef::from(&body.0)).unwrap(),
                Plain(text)
            );
        }
    }

    #[test]
    fn a_tombstone_tells_its_size_and_no_payload_is_taken_for_one() {
        let tombstone = StoredAnswer::tombstone_of(5_242_880, Some(FinishReason::Length));
        assert_eq!(tombstone, r#"{"unkept":5242880,"finish_reason":"length"}"#);
        assert_eq!(StoredAnswer::stands_for(&tombstone), Some(5_242_880));
        let mut answer = StoredAnswer::default().into_answer();
        for text in [None, Some(""), Some(tombstone.as_str())] {
            answer.text = text.map(str::to_owned);
            let payload = StoredAnswer::text_of(&answer);
            assert_eq!(StoredAnswer::stands_for(&payload), None, "{payload}");
        }
    }

    #[test]
    fn damage_is_an_error() {
        assert!(Plain::column_result(ValueRef::Blob(b"not zlib")).is_err());
        assert!(Plain::column_result(ValueRef::Integer(1)).is_err());
    }
}
