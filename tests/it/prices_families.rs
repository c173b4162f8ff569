//! Responses of the provider families, whole and streamed, written from their documentation and priced by hand.
//!
//! A stream must come to the very bill of the whole answer: both go through one function (litellm #40100, #37923).

use serde_json::{Value, json};

use crate::workbench::{Output, Workbench};

/// A family: its arguments, a whole response, the same one streamed, its usage, and its cost in dollars.
struct Family {
    arguments: &'static [&'static str],
    whole: &'static str,
    streamed: &'static str,
    usage: fn() -> Value,
    /// Worked out by hand, in the comment of each.
    dollars: &'static str,
}

/// Sources: the API references of each provider, sections on usage and on streaming.
const FAMILIES: [Family; 10] = [
    // gpt-5-mini: 176 × 0.25 + 1,024 × 0.025 + 300 × 2 = 669.6 millionths.
    Family {
        arguments: &["--provider", "openai"],
        whole: r#"{"id":"c","model":"gpt-5-mini-2025-08-07","service_tier":"default","choices":[],"usage":{"prompt_tokens":1200,"completion_tokens":300,"total_tokens":1500,"prompt_tokens_details":{"cached_tokens":1024,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":192,"audio_tokens":0}}}"#,
        streamed: "data: {\"id\":\"c\",\"model\":\"gpt-5-mini-2025-08-07\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\ndata: {\"id\":\"c\",\"model\":\"gpt-5-mini-2025-08-07\",\"choices\":[],\"usage\":{\"prompt_tokens\":1200,\"completion_tokens\":300,\"total_tokens\":1500,\"prompt_tokens_details\":{\"cached_tokens\":1024},\"completion_tokens_details\":{\"reasoning_tokens\":192}}}\n\ndata: [DONE]\n\n",
        usage: || json!({"cache_read_tokens": 1024, "input_tokens": 1200, "output_reasoning_tokens": 192, "output_tokens": 300}),
        dollars: "0.000669600000",
    },
    // gpt-5-mini on the responses API: 500 × 0.25 + 100 × 2 = 325.
    Family {
        arguments: &["--provider", "openai"],
        whole: r#"{"id":"r","object":"response","model":"gpt-5-mini","usage":{"input_tokens":500,"input_tokens_details":{"cached_tokens":0},"output_tokens":100,"output_tokens_details":{"reasoning_tokens":64},"total_tokens":600}}"#,
        streamed: "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"model\":\"gpt-5-mini\",\"usage\":null}}\n\nevent: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"model\":\"gpt-5-mini\",\"usage\":{\"input_tokens\":500,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":100,\"output_tokens_details\":{\"reasoning_tokens\":64},\"total_tokens\":600}}}\n\n",
        usage: || json!({"input_tokens": 500, "output_reasoning_tokens": 64, "output_tokens": 100}),
        dollars: "0.000325000000",
    },
    // claude-haiku-4-5: 20 × 1 + 1,000 × 1.25 + 2,000 × 2 + 4,000 × 0.1 + 50 × 5 = 5,920.
    Family {
        arguments: &["--provider", "anthropic"],
        whole: r#"{"type":"message","model":"claude-haiku-4-5","usage":{"input_tokens":20,"cache_creation_input_tokens":3000,"cache_creation":{"ephemeral_5m_input_tokens":1000,"ephemeral_1h_input_tokens":2000},"cache_read_input_tokens":4000,"output_tokens":50,"service_tier":"standard"}}"#,
        streamed: "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-haiku-4-5\",\"usage\":{\"input_tokens\":20,\"cache_creation_input_tokens\":3000,\"cache_creation\":{\"ephemeral_5m_input_tokens\":1000,\"ephemeral_1h_input_tokens\":2000},\"cache_read_input_tokens\":4000,\"output_tokens\":1,\"service_tier\":\"standard\"}}}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":50}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        usage: || json!({"cache_read_tokens": 4000, "cache_write_1h_tokens": 2000, "cache_write_5m_tokens": 1000, "cache_write_tokens": 3000, "input_tokens": 7020, "output_tokens": 50}),
        dollars: "0.005920000000",
    },
    // gemini-2.5-flash: 500 × 0.3 + 400 × 0.03 + 100 × 1 (audio) + 200 × 2.5 = 762.
    Family {
        arguments: &["--provider", "google"],
        whole: r#"{"modelVersion":"gemini-2.5-flash","candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1000,"cachedContentTokenCount":400,"candidatesTokenCount":50,"thoughtsTokenCount":150,"totalTokenCount":1200,"trafficType":"ON_DEMAND","promptTokensDetails":[{"modality":"TEXT","tokenCount":900},{"modality":"AUDIO","tokenCount":100}]}}"#,
        streamed: r#"[{"modelVersion":"gemini-2.5-flash","candidates":[{}],"usageMetadata":{"promptTokenCount":1000,"cachedContentTokenCount":400,"candidatesTokenCount":10,"thoughtsTokenCount":150}},
{"modelVersion":"gemini-2.5-flash","candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1000,"cachedContentTokenCount":400,"candidatesTokenCount":50,"thoughtsTokenCount":150,"totalTokenCount":1200,"promptTokensDetails":[{"modality":"TEXT","tokenCount":900},{"modality":"AUDIO","tokenCount":100}]}}]"#,
        usage: || json!({"cache_read_tokens": 400, "input_audio_tokens": 100, "input_text_tokens": 900, "input_tokens": 1000, "output_reasoning_tokens": 150, "output_tokens": 200}),
        dollars: "0.000762000000",
    },
    // amazon.nova-lite: 100 × 0.06 + 50 × 0.015 + 20 × 0.24 = 11.55; Bedrock names no model.
    Family {
        arguments: &["--provider", "bedrock", "--model", "amazon.nova-lite-v1:0"],
        whole: r#"{"output":{},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":20,"totalTokens":170,"cacheReadInputTokens":50,"cacheWriteInputTokens":0},"metrics":{"latencyMs":1}}"#,
        streamed: "{\"messageStart\":{\"role\":\"assistant\"}}\n{\"contentBlockDelta\":{\"delta\":{\"text\":\"a\"}}}\n{\"messageStop\":{\"stopReason\":\"end_turn\"}}\n{\"metadata\":{\"usage\":{\"inputTokens\":100,\"outputTokens\":20,\"totalTokens\":170,\"cacheReadInputTokens\":50},\"metrics\":{\"latencyMs\":1}}}\n",
        usage: || json!({"cache_read_tokens": 50, "input_tokens": 150, "output_tokens": 20}),
        dollars: "0.000011550000",
    },
    // mistral-small-24b: 100 × 0.05 + 10 × 0.08 = 5.8.
    Family {
        arguments: &["--provider", "mistral"],
        whole: r#"{"model":"mistral-small-24b-instruct-2501","usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}"#,
        streamed: "data: {\"model\":\"mistral-small-24b-instruct-2501\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"model\":\"mistral-small-24b-instruct-2501\",\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":10,\"total_tokens\":110}}\n\ndata: [DONE]\n\n",
        usage: || json!({"input_tokens": 100, "output_tokens": 10}),
        dollars: "0.000005800000",
    },
    // deepseek-chat at noon, the dear time: 40 × 0.27 + 60 × 0.07 + 20 × 1.1 = 37.
    Family {
        arguments: &["--provider", "deepseek"],
        whole: r#"{"model":"deepseek-chat","usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":60},"prompt_cache_hit_tokens":60,"prompt_cache_miss_tokens":40}}"#,
        streamed: "data: {\"model\":\"deepseek-chat\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n: keep-alive\n\ndata: {\"model\":\"deepseek-chat\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120,\"prompt_tokens_details\":{\"cached_tokens\":60}}}\n\ndata: [DONE]\n\n",
        usage: || json!({"cache_read_tokens": 60, "input_tokens": 100, "output_tokens": 20}),
        dollars: "0.000037000000",
    },
    // gpt-oss-20b at Groq: 60 × 0.075 + 40 × 0.0375 + 20 × 0.3 = 12.
    Family {
        arguments: &["--provider", "groq"],
        whole: r#"{"model":"openai/gpt-oss-20b","service_tier":"on_demand","usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":40}},"x_groq":{"id":"q"}}"#,
        streamed: "data: {\"model\":\"openai/gpt-oss-20b\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"x_groq\":{\"id\":\"q\"}}\n\ndata: {\"model\":\"openai/gpt-oss-20b\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"q\",\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120,\"prompt_tokens_details\":{\"cached_tokens\":40}}}}\n\ndata: [DONE]\n\n",
        usage: || json!({"cache_read_tokens": 40, "input_tokens": 100, "output_tokens": 20}),
        dollars: "0.000012000000",
    },
    // grok-4, reasoning beside the completion: 22 × 3 + 10 × 0.75 + 109 × 15 = 1,708.5.
    Family {
        arguments: &["--provider", "x-ai"],
        whole: r#"{"model":"grok-4-0709","usage":{"prompt_tokens":32,"completion_tokens":9,"total_tokens":141,"prompt_tokens_details":{"text_tokens":32,"cached_tokens":10},"completion_tokens_details":{"reasoning_tokens":100}}}"#,
        streamed: "data: {\"model\":\"grok-4-0709\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":32,\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":10},\"completion_tokens_details\":{\"reasoning_tokens\":100}}}\n\ndata: {\"model\":\"grok-4-0709\",\"choices\":[],\"usage\":{\"prompt_tokens\":32,\"completion_tokens\":9,\"prompt_tokens_details\":{\"cached_tokens\":10},\"completion_tokens_details\":{\"reasoning_tokens\":100}}}\n\ndata: [DONE]\n\n",
        usage: || json!({"cache_read_tokens": 10, "input_tokens": 32, "output_reasoning_tokens": 100, "output_tokens": 109}),
        dollars: "0.001708500000",
    },
    // command-r: the billed units, not all tokens: 5 × 0.15 + 10 × 0.6 = 6.75; Cohere names no model.
    Family {
        arguments: &["--provider", "cohere", "--model", "command-r"],
        whole: r#"{"id":"c","usage":{"billed_units":{"input_tokens":5,"output_tokens":10},"tokens":{"input_tokens":71,"output_tokens":10}}}"#,
        streamed: "event: message-start\ndata: {\"type\":\"message-start\",\"delta\":{\"message\":{\"role\":\"assistant\"}}}\n\nevent: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"COMPLETE\",\"usage\":{\"billed_units\":{\"input_tokens\":5,\"output_tokens\":10},\"tokens\":{\"input_tokens\":71,\"output_tokens\":10}}}}\n\n",
        usage: || json!({"input_tokens": 5, "output_tokens": 10}),
        dollars: "0.000006750000",
    },
];

