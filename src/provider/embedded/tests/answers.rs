//! What an answer is, and what it counts.

use super::*;

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
async fn an_answer_goes_on_where_the_last_message_stopped() {
    let embedded = small();
    let whole = text(ask(&embedded, "a", json!({})).await);
    let (begun, rest) = whole.split_at(whole.floor_char_boundary(whole.len() / 2));
    let mut request = request("a", json!({}));
    request.messages.push(Message::text(Role::Model, begun));
    let prepared = embedded.prepare(&request).unwrap();
    let answer = embedded
        .send(&prepared, &Watch::none())
        .await
        .unwrap()
        .answer;
    let input = answer.usage.as_ref().unwrap().get(unit::INPUT);
    let text = answer.text.unwrap();
    assert!(text.starts_with(begun) && !rest.is_empty(), "{text}");
    let tokenizer = embedded.weights().unwrap();
    let begun = tokenizer.tokenizer().encode(begun).len();
    assert_eq!(input, 4 + begun as u64);
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
