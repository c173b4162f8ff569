//! What is refused, and in which words.

use super::*;

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
