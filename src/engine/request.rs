//! What a prompt asks of a model, beside its messages.

use serde_json::{Map, Value};

use crate::domain::{Message, Request};
use crate::template::FrontMatter;

/// What the command adds to a prompt's own configuration.
#[derive(Debug, Clone, Default)]
pub struct RequestOptions {
    /// `--max-tokens`: wins over the prompt.
    pub max_tokens: Option<u32>,
    /// Used when neither the command nor the prompt says.
    pub default_max_tokens: u32,
    /// `--set`-like overrides of the configuration.
    pub config: Map<String, Value>,
    /// Asks for a stream.
    pub stream: bool,
}

/// Makes the request of some messages: the command's wishes win over the prompt's, the prompt's over the defaults.
pub fn request(
    front: &FrontMatter,
    messages: Vec<Message>,
    model: &str,
    options: &RequestOptions,
) -> Request {
    let mut config = front.config.clone();
    config.extend(options.config.clone());
    let of_prompt = ["maxOutputTokens", "max_tokens", "max_completion_tokens"]
        .into_iter()
        .find_map(|key| config.shift_remove(key))
        .and_then(|value| value.as_u64())
        .and_then(|limit| u32::try_from(limit).ok());
    let json = front.output_format.as_deref() == Some("json");
    Request {
        model: model.to_owned(),
        messages,
        max_tokens: options
            .max_tokens
            .or(of_prompt)
            .unwrap_or(options.default_max_tokens),
        config,
        output_schema: front.output_schema.clone(),
        output_json: json && front.output_schema.is_none(),
        tools: front.tool_defs.clone(),
        stream: options.stream,
        logprobs: None,
    }
}
