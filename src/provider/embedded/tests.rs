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

#[test]
fn the_model_inside_is_what_its_hash_says() {
    let weights = Weights::shipped().unwrap();
    let bytes = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/provider/embedded/weather.gguf"
    ));
    let hash = sha256_hex(&bytes.unwrap());
    assert_eq!(
        weights.identity(),
        format!("{hash} (pw {})", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(weights.model().dims().context, 512);
    assert!(
        Arc::ptr_eq(&weights, &Weights::shipped().unwrap()),
        "loaded once"
    );
}

#[tokio::test]
async fn an_answer_counts_its_tokens_and_says_why_it_ended() {
    let embedded = small();
    let answer = ask(&embedded, "今天", json!({})).await;
    assert_eq!(answer.finish_reason, Some(FinishReason::Length));
    // `<|user|>`, 今天, `<|end|>`, `<|assistant|>`.
    assert_eq!(answer.usage, Some(Usage::of(4, 24)));
    assert_eq!(answer.model_returned.as_deref(), Some("small"));
    let again = ask(&embedded, "今天", json!({"temperature": 0, "n": 1})).await;
    assert_eq!(again, answer);

    // An answer that may be as long as the context ends there, or earlier by itself.
    let mut long = request("今天", json!({}));
    long.max_tokens = 100_000;
    let prepared = embedded.prepare(&long).unwrap();
    let answer = embedded
        .send(&prepared, &Watch::none())
        .await
        .unwrap()
        .answer;
    assert_eq!(answer.finish_reason, Some(FinishReason::Length));
    assert_eq!(answer.usage, Some(Usage::of(4, CONTEXT as u64 - 4)));
}

#[tokio::test]
async fn the_end_token_ends_an_answer_and_is_counted() {
    // Without a last norm all logits are zero: the first token is chosen for ever. `<unk>` says nothing.
    let mut file = File::small(3);
    file.tensors[1].data.fill(0);
    let embedded = served(&file, |_| {}).unwrap();
    let answer = ask(&embedded, "a", json!({})).await;
    assert_eq!(
        (answer.text.as_deref(), answer.usage),
        (Some(""), Some(Usage::of(4, 24)))
    );
    // With the end of a turn as token 0 the same choice ends the answer at once.
    let names = file.pairs.iter().find_map(|(key, entry)| match entry {
        Entry::Texts(names) if key == "tokenizer.ggml.tokens" => Some(names.clone()),
        _ => None,
    });
    let mut names = names.unwrap();
    names.swap(0, 2);
    let kinds = [3, 3, 2].into_iter().chain([3; 3]).chain([6; 256]);
    let kinds = kinds.chain(vec![1; names.len() - 262]).collect();
    let ending = file
        .with("tokenizer.ggml.tokens", Entry::Texts(names))
        .with("tokenizer.ggml.token_type", Entry::I32s(kinds))
        .with("tokenizer.ggml.eos_token_id", Entry::U32(0));
    let answer = ask(&served(&ending, |_| {}).unwrap(), "a", json!({})).await;
    assert_eq!(answer.finish_reason, Some(FinishReason::Stop));
    assert_eq!(
        (answer.text.as_deref(), answer.usage),
        (Some(""), Some(Usage::of(4, 1)))
    );
}

#[tokio::test]
async fn a_stop_ends_an_answer_before_itself() {
    let embedded = small();
    let whole = text(ask(&embedded, "sunny", json!({})).await);
    let middle = whole.chars().count() / 2;
    let stop: String = whole.chars().skip(middle).take(2).collect();
    let expected = whole.find(&stop).unwrap();
    let answer = ask(
        &embedded,
        "sunny",
        json!({"stopSequences": [stop, "no such text"]}),
    )
    .await;
    assert_eq!(answer.finish_reason, Some(FinishReason::Stop));
    assert!(answer.usage.as_ref().unwrap().get(unit::OUTPUT) < 24);
    assert_eq!(text(answer), whole[..expected]);
}

#[tokio::test]
async fn a_stream_brings_the_text_in_pieces() {
    let embedded = small();
    let pieces = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&pieces);
    let watch = Watch {
        on_text: Some(Arc::new(move |piece: &str| {
            sink.lock().unwrap().push(piece.to_owned());
        })),
        ..Watch::none()
    };
    let prepared = embedded.prepare(&request("晴天", json!({}))).unwrap();
    let reply = embedded.send(&prepared, &watch).await.unwrap();
    let pieces = pieces.lock().unwrap().clone();
    assert!(pieces.len() > 4, "{pieces:?}");
    assert_eq!(pieces.concat(), reply.answer.text.unwrap());
    assert!(reply.first_byte <= reply.latency);
}

#[tokio::test]
async fn sampling_repeats_by_its_seed() {
    let embedded = small();
    let warm = |seed: u64| json!({"temperature": 1.5, "topP": 0.9, "topK": 50, "seed": seed});
    let first = text(ask(&embedded, "a", warm(1)).await);
    assert_eq!(first, text(ask(&embedded, "a", warm(1)).await));
    assert_ne!(first, text(ask(&embedded, "a", warm(2)).await));
    assert_ne!(first, text(ask(&embedded, "a", json!({})).await));
}

