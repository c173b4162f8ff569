//! The body of a chat request on the `OpenAI` wire.
//!
//! Messages, tools and formats are written by `async-openai`'s types. Settings are merged into the `Value` as they are: the
//! types have no place for unknown keys, and their `f32` would send 0.7 as 0.699999988079071.

use async_openai::types::chat::{
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage,
    ChatCompletionRequestMessageContentPartImage, ChatCompletionRequestMessageContentPartText,
    ChatCompletionRequestSystemMessage, ChatCompletionRequestToolMessage,
    ChatCompletionRequestUserMessage, ChatCompletionRequestUserMessageContent,
    ChatCompletionRequestUserMessageContentPart, ChatCompletionStreamOptions, ChatCompletionTool,
    ChatCompletionTools, CreateChatCompletionRequest, FunctionObject, ImageUrl, ResponseFormat,
    ResponseFormatJsonSchema,
};
use serde_json::{Map, Value};

use crate::domain::{Media, Message, Part, Request, Role};
use crate::provider::ProviderError;
use crate::provider::limit_name::{NEW, OLD, limit_name};

/// Dotprompt's names and the wire's.
const NAMES: &[(&str, &str)] = &[
    ("topP", "top_p"),
    ("topK", "top_k"),
    ("stopSequences", "stop"),
    ("frequencyPenalty", "frequency_penalty"),
    ("presencePenalty", "presence_penalty"),
];
/// Names of the limit in a front matter; whoever made the request has read them into `max_tokens`.
const LIMITS: &[&str] = &["maxOutputTokens", OLD, NEW];

/// Writes the body; `extra` is the endpoint's own, whose keys win over ours and whose `null` removes one.
pub(super) fn body_of(
    request: &Request,
    stream: bool,
    extra: &Map<String, Value>,
) -> Result<Map<String, Value>, ProviderError> {
    let typed = typed(request, stream)?;
    let Value::Object(mut body) =
        serde_json::to_value(typed).map_err(|source| ProviderError::Json { source })?
    else {
        return Ok(Map::new());
    };
    for (key, value) in &request.config {
        if !LIMITS.contains(&key.as_str()) {
            body.insert(wire_name(key).to_owned(), value.clone());
        }
    }
    if !LIMITS.iter().any(|limit| extra.contains_key(*limit)) {
        body.insert(
            limit_name(&request.model).to_owned(),
            request.max_tokens.into(),
        );
    }
    for (key, value) in extra {
        if value.is_null() {
            body.shift_remove(key);
        } else {
            body.insert(key.clone(), value.clone());
        }
    }
    Ok(body)
}

/// Returns the most tokens that a body lets the model write, over all its answers.
pub(super) fn max_output_of(body: &Map<String, Value>) -> Option<u64> {
    let limit = [NEW, OLD]
        .iter()
        .filter_map(|name| body.get(*name)?.as_u64())
        .max()?;
    let answers = body.get("n").and_then(Value::as_u64).unwrap_or(1).max(1);
    Some(limit.saturating_mul(answers))
}

fn wire_name(key: &str) -> &str {
    NAMES
        .iter()
        .find_map(|(ours, wire)| (*ours == key).then_some(*wire))
        .unwrap_or(key)
}

fn typed(request: &Request, stream: bool) -> Result<CreateChatCompletionRequest, ProviderError> {
    let messages = request
        .messages
        .iter()
        .enumerate()
        .map(|(index, message)| message_of(index + 1, message))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(CreateChatCompletionRequest {
        messages,
        model: request.model.clone(),
        response_format: format_of(request),
        tools: tools_of(request),
        logprobs: request.logprobs.map(|_| true),
        top_logprobs: request.logprobs.filter(|alternatives| *alternatives > 0),
        stream: stream.then_some(true),
        stream_options: stream.then_some(ChatCompletionStreamOptions {
            include_usage: Some(true),
            include_obfuscation: None,
        }),
        ..CreateChatCompletionRequest::default()
    })
}

fn format_of(request: &Request) -> Option<ResponseFormat> {
    match &request.output_schema {
        Some(schema) => Some(ResponseFormat::JsonSchema {
            json_schema: ResponseFormatJsonSchema {
                description: None,
                name: "output".to_owned(),
                schema: schema.clone(),
                strict: is_strict(schema).then_some(true),
            },
        }),
        None => request.output_json.then_some(ResponseFormat::JsonObject),
    }
}

/// Strict decoding is refused unless every object closes its keys and requires all of them.
///
/// Source: `OpenAI`, Structured Outputs, "supported schemas".
fn is_strict(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => {
            let closed =
                map.get("properties")
                    .and_then(Value::as_object)
                    .is_none_or(|properties| {
                        let required = map.get("required").and_then(Value::as_array);
                        map.get("additionalProperties") == Some(&Value::Bool(false))
                            && properties.keys().all(|key| {
                                required
                                    .is_some_and(|all| all.iter().any(|name| name == key.as_str()))
                            })
                    });
            closed && map.values().all(is_strict)
        }
        Value::Array(items) => items.iter().all(is_strict),
        _ => true,
    }
}

