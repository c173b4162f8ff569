use proptest::prelude::*;

use async_openai::types::chat::CreateChatCompletionResponse;
use serde_json::json;

use super::*;
use crate::domain::{Usage, unit};

fn full() -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_795_507_260, "model": "gpt-5-mini-2026-01-01",
        "service_tier": "default",
        "choices": [{"index": 0, "finish_reason": "tool_calls", "logprobs": null,
            "message": {"role": "assistant", "content": "北京晴", "refusal": null, "reasoning_content": "hm",
                "tool_calls": [{"id": "call_1", "type": "function",
                    "function": {"name": "weather", "arguments": "{\"city\":\"北京\"}"}}]}}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15,
            "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0}},
        "timings": {"prompt_ms": 1.5}
    })
}

#[test]
fn a_full_answer_is_read_fully() {
    let answer = answer_of(full()).unwrap();
    assert_eq!(answer.text.as_deref(), Some("北京晴"));
    assert_eq!(answer.reasoning.as_deref(), Some("hm"));
    assert_eq!(answer.finish_reason, Some(FinishReason::ToolCalls));
    assert_eq!(
        answer.model_returned.as_deref(),
        Some("gpt-5-mini-2026-01-01")
    );
    assert_eq!(answer.tier_returned.as_deref(), Some("default"));
    assert_eq!(answer.response_id.as_deref(), Some("chatcmpl-1"));
    assert_eq!(answer.timings, Some(json!({"prompt_ms": 1.5})));
    assert_eq!(
        answer
            .usage
            .as_ref()
            .map(|usage| usage.get(unit::CACHE_READ)),
        Some(8)
    );
    assert_eq!(
        answer.tool_calls,
        [ToolCall {
            id: "call_1".to_owned(),
            name: "weather".to_owned(),
            arguments: "{\"city\":\"北京\"}".to_owned()
        }]
    );
    assert_eq!(answer.warnings, Vec::<String>::new());
}

/// A second opinion: the closed types must agree wherever they can read the body at all.
#[test]
fn the_closed_types_agree() {
    let theirs: CreateChatCompletionResponse = serde_json::from_value(full()).unwrap();
    let ours = answer_of(full()).unwrap();
    let choice = &theirs.choices[0];
    assert_eq!(ours.text, choice.message.content);
    assert_eq!(ours.model_returned.as_deref(), Some(theirs.model.as_str()));
    assert_eq!(ours.response_id.as_deref(), Some(theirs.id.as_str()));
    let usage = theirs.usage.unwrap();
    let ours = ours.usage.unwrap();
    assert_eq!(ours.get(unit::INPUT), u64::from(usage.prompt_tokens));
    assert_eq!(ours.get(unit::OUTPUT), u64::from(usage.completion_tokens));
}

#[test]
fn odd_answers_stay_readable() {
    let odd = json!({"id": 7, "created": 1.5, "model": null, "service_tier": "on_demand", "system_fingerprint": [],
        "choices": [{"finish_reason": "eos", "message": {"role": "robot", "content": [{"type": "text", "text": "a"},
            {"type": "x"}, {"text": "b"}]}}],
        "usage": {"prompt_tokens": null}});
    assert!(serde_json::from_value::<CreateChatCompletionResponse>(odd.clone()).is_err());
    let answer = answer_of(odd).unwrap();
    assert_eq!(answer.text.as_deref(), Some("ab"));
    assert_eq!(
        answer.finish_reason,
        Some(FinishReason::Other("eos".to_owned()))
    );
    assert_eq!(answer.response_id.as_deref(), Some("7"));
    assert_eq!(
        (answer.usage, answer.usage_raw),
        (None, Some(json!({"prompt_tokens": null})))
    );
}

#[test]
fn nothing_to_read_is_stored_as_nothing() {
    let empty =
        answer_of(json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 0}}))
            .unwrap();
    assert_eq!((empty.text, empty.usage), (None, Some(Usage::of(3, 0))));
    assert_eq!(empty.warnings, ["the answer has no choices"]);
    let refusal =
        answer_of(json!({"choices": [{"message": {"content": "", "refusal": "no"}}]})).unwrap();
    assert_eq!(
        (refusal.text, refusal.refusal.as_deref()),
        (None, Some("no"))
    );
    let bare = answer_of(json!({"choices": [{}, {}]})).unwrap();
    assert_eq!(bare.warnings, ["2 choices came and the first is read"]);
    for other in [json!({}), json!([]), json!("ok"), json!({"status": "ok"})] {
        assert_eq!(answer_of(other.clone()), None, "{other}");
    }
}

/// Any JSON made of the wire's own words, in the wrong places.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "choices",
        "message",
        "delta",
        "content",
        "text",
        "usage",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "cached_tokens",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "index",
        "id",
        "error",
        "object",
        "code",
        "finish_reason",
        "logprobs",
        "model",
        "timings",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z晴]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..5).prop_map(|pairs| {
                pairs
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_answer_brings_the_reader_down(value in any_json()) {
        use crate::provider::classify::Said;
        use crate::provider::gather::Gather;
        use crate::provider::sse::SseEvent;

        let data = value.to_string();
        Said::of_body(data.as_bytes()).is_over_limit_alone();
        let mut gather = Gather::new();
        gather.take(SseEvent { name: String::new(), data }, None).ok();
        let streamed = gather.into_answer();
        let whole = answer_of(value);
        for usage in [streamed.usage, whole.and_then(|answer| answer.usage)].into_iter().flatten() {
            prop_assert!(usage.get(unit::CACHE_READ) <= usage.get(unit::INPUT));
        }
    }
}
