//! What a request asks of the model: tokens, limits, sampling.

use serde_json::{Map, Value};

use crate::domain::{Message, Request, Role};
use crate::provider::body::has_media;
use crate::provider::embedded::Weights;
use crate::provider::embedded::tokenizer::Speaker;

/// Settings that are understood, by their names on the wire, for an error.
const KNOWN: &str = "`max_tokens`, `temperature`, `top_p`, `top_k`, `seed` and `stop`";

/// The longest prompt, in bytes, that is encoded to tell its length exactly though it cannot fit.
const MOST_ENCODED: usize = 64 << 10;

/// A request, read.
#[derive(Debug)]
pub struct Asked {
    prompt: Prompt,
    /// What the last message has already put into the model's mouth; the answer's text begins with it.
    pub(super) begun: String,
    /// The most tokens to write; `None`: as many as the context holds.
    pub(super) limit: Option<usize>,
    pub(super) sampling: Sampling,
    pub(super) stops: Vec<String>,
}

/// How a token is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// 0, as where nothing is asked: always the likeliest token.
    pub temperature: f32,
    /// Chooses among this many of the likeliest; 0: among all.
    pub top_k: usize,
    /// Chooses among the likeliest that together have this probability.
    pub top_p: f32,
    /// Makes the draws repeatable; without it each answer is drawn anew.
    pub seed: Option<u64>,
}

#[derive(Debug)]
enum Prompt {
    Tokens(Vec<u32>),
    /// Too long by its bytes alone, so that it was not encoded: it has at least so many tokens.
    AtLeast(usize),
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            seed: None,
        }
    }
}

impl Asked {
    /// Makes a request of tokens alone: the likeliest answer, as long as the context allows.
    pub fn greedy(prompt: Vec<u32>) -> Self {
        Self {
            prompt: Prompt::Tokens(prompt),
            begun: String::new(),
            limit: None,
            sampling: Sampling::default(),
            stops: Vec::new(),
        }
    }

    /// Limits the answer to so many tokens.
    #[must_use]
    pub fn at_most(self, tokens: usize) -> Self {
        Self {
            limit: Some(tokens),
            ..self
        }
    }

    /// Reads a request and its body on the wire.
    ///
    /// Errors: what was found and what is expected, in words.
    pub(super) fn read(
        weights: &Weights,
        request: &Request,
        body: &Map<String, Value>,
    ) -> Result<Self, String> {
        if has_media(request) {
            return Err("the request has an image, and the embedded model reads text".to_owned());
        }
        let mut asked = Self::greedy(Vec::new());
        asked.prompt = Prompt::of(weights, &request.messages)?;
        asked.begun = match request.messages.last() {
            Some(message) if message.role == Role::Model => message.plain_text(),
            _ => String::new(),
        };
        for (key, value) in body {
            asked.set(key, value)?;
        }
        Ok(asked)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        let wrong = |expected: &str| format!("`{key}` is {value}, expected {expected}");
        let sampling = &mut self.sampling;
        match key {
            // Read from the request itself, or without meaning here.
            "messages" | "model" | "stream" | "stream_options" => {}
            "max_tokens" | "max_completion_tokens" => {
                let limit = whole(value).ok_or_else(|| wrong("a whole number from 0"))?;
                self.limit = Some(usize::try_from(limit).unwrap_or(usize::MAX));
            }
            "temperature" => {
                sampling.temperature =
                    number(value, f64::from(f32::MAX)).ok_or_else(|| wrong("a number from 0"))?;
            }
            "top_p" => {
                sampling.top_p = number(value, 1.0).ok_or_else(|| wrong("a number from 0 to 1"))?;
            }
            "top_k" => {
                let count = whole(value).ok_or_else(|| wrong("a whole number from 0"))?;
                sampling.top_k = usize::try_from(count).unwrap_or(usize::MAX);
            }
            "seed" => {
                sampling.seed = Some(whole(value).ok_or_else(|| wrong("a whole number from 0"))?);
            }
            "stop" => {
                self.stops =
                    texts(value).ok_or_else(|| wrong("a text or a list of texts, none empty"))?;
            }
            "n" if *value == 1 => {}
            "response_format" => {
                return Err("the embedded model cannot be constrained by a schema or to JSON: leave `output` out of the prompt, or choose another model".to_owned());
            }
            "tools" => {
                return Err("the request has tools, and the embedded model calls none".to_owned());
            }
            "logprobs" | "top_logprobs" => {
                return Err("the embedded model gives no log-probabilities".to_owned());
            }
            _ => {
                return Err(format!(
                    "the embedded model does not know `{key}`, expected {KNOWN}"
                ));
            }
        }
        Ok(())
    }

    /// Says that the prompt leaves no room for an answer, if it does not.
    pub(super) fn too_long(&self, weights: &Weights) -> Option<String> {
        let context = weights.model.dims().context;
        let (at_least, tokens) = match &self.prompt {
            Prompt::Tokens(tokens) if tokens.len() < context => return None,
            Prompt::Tokens(tokens) => ("", tokens.len()),
            Prompt::AtLeast(tokens) => ("at least ", *tokens),
        };
        Some(format!(
            "the prompt has {at_least}{tokens} tokens, and the context of the embedded model is {context}, answer included: shorten the prompt, or choose another model"
        ))
    }

    /// Returns the tokens of the prompt; none where it is too long to be encoded.
    pub(super) fn tokens(&self) -> &[u32] {
        match &self.prompt {
            Prompt::Tokens(tokens) => tokens,
            Prompt::AtLeast(_) => &[],
        }
    }

    /// Counts the tokens of the prompt.
    pub fn prompt_tokens(&self) -> usize {
        match &self.prompt {
            Prompt::Tokens(tokens) => tokens.len(),
            Prompt::AtLeast(tokens) => *tokens,
        }
    }
}

impl Prompt {
    fn of(weights: &Weights, messages: &[Message]) -> Result<Self, String> {
        let turns = messages.iter().map(|message| {
            let speaker = match message.role {
                Role::System => Speaker::System,
                Role::User => Speaker::User,
                Role::Model => Speaker::Assistant,
                Role::Tool => {
                    return Err("a message is of a tool, and the embedded model calls none");
                }
            };
            Ok((speaker, message.plain_text()))
        });
        let turns: Vec<(Speaker, String)> = turns.collect::<Result<_, _>>()?;
        let tokenizer = &weights.tokenizer;
        let bytes: usize = turns.iter().map(|(_, text)| text.len()).sum();
        let at_least: usize = turns.iter().map(|(_, text)| tokenizer.at_least(text)).sum();
        if bytes > MOST_ENCODED && at_least > weights.model.dims().context {
            return Ok(Self::AtLeast(at_least));
        }
        let turns = turns
            .iter()
            .map(|(speaker, text)| (*speaker, text.as_str()));
        Ok(Self::Tokens(tokenizer.chat(turns)))
    }
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a temperature needs no more digits"
)]
fn number(value: &Value, most: f64) -> Option<f32> {
    let number = value
        .as_f64()
        .filter(|number| (0.0..=most).contains(number));
    number.map(|number| number as f32)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let texts: Option<Vec<String>> = match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    };
    texts.filter(|texts| texts.iter().all(|text| !text.is_empty()))
}
