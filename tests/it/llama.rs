//! A real llama.cpp server with the model inside `pw`, and `pw` itself: the same answers, the same counts.
//!
//! `.ci/run` starts the server (`tests/llama/serve.py`) and runs this with its address in `PW_LLAMA_URL`; `goldens.rs`
//! compares with what such a server answered when it was recorded, and needs none.

use pw::domain::{Endpoint, EndpointKind};
use pw::provider::{Provider, Watch};
use serde_json::{from_value, json};

use crate::goldens::{Said, ask, inside, request};

const PROMPTS: &str = include_str!("../llama/prompts.jsonl");

async fn server() -> Provider {
    let url = std::env::var("PW_LLAMA_URL").expect("the server's address in PW_LLAMA_URL");
    let server = Provider::new(Endpoint::new("local", EndpointKind::LlamaCpp, url)).unwrap();
    server.ready().await.unwrap();
    server
}

#[tokio::test]
#[ignore = "needs a llama.cpp server with `weather.gguf` at PW_LLAMA_URL; `.ci/run` starts one"]
async fn a_live_server_answers_as_the_model_inside_does() {
    let (server, inside) = (server().await, inside());
    let (mut same, mut other) = (0, Vec::new());
    for line in PROMPTS.lines() {
        let messages: Vec<Said> = serde_json::from_str(line).unwrap();
        let request = request(&messages, 48);
        let (theirs, ours) = (ask(&server, &request).await, ask(&inside, &request).await);
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
    let (server, inside) = (server().await, inside());
    // Line feeds are a byte token each, and never merged: with three control tokens they fill the context, but for one.
    for (feeds, fits) in [(508, true), (509, false), (600, false)] {
        let said = json!([{"role": "user", "content": "\n".repeat(feeds)}]);
        let request = request(&from_value::<Vec<Said>>(said).unwrap(), 48);
        for provider in [&server, &inside] {
            let prepared = provider.prepare(&request).unwrap();
            let sent = provider.send(&prepared, "attempt", &Watch::none()).await;
            let fault = sent.map_err(|fault| (fault.code.0, fault.caused_by_request));
            assert_eq!(fault.err(), (!fits).then_some((49, true)), "{feeds}");
        }
    }
}