/// Runs `pw prices extract` on a body in a file.
fn extract(arguments: &[&str], body: &str) -> Output {
    let bench = Workbench::new().file("body", body);
    let mut all = vec![
        "prices",
        "extract",
        "--at",
        "2026-11-24T12:00:00Z",
        "--body",
        "body",
    ];
    all.extend(arguments);
    bench.pw(&all)
}

fn bill(arguments: &[&str], body: &str) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    extract(&all, body).code(0).json()
}

#[test]
fn streamed_and_whole_answers_cost_the_same_litellm_40100_37923() {
    for family in &FAMILIES {
        for body in [family.whole, family.streamed] {
            let bill = bill(family.arguments, body);
            assert_eq!(bill["usage"], (family.usage)(), "{body}");
            assert_eq!(bill["total_price"], family.dollars, "{body}");
        }
    }
}

#[test]
fn cached_tokens_count_once_langfuse_10592_12306_promptfoo_7546() {
    for family in &FAMILIES {
        let bill = bill(family.arguments, family.whole);
        let sum = |word: &str| -> u64 {
            let lines = bill["lines"].as_array().unwrap().iter();
            let of = |line: &&Value| line["unit"].as_str().unwrap().contains(word);
            lines
                .filter(of)
                .map(|line| line["quantity"].as_u64().unwrap())
                .sum()
        };
        let whole = |unit: &str| bill["usage"][unit].as_u64().unwrap();
        assert_eq!(sum("input") + sum("cache"), whole("input_tokens"), "{bill}");
        assert_eq!(sum("output"), whole("output_tokens"), "{bill}");
    }
}

