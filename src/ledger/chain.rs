//! The chain: what of a posting is hashed, and how.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::{Usage, Usd};

/// Version of the entry's form, inside every entry.
pub(super) const VERSION: i64 = 1;

/// A SHA-256.
pub(super) type Digest32 = [u8; 32];

/// What stands before the first posting.
pub(super) const GENESIS: Digest32 = [0; 32];

/// A posting as it is hashed and exported: numbers of the tables are texts again, amounts are decimal strings, what is
/// absent is left out.
///
/// The fields stand in the order of their names, so that `serde_json` writes canonical JSON (RFC 8785) directly.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Entry<'a> {
    pub(super) attempt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) call: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) case: Option<&'a str>,
    pub(super) day: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<i64>,
    pub(super) held: Usd,
    pub(super) imputed: Usd,
    pub(super) kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency_ms: Option<i64>,
    pub(super) lost: Usd,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model_returned: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<i64>,
    pub(super) overrun: Usd,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) price_from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) price_rates: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) price_source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purpose: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) repeat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) revision: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<&'a str>,
    pub(super) seq: i64,
    pub(super) spent: Usd,
    /// Hash of the request's text for a hold, of the answer's for a settle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tier_returned: Option<&'a str>,
    pub(super) time: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<&'a Usage>,
    /// As text, because providers put floats in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) usage_raw: Option<&'a str>,
    pub(super) v: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) variant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) workspace: Option<&'a str>,
}

impl Entry<'_> {
    /// Writes the entry as canonical JSON.
    pub(super) fn canonical(&self) -> String {
        // Only maps with keys that are no strings can fail, and there is none.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Returns the hash of a posting: SHA-256 over the hash before it in hex, a line feed, and the entry's canonical JSON.
pub(super) fn link(before: &Digest32, canonical: &str) -> Digest32 {
    let mut hasher = Sha256::new();
    hasher.update(hex(before));
    hasher.update(b"\n");
    hasher.update(canonical);
    hasher.finalize().into()
}

/// Returns the SHA-256 of a text.
pub(super) fn digest(text: &str) -> Digest32 {
    Sha256::digest(text).into()
}

/// Writes bytes as lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// Reads 64 digits of hex.
pub(super) fn unhex(hex: &str) -> Option<Digest32> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Writes a time of the tables as RFC 3339 in UTC with milliseconds; a time that no calendar knows as its number.
pub(super) fn time_text(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| ms.to_string(), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{canonical_json, sha256_hex};

    fn full() -> String {
        Entry {
            attempt: "a",
            call: Some("c"),
            case: Some("北京 \"1\"\u{1}"),
            endpoint: Some("e"),
            fault: Some(15),
            latency_ms: Some(9),
            model: Some("m"),
            model_returned: Some("r"),
            number: Some(1),
            price_from: Some("2026-10-01"),
            price_rates: Some("{}"),
            price_source: Some("s"),
            prompt: Some("p"),
            purpose: Some("eval"),
            reason: Some("why"),
            repeat: Some(1),
            request_id: Some("q"),
            response_id: Some("i"),
            revision: Some("v"),
            run: Some("n"),
            text: Some("t"),
            tier_returned: Some("flex"),
            usage: Some(&Usage::of(1, 2)),
            usage_raw: Some("{\"cost\":0.1}"),
            variant: Some("x"),
            workspace: Some("w"),
            kind: "settle",
            time: "2026-11-24T00:00:00.000Z",
            v: VERSION,
            ..Entry::default()
        }
        .canonical()
    }

    #[test]
    fn an_entry_is_written_in_canonical_form() {
        let text = full();
        let value = serde_json::from_str(&text).unwrap();
        assert_eq!(text, canonical_json(&value));
        assert!(text.contains("\"held\":\"0.000000000000\""), "{text}");
    }

    #[test]
    fn a_link_is_the_published_formula() {
        let hash = link(&GENESIS, "{}");
        assert_eq!(
            hex(&hash),
            sha256_hex(format!("{}\n{{}}", "0".repeat(64)).as_bytes())
        );
    }

    #[test]
    fn times_have_milliseconds_and_never_panic() {
        assert_eq!(time_text(1_764_000_000_120), "2025-11-24T16:00:00.120Z");
        assert_eq!(time_text(i64::MAX), i64::MAX.to_string());
    }
}
