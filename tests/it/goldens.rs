//! The model inside `pw` writes what llama.cpp writes with the same file: token by token, at temperature 0.
//!
//! `goldens.jsonl` was recorded from a real server by `tests/llama/record.py`; `llama.rs` asks a live one.

use std::sync::Arc;

use pw::domain::{Answer, Endpoint, EndpointKind, FinishReason, Message, Request, Role, unit};
use pw::provider::embedded::Weights;
use pw::provider::embedded::tokenizer::Speaker;
use pw::provider::{Provider, Watch};
use serde::Deserialize;
use serde_json::{Map, json};

const GOLDENS: &str = include_str!("fixtures/embedded/goldens.jsonl");

/// The first line: of which model the others are.
#[derive(Deserialize)]
struct Head {
    sha256: String,
    max_tokens: u32,
}

/// What a server answered.
#[derive(Debug, Deserialize)]
struct Golden {
    messages: Vec<Said>,
    tokens: Vec<u32>,
    text: String,
    finish: String,
    written: u64,
}

/// A message as `prompts.jsonl` has it.
#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    role: String,
    content: String,
}

/// What two answers are compared by.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) text: String,
    pub(crate) finish: Option<FinishReason>,
    pub(crate) input: u64,
    pub(crate) output: u64,
}

/// Makes the provider of the model inside.
pub(crate) fn inside() -> Provider {
    Provider::new(Endpoint::new("embedded", EndpointKind::Embedded, "")).unwrap()
}

/// Asks for the likeliest answer of at most so many tokens.
pub(crate) fn request(messages: &[Said], max_tokens: u32) -> Request {
    let messages = messages.iter().map(|said| {
        let role = match said.role.as_str() {
            "system" => Role::System,
            "user" => Role::User,
            _ => Role::Model,
        };
        Message::text(role, said.content.as_str())
    });
    Request {
        model: "weather".to_owned(),
        messages: messages.collect(),
        max_tokens,
        config: Map::from_iter([("temperature".to_owned(), json!(0))]),
        output_schema: None,
        output_json: false,
        tools: Vec::new(),
        stream: false,
        logprobs: None,
    }
}

/// Sends a request, and holds the count that is made before to the one that comes after.
pub(crate) async fn ask(provider: &Provider, request: &Request) -> Outcome {
    let prepared = provider.prepare(request).unwrap();
    let counted = provider.count_input(&prepared).await;
    let sent = provider.send(&prepared, "attempt", &Watch::none()).await;
    let outcome = outcome(&sent.unwrap().answer);
    assert_eq!(counted, Some(outcome.input), "{request:?}");
    outcome
}

fn outcome(answer: &Answer) -> Outcome {
    let count = |name| answer.usage.as_ref().unwrap().get(name);
    Outcome {
        text: answer.text.clone().unwrap_or_default(),
        finish: answer.finish_reason.clone(),
        input: count(unit::INPUT),
        output: count(unit::OUTPUT),
    }
}

fn goldens() -> (Head, Vec<Golden>) {
    let (head, rest) = GOLDENS.split_once('\n').unwrap();
    let goldens = rest.lines().map(|line| serde_json::from_str(line).unwrap());
    (serde_json::from_str(head).unwrap(), goldens.collect())
}

#[test]
fn the_goldens_are_of_the_model_inside() {
    let (head, goldens) = goldens();
    let weights = Weights::shipped().unwrap();
    assert_eq!(
        head.sha256,
        weights.hash(),
        "record them again: tests/llama/record.py"
    );
    assert!(goldens.len() >= 30);
}

#[test]
fn prompts_become_the_tokens_of_llama_cpp() {
    let weights = Weights::shipped().unwrap();
    for golden in goldens().1 {
        let turns = golden.messages.iter().map(|said| {
            let speaker = match said.role.as_str() {
                "system" => Speaker::System,
                "user" => Speaker::User,
                _ => Speaker::Assistant,
            };
            (speaker, said.content.as_str())
        });
        assert_eq!(weights.tokenizer().chat(turns), golden.tokens, "{golden:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_those_of_llama_cpp() {
    let inside = Arc::new(inside());
    let (head, goldens) = goldens();
    let asked = goldens.into_iter().map(|golden| {
        let inside = Arc::clone(&inside);
        tokio::spawn(async move {
            let found = ask(&inside, &request(&golden.messages, head.max_tokens)).await;
            let expected = Outcome {
                text: golden.text.clone(),
                finish: Some(FinishReason::from(golden.finish.clone())),
                input: golden.tokens.len() as u64,
                output: golden.written,
            };
            assert_eq!(found, expected, "{golden:?}");
        })
    });
    for golden in asked.collect::<Vec<_>>() {
        golden.await.unwrap();
    }
}