fn tools_of(request: &Request) -> Option<Vec<ChatCompletionTools>> {
    let tools = request.tools.iter().map(|tool| {
        ChatCompletionTools::Function(ChatCompletionTool {
            function: FunctionObject {
                name: tool.name.clone(),
                description: tool.description.clone(),
                parameters: Some(tool.parameters.clone()),
                strict: None,
            },
        })
    });
    (!request.tools.is_empty()).then(|| tools.collect())
}

fn message_of(
    number: usize,
    message: &Message,
) -> Result<ChatCompletionRequestMessage, ProviderError> {
    if message.role == Role::User {
        let content = user_content(number, message)?;
        return Ok(ChatCompletionRequestUserMessage::from(content).into());
    }
    if let Some(media) = media_of(message).next() {
        return Err(media_error(number, message.role, media));
    }
    let text = message.plain_text();
    Ok(match message.role {
        Role::System => ChatCompletionRequestSystemMessage::from(text).into(),
        Role::Model | Role::User => ChatCompletionRequestAssistantMessage::from(text).into(),
        Role::Tool => ChatCompletionRequestToolMessage {
            content: text.into(),
            tool_call_id: tool_call_id(message)
                .ok_or(ProviderError::ToolMessage { message: number })?,
        }
        .into(),
    })
}

fn tool_call_id(message: &Message) -> Option<String> {
    let id = message.metadata.as_ref()?.get("tool_call_id")?.as_str()?;
    Some(id.to_owned())
}

fn media_of(message: &Message) -> impl Iterator<Item = &Media> {
    message.content.iter().filter_map(|part| match part {
        Part::Media { media } => Some(media),
        _ => None,
    })
}

/// Plain text where there is only text, as most servers of the second rank expect; parts where there is an image.
fn user_content(
    number: usize,
    message: &Message,
) -> Result<ChatCompletionRequestUserMessageContent, ProviderError> {
    if media_of(message).next().is_none() {
        return Ok(message.plain_text().into());
    }
    let mut parts = Vec::with_capacity(message.content.len());
    for part in &message.content {
        match part {
            Part::Text { text } => parts.push(ChatCompletionRequestUserMessageContentPart::Text(
                ChatCompletionRequestMessageContentPartText::from(text.as_str()),
            )),
            Part::Media { media } => parts.push(image_of(number, media)?),
            Part::Metadata { .. } => {}
        }
    }
    Ok(ChatCompletionRequestUserMessageContent::Array(parts))
}

fn image_of(
    number: usize,
    media: &Media,
) -> Result<ChatCompletionRequestUserMessageContentPart, ProviderError> {
    let content_type = media.content_type.as_deref().or_else(|| {
        let rest = media.url.strip_prefix("data:")?;
        rest.split([';', ',']).next()
    });
    if content_type.is_some_and(|kind| !kind.starts_with("image/")) {
        return Err(media_error(number, Role::User, media));
    }
    Ok(ChatCompletionRequestUserMessageContentPart::ImageUrl(
        ChatCompletionRequestMessageContentPartImage::from(ImageUrl::from(media.url.as_str())),
    ))
}

fn media_error(message: usize, role: Role, media: &Media) -> ProviderError {
    ProviderError::Media {
        message,
        role: match role {
            Role::System => "system",
            Role::User => "user",
            Role::Model => "model",
            Role::Tool => "tool",
        },
        content_type: media
            .content_type
            .clone()
            .unwrap_or_else(|| "unknown".to_owned()),
    }
}

/// Bounds the input in tokens by bytes: a token of a byte-level vocabulary covers at least one.
pub(super) fn input_bytes_of(request: &Request) -> u64 {
    let messages: usize = request
        .messages
        .iter()
        .map(|message| 16 + text_bytes(message))
        .sum();
    let schema = request.output_schema.as_ref().map_or(0, json_bytes);
    let tools: usize = request
        .tools
        .iter()
        .map(|tool| {
            tool.name.len()
                + tool.description.as_ref().map_or(0, String::len)
                + json_bytes(&tool.parameters)
        })
        .sum();
    (messages + schema + tools) as u64
}

pub(super) fn has_media(request: &Request) -> bool {
    request
        .messages
        .iter()
        .any(|message| media_of(message).next().is_some())
}

fn text_bytes(message: &Message) -> usize {
    message
        .content
        .iter()
        .map(|part| match part {
            Part::Text { text } => text.len(),
            _ => 0,
        })
        .sum()
}

fn json_bytes(value: &Value) -> usize {
    value.to_string().len()
}

#[cfg(test)]
mod tests;
