//! Text to tokens and back: the SPM tokenizer of `llama.cpp` (`tokenizer.ggml.model = "llama"`).
//!
//! A text begins as its characters; the adjacent pair whose concatenation has the best score in the vocabulary is merged,
//! the leftmost of equals, until none is left; a character that is no token becomes its bytes (`<0xXX>`). A space is written
//! `▁` (U+2581), nothing is put before the text, and there is no token for its beginning.
//!
//! Control tokens (`<|user|>`, `<|end|>`, …) come from the chat template alone. A person's literal `<|end|>` is text here and
//! cannot end their turn; `llama-server` renders its template to one string and reads such a text as the control token, so
//! this is the one input where the two differ.
//!
//! Source: `llm_tokenizer_spm_session` in llama.cpp's `src/llama-vocab.cpp`.

mod chat;
mod error;
mod merge;
mod stream;
mod vocabulary;

use std::collections::HashMap;

use crate::provider::embedded::gguf::{Gguf, GgufError};

pub use chat::{Speaker, TEMPLATE};
pub use error::TokenizerError;
pub use stream::TextStream;
pub use vocabulary::{TokenKind, Vocabulary};

/// What stands for a space in a token.
pub(in crate::provider::embedded) const SPACE: char = '\u{2581}';

/// A vocabulary, ready to encode and decode.
#[derive(Debug)]
pub struct Tokenizer {
    vocabulary: Vocabulary,
    /// Tokens that a text may become, with their ids.
    texts: HashMap<String, u32>,
    /// Bytes of the longest of them.
    longest: usize,
    /// The token of each byte.
    bytes: [u32; 256],
    speakers: [u32; 3],
    end: u32,
}

impl Tokenizer {
    /// Makes a tokenizer; every byte, every speaker and the end of a turn must have a token of their own.
    ///
    /// Errors: what the vocabulary lacks, or has twice.
    pub fn new(vocabulary: Vocabulary) -> Result<Self, TokenizerError> {
        vocabulary.check()?;
        let mut ids: HashMap<&str, u32> = HashMap::new();
        for (id, token) in (0..).zip(&vocabulary.tokens) {
            if let Some(before) = ids.insert(token, id) {
                return Err(TokenizerError::Twice {
                    token: token.clone(),
                    ids: (before, id),
                });
            }
        }
        let of_kind = |kind: TokenKind, name: &str| {
            let id = ids.get(name).copied();
            id.filter(|id| vocabulary.kind(*id) == Some(kind))
                .ok_or_else(|| TokenizerError::Missing {
                    token: name.to_owned(),
                    kind,
                })
        };
        let mut bytes = [0; 256];
        for (byte, id) in bytes.iter_mut().enumerate() {
            *id = of_kind(TokenKind::Byte, &format!("<0x{byte:02X}>"))?;
        }
        let mut speakers = [0; 3];
        for (speaker, id) in Speaker::ALL.iter().zip(&mut speakers) {
            *id = of_kind(TokenKind::Control, speaker.token())?;
        }
        let end = of_kind(TokenKind::Control, chat::END)?;
        let texts: HashMap<String, u32> = ids
            .iter()
            .filter(|(_, id)| vocabulary.kind(**id) == Some(TokenKind::Normal))
            .map(|(token, id)| ((*token).to_owned(), *id))
            .collect();
        drop(ids);
        Ok(Self {
            vocabulary,
            longest: texts.keys().map(String::len).max().unwrap_or(1).max(1),
            texts,
            bytes,
            speakers,
            end,
        })
    }

    /// Reads the tokenizer of a file.
    ///
    /// Errors: another algorithm, another chat template, or a vocabulary that lacks something.
    pub fn of(gguf: &Gguf<'_>) -> Result<Self, TokenizerError> {
        let tokenizer = Self::new(Vocabulary::of(gguf)?)?;
        let key = "tokenizer.ggml.eos_token_id";
        let found = gguf.count(key)?;
        if found != tokenizer.end as usize {
            let expected = format!("{}, which is `{}`", tokenizer.end, chat::END);
            return Err(GgufError::value(key, found.to_string(), expected).into());
        }
        Ok(tokenizer)
    }

    /// Returns how many tokens there are.
    pub fn size(&self) -> usize {
        self.vocabulary.tokens.len()
    }

    /// Returns the token that ends a turn.
    pub fn end(&self) -> u32 {
        self.end
    }

    /// Returns the vocabulary.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Returns how many tokens a text has at least, without encoding it.
    pub fn at_least(&self, text: &str) -> usize {
        let spaces = text.bytes().filter(|byte| *byte == b' ').count();
        let bytes = text.len() + spaces * (SPACE.len_utf8() - 1);
        bytes.div_ceil(self.longest)
    }

    /// Encodes a text, without any control token, in O(n log n).
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let text = text.replace(' ', SPACE.encode_utf8(&mut [0; 4]));
        let mut tokens = Vec::new();
        for piece in merge::pieces(&text, |piece| {
            let id = *self.texts.get(piece)?;
            self.vocabulary.scores.get(id as usize).copied()
        }) {
            match self.texts.get(piece) {
                Some(id) => tokens.push(*id),
                None => tokens.extend(piece.bytes().map(|byte| self.bytes[usize::from(byte)])),
            }
        }
        tokens
    }

    /// Decodes tokens; bytes that are no UTF-8 become `U+FFFD`, control tokens nothing.
    pub fn decode(&self, tokens: &[u32]) -> String {
        let mut stream = TextStream::default();
        let mut text: String = tokens
            .iter()
            .map(|token| stream.push(self, *token))
            .collect();
        text.push_str(&stream.finish());
        text
    }
}

#[cfg(test)]
mod tests;
