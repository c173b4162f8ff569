//! The chat template: who speaks, in control tokens.

use crate::provider::embedded::tokenizer::Tokenizer;

/// The template in the form that a GGUF carries it (Jinja); [`Tokenizer::chat`] is the same in Rust.
pub const TEMPLATE: &str = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

/// The control token that ends a turn.
pub(super) const END: &str = "<|end|>";

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl Speaker {
    pub(super) const ALL: [Self; 3] = [Self::System, Self::User, Self::Assistant];

    /// Returns the control token that begins a turn.
    pub fn token(self) -> &'static str {
        match self {
            Self::System => "<|system|>",
            Self::User => "<|user|>",
            Self::Assistant => "<|assistant|>",
        }
    }
}

impl Tokenizer {
    /// Returns the token that begins a speaker's turn.
    pub fn begin(&self, speaker: Speaker) -> u32 {
        self.speakers[speaker as usize]
    }

    /// Encodes one turn, with its beginning and its end.
    pub fn turn(&self, speaker: Speaker, text: &str) -> Vec<u32> {
        let mut tokens = vec![self.begin(speaker)];
        tokens.extend(self.encode(text));
        tokens.push(self.end);
        tokens
    }

    /// Encodes a conversation up to where the model is to speak: after the beginning of its turn, or, as `llama-server` has
    /// it, after what the last turn has already put into its mouth.
    pub fn chat<'t>(&self, turns: impl IntoIterator<Item = (Speaker, &'t str)>) -> Vec<u32> {
        let mut tokens = Vec::new();
        let mut last = None;
        for (speaker, text) in turns {
            tokens.extend(self.turn(speaker, text));
            last = Some(speaker);
        }
        if last == Some(Speaker::Assistant) {
            tokens.pop();
        } else {
            tokens.push(self.begin(Speaker::Assistant));
        }
        tokens
    }
}
