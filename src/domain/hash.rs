//! SHA-256 in hex, with a key where what is hashed must not be guessed, and canonical JSON to feed it.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Sixty-four lower-case hex digits of a SHA-256.
pub type Sha256Hex = String;

/// Writes JSON in the one form that is hashed: RFC 8785 for strings, integers, booleans and null.
///
/// Object keys are sorted by their UTF-16 code units. Floats are written as `serde_json` writes them; nothing that is chained
/// holds one (amounts are strings).
///
/// Source: RFC 8785, JSON Canonicalization Scheme.
pub fn canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write_canonical(&map[key], text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}

/// Returns the SHA-256 of some bytes in hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> Sha256Hex {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            write!(hex, "{byte:02x}").ok();
            hex
        })
}

/// A key under which texts that are not kept are hashed: a plain hash of a short one (晴天) is found by trying.
#[derive(Clone)]
pub struct TextKey(ring::hmac::Key);

impl TextKey {
    /// Makes a key of secret bytes.
    pub fn new(secret: &[u8]) -> Self {
        Self(ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret))
    }

    /// Returns the HMAC-SHA-256 of a text.
    ///
    /// Source: RFC 2104.
    pub fn digest(&self, text: &str) -> [u8; 32] {
        let mut digest = [0; 32];
        digest.copy_from_slice(ring::hmac::sign(&self.0, text.as_bytes()).as_ref());
        digest
    }

    /// Returns the same in hex.
    pub fn hex(&self, text: &str) -> Sha256Hex {
        hex(&self.digest(text))
    }
}

impl std::fmt::Debug for TextKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TextKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_sorts_keys_at_every_depth() {
        let value: Value =
            serde_json::from_str(r#"{"b":[{"z":1,"a":"晴"}],"a":null}"#).expect("JSON");
        assert_eq!(
            canonical_json(&value),
            r#"{"a":null,"b":[{"a":"晴","z":1}]}"#
        );
    }

    #[test]
    fn keys_sort_by_utf16_as_the_rfc_asks() {
        let value: Value = serde_json::from_str(r#"{"\ufb33":1,"\ud83d\ude00":2}"#).expect("JSON");
        assert_eq!(canonical_json(&value), "{\"\u{1f600}\":2,\"\u{fb33}\":1}");
    }

    #[test]
    fn keyed_hashes_match_the_published_vector() {
        // RFC 4231, test case 1.
        let key = TextKey::new(&[0x0b; 20]);
        assert_eq!(
            key.hex("Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(format!("{key:?}"), "TextKey");
    }

    #[test]
    fn sha256_matches_the_published_vector() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
