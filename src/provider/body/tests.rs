use serde_json::json;

use super::*;
use crate::domain::ToolDef;

fn request(model: &str) -> Request {
    Request {
        model: model.to_owned(),
        messages: vec![
            Message::text(Role::System, "be short"),
            Message::text(Role::User, "北京天气?"),
            Message::text(Role::Model, "晴"),
        ],
        max_tokens: 64,
        config: Map::new(),
        output_schema: None,
        output_json: false,
        tools: Vec::new(),
        stream: false,
        logprobs: None,
    }
}

fn written(request: &Request, stream: bool, extra: Value) -> Value {
    let Value::Object(extra) = extra else {
        unreachable!()
    };
    Value::Object(body_of(request, stream, &extra).unwrap())
}

#[test]
fn a_plain_request_is_the_plain_wire() {
    assert_eq!(
        written(&request("m"), false, json!({})),
        json!({
            "messages": [
                {"role": "system", "content": "be short"},
                {"role": "user", "content": "北京天气?"},
                {"role": "assistant", "content": "晴"}
            ],
            "model": "m",
            "max_tokens": 64
        })
    );
    assert_eq!(input_bytes_of(&request("m")), 3 * 16 + 8 + 13 + 3);
}

#[test]
fn dotprompt_names_become_the_wires() {
    let mut asked = request("gpt-5");
    asked.config = json!({
        "temperature": 0.7, "topP": 0.9, "topK": 40, "stopSequences": ["\n"], "seed": 7,
        "frequencyPenalty": 0.1, "presencePenalty": 0.2, "maxOutputTokens": 9, "min_p": 0.05
    })
    .as_object()
    .unwrap()
    .clone();
    let body = written(&asked, true, json!({"reasoning_effort": "low"}));
    let text = body.to_string();
    assert!(
        text.ends_with(
            "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"temperature\":0.7,\"top_p\":0.9,\
             \"top_k\":40,\"stop\":[\"\\n\"],\"seed\":7,\"frequency_penalty\":0.1,\"presence_penalty\":0.2,\
             \"min_p\":0.05,\"max_completion_tokens\":64,\"reasoning_effort\":\"low\"}"
        ),
        "{text}"
    );
}

#[test]
fn the_endpoints_body_wins_and_null_removes() {
    let body = written(
        &request("m"),
        true,
        json!({"max_completion_tokens": 10, "n": 3, "stream_options": null}),
    );
    assert_eq!(body.get("max_tokens"), None);
    assert_eq!(body.get("stream_options"), None);
    assert_eq!(max_output_of(body.as_object().unwrap()), Some(30));
    let free = written(&request("m"), false, json!({"max_tokens": null}));
    assert_eq!(max_output_of(free.as_object().unwrap()), None);
}

#[test]
fn formats_tools_and_logprobs_are_written() {
    let mut asked = request("m");
    asked.output_schema = Some(json!({
        "type": "object", "properties": {"high": {"type": "integer"}}, "required": ["high"], "additionalProperties": false
    }));
    asked.tools = vec![ToolDef {
        name: "weather".to_owned(),
        description: None,
        parameters: json!({"type": "object"}),
    }];
    asked.logprobs = Some(5);
    let body = written(&asked, false, json!({}));
    assert_eq!(body["response_format"]["type"], "json_schema");
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(body["tools"][0]["type"], "function");
    assert_eq!(body["tools"][0]["function"]["name"], "weather");
    assert_eq!(
        (&body["logprobs"], &body["top_logprobs"]),
        (&json!(true), &json!(5))
    );
    asked.output_schema = Some(json!({"type": "object", "properties": {"high": {}}}));
    let body = written(&asked, false, json!({}));
    assert_eq!(body["response_format"]["json_schema"].get("strict"), None);
    asked.output_schema = None;
    asked.output_json = true;
    let body = written(&asked, false, json!({}));
    assert_eq!(body["response_format"], json!({"type": "json_object"}));
}

#[test]
fn images_are_parts_and_other_media_an_error() {
    let mut asked = request("m");
    asked.messages = vec![Message {
        role: Role::User,
        content: vec![
            Part::Text {
                text: "what?".to_owned(),
            },
            Part::Media {
                media: Media {
                    url: "data:image/png;base64,AA==".to_owned(),
                    content_type: None,
                },
            },
        ],
        metadata: None,
    }];
    let body = written(&asked, false, json!({}));
    assert_eq!(
        body["messages"][0]["content"],
        json!([
            {"type": "text", "text": "what?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
        ])
    );
    assert!(has_media(&asked));
    asked.messages[0].role = Role::System;
    let error = body_of(&asked, false, &Map::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "message 1: media of type `unknown` in a system message, expected an image in a user message"
    );
}
