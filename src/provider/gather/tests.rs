use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::domain::Usage;

fn gather(chunks: &[Value]) -> Result<Answer, Odd> {
    let mut gather = Gather::new();
    for chunk in chunks {
        let event = SseEvent {
            name: String::new(),
            data: chunk.to_string(),
        };
        gather.take(event, None)?;
    }
    Ok(gather.into_answer())
}

fn text(piece: &str) -> Value {
    json!({"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": null}], "usage": null})
}

fn end() -> Value {
    json!({"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
}

#[test]
fn pieces_make_the_whole_and_the_last_usage_wins() {
    let usage =
        |n: u64| json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": n}});
    let answer = gather(&[
        json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": null}}]}),
        text("晴"),
        usage(1),
        text("天"),
        end(),
        usage(2),
        json!({"choices": [], "usage": null}),
    ])
    .unwrap();
    assert_eq!(answer.text.as_deref(), Some("晴天"));
    assert_eq!(answer.finish_reason, Some(FinishReason::Stop));
    assert_eq!(answer.usage, Some(Usage::of(9, 2)));
    assert_eq!(answer.model_returned.as_deref(), Some("m"));
    assert_eq!(answer.warnings, Vec::<String>::new());
}

#[test]
fn tool_calls_come_in_pieces() {
    let piece = |index: Value, id: Value, name: &str, arguments: &str| json!({"choices": [{"delta": {"tool_calls": [{"index": index, "id": id, "function": {"name": name, "arguments": arguments}}]}}]});
    let call = |id: &str, name: &str, arguments: &str| ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    };
    let answer = gather(&[
        piece(json!(0), json!("a"), "f", ""),
        piece(json!(0), Value::Null, "", "{\"x\":"),
        piece(json!(1), json!("b"), "g", "{}"),
        piece(json!(0), Value::Null, "", "1}"),
    ])
    .unwrap();
    assert_eq!(
        answer.tool_calls,
        [call("a", "f", "{\"x\":1}"), call("b", "g", "{}")]
    );
    let unnumbered = gather(&[
        piece(Value::Null, json!("a"), "f", "1"),
        piece(Value::Null, Value::Null, "", "2"),
        piece(Value::Null, json!("b"), "g", "3"),
    ])
    .unwrap();
    assert_eq!(
        unnumbered.tool_calls,
        [call("a", "f", "12"), call("b", "g", "3")]
    );
    assert_eq!(unnumbered.text, None);
}

#[test]
fn doubled_chunks_are_kept_and_flagged() {
    let long = text("今天北京晴天,最高气温");
    let answer = gather(&[long.clone(), long, text("哈"), text("哈"), end(), end()]).unwrap();
    assert_eq!(
        answer.text.as_deref(),
        Some("今天北京晴天,最高气温今天北京晴天,最高气温哈哈")
    );
    assert_eq!(answer.warnings, ["2 chunks of the stream came twice"]);
}

#[test]
fn errors_and_garbage_are_told_apart() {
    let error = gather(&[
        text("a"),
        json!({"error": {"message": "boom", "code": 500}}),
    ]);
    assert!(
        matches!(error, Err(Odd::Error(said)) if said.message == "boom" && said.status == Some(500))
    );
    let vllm = gather(&[json!({"object": "error", "message": "boom"})]);
    assert!(matches!(vllm, Err(Odd::Error(said)) if said.message == "boom"));
    let mut gather = Gather::new();
    let cut = SseEvent {
        name: String::new(),
        data: "{\"choi".to_owned(),
    };
    assert_eq!(gather.take(cut, None), Err(Odd::Garbled));
}

#[test]
fn text_goes_on_as_it_comes() {
    let seen = Mutex::new(Vec::new());
    let sink = |piece: &str| seen.lock().unwrap().push(piece.to_owned());
    let mut gather = Gather::new();
    for chunk in [text("晴"), end(), text("天")] {
        let event = SseEvent {
            name: String::new(),
            data: chunk.to_string(),
        };
        gather.take(event, Some(&sink)).unwrap();
    }
    assert_eq!(*seen.lock().unwrap(), ["晴", "天"]);
}
