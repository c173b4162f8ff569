//! The revision of a prompt: a hash of everything in it that can change an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::domain::{Revision, canonical_json, sha256_hex};

/// A revision's full text: enough to write the prompt's file again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RevisionText {
    /// The body, with line ends normalised; trimmed where front matter precedes it.
    pub body: String,
    /// The partials that it reaches, by name, without front matter.
    #[serde(default)]
    pub partials: BTreeMap<String, String>,
    /// The YAML between the fences; none where the file has no front matter.
    #[serde(default)]
    pub front_matter: Option<String>,
    /// Blank and `#` lines before the front matter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub header: String,
}

impl RevisionText {
    /// Returns the text of the prompt's file; the partials have files of their own.
    pub fn source(&self) -> String {
        match &self.front_matter {
            None => self.body.clone(),
            Some(yaml) => format!("{}---\n{yaml}---\n{}\n", self.header, self.body),
        }
    }
}

/// Hashes body, reached partials, and front matter less what cannot change an answer: `description`, `model` and `pw.*`.
///
/// The model is a dimension of its own; every other key counts, known or not.
pub(super) fn revision(text: &RevisionText, front: &Map<String, Value>) -> Revision {
    let counts = |key: &str| {
        key != "description" && key != "model" && key != "pw" && !key.starts_with("pw.")
    };
    let front: Map<String, Value> = front
        .iter()
        .filter(|(key, _)| counts(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let hashed = json!({
        "body": text.body,
        "partials": text.partials,
        "front_matter": front,
    });
    Revision(sha256_hex(canonical_json(&hashed).as_bytes()))
}