#[tokio::test]
async fn characters_outside_the_vocabulary_are_read_and_an_empty_text_is_answered() {
    let embedded = small();
    let answer = ask(&embedded, "😀é\u{0}", json!({})).await;
    assert_eq!(answer.usage.unwrap().get(unit::INPUT), 3 + 4 + 2 + 1);
    assert_eq!(
        ask(&embedded, "", json!({})).await.usage,
        Some(Usage::of(3, 24))
    );
}

#[tokio::test]
async fn a_prompt_without_room_for_an_answer_is_refused_with_its_length() {
    let embedded = small();
    let fault = async |text: String| {
        let prepared = embedded.prepare(&request(&text, json!({}))).unwrap();
        embedded
            .send(&prepared, &Watch::none())
            .await
            .map(|reply| reply.answer.usage)
            .map_err(|fault| {
                assert_eq!((fault.code.0, fault.money), (49, MoneyClass::Refused));
                assert!(fault.caused_by_request && !fault.retry);
                fault.message
            })
    };
    // Three control tokens and one token of answer are left beside 92 others.
    assert_eq!(
        fault("雨".repeat(CONTEXT - 4)).await,
        Ok(Some(Usage::of(95, 1)))
    );
    let message = fault("雨".repeat(CONTEXT - 3)).await.unwrap_err();
    assert!(
        message
            .starts_with("the prompt has 96 tokens, and the context of the embedded model is 96"),
        "{message}"
    );
    let message = fault("雨".repeat(1_000_000)).await.unwrap_err();
    assert!(
        message.starts_with("the prompt has at least 500000 tokens"),
        "{message}"
    );
}

#[tokio::test]
async fn two_hundred_at_once_get_the_answers_that_each_gets_alone() {
    let embedded = Arc::new(small());
    let prompts: Vec<String> = (0..200).map(|n| format!("今天 {n} sunny")).collect();
    let together = prompts.iter().map(|prompt| {
        let (embedded, prompt) = (Arc::clone(&embedded), prompt.clone());
        tokio::spawn(async move { ask(&embedded, &prompt, json!({})).await })
    });
    let together: Vec<_> = together.collect();
    for (prompt, answer) in prompts.iter().zip(together) {
        assert_eq!(
            answer.await.unwrap(),
            ask(&embedded, prompt, json!({})).await
        );
    }
}

