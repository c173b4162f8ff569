//! What came of a trial: an answer, an error, or nothing.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{Fault, Usage, Usd};

/// Why the model stopped; strings that no list knows are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum FinishReason {
    /// The model ended by itself.
    Stop,
    /// The answer was cut at the limit of tokens.
    Length,
    /// The model wants a tool called.
    ToolCalls,
    /// The provider withheld the answer.
    ContentFilter,
    /// A reason of this provider's own.
    Other(String),
}

impl From<String> for FinishReason {
    fn from(text: String) -> Self {
        match text.as_str() {
            "stop" => Self::Stop,
            "length" => Self::Length,
            "tool_calls" => Self::ToolCalls,
            "content_filter" => Self::ContentFilter,
            _ => Self::Other(text),
        }
    }
}

impl From<FinishReason> for String {
    fn from(reason: FinishReason) -> Self {
        match reason {
            FinishReason::Stop => "stop".to_owned(),
            FinishReason::Length => "length".to_owned(),
            FinishReason::ToolCalls => "tool_calls".to_owned(),
            FinishReason::ContentFilter => "content_filter".to_owned(),
            FinishReason::Other(text) => text,
        }
    }
}

/// A call of a tool that the model asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The provider's id of the call.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, as the model wrote them.
    pub arguments: String,
}

/// What a model answered, read leniently: whatever was paid for can be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The text; `None` when there is none (a tool call, a refusal, reasoning only).
    pub text: Option<String>,
    /// The provider's refusal, where it names one.
    pub refusal: Option<String>,
    /// Reasoning that the provider shows.
    pub reasoning: Option<String>,
    /// Tools the model wants called.
    pub tool_calls: Vec<ToolCall>,
    /// Why it stopped; `None` when the provider did not say.
    pub finish_reason: Option<FinishReason>,
    /// The model that answered, as the answer names it.
    pub model_returned: Option<String>,
    /// The service tier that answered, as the answer names it.
    pub tier_returned: Option<String>,
    /// What was used, in unit names; `None` when the answer did not say or said nonsense (never zero then).
    pub usage: Option<Usage>,
    /// The provider's usage object as it came.
    pub usage_raw: Option<Value>,
    /// The provider's id of the answer.
    pub response_id: Option<String>,
    /// The provider's id of the request (`x-request-id`).
    pub request_id: Option<String>,
    /// Log-probabilities as they came.
    pub logprobs: Option<Value>,
    /// The server's own timings as they came (llama.cpp).
    pub timings: Option<Value>,
    /// Things to tell the person, such as doubled chunks.
    pub warnings: Vec<String>,
}

impl Answer {
    /// Returns what the provider itself says the answer cost, to the nearest picodollar: `OpenRouter`'s `usage.cost`.
    ///
    /// It stands beside our own figure and never in its place.
    pub fn reported_cost(&self) -> Option<Usd> {
        let cost = self.usage_raw.as_ref()?.get("cost")?.as_number()?;
        let dollars = Decimal::from_str_exact(&cost.as_f64()?.to_string()).ok()?;
        dollars.round_dp(12).to_string().parse().ok()
    }
}

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// A model answered, well or badly.
    Answered {
        /// The answer.
        answer: Box<Answer>,
    },
    /// No usable answer; `fault.caused_by_request` tells failure of the variant from missing data.
    Error {
        /// What went wrong.
        fault: Fault,
    },
    /// Never sent: the run ended first.
    Skipped,
}
