//! What a provider is asked: everything that decides the answer, and nothing of the wire.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::Message;

/// One request to a model, before a provider gives it the form of its wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The name on the wire.
    pub model: String,
    /// The conversation.
    pub messages: Vec<Message>,
    /// The most tokens that may be written; always sent, so that the worst case is bounded.
    pub max_tokens: u32,
    /// Dotprompt's `config` (`temperature`, `topP`, `stopSequences`, …), with Dotprompt's names; unknown keys pass through.
    pub config: Map<String, Value>,
    /// JSON Schema of the answer (`output.schema`), sent as structured output.
    pub output_schema: Option<Value>,
    /// True when `output.format` asks for JSON without a schema.
    pub output_json: bool,
    /// Tools the model may call.
    pub tools: Vec<ToolDef>,
    /// Asks for a stream.
    pub stream: bool,
    /// Asks for log-probabilities, with this many alternatives a token.
    pub logprobs: Option<u8>,
}

/// A tool the model may call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolDef {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// JSON Schema of its arguments.
    pub parameters: Value,
}