#[test]
fn counts_of_all_so_far_are_not_summed_helix_3005() {
    let chunk = |n: u32| {
        format!(
            "data: {{\"model\":\"gpt-5-mini\",\"usage\":{{\"prompt_tokens\":10,\"completion_tokens\":{n}}}}}\n\n"
        )
    };
    let stream: String = (1..=5).map(chunk).collect();
    let bill = bill(&["--provider", "openai"], &stream);
    assert_eq!(
        bill["usage"],
        json!({"input_tokens": 10, "output_tokens": 5})
    );
}

#[test]
fn a_dead_stream_is_not_billed_by_a_guess_llmgateway_3546() {
    let [_, _, anthropic, google, ..] = &FAMILIES;
    let start = anthropic
        .streamed
        .split("event: message_delta")
        .next()
        .unwrap();
    let chunk = google
        .streamed
        .lines()
        .next()
        .unwrap()
        .trim_start_matches('[')
        .trim_end_matches(',');
    for (family, cut) in [
        (anthropic, start.to_owned()),
        (google, format!("data: {chunk}\n\n")),
    ] {
        let output = extract(family.arguments, &cut).code(2);
        assert_eq!(output.stdout, "");
        output.says("the stream ends before its last count");
    }
    let silent =
        "data: {\"model\":\"gpt-5-mini\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    extract(&["--provider", "openai"], silent)
        .code(2)
        .says("`usage` is absent or null");
}