#[tokio::test]
async fn no_more_are_written_at_once_than_there_are_places() {
    let embedded = served(&File::small(3), |endpoint| endpoint.concurrency = Some(2));
    let embedded = Arc::new(embedded.unwrap());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let watch = Watch {
        on_text: Some({
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            Arc::new(move |_: &str| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
                now.fetch_sub(1, Ordering::SeqCst);
            })
        }),
        ..Watch::none()
    };
    let calls = (0..8).map(|n| {
        let (embedded, watch) = (Arc::clone(&embedded), watch.clone());
        tokio::spawn(async move {
            let prepared = embedded
                .prepare(&request(&"今".repeat(n), json!({})))
                .unwrap();
            embedded.send(&prepared, &watch).await.unwrap()
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

/// A call whose writing thread waits after its first piece until the gate is dropped.
struct Held {
    gate: std::sync::mpsc::Sender<()>,
    pieces: Arc<AtomicUsize>,
    watch: Watch,
}

fn held() -> Held {
    let (gate, wait) = std::sync::mpsc::channel::<()>();
    let (wait, pieces) = (Mutex::new(wait), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&pieces);
    let on_text = move |_: &str| {
        counted.fetch_add(1, Ordering::SeqCst);
        wait.lock().unwrap().recv().ok();
    };
    Held {
        gate,
        pieces,
        watch: Watch {
            on_text: Some(Arc::new(on_text)),
            ..Watch::none()
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_waits_for_ends_at_its_next_token() {
    let embedded = Arc::new(served(&File::small(3), |e| e.concurrency = Some(1)).unwrap());
    let Held {
        gate,
        pieces,
        watch,
    } = held();
    let call = tokio::spawn({
        let embedded = Arc::clone(&embedded);
        async move {
            let prepared = embedded.prepare(&request("a", json!({}))).unwrap();
            embedded.send(&prepared, &watch).await.map(drop)
        }
    });
    while pieces.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    drop(gate);
    // The place comes back when the thread ends.
    let place = embedded.places.acquire().await.unwrap();
    assert_eq!(pieces.load(Ordering::SeqCst), 1);
    drop(place);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_takes_too_long_is_a_timeout() {
    let limit = Duration::from_millis(5);
    let embedded = served(&File::small(3), |e| e.timeout = limit).unwrap();
    let Held { gate, watch, .. } = held();
    let prepared = embedded.prepare(&request("a", json!({}))).unwrap();
    let fault = embedded
        .send(&prepared, &watch)
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!((fault.code.0, fault.money), (26, MoneyClass::Refused));
    assert!(
        fault.message.contains("no answer within 0.005 s"),
        "{}",
        fault.message
    );
    drop(gate);
}

#[test]
fn what_the_model_cannot_do_is_said_before_anything_is_written() {
    let embedded = small();
    let plain = || request("a", json!({}));
    let other = Request {
        model: "large".to_owned(),
        ..plain()
    };
    assert_eq!(
        refusal(&embedded, &other),
        "endpoint `here` serves `small`, found `large`: write `here/small`"
    );
    for (config, expected) in [
        (
            json!({"temperature": "hot"}),
            "`temperature` is \"hot\", expected a number from 0",
        ),
        (
            json!({"temperature": -1}),
            "`temperature` is -1, expected a number from 0",
        ),
        (
            json!({"topP": 1.5}),
            "`top_p` is 1.5, expected a number from 0 to 1",
        ),
        (
            json!({"topK": 2.5}),
            "`top_k` is 2.5, expected a whole number from 0",
        ),
        (
            json!({"seed": -1}),
            "`seed` is -1, expected a whole number from 0",
        ),
        (
            json!({"stop": [""]}),
            "`stop` is [\"\"], expected a text or a list of texts, none empty",
        ),
        (
            json!({"n": 2}),
            "the embedded model does not know `n`, expected `max_tokens`",
        ),
        (
            json!({"frequencyPenalty": 1}),
            "the embedded model does not know `frequency_penalty`",
        ),
    ] {
        let message = refusal(&embedded, &request("a", config));
        assert!(
            message.starts_with(&format!("endpoint `here`: {expected}")),
            "{message}"
        );
    }
    let schema = Request {
        output_schema: Some(json!({"type": "object"})),
        ..plain()
    };
    let loose = Request {
        output_json: true,
        ..plain()
    };
    for request in [schema, loose] {
        assert!(refusal(&embedded, &request).contains("cannot be constrained by a schema"));
    }
    let tool = ToolDef {
        name: "t".to_owned(),
        description: None,
        parameters: json!({}),
    };
    let tools = Request {
        tools: vec![tool],
        ..plain()
    };
    assert!(refusal(&embedded, &tools).contains("has tools, and the embedded model calls none"));
    let logprobs = Request {
        logprobs: Some(2),
        ..plain()
    };
    assert!(refusal(&embedded, &logprobs).contains("no log-probabilities"));
    let mut image = plain();
    let media = Media {
        url: "data:image/png;base64,AA==".to_owned(),
        content_type: None,
    };
    image.messages[0].content.push(Part::Media { media });
    assert!(refusal(&embedded, &image).contains("has an image, and the embedded model reads text"));
    let mut result = plain();
    let id = Map::from_iter([("tool_call_id".to_owned(), json!("x"))]);
    result.messages.push(Message {
        metadata: Some(id),
        ..Message::text(Role::Tool, "4")
    });
    assert!(refusal(&embedded, &result).contains("is of a tool"));
}

#[test]
fn answers_are_cached_by_file_and_body() {
    let basis = |embedded: &Embedded, request: &Request| {
        embedded.prepare(request).unwrap().cache_basis.unwrap()
    };
    let (one, other) = (small(), served(&File::small(4), |_| {}).unwrap());
    let request_of = |text: &str| request(text, json!({}));
    assert_eq!(
        basis(&one, &request_of("a")),
        basis(&small(), &request_of("a"))
    );
    assert_ne!(basis(&one, &request_of("a")), basis(&one, &request_of("b")));
    assert_ne!(
        basis(&one, &request_of("a")),
        basis(&other, &request_of("a"))
    );
}

#[test]
fn a_file_that_cannot_be_served_is_named_with_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    let error = || load(&path, |_| {}).map(drop).unwrap_err().to_string();
    assert!(
        error().contains("`here`") && error().contains("model.gguf`: "),
        "{}",
        error()
    );
    std::fs::write(&path, &File::small(1).bytes()[..300]).unwrap();
    assert!(error().contains("model.gguf` ends inside"), "{}", error());
    let other = File::small(1).with("general.architecture", Entry::Text("gemma3".to_owned()));
    std::fs::write(&path, other.bytes()).unwrap();
    assert!(error().ends_with("has `gemma3` under `general.architecture`, expected `llama`"));
    let sparse = std::fs::File::create(&path).unwrap();
    sparse.set_len((64 << 20) + 1).unwrap();
    assert!(error().contains("is larger than 64 MiB"));
}

#[test]
fn the_file_of_the_end_to_end_tests_is_the_small_model() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/fixtures/embedded/small.gguf"
    );
    let same = std::fs::read(path).unwrap() == File::small(3).bytes();
    assert!(
        same,
        "`testing` writes another file now: write it to {path}"
    );
}
