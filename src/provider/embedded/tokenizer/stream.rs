//! Tokens to text as they come, never half a character.

use crate::provider::embedded::tokenizer::{SPACE, TokenKind, Tokenizer};

/// A text that grows by tokens; the bytes of an unfinished character wait.
#[derive(Debug, Default)]
pub struct TextStream {
    waiting: Vec<u8>,
}

impl TextStream {
    /// Takes a token and returns the text that is complete with it; bytes that can begin no character become `U+FFFD`.
    pub fn push(&mut self, tokenizer: &Tokenizer, token: u32) -> String {
        let vocabulary = tokenizer.vocabulary();
        let text = vocabulary.tokens.get(token as usize).map_or("", |t| t);
        match vocabulary.kind(token) {
            Some(TokenKind::Byte) => {
                let byte = text.get(3..5).map(|hex| u8::from_str_radix(hex, 16));
                self.waiting.extend(byte.and_then(Result::ok));
            }
            Some(TokenKind::Normal) => {
                let spaced = text.replace(SPACE, " ");
                self.waiting.extend_from_slice(spaced.as_bytes());
            }
            _ => {}
        }
        self.take_complete()
    }

    /// Ends the text: an unfinished character becomes `U+FFFD`.
    pub fn finish(self) -> String {
        String::from_utf8_lossy(&self.waiting).into_owned()
    }

    fn take_complete(&mut self) -> String {
        let unfinished = match self.waiting.utf8_chunks().last() {
            Some(chunk) if is_beginning(chunk.invalid()) => chunk.invalid().len(),
            _ => 0,
        };
        let rest = self.waiting.split_off(self.waiting.len() - unfinished);
        let complete = std::mem::replace(&mut self.waiting, rest);
        String::from_utf8_lossy(&complete).into_owned()
    }
}

/// Tells whether bytes that are no UTF-8 could become so by more bytes.
fn is_beginning(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}