#[test]
fn tier_bracket_and_reasoning_have_their_own_rates_litellm_30135_13810_37046_helicone_4893() {
    let openai = |tier: &str| {
        format!(
            r#"{{"model":"gpt-5-mini","service_tier":"{tier}","usage":{{"prompt_tokens":1000000,"completion_tokens":0}}}}"#
        )
    };
    let total =
        |provider: &str, body: &str| bill(&["--provider", provider], body)["total_price"].clone();
    assert_eq!(total("openai", &openai("default")), "0.250000000000");
    assert_eq!(total("openai", &openai("flex")), "0.125000000000");
    assert_eq!(total("openai", &openai("priority")), "0.450000000000");
    extract(&["--provider", "openai"], &openai("scale"))
        .code(2)
        .says("tier `scale`");
    let gemini = |tokens: u32| {
        format!(
            r#"{{"modelVersion":"gemini-2.5-pro","usageMetadata":{{"promptTokenCount":{tokens}}}}}"#
        )
    };
    assert_eq!(total("google", &gemini(200_000)), "0.250000000000");
    assert_eq!(total("google", &gemini(200_001)), "0.500002500000");
    // 100 × 2 + 10 × 8 + 1,000 × 3 of reasoning.
    let sonar = r#"{"model":"sonar-deep-research","usage":{"prompt_tokens":100,"completion_tokens":10,"reasoning_tokens":1000}}"#;
    assert_eq!(total("perplexity", sonar), "0.003280000000");
}

#[test]
fn prices_hold_at_the_hour_and_the_day_asked() {
    let bench = Workbench::new().file("body", FAMILIES[6].whole);
    let at = |at: &str| {
        let arguments = [
            "prices",
            "extract",
            "--provider",
            "deepseek",
            "--body",
            "body",
            "--json",
            "--at",
            at,
        ];
        bench.pw(&arguments).code(0).json()["total_price"].clone()
    };
    // 40 × 0.135 + 60 × 0.035 + 20 × 0.55 = 18.5.
    assert_eq!(at("2026-11-24T16:30:00Z"), "0.000018500000");
    assert_eq!(at("2026-11-24T16:29:59Z"), "0.000037000000");
}

