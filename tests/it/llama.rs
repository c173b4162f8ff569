//! A real llama.cpp server with the model inside `pw`, and `pw` itself: the same answers, the same counts.
//!
//! `.ci/run` starts the server (`tests/llama/serve.py`) and runs this with its address in `PW_LLAMA_URL`; `goldens.rs`
//! compares with what such a server answered when it was recorded, and needs none.

use pw::domain::{Answer, Endpoint, EndpointKind, FinishReason, Message, Request, Role, unit};
use pw::provider::{Provider, Watch};
use serde_json::{Map, Value, json};

const PROMPTS: &str = include_str!("../llama/prompts.jsonl");

fn request(messages: &Value) -> Request {
    let messages = messages.as_array().unwrap().iter().map(|message| {
        let role = match message["role"].as_str().unwrap() {
            "system" => Role::System,
            "user" => Role::User,
            _ => Role::Model,
        };
        Message::text(role, message["content"].as_str().unwrap())
    });
    Request {
        model: "weather".to_owned(),
        messages: messages.collect(),
        max_tokens: 48,
        config: Map::from_iter([("temperature".to_owned(), json!(0))]),
        output_schema: None,
        output_json: false,
        tools: Vec::new(),
        stream: false,
        logprobs: None,
    }
}

async fn ask(provider: &Provider, request: &Request) -> Answer {
    let prepared = provider.prepare(request).unwrap();
    let counted = provider.count_input(&prepared).await;
    let reply = provider
        .send(&prepared, "attempt", &Watch::none())
        .await
        .unwrap();
    let usage = reply.answer.usage.as_ref().unwrap();
    assert_eq!(counted, Some(usage.get(unit::INPUT)), "{request:?}");
    reply.answer
}

/// What two answers are compared by.
#[derive(Debug, PartialEq)]
struct Said {
    text: String,
    finish: Option<FinishReason>,
    input: u64,
    output: u64,
}

fn said(answer: &Answer) -> Said {
    let count = |name| answer.usage.as_ref().unwrap().get(name);
    Said {
        text: answer.text.clone().unwrap_or_default(),
        finish: answer.finish_reason.clone(),
        input: count(unit::INPUT),
        output: count(unit::OUTPUT),
    }
}

#[tokio::test]
#[ignore = "needs a llama.cpp server with `weather.gguf` at PW_LLAMA_URL; `.ci/run` starts one"]
async fn a_live_server_answers_as_the_model_inside_does() {
    let url = std::env::var("PW_LLAMA_URL").expect("the server's address in PW_LLAMA_URL");
    let server = Provider::new(Endpoint::new("local", EndpointKind::LlamaCpp, url)).unwrap();
    server.ready().await.unwrap();
    let inside = Provider::new(Endpoint::new("embedded", EndpointKind::Embedded, "")).unwrap();
    let (mut same, mut other) = (0, Vec::new());
    for line in PROMPTS.lines() {
        let request = request(&serde_json::from_str(line).unwrap());
        let theirs = said(&ask(&server, &request).await);
        let ours = said(&ask(&inside, &request).await);
        assert_eq!(theirs.input, ours.input, "{line}");
        if theirs == ours {
            same += 1;
        } else {
            other.push((line, theirs, ours));
        }
    }
    // The recorder leaves near ties out of the goldens; here they may differ, and nothing else may.
    assert!(
        other.len() * 20 <= same,
        "{same} are the same, and not {other:#?}"
    );
}

#[tokio::test]
#[ignore = "needs a llama.cpp server with `weather.gguf` at PW_LLAMA_URL; `.ci/run` starts one"]
async fn a_live_server_refuses_the_prompts_that_the_model_inside_refuses() {
    let url = std::env::var("PW_LLAMA_URL").expect("the server's address in PW_LLAMA_URL");
    let server = Provider::new(Endpoint::new("local", EndpointKind::LlamaCpp, url)).unwrap();
    server.ready().await.unwrap();
    let inside = Provider::new(Endpoint::new("embedded", EndpointKind::Embedded, "")).unwrap();
    // Line feeds are a byte token each, and never merged: with three control tokens they fill the context, but for one.
    for (feeds, fits) in [(508, true), (509, false), (600, false)] {
        let request = request(&json!([{"role": "user", "content": "\n".repeat(feeds)}]));
        for provider in [&server, &inside] {
            let prepared = provider.prepare(&request).unwrap();
            let sent = provider.send(&prepared, "attempt", &Watch::none()).await;
            let code = sent
                .as_ref()
                .err()
                .map(|fault| (fault.code.0, fault.caused_by_request));
            assert_eq!(code, (!fits).then_some((49, true)), "{feeds} {sent:?}");
        }
    }
}
