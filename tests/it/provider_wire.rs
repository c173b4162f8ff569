//! What a provider puts on the wire, and what it asks a llama.cpp server besides.

use std::sync::{Arc, Mutex};

use pw::domain::{EndpointKind, MoneyClass, Request, ToolDef};
use pw::provider::{Provider, Watch};
use serde_json::json;

use crate::fault_server::{Behaviour, FaultServer, Seen, WHOLE, header};
use crate::provider_faults::{ATTEMPT, KEY, OK, endpoint, prepare, request, run, shown};

#[test]
fn the_wire_carries_what_was_prepared_and_no_more() {
    let server = FaultServer::start(|_| {
        let headers = "Content-Type: application/json\r\nX-Request-Id: req-7\r\nX-Client-Request-Id: 0199-attempt\r\n";
        Behaviour::answer(200, headers, WHOLE.as_bytes())
    });
    let (provider, prepared) = prepare(endpoint(&server.url(), false));
    let steps = Arc::new(Mutex::new(Vec::new()));
    let noted = steps.clone();
    let watch = Watch {
        fail: Arc::new(move |step| noted.lock().unwrap().push(step)),
        on_text: None,
    };
    let reply = run(provider.send(&prepared, ATTEMPT, &watch)).unwrap();
    assert_eq!(
        *steps.lock().unwrap(),
        ["before-send", "after-headers", "mid-body"]
    );
    assert_eq!(reply.answer.request_id.as_deref(), Some("req-7"));
    assert_eq!(
        (reply.text_bytes, reply.answer.usage_raw.is_some()),
        (9, true)
    );
    assert!(reply.first_byte <= reply.latency);
    let seen = &server.requests()[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/v1/chat/completions")
    );
    assert_eq!(seen.body, prepared.body.to_vec());
    assert_eq!(
        header(&seen.head, "authorization"),
        Some(format!("Bearer {KEY}"))
    );
    assert_eq!(header(&seen.head, "accept-encoding"), None);
    assert_eq!(
        (prepared.input_bytes, prepared.max_output_tokens),
        (16 + 13, Some(16))
    );
    let other = provider
        .prepare(&Request {
            max_tokens: 17,
            ..request()
        })
        .unwrap();
    assert!(prepared.cache_basis.is_some() && prepared.cache_basis != other.cache_basis);
}

#[test]
fn streamed_text_goes_to_the_sink_as_it_comes() {
    let server = FaultServer::start(|_| Behaviour::ok_stream());
    let (provider, prepared) = prepare(endpoint(&server.url(), true));
    let pieces = Arc::new(Mutex::new(Vec::new()));
    let sink = pieces.clone();
    let watch = Watch {
        on_text: Some(Arc::new(move |text: &str| {
            sink.lock().unwrap().push(text.to_owned());
        })),
        ..Watch::none()
    };
    run(provider.send(&prepared, ATTEMPT, &watch)).unwrap();
    assert_eq!(*pieces.lock().unwrap(), ["北京", "晴"]);
    let again = run(async {
        provider
            .send(&prepared, ATTEMPT, &Watch::none())
            .await
            .unwrap();
        provider.send(&prepared, ATTEMPT, &Watch::none()).await
    });
    assert_eq!(shown(&again), OK);
    let seen = server.requests();
    assert_eq!(
        seen[1].connection, seen[2].connection,
        "a finished stream frees its connection"
    );
    assert!(seen[1].at <= seen[2].at);
    let body: serde_json::Value = serde_json::from_slice(&prepared.body).unwrap();
    assert_eq!(body["stream_options"], json!({"include_usage": true}));
}

fn llama(
    plan: impl Fn(&Seen, usize) -> Behaviour + Send + Sync + 'static,
) -> (FaultServer, Provider) {
    let server = FaultServer::start_by(move |number, seen| plan(seen, number));
    let mut endpoint = endpoint(&server.url(), false);
    endpoint.kind = EndpointKind::LlamaCpp;
    let provider = Provider::new(endpoint).unwrap();
    (server, provider)
}

