//! Answers that were paid for, whatever they say: F40 to F45.

use super::Table;
use crate::fault_server::{Behaviour, EVENTS, WHOLE, sse};

#[expect(clippy::too_many_lines, reason = "a table is read as one")]
pub(super) fn answers(table: &mut Table) {
    let usage = r#""usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}"#;
    for (name, broken, expected) in [
        ("missing", r#""x":1"#, "ok `北京晴` finish=stop usage=-"),
        ("null", r#""usage":null"#, "ok `北京晴` finish=stop usage=-"),
        (
            "negative",
            r#""usage":{"prompt_tokens":-9,"completion_tokens":3}"#,
            "ok `北京晴` finish=stop usage=- raw",
        ),
        (
            "sums differ",
            r#""usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":99}"#,
            "ok `北京晴` finish=stop usage=- raw",
        ),
    ] {
        table.whole(
            40,
            name,
            Behaviour::json(&WHOLE.replace(usage, broken)),
            expected,
        );
        let stream = sse(EVENTS.into_iter().chain(["[DONE]"])).replace(usage, broken);
        table.stream(40, name, Behaviour::stream(&stream), expected);
    }
    let empty = format!("{{\"choices\":[],{usage}}}");
    table.whole(
        41,
        "no choices",
        Behaviour::json(&empty),
        "ok - finish=- usage=9/3 warned",
    );
    table.stream(
        41,
        "no choices",
        Behaviour::stream(&sse([empty.as_str(), "[DONE]"])),
        "ok - finish=- usage=9/3 warned",
    );
    for (name, message, finish, expected) in [
        (
            "tool calls",
            r#""content":null,"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]"#,
            "tool_calls",
            "ok - finish=tool_calls usage=9/3 tools",
        ),
        (
            "refusal",
            r#""content":null,"refusal":"no""#,
            "stop",
            "ok - finish=stop usage=9/3 refusal",
        ),
        (
            "reasoning",
            r#""content":null,"reasoning_content":"hm""#,
            "stop",
            "ok - finish=stop usage=9/3 reasoning",
        ),
    ] {
        let choice = |of: &str| {
            format!(
                "{{\"choices\":[{{\"{of}\":{{{message}}},\"finish_reason\":\"{finish}\"}}],{usage}}}"
            )
        };
        table.whole(42, name, Behaviour::json(&choice("message")), expected);
        table.stream(
            42,
            name,
            Behaviour::stream(&sse([choice("delta").as_str(), "[DONE]"])),
            expected,
        );
    }
    for (name, reason, expected) in [
        (
            "length",
            "\"length\"",
            "ok `北京晴` finish=length usage=9/3",
        ),
        (
            "filter",
            "\"content_filter\"",
            "ok `北京晴` finish=content_filter usage=9/3",
        ),
        ("unknown", "\"eos\"", "ok `北京晴` finish=eos usage=9/3"),
        ("missing", "null", "ok `北京晴` finish=- usage=9/3"),
    ] {
        table.whole(
            43,
            name,
            Behaviour::json(&WHOLE.replace("\"stop\"", reason)),
            expected,
        );
        let stream = sse(EVENTS.into_iter().chain(["[DONE]"])).replace("\"stop\"", reason);
        let expected = if name == "missing" {
            "F43 A retry partial settled"
        } else {
            expected
        };
        table.stream(43, name, Behaviour::stream(&stream), expected);
    }
    let other = |text: &str| text.replace("\"model\":\"m\"", "\"model\":\"x-large\"");
    let warned = "ok `北京晴` finish=stop usage=9/3 warned";
    table.whole(44, "another model", Behaviour::json(&other(WHOLE)), warned);
    let stream = other(&sse(EVENTS.into_iter().chain(["[DONE]"])));
    table.stream(44, "another model", Behaviour::stream(&stream), warned);
    let over = |text: &str| {
        text.replace(
            "\"completion_tokens\":3,\"total_tokens\":12",
            "\"completion_tokens\":99,\"total_tokens\":108",
        )
    };
    let expected = "ok `北京晴` finish=stop usage=9/99";
    table.whole(45, "limit ignored", Behaviour::json(&over(WHOLE)), expected);
    let stream = over(&sse(EVENTS.into_iter().chain(["[DONE]"])));
    table.stream(45, "limit ignored", Behaviour::stream(&stream), expected);
}
