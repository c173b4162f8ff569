//! A recorded response, as a provider sent it, to one body: whole, streamed as events, or a line an object.

use serde_json::{Map, Value};

use crate::provider::sse::SseReader;

/// Why a text is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordedError {
    /// It is neither JSON nor a stream of JSON.
    #[error("the body is neither JSON nor a stream of events, {0}")]
    NotJson(String),
    /// It ends before the provider's last count.
    #[error("the stream ends before its last count: {missing} is absent")]
    Cut {
        /// What would have ended it.
        missing: &'static str,
    },
}

/// Keys below which a provider's stream wraps what a whole answer has at its top.
const WRAPPERS: [&str; 5] = ["message", "response", "delta", "metadata", "x_groq"];

/// Reads a response into one JSON object, so that a streamed answer is counted and priced as a whole one.
///
/// Of a stream, later values stand for earlier ones and are never summed: providers send counts of all so far. A null says
/// nothing. Streams are server-sent events, a list of chunks (Gemini) or one object a line (Bedrock, read as JSON).
///
/// Errors: a text that is none of these; a stream whose counts are not its last ones.
pub fn recorded(bytes: &[u8]) -> Result<Value, RecordedError> {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Array(events)) => folded(events),
        Ok(body @ Value::Object(_)) => Ok(body),
        Ok(other) => Err(RecordedError::NotJson(format!("found {other}"))),
        Err(error) => match events(bytes) {
            Some(events) if !events.is_empty() => folded(events),
            _ => Err(RecordedError::NotJson(error.to_string())),
        },
    }
}

/// Reads events, or lines that are objects; `None` where one of them is neither.
fn events(bytes: &[u8]) -> Option<Vec<Value>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.iter().all(|line| line.starts_with('{')) {
        let objects = lines.iter().map(|line| serde_json::from_str(line));
        return objects.collect::<Result<_, _>>().ok();
    }
    let mut reader = SseReader::default();
    reader.feed(bytes);
    let mut events = Vec::new();
    while let Some(event) = reader.next_event().ok()? {
        events.push(event.data);
    }
    events.extend(reader.last_event().ok()?.map(|event| event.data));
    let spoken = events
        .iter()
        .map(|data| data.trim())
        .filter(|data| !data.is_empty() && *data != "[DONE]");
    spoken.map(|data| serde_json::from_str(data).ok()).collect()
}

fn folded(events: Vec<Value>) -> Result<Value, RecordedError> {
    refuse_cut(&events)?;
    let mut body = Map::new();
    for event in events {
        let Value::Object(mut event) = event else {
            let found = format!("found {event} among its events");
            return Err(RecordedError::NotJson(found));
        };
        let inner: Vec<Value> = WRAPPERS
            .iter()
            .filter_map(|key| event.remove(*key))
            .collect();
        let choice = event.get("choices").and_then(|choices| choices.get(0));
        let usage = choice.and_then(|choice| choice.get("usage")).cloned();
        merge(&mut body, event);
        // Moonshot counts in the last choice.
        merge(
            &mut body,
            Map::from_iter(usage.map(|usage| ("usage".to_owned(), usage))),
        );
        for inner in inner {
            if let Value::Object(inner) = inner {
                merge(&mut body, inner);
            }
        }
    }
    Ok(Value::Object(body))
}

/// Lets later values stand for earlier ones, object by object; a null changes nothing.
fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, value) in from {
        match value {
            Value::Null => {}
            Value::Object(new) => match into.entry(key).or_insert(Value::Null) {
                Value::Object(old) => merge(old, new),
                other => *other = Value::Object(new),
            },
            value => {
                into.insert(key, value);
            }
        }
    }
}

/// Refuses a stream that counts as it goes (Anthropic, Gemini) and was cut before the end: its last count is a guess.
fn refuse_cut(events: &[Value]) -> Result<(), RecordedError> {
    let any = |is: fn(&Value) -> bool| events.iter().any(is);
    let is_type =
        |event: &Value, word: &str| event.get("type").and_then(Value::as_str) == Some(word);
    let began = events.iter().any(|event| is_type(event, "message_start"));
    let counted = events.iter().any(|event| {
        is_type(event, "message_delta") && event.pointer("/usage/output_tokens").is_some()
    });
    if began && !counted {
        return Err(RecordedError::Cut {
            missing: "`message_delta` with its usage",
        });
    }
    let ended = any(|event| {
        event.pointer("/candidates/0/finishReason").is_some()
            || event.pointer("/promptFeedback/blockReason").is_some()
    });
    if any(|event| event.get("usageMetadata").is_some()) && !ended {
        return Err(RecordedError::Cut {
            missing: "`finishReason`",
        });
    }
    Ok(())
}
