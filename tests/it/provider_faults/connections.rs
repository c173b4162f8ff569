//! Connections and heads that break: F15 to F21, F28, F32, F48.

use super::Table;
use crate::fault_server::{Behaviour, EVENTS, Step, WHOLE, chunked, sse};

#[expect(clippy::too_many_lines, reason = "a table is read as one")]
pub(super) fn connections(table: &mut Table) {
    table.both(
        15,
        "reset before the head",
        &Behaviour::reset_after(b""),
        "F15 A retry",
    );
    table.both(
        16,
        "closed before the head",
        &Behaviour(vec![Step::ReadBody, Step::Close]),
        "F16 A retry",
    );
    let half = &WHOLE.as_bytes()[..100];
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", WHOLE.len());
    let whole_cut = [head.as_bytes(), half].concat();
    table.whole(
        18,
        "reset in the body",
        Behaviour::reset_after(&whole_cut),
        "F18 A retry partial",
    );
    let begun = sse(EVENTS[..2].iter().copied());
    let stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    let stream_cut = format!("{stream_head}Connection: close\r\n\r\n{begun}");
    table.stream(
        18,
        "reset in the body",
        Behaviour::reset_after(stream_cut.as_bytes()),
        "F18 A retry partial",
    );
    table.whole(
        19,
        "shorter than its length",
        Behaviour::write(whole_cut).then(Step::Close),
        "F19 A retry partial",
    );
    let short = format!("{stream_head}Content-Length: 99999\r\n\r\n{begun}");
    table.stream(
        19,
        "shorter than its length",
        Behaviour::write(short.into_bytes()).then(Step::Close),
        "F19 A retry partial",
    );
    // HTTP ends at the length; what is cut off shows only as JSON or a stream that is not whole.
    let long = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{WHOLE}",
        WHOLE.len() - 5
    );
    table.whole(
        20,
        "longer than its length",
        Behaviour::write(long.into_bytes()),
        "F22 A 200 retry partial max=2",
    );
    let text = sse(EVENTS);
    let long = format!("{stream_head}Content-Length: {}\r\n\r\n{text}", begun.len());
    table.stream(
        20,
        "longer than its length",
        Behaviour::write(long.into_bytes()),
        "F34 A retry partial",
    );
    let piece = |kind: &str, bytes: &[u8], tail: &str| {
        let mut all = chunked(kind, &[bytes]);
        all.truncate(all.len() - 5);
        all.extend_from_slice(tail.as_bytes());
        Behaviour::write(all).then(Step::Close)
    };
    table.whole(
        21,
        "bad chunk",
        piece("application/json", half, "XYZ\r\n"),
        "F21 A retry partial",
    );
    table.stream(
        21,
        "bad chunk",
        piece("text/event-stream", begun.as_bytes(), "XYZ\r\n"),
        "F21 A retry partial",
    );
    table.whole(
        21,
        "cut chunk",
        piece("application/json", half, "ff\r\nabc"),
        "F21 A retry partial",
    );
    table.stream(
        21,
        "cut chunk",
        piece("text/event-stream", begun.as_bytes(), "ff\r\n: "),
        "F21 A retry partial",
    );
    let big = format!("HTTP/1.1 200 OK\r\nX-Big: {}\r\n\r\n", "a".repeat(600_000));
    table.both(
        28,
        "huge header",
        &Behaviour::write(big.into_bytes()),
        "F28 A",
    );
    let many = "X-Many: a\r\n".repeat(500);
    table.both(
        28,
        "500 headers",
        &Behaviour::write(format!("HTTP/1.1 200 OK\r\n{many}\r\n").into_bytes()),
        "F28 A",
    );
    let two = format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{WHOLE}");
    table.both(
        32,
        "two lengths",
        &Behaviour::write(two.into_bytes()),
        "F32 A",
    );
    let mixed = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{WHOLE}"
    );
    table.both(
        32,
        "length and chunks",
        &Behaviour::write(mixed.into_bytes()),
        "F32 A",
    );
    table.both(
        32,
        "http/0.9",
        &Behaviour::write(WHOLE.as_bytes().to_vec()).then(Step::Close),
        "F32 A",
    );
    let other = "Content-Type: application/json\r\nX-Client-Request-Id: 0199-other\r\n";
    table.both(
        48,
        "another's answer",
        &Behaviour::answer(200, other, WHOLE.as_bytes()),
        "F48 A retry",
    );
}
