//! From what a person writes as a model to `ENDPOINT/MODEL`.

use crate::domain::{Endpoint, ModelRef, and_list, nearest};

use crate::config::settings::Settings;

/// A text that names no model of these settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelNameError {
    /// The part before the first `/` is no endpoint.
    #[error("model `{found}` names the unknown endpoint `{endpoint}`, {}", match .nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("expected one of {}", and_list(.known, 24)),
    })]
    UnknownEndpoint {
        /// What was found.
        found: String,
        /// The part before the first `/`.
        endpoint: String,
        /// The endpoint with the nearest name.
        nearest: Option<String>,
        /// Every endpoint.
        known: Vec<String>,
    },
    /// Only an endpoint, which declares no model. A server that serves just one can still tell.
    #[error(
        "found endpoint `{endpoint}` alone, expected `{endpoint}/MODEL`, since its table names no `model`"
    )]
    NoModel {
        /// The endpoint.
        endpoint: String,
    },
}

impl Settings {
    /// Resolves `ENDPOINT/MODEL`, or `ENDPOINT` alone where its table names the `model` that it serves.
    ///
    /// Errors: [`ModelNameError`]; after `NoModel` a caller may ask the server which model it serves.
    pub fn model_ref(&self, text: &str) -> Result<ModelRef, ModelNameError> {
        let (name, model) = match text.trim().split_once('/') {
            Some((name, model)) => (name, Some(model).filter(|model| !model.is_empty())),
            None => (text.trim(), None),
        };
        let endpoint = self.known_endpoint(name, text)?;
        match model.or(endpoint.model.as_deref()) {
            Some(model) => Ok(ModelRef {
                endpoint: name.to_owned(),
                model: model.to_owned(),
            }),
            None => Err(ModelNameError::NoModel {
                endpoint: name.to_owned(),
            }),
        }
    }

    fn known_endpoint(&self, name: &str, text: &str) -> Result<&Endpoint, ModelNameError> {
        self.endpoints
            .get(name)
            .ok_or_else(|| ModelNameError::UnknownEndpoint {
                found: text.to_owned(),
                endpoint: name.to_owned(),
                nearest: nearest(name, self.endpoints.keys().map(String::as_str))
                    .map(str::to_owned),
                known: self.endpoints.keys().cloned().collect(),
            })
    }
}