const PROPS: &str = r#"{"total_slots":4,"model_path":"/m/a.gguf","build_info":"b1","default_generation_settings":{"n_ctx":512},"chat_template_caps":{"supports_tools":false}}"#;
const LOADING: &str =
    r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#;

#[test]
fn a_llama_server_is_waited_for_and_asked_what_it_is() {
    let (server, provider) = llama(|seen, number| match (seen.path.as_str(), number) {
        ("/health", 0 | 1) => Behaviour::status(503, LOADING),
        ("/health", _) => Behaviour::json(r#"{"status":"ok"}"#),
        ("/props", _) => Behaviour::json(PROPS),
        _ => Behaviour::ok(),
    });
    let before = provider.prepare(&request()).unwrap();
    assert_eq!(
        before.cache_basis, None,
        "an unknown model file is never a cache's key"
    );
    let info = run(provider.ready()).unwrap();
    assert_eq!(
        (info.slots, info.context, info.supports_tools),
        (Some(4), Some(512), Some(false))
    );
    assert_eq!(info.identity.as_deref(), Some("/m/a.gguf (b1)"));
    assert_eq!(run(provider.ready()).unwrap(), info);
    let paths: Vec<String> = server
        .requests()
        .into_iter()
        .map(|seen| seen.path)
        .collect();
    assert_eq!(paths, ["/health", "/health", "/health", "/props"]);
    assert!(provider.prepare(&request()).unwrap().cache_basis.is_some());
    let mut tools = request();
    tools.tools.push(ToolDef {
        name: "f".to_owned(),
        description: None,
        parameters: json!({}),
    });
    assert_eq!(
        provider.prepare(&tools).unwrap_err().to_string(),
        "endpoint `fake`: the request has tools, but the chat template of `/m/a.gguf (b1)` knows none"
    );
}

#[test]
fn loading_in_the_midst_of_a_run_is_no_attempt() {
    let (server, provider) = llama(|seen, number| match seen.path.as_str() {
        "/health" => Behaviour::json(r#"{"status":"ok"}"#),
        _ if number == 0 => Behaviour::status(503, LOADING),
        _ => Behaviour::ok(),
    });
    let prepared = provider.prepare(&request()).unwrap();
    let reply = run(provider.send(&prepared, ATTEMPT, &Watch::none()));
    assert_eq!(shown(&reply), OK);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_llama_server_counts_exactly_in_either_way() {
    let (_server, provider) = llama(|seen, _| match seen.path.as_str() {
        "/v1/chat/completions/input_tokens" => Behaviour::json(r#"{"input_tokens":6}"#),
        _ => Behaviour::status(404, "{}"),
    });
    let prepared = provider.prepare(&request()).unwrap();
    assert_eq!(run(provider.count_input(&prepared)), Some(6));
    let (server, provider) = llama(|seen, _| match seen.path.as_str() {
        "/apply-template" => Behaviour::json(r#"{"prompt":"<s>hi"}"#),
        "/tokenize" => Behaviour::json(r#"{"tokens":[1,2,3]}"#),
        _ => Behaviour::status(404, "{}"),
    });
    let counts = run(async {
        [
            provider.count_input(&prepared).await,
            provider.count_input(&prepared).await,
        ]
    });
    assert_eq!(counts, [Some(3), Some(3)]);
    assert_eq!(
        server.requests().len(),
        5,
        "the address that is not there is asked once"
    );
}

#[test]
fn models_are_listed() {
    let server = FaultServer::start(|_| Behaviour::json(r#"{"data":[{"id":"a"},{"id":"b"},{}]}"#));
    let provider = Provider::new(endpoint(&server.url(), false)).unwrap();
    assert_eq!(run(provider.models()).unwrap(), ["a", "b"]);
    let refusing = FaultServer::start(|_| Behaviour::status(401, "{}"));
    let provider = Provider::new(endpoint(&refusing.url(), false)).unwrap();
    assert_eq!(
        run(provider.models()).unwrap_err().money,
        MoneyClass::NotSent
    );
}
