use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use serde_json::{Map, Value};

use super::testing::{CONTEXT, Entry, File};
use super::*;
use crate::domain::{EndpointKind, FinishReason, Media, Message, Part, Role, ToolDef, unit};

/// An endpoint that serves the small model.
fn small() -> Embedded {
    served(&File::small(3), |_| {}).unwrap()
}

fn served(file: &File, change: impl FnOnce(&mut Endpoint)) -> Result<Embedded, ProviderError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.gguf");
    std::fs::write(&path, file.bytes()).unwrap();
    load(&path, change)
}

fn load(path: &Path, change: impl FnOnce(&mut Endpoint)) -> Result<Embedded, ProviderError> {
    let mut endpoint = Endpoint::new("here", EndpointKind::Embedded, "");
    endpoint.file = Some(path.to_owned());
    endpoint.model = Some("small".to_owned());
    change(&mut endpoint);
    Embedded::load(&endpoint)
}

fn request(text: &str, config: Value) -> Request {
    let Value::Object(config) = config else {
        panic!("an object")
    };
    Request {
        model: "small".to_owned(),
        messages: vec![Message::text(Role::User, text)],
        max_tokens: 24,
        config,
        output_schema: None,
        output_json: false,
        tools: Vec::new(),
        stream: false,
        logprobs: None,
    }
}

async fn ask(embedded: &Embedded, text: &str, config: Value) -> Answer {
    let prepared = embedded.prepare(&request(text, config)).unwrap();
    embedded
        .send(&prepared, &Watch::none())
        .await
        .unwrap()
        .answer
}

fn refusal(embedded: &Embedded, request: &Request) -> String {
    embedded.prepare(request).map(drop).unwrap_err().to_string()
}

fn text(answer: Answer) -> String {
    answer.text.unwrap()
}

mod answers;
mod crowd;
mod layers;
mod refusals;
