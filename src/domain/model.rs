//! A model's full name: `ENDPOINT/MODEL`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

/// An endpoint and the name sent on its wire; written `ENDPOINT/MODEL`, split at the first `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelRef {
    /// The configured endpoint.
    pub endpoint: String,
    /// The name on the wire; may hold further slashes.
    pub model: String,
}

/// A text that names no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found model `{found}`, expected `ENDPOINT/MODEL`, such as `openai/gpt-5-mini`")]
pub struct ModelRefError {
    /// What was found.
    pub found: String,
}

impl FromStr for ModelRef {
    type Err = ModelRefError;

    fn from_str(text: &str) -> Result<Self, ModelRefError> {
        match text.trim().split_once('/') {
            Some((endpoint, model)) if !endpoint.is_empty() && !model.is_empty() => Ok(Self {
                endpoint: endpoint.to_owned(),
                model: model.to_owned(),
            }),
            _ => Err(ModelRefError {
                found: text.to_owned(),
            }),
        }
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.endpoint, self.model)
    }
}

impl Serialize for ModelRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ModelRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
