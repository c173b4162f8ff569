//! What is wrong with a vocabulary.

use crate::provider::embedded::gguf::GgufError;
use crate::provider::embedded::tokenizer::TokenKind;

/// A vocabulary that this tokenizer cannot use.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TokenizerError {
    /// It cannot be read, or is of another algorithm.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// Its lists do not belong together.
    #[error(
        "has {tokens} tokens, {scores} scores and {kinds} types of tokens, expected as many of each"
    )]
    Lengths {
        /// How many tokens.
        tokens: usize,
        /// How many scores.
        scores: usize,
        /// How many types.
        kinds: usize,
    },
    /// A token that cannot be ranked or is of a kind that is not known here.
    #[error(
        "has the {kind} token `{token}` with score {score}, expected a finite score and no user-defined token"
    )]
    Token {
        /// The token.
        token: String,
        /// Its kind.
        kind: TokenKind,
        /// Its score.
        score: String,
    },
    /// A token that is there twice.
    #[error("has the token `{token}` twice, as {} and {}", ids.0, ids.1)]
    Twice {
        /// The token.
        token: String,
        /// Its ids.
        ids: (u32, u32),
    },
    /// A token that is needed.
    #[error(
        "has no {kind} token `{token}`, which the chat template or a character outside the vocabulary needs"
    )]
    Missing {
        /// The token.
        token: String,
        /// What it should be.
        kind: TokenKind,
    },
}
