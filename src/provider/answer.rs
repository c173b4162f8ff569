//! A whole answer, read leniently: whatever was paid for can be shown.
//!
//! Every field may be missing or of another type. Closed types, as `async-openai` has them, make a paid answer unreadable
//! for one unknown word.

use serde_json::Value;

use crate::domain::{Answer, FinishReason, ToolCall};
use crate::provider::counts::usage_of;

/// Makes an answer with nothing in it.
pub(super) fn empty_answer() -> Answer {
    Answer {
        text: None,
        refusal: None,
        reasoning: None,
        tool_calls: Vec::new(),
        finish_reason: None,
        model_returned: None,
        tier_returned: None,
        usage: None,
        usage_raw: None,
        response_id: None,
        request_id: None,
        logprobs: None,
        timings: None,
        warnings: Vec::new(),
    }
}

/// Reads a chat completion; `None` when the value has none of its marks (F24).
pub(super) fn answer_of(mut value: Value) -> Option<Answer> {
    let marks = ["choices", "usage"];
    if !marks.iter().any(|mark| value.get(mark).is_some()) {
        return None;
    }
    let mut answer = empty_answer();
    take_frame(&mut answer, &mut value);
    match value.get_mut("choices").and_then(Value::as_array_mut) {
        Some(choices) if !choices.is_empty() => {
            if choices.len() > 1 {
                let warning = format!("{} choices came and the first is read", choices.len());
                answer.warnings.push(warning);
            }
            read_choice(&mut answer, &mut choices[0]);
        }
        _ => answer.warnings.push("the answer has no choices".to_owned()),
    }
    Some(answer)
}

/// Takes what stands around the choices, in a whole answer as in a chunk of a stream; what is absent changes nothing.
pub(super) fn take_frame(answer: &mut Answer, value: &mut Value) {
    for (field, key) in [
        (&mut answer.model_returned, "model"),
        (&mut answer.tier_returned, "service_tier"),
        (&mut answer.response_id, "id"),
    ] {
        if let Some(text) = take_text(value, key).filter(|text| !text.is_empty()) {
            *field = Some(text);
        }
    }
    if let Some(timings) = take(value, "timings") {
        answer.timings = Some(timings);
    }
    let usage = take(value, "usage")
        .or_else(|| value.pointer_mut("/x_groq/usage").map(Value::take))
        .or_else(|| value.pointer_mut("/choices/0/usage").map(Value::take))
        .filter(|usage| !usage.is_null());
    if let Some(raw) = usage {
        // Never a sum: counts in a stream are of all so far (F38).
        answer.usage = usage_of(&raw);
        answer.usage_raw = Some(raw);
    }
}

fn read_choice(answer: &mut Answer, choice: &mut Value) {
    answer.finish_reason = take_text(choice, "finish_reason").map(FinishReason::from);
    answer.logprobs = take(choice, "logprobs");
    let plain = take_text(choice, "text");
    let Some(message) = choice.get_mut("message") else {
        answer.text = plain;
        return;
    };
    answer.text = take(message, "content").and_then(text_of);
    answer.refusal = take_text(message, "refusal").filter(|text| !text.is_empty());
    answer.reasoning = reasoning_of(message);
    answer.tool_calls = take(message, "tool_calls").map_or_else(Vec::new, tool_calls_of);
    let other = !answer.tool_calls.is_empty() || answer.refusal.is_some();
    if other && answer.text.as_deref() == Some("") {
        answer.text = None;
    }
}

/// Takes the reasoning that some hosts show, under either of its names.
pub(super) fn reasoning_of(message: &mut Value) -> Option<String> {
    ["reasoning_content", "reasoning"]
        .iter()
        .find_map(|key| take_text(message, key).filter(|text| !text.is_empty()))
}

/// Reads content that is a text, or a list of parts with texts.
pub(super) fn text_of(content: Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text),
        Value::Array(parts) => {
            let texts: Vec<String> = parts
                .into_iter()
                .filter_map(|mut part| take_text(&mut part, "text"))
                .collect();
            (!texts.is_empty()).then(|| texts.concat())
        }
        _ => None,
    }
}

fn tool_calls_of(calls: Value) -> Vec<ToolCall> {
    let Value::Array(calls) = calls else {
        return Vec::new();
    };
    calls
        .into_iter()
        .map(|mut call| ToolCall {
            id: take_text(&mut call, "id").unwrap_or_default(),
            name: call
                .get_mut("function")
                .and_then(|function| take_text(function, "name"))
                .unwrap_or_default(),
            arguments: call
                .pointer_mut("/function/arguments")
                .map(Value::take)
                .map_or_else(String::new, written),
        })
        .collect()
}

/// Arguments are a text of JSON; some hosts send the JSON itself.
pub(super) fn written(arguments: Value) -> String {
    match arguments {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Takes a value that is there and not null.
pub(super) fn take(value: &mut Value, key: &str) -> Option<Value> {
    value
        .get_mut(key)
        .map(Value::take)
        .filter(|value| !value.is_null())
}

/// Takes a text; a number is taken as its digits, since ids come as both.
pub(super) fn take_text(value: &mut Value, key: &str) -> Option<String> {
    match take(value, key)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
