//! SHA-256 in hex, and canonical JSON to feed it.

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
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            write!(hex, "{byte:02x}").ok();
            hex
        })
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
    fn sha256_matches_the_published_vector() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
