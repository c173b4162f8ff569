//! Bodies that are no answer: F22 to F25, F29 to F31.

use std::io::Write as _;

use super::{OK, Table};
use crate::fault_server::{Behaviour, EVENTS, WHOLE, sse};

pub(super) fn bodies(table: &mut Table) {
    table.whole(
        22,
        "truncated JSON",
        Behaviour::json(&WHOLE[..80]),
        "F22 A 200 retry partial max=2",
    );
    let cut = format!("{}data: {{\"choices\n\n", sse(EVENTS[..2].iter().copied()));
    table.stream(
        22,
        "truncated JSON",
        Behaviour::stream(&cut),
        "F34 A retry partial",
    );
    let bad = [
        &WHOLE.as_bytes()[..130],
        b"\xff\xfe",
        &WHOLE.as_bytes()[130..],
    ]
    .concat();
    table.whole(
        23,
        "bad UTF-8",
        Behaviour::answer(200, "Content-Type: application/json\r\n", &bad),
        "F23 A 200 partial",
    );
    table.stream(
        23,
        "bad UTF-8",
        Behaviour::cut_stream(b"data: \xff\xfe\n\n"),
        "F23 A",
    );
    let page = Behaviour::answer(200, "Content-Type: text/html\r\n", b"<html>log in</html>");
    table.both(
        24,
        "captive portal",
        &page,
        "F24 A 200 retry stops partial max=2",
    );
    table.both(
        24,
        "markup unnamed",
        &Behaviour::json(" <!doctype html>"),
        "F24 A 200 retry stops partial max=2",
    );
    table.both(
        24,
        "other JSON",
        &Behaviour::json("{\"status\":\"ok\"}"),
        "F24 A 200 retry stops partial max=2",
    );
    let inner = |code: &str| {
        Behaviour::json(&format!(
            "{{\"error\":{{\"message\":\"m\",\"code\":{code}}}}}"
        ))
    };
    table.both(25, "429 inside", &inner("429"), "F1 R 429 retry");
    table.both(
        25,
        "quota inside",
        &inner("\"insufficient_quota\""),
        "F4 R 400 stops",
    );
    table.both(25, "502 inside", &inner("\"502\""), "F9 R 502 retry");
    table.both(25, "unknown inside", &inner("\"odd\""), "F25 R retry");
    let huge = format!("{{\"x\":\"{}\"}}", "a".repeat(33 << 20));
    table.whole(29, "huge", Behaviour::json(&huge), "F29 A partial");
    let comments = ": aaaaaaaaaaaaaaaaaaaaaaaaaaa\n".repeat((33 << 20) / 30);
    table.stream(29, "huge", Behaviour::stream(&comments), "F29 A");
    let packed = |kind: &str, text: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text).unwrap();
        let headers = format!("Content-Type: {kind}\r\nContent-Encoding: gzip\r\n");
        Behaviour::answer(200, &headers, &packer.finish().unwrap())
    };
    let (json, events) = ("application/json", "text/event-stream");
    table.whole(30, "bomb", packed(json, huge.as_bytes()), "F30 A partial");
    table.stream(30, "bomb", packed(events, comments.as_bytes()), "F30 A");
    table.whole(31, "good gzip", packed(json, WHOLE.as_bytes()), OK);
    let stream = sse(EVENTS.into_iter().chain(["[DONE]"]));
    table.stream(31, "good gzip", packed(events, stream.as_bytes()), OK);
    let bad = Behaviour::answer(200, "Content-Encoding: gzip\r\n", WHOLE.as_bytes());
    table.both(31, "bad gzip", &bad, "F31 A");
    table.both(
        31,
        "unasked encoding",
        &Behaviour::answer(200, "Content-Encoding: br\r\n", b"x"),
        "F31 A",
    );
}
