use std::time::Duration;

use serde_json::Map;

use super::*;
use crate::domain::EndpointKind;

fn scripted(yaml: &str) -> Result<Scripted, ProviderError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.yaml");
    std::fs::write(&path, yaml).unwrap();
    let mut endpoint = Endpoint::new("s", EndpointKind::Scripted, "");
    endpoint.script = Some(path);
    Scripted::load(&endpoint)
}

fn request(text: &str) -> Request {
    Request {
        model: "m".to_owned(),
        messages: vec![
            Message::text(Role::System, "be short"),
            Message::text(Role::User, text),
        ],
        max_tokens: 8,
        config: Map::new(),
        output_schema: None,
        output_json: false,
        tools: Vec::new(),
        stream: false,
        logprobs: None,
    }
}

async fn ask(scripted: &Scripted, text: &str) -> Result<Answer, Fault> {
    let prepared = Scripted::prepare(&request(text)).unwrap();
    let reply = scripted.send(&prepared, &Watch::none()).await?;
    Ok(reply.answer)
}

fn text_of(answer: Result<Answer, Fault>) -> String {
    answer.unwrap().text.unwrap()
}

#[tokio::test]
async fn the_first_rule_that_matches_answers() {
    let script = scripted(
        "rules:\n- match: (北京|上海)天气\n  reply: $1晴\n- match: 1+1=?\n  reply: two\n  usage: {input_tokens: 7, output_tokens: 9}\n\
         - match: be short\n  in: conversation\n  reply: [a, b]\n",
    )
    .unwrap();
    assert_eq!(text_of(ask(&script, "上海天气怎么样").await), "上海晴");
    let sum = ask(&script, "what is 1+1=?").await.unwrap();
    assert_eq!(
        (sum.text.as_deref(), sum.usage),
        (Some("two"), Some(Usage::of(7, 9)))
    );
    for expected in ["a", "b", "a"] {
        assert_eq!(text_of(ask(&script, "x").await), expected);
    }
    assert_eq!(text_of(ask(&script, "y").await), "a");
}

#[tokio::test]
async fn faults_end_after_their_times_and_nothing_matches_is_one() {
    let script = scripted(
        "rules:\n- match: a\n  reply: ok\n  fault: 429\n  times: 2\n- match: b\n  fault: reset\n",
    )
    .unwrap();
    for _ in 0..2 {
        let fault = ask(&script, "a").await.unwrap_err();
        assert_eq!(
            (fault.code.0, fault.money, fault.status),
            (1, MoneyClass::Refused, Some(429))
        );
    }
    assert_eq!(text_of(ask(&script, "a").await), "ok");
    let reset = ask(&script, "b").await.unwrap_err();
    assert_eq!(
        (reset.code.0, reset.money, reset.retry),
        (15, MoneyClass::Ambiguous, true)
    );
    let none = ask(&script, "zzz").await.unwrap_err();
    assert_eq!((none.code.0, none.money), (0, MoneyClass::NotSent));
    assert_eq!(none.message, "no rule of the script matches `zzz`");
}

#[tokio::test(start_paused = true)]
async fn an_answer_takes_its_time_and_is_cut_at_the_limit() {
    let script =
        scripted("rules:\n- reply: 今天北京晴天,最高气温二十二度\n  latency_ms: 250\n").unwrap();
    let prepared = Scripted::prepare(&request("x")).unwrap();
    let reply = script.send(&prepared, &Watch::none()).await.unwrap();
    assert_eq!(reply.latency, Duration::from_millis(250));
    assert_eq!(reply.answer.text.as_deref(), Some("今天北京晴天,最高气温"));
    assert_eq!(reply.answer.finish_reason, Some(FinishReason::Length));
    assert_eq!(reply.answer.usage, Some(Usage::of(2, 7)));
    assert_eq!(prepared.cache_basis, None);
}

#[test]
fn wrong_scripts_are_named_with_their_lines() {
    let message = |yaml: &str| {
        let error = scripted(yaml).map(|_| ()).unwrap_err().to_string();
        error
            .split_once("script.yaml`")
            .map_or(error.clone(), |(_, rest)| rest.to_owned())
    };
    assert_eq!(
        message(
            "rules:\n- match: '('\n  reply: a\n- match: b\n- reply: c\n  fault: boom\n- reply: c\n  usage: {tokens: 1}\n"
        ),
        ": line 2: `match` is not a regular expression: `(`; line 4: `reply` is missing; \
         line 5: `fault` is `boom`, expected a status from 400 to 599 or one of `quota`, `context`, `content_filter`, \
         `refused`, `dns`, `reset`, `cut`, `timeout` and `html`; \
         line 7: `usage` has `tokens`, expected `input_tokens`, `output_tokens`, `cache_read_tokens`, `cache_write_tokens`, \
         `output_reasoning_tokens`, `input_audio_tokens` and `output_audio_tokens`"
    );
    let unknown = message("rules:\n- reply: a\n  repyl: b\n");
    assert!(
        unknown.starts_with(":3:3: ") && unknown.contains("repyl"),
        "{unknown}"
    );
    let missing = Scripted::load(&Endpoint::new("s", EndpointKind::Scripted, ""))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        missing.to_string(),
        "endpoint `s`: `scripted` needs a `script`, found none"
    );
}