#[test]
fn an_unpriced_model_costs_null_and_never_nothing_eidan_203_pollinations_3951() {
    let body = r#"{"model":"nobody/knows","usage":{"prompt_tokens":10,"completion_tokens":1}}"#;
    let output = extract(&["--provider", "openai", "--json"], body)
        .code(2)
        .says("no price is known");
    let bill = output.json();
    assert_eq!(
        (&bill["total_price"], &bill["price"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        bill["usage"],
        json!({"input_tokens": 10, "output_tokens": 1})
    );
}

#[test]
fn small_and_unknown_amounts_are_not_shown_as_nothing_helm_api_6() {
    let body = r#"{"model":"gpt-5-mini","usage":{"prompt_tokens":1,"completion_tokens":0}}"#;
    let shown = extract(&["--provider", "openai"], body).code(0).stdout;
    assert!(shown.contains("0.00000025"), "{shown}");
    let unknown = r#"{"model":"nobody/knows","usage":{"prompt_tokens":1,"completion_tokens":0}}"#;
    let shown = extract(&["--provider", "openai"], unknown).code(2).stdout;
    assert!(
        shown.contains("cost unknown") && !shown.contains("$0"),
        "{shown}"
    );
}

#[test]
fn what_a_provider_charged_is_kept_beside_our_figure() {
    let body = r#"{"model":"openai/gpt-5-mini","usage":{"prompt_tokens":1000000,"completion_tokens":0,"cost":0.26}}"#;
    let bill = bill(&["--provider", "openrouter"], body);
    assert_eq!(
        (&bill["total_price"], &bill["reported_price"]),
        (&json!("0.250000000000"), &json!("0.26"))
    );
    assert_eq!(bill["reported_minus_total"], "0.010000000000");
    let text = extract(&["--provider", "openrouter"], body).code(0).stdout;
    assert!(
        text.contains("the provider reports $0.26 · that is $0.01 more than ours"),
        "{text}"
    );
}

#[test]
fn bad_bodies_get_one_clear_error_each() {
    for (body, says) in [
        (
            r#"{"model":"gpt-5-mini","usage":null}"#,
            "`usage` is absent or null",
        ),
        (
            r#"{"model":"gpt-5-mini","usage":{"prompt_tokens":null,"completion_tokens":1}}"#,
            "absent or null",
        ),
        (
            r#"{"model":"gpt-5-mini","usage":{"prompt_tokens":-1,"completion_tokens":1}}"#,
            "found -1 at `usage.prompt_tokens`",
        ),
        (
            r#"{"model":"gpt-5-mini","usage":{"prompt_tokens":1.5,"completion_tokens":1}}"#,
            "found 1.5",
        ),
        (
            r#"{"model":"gpt-5-mini","usage":{"prompt_tokens":true,"completion_tokens":1}}"#,
            "found true",
        ),
        (
            r#"{"model":"gpt-5-mini","usage":{"prompt_tokens":99999999999,"completion_tokens":1}}"#,
            "expected at most 10000000000",
        ),
        (
            r#"{"model":"gpt-5-mini","usage":{"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2}}}"#,
            "expected parts that fit the whole",
        ),
        (FAMILIES[3].whole, "the body has no usage of `openai`"),
        ("not json", "neither JSON nor a stream"),
        ("", "neither JSON nor a stream"),
        ("7", "found 7"),
    ] {
        let output = extract(&["--provider", "openai", "--flavor", "chat"], body)
            .code(2)
            .says(says);
        assert_eq!(output.stderr.matches("error:").count(), 1, "{output}");
    }
    let body = FAMILIES[0].whole;
    extract(&["--provider", "nobody"], body)
        .code(2)
        .says("no provider `nobody`");
    extract(&["--provider", "openai", "--flavor", "x"], body)
        .code(2)
        .says("no flavour `x`");
    let bench = Workbench::new();
    bench
        .pw(&[
            "prices",
            "extract",
            "--provider",
            "openai",
            "--body",
            "absent",
        ])
        .code(2)
        .says("absent");
    bench
        .pw(&["prices", "list", "--at", "noon"])
        .code(2)
        .says("--at `noon`");
}

#[test]
fn the_book_is_listed_and_shown_without_a_workspace() {
    let bench = Workbench::new();
    let list = bench.pw(&["prices", "list", "openai/gpt-5"]).code(0).stdout;
    assert!(
        list.contains("gpt-5-mini") && !list.contains("claude"),
        "{list}"
    );
    let show = |at: &str| {
        let arguments = [
            "prices",
            "show",
            "claude-sonnet-5",
            "--format",
            "json",
            "--at",
            at,
        ];
        bench.pw(&arguments).code(0).json()
    };
    let (before, after) = (show("2026-08-31"), show("2026-09-01"));
    assert_eq!(before["price"]["from"], Value::Null);
    assert_eq!(after["price"]["from"], "2026-09-01");
    assert_eq!(after["dated"].as_array().unwrap().len(), 2);
    assert_eq!(after["tiers"][0]["tier"], "batch");
    assert!(
        after["price"]["source"]
            .as_str()
            .unwrap()
            .starts_with("genai-prices")
    );
    bench
        .pw(&["prices", "show", "openai/gpt-5-minni"])
        .code(2)
        .says("did you mean `gpt-5-mini`");
    let zh = bench
        .pw(&["prices", "show", "gpt-5-mini", "--lang", "zh"])
        .code(0)
        .stdout;
    assert!(zh.contains("价格") && zh.contains("flex 层级"), "{zh}");
}
