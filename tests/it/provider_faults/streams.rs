//! Streams: F34 to F39.

use super::{OK, Table};
use crate::fault_server::{Behaviour, EVENTS, chunked, sse};

#[expect(clippy::too_many_lines, reason = "a table is read as one")]
pub(super) fn streams(table: &mut Table) {
    let all = sse(EVENTS);
    let done = format!("{all}data: [DONE]\n\n");
    let cut = &all.as_bytes()[..all.find("晴").unwrap()];
    table.stream(
        34,
        "cut in an event",
        Behaviour::cut_stream(cut),
        "F34 A retry partial",
    );
    table.stream(
        34,
        "nothing came",
        Behaviour::cut_stream(b""),
        "F34 A retry",
    );
    table.whole(
        34,
        "nothing came",
        Behaviour::json(""),
        "F22 A 200 retry max=2",
    );
    table.stream(
        34,
        "only `[DONE]` is missing",
        Behaviour::cut_stream(all.as_bytes()),
        "ok `北京晴` finish=stop usage=9/3 warned",
    );
    let before_count = sse(EVENTS[..4].iter().copied());
    table.stream(
        34,
        "cut before the count",
        Behaviour::cut_stream(before_count.as_bytes()),
        "ok `北京晴` finish=stop usage=- warned",
    );
    let odd = format!(
        "\u{feff}: comment\r\n\r\n{}",
        done.replace('\n', "\r\n").replace("data: ", "data:")
    );
    table.stream(35, "comments, CRLF, BOM", Behaviour::stream(&odd), OK);
    let many = EVENTS.map(|data| data.replacen(',', ",\ndata: ", 1));
    let lines = sse(many.iter().map(String::as_str));
    table.stream(
        35,
        "data of many lines",
        Behaviour::stream(&format!("{lines}data: [DONE]\n\n")),
        OK,
    );
    let bytes: Vec<&[u8]> = done.as_bytes().chunks(1).collect();
    table.stream(
        35,
        "split UTF-8",
        Behaviour::write(chunked("text/event-stream", &bytes)),
        OK,
    );
    let giant = format!("data: {}", "a".repeat(2 << 20));
    table.stream(35, "giant line", Behaviour::stream(&giant), "F35 A");
    table.whole(
        35,
        "a stream nobody asked for",
        Behaviour::stream(&done),
        OK,
    );
    table.stream(35, "no stream though asked for", Behaviour::ok(), OK);
    let begun = sse(EVENTS[..2].iter().copied());
    let failing = |event: &str| Behaviour::stream(&format!("{begun}data: {event}\n\n"));
    table.stream(
        36,
        "error event",
        failing(r#"{"error":{"message":"boom"}}"#),
        "F36 A retry partial",
    );
    table.stream(
        36,
        "vLLM's",
        failing(r#"{"object":"error","message":"boom","code":400}"#),
        "F36 A 400 partial",
    );
    let counted = r#"{"error":{"message":"boom","code":500},"usage":{"prompt_tokens":9,"completion_tokens":1}}"#;
    table.stream(
        36,
        "with a count",
        failing(counted),
        "F36 A 500 retry partial settled",
    );
    table.whole(
        36,
        "in a choice",
        Behaviour::json(r#"{"choices":[{"error":{"message":"boom","code":502}}]}"#),
        "F9 R 502 retry",
    );
    table.stream(37, "choices empty, usage", Behaviour::ok_stream(), OK);
    table.whole(37, "plain", Behaviour::ok(), OK);
    let counts: Vec<String> = EVENTS[..4]
        .iter()
        .enumerate()
        .map(|(n, data)| {
            data.replace(
                "\"usage\":null",
                &format!("\"usage\":{{\"prompt_tokens\":9,\"completion_tokens\":{n}}}"),
            )
        })
        .collect();
    let counting = sse(counts.iter().map(String::as_str).chain(["[DONE]"]));
    table.stream(38, "usage in every chunk", Behaviour::stream(&counting), OK);
    let twice = sse(EVENTS
        .iter()
        .flat_map(|data| [*data, *data])
        .chain(["[DONE]"]));
    table.stream(
        39,
        "doubled chunks",
        Behaviour::stream(&twice),
        "ok `北京北京晴晴` finish=stop usage=9/3 warned",
    );
}
