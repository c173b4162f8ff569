//! The vocabulary, as a GGUF carries it.

use std::fmt;

use crate::provider::embedded::gguf::{Gguf, GgufError};
use crate::provider::embedded::tokenizer::{TEMPLATE, TokenizerError};

/// How many characters of a setting an error shows; another model's chat template may have pages.
const SHOWN: usize = 80;

/// What a token is, by ggml's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A piece of text.
    Normal = 1,
    /// What stands for anything unknown; never produced where bytes have tokens.
    Unknown = 2,
    /// Never text: a turn's beginning or end.
    Control = 3,
    /// A piece of text that is never split.
    UserDefined = 4,
    /// A hole.
    Unused = 5,
    /// One byte.
    Byte = 6,
}

impl TokenKind {
    fn read(number: i32) -> Option<Self> {
        Some(match number {
            1 => Self::Normal,
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            5 => Self::Unused,
            6 => Self::Byte,
            _ => return None,
        })
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "normal",
            Self::Unknown => "unknown",
            Self::Control => "control",
            Self::UserDefined => "user-defined",
            Self::Unused => "unused",
            Self::Byte => "byte",
        })
    }
}

/// Tokens by id, each with its score (minus its rank among the merges) and its kind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vocabulary {
    /// Their texts, spaces written `▁`.
    pub tokens: Vec<String>,
    /// Their scores: the higher, the earlier merged.
    pub scores: Vec<f32>,
    /// Their kinds.
    pub kinds: Vec<TokenKind>,
}

impl Vocabulary {
    /// Returns a token's kind.
    pub fn kind(&self, id: u32) -> Option<TokenKind> {
        self.kinds.get(id as usize).copied()
    }

    /// Reads the vocabulary of a file and checks that its tokenizer is this one.
    ///
    /// Errors: another algorithm, another chat template, or settings that this tokenizer does not have.
    pub fn of(gguf: &Gguf<'_>) -> Result<Self, TokenizerError> {
        let expect = |key, found: String, expected: &str| {
            if found == expected {
                return Ok(());
            }
            let beginning: String = found.chars().take(SHOWN).collect();
            let expected: String = expected.chars().take(SHOWN).collect();
            let found = format!("`{}`", beginning.escape_debug());
            Err(GgufError::value(key, found, format!("`{expected}`")))
        };
        for (key, expected) in [
            ("tokenizer.ggml.model", "llama"),
            ("tokenizer.chat_template", TEMPLATE),
        ] {
            expect(key, gguf.text(key)?.to_owned(), expected)?;
        }
        for key in [
            "tokenizer.ggml.add_bos_token",
            "tokenizer.ggml.add_space_prefix",
        ] {
            expect(key, gguf.flag(key)?.to_string(), "false")?;
        }
        let tokens = gguf.texts("tokenizer.ggml.tokens")?;
        let key = "tokenizer.ggml.token_type";
        let kinds = gguf.integers(key)?.into_iter().map(|number| {
            TokenKind::read(number)
                .ok_or_else(|| GgufError::value(key, number.to_string(), "a kind from 1 to 6"))
        });
        Ok(Self {
            tokens: tokens.iter().map(|token| (*token).to_owned()).collect(),
            scores: gguf.numbers("tokenizer.ggml.scores")?,
            kinds: kinds.collect::<Result<_, _>>()?,
        })
    }

    /// Checks that every token has a score that is a number, and a kind that is known here.
    pub(super) fn check(&self) -> Result<(), TokenizerError> {
        let (tokens, scores, kinds) = (self.tokens.len(), self.scores.len(), self.kinds.len());
        if scores != tokens || kinds != tokens {
            return Err(TokenizerError::Lengths {
                tokens,
                scores,
                kinds,
            });
        }
        for (token, (score, kind)) in self.tokens.iter().zip(self.scores.iter().zip(&self.kinds)) {
            if !score.is_finite() || *kind == TokenKind::UserDefined {
                return Err(TokenizerError::Token {
                    token: token.clone(),
                    kind: *kind,
                    score: score.to_string(),
                });
            }
        }
        Ok(())
    }
}
