//! What is wrong with an embedded endpoint, or with a request to it, before anything is written.

use crate::provider::embedded::gguf::GgufError;
use crate::provider::embedded::tokenizer::TokenizerError;

/// A file that cannot be served in this process.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("`{file}`: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        reason: String,
    },
    /// The file is too large.
    #[error(
        "`{file}` is larger than 64 MiB, expected a small model: serve it by `llama-server -m {file}` and an endpoint of kind `llama.cpp`"
    )]
    TooLarge {
        /// The file.
        file: String,
    },
    /// The file is no model of this kind.
    #[error("`{file}` {error}")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it.
        error: Box<Self>,
    },
    /// It is no GGUF, is cut, or is of another architecture.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// Its tokenizer is another one.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
}

impl LoadError {
    /// Names the file.
    pub(super) fn in_file(self, file: String) -> Self {
        let error = Box::new(self);
        Self::File { file, error }
    }

    /// Names the endpoint.
    pub(super) fn at(self, endpoint: &str) -> EmbeddedError {
        EmbeddedError::Load {
            endpoint: endpoint.to_owned(),
            error: self,
        }
    }
}

/// An embedded endpoint that cannot be used, or a request that it cannot answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EmbeddedError {
    /// Its file cannot be served.
    #[error("endpoint `{endpoint}`: {error}")]
    Load {
        /// The endpoint.
        endpoint: String,
        /// Why not.
        error: LoadError,
    },
    /// Another model is asked for.
    #[error(
        "endpoint `{endpoint}` serves `{served}`, found `{found}`: write `{endpoint}/{served}`"
    )]
    Model {
        /// The endpoint.
        endpoint: String,
        /// What was asked for.
        found: String,
        /// What it serves.
        served: String,
    },
    /// The request asks for what a model of this kind cannot do.
    #[error("endpoint `{endpoint}`: {what}")]
    Asked {
        /// The endpoint.
        endpoint: String,
        /// What was found and what was expected.
        what: String,
    },
}

impl EmbeddedError {
    pub(super) fn asked(endpoint: &str, what: String) -> Self {
        Self::Asked {
            endpoint: endpoint.to_owned(),
            what,
        }
    }
}
