//! One answer, token after token.

use crate::domain::FinishReason;
use crate::provider::embedded::model::{BATCH, Session, StepError};
use crate::provider::embedded::sampler::Sampler;
use crate::provider::embedded::stops::Stops;
use crate::provider::embedded::tokenizer::{TextStream, Tokenizer};
use crate::provider::embedded::{Asked, Weights};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its text.
    pub text: String,
    /// Tokens written, the end of the turn included where the model wrote it, as `llama-server` counts.
    pub tokens: usize,
    /// Why it ended: by itself or at a stop, or at the limit or the end of the context.
    pub finish: FinishReason,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The context does not hold the prompt.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The weights lead to no number.
    #[error("the model computes no number after {tokens} tokens: its weights are damaged")]
    NoNumber {
        /// Tokens read and written before.
        tokens: usize,
    },
    /// Nobody waits for it any more.
    #[error("given up")]
    GivenUp,
}

/// Writes the answer to a request on this thread; `on_text` takes each piece as it comes, and `stop` is asked before each
/// token and each part of the prompt.
///
/// Errors: a prompt that does not fit, damaged weights, or [`WriteError::GivenUp`].
pub fn write(
    weights: &Weights,
    asked: &Asked,
    on_text: &mut dyn FnMut(&str),
    stop: &dyn Fn() -> bool,
) -> Result<Written, WriteError> {
    let (model, tokenizer) = (&weights.model, &weights.tokenizer);
    let prompt = asked.tokens();
    let room = model.dims().context.saturating_sub(prompt.len());
    let limit = asked.limit.map_or(room, |limit| limit.min(room));
    let mut session = Session::new(model, prompt.len() + limit);
    let mut logits = Vec::new();
    for part in prompt.chunks(BATCH) {
        logits = model.read(&mut session, part)?;
        if stop() {
            return Err(WriteError::GivenUp);
        }
    }
    let mut sampler = Sampler::new(asked.sampling, prompt);
    let mut answer = Growing::new(asked, tokenizer, on_text);
    answer.show(&asked.begun);
    for tokens in 1..=limit {
        let token = sampler.choose(&logits).ok_or(WriteError::NoNumber {
            tokens: session.length(),
        })?;
        if token == tokenizer.end() || answer.push(token) {
            return Ok(answer.end(tokens, FinishReason::Stop));
        }
        if stop() {
            return Err(WriteError::GivenUp);
        }
        if tokens < limit {
            logits = model.read(&mut session, &[token])?;
        }
    }
    Ok(answer.end(limit, FinishReason::Length))
}

/// The text so far, shown as it grows.
struct Growing<'a> {
    tokenizer: &'a Tokenizer,
    stream: TextStream,
    stops: Stops<'a>,
    stopped: bool,
    text: String,
    on_text: &'a mut dyn FnMut(&str),
}

impl<'a> Growing<'a> {
    fn new(asked: &'a Asked, tokenizer: &'a Tokenizer, on_text: &'a mut dyn FnMut(&str)) -> Self {
        Self {
            tokenizer,
            stream: TextStream::default(),
            stops: Stops::new(&asked.stops),
            stopped: false,
            text: String::new(),
            on_text,
        }
    }

    /// Takes a token and tells whether a stop was met with it.
    fn push(&mut self, token: u32) -> bool {
        let piece = self.stream.push(self.tokenizer, token);
        self.grow(&piece);
        self.stopped
    }

    fn grow(&mut self, piece: &str) {
        let (shown, stopped) = self.stops.push(piece);
        self.stopped = stopped;
        self.show(&shown);
    }

    fn show(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push_str(text);
            (self.on_text)(text);
        }
    }

    fn end(mut self, tokens: usize, finish: FinishReason) -> Written {
        if !self.stopped {
            let rest = std::mem::take(&mut self.stream).finish();
            self.grow(&rest);
            let held = self.stops.take();
            self.show(&held);
        }
        Written {
            text: self.text,
            tokens,
            finish,
        }
    }
}
