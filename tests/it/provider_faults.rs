//! The fault table, row by row, whole and streamed: what `Provider::send` makes of each (`reliability.md`, section 2).
//!
//! Each row says in one line what came: the fault's code, its money and what may be done, or the answer. Rows that other rooms
//! own are covered as far as a provider can see them: waiting and parking after F1 to F3 is `retry`'s and `call/`'s, F38's and
//! F40's holds, F44's price and F45's overrun are the ledger's, and F46 (wall clock going back) cannot be seen here, since
//! durations come from the monotonic clock and only `Date` minus a header's date is ever subtracted.

use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pw::domain::{
    Endpoint, EndpointKind, Fault, Message, MoneyClass, Request, Role, ToolDef, unit,
};
use pw::provider::{Prepared, Provider, ProviderError, Reply, Watch};
use serde_json::{Map, json};

use crate::fault_server::{
    Behaviour, EVENTS, FaultServer, Seen, Step, WHOLE, chunked, header, sse, start_tls,
};

const KEY: &str = "sk-canary-0123456789abcdef";
const ATTEMPT: &str = "0199-attempt";
const OK: &str = "ok `北京晴` finish=stop usage=9/3";

fn request() -> Request {
    Request {
        model: "m".to_owned(),
        messages: vec![Message::text(Role::User, "北京天气?")],
        max_tokens: 16,
        config: Map::new(),
        output_schema: None,
        output_json: false,
        tools: Vec::new(),
        stream: false,
        logprobs: None,
    }
}

fn endpoint(url: &str, streamed: bool) -> Endpoint {
    let mut endpoint = Endpoint::new("fake", EndpointKind::OpenAi, url);
    endpoint.api_key = Some(KEY.into());
    endpoint.stream = streamed;
    endpoint.timeout = Duration::from_secs(10);
    endpoint.idle_timeout = Duration::from_secs(10);
    endpoint.connect_timeout = Duration::from_secs(5);
    endpoint
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn prepare(endpoint: Endpoint) -> (Provider, Prepared) {
    let provider = Provider::new(endpoint).unwrap();
    let prepared = provider.prepare(&request()).unwrap();
    (provider, prepared)
}

fn send(endpoint: Endpoint) -> Result<Reply, Fault> {
    let (provider, prepared) = prepare(endpoint);
    run(provider.send(&prepared, ATTEMPT, &Watch::none()))
}

/// One line for whatever came.
fn shown(result: &Result<Reply, Fault>) -> String {
    match result {
        Ok(reply) => shown_answer(reply),
        Err(fault) => shown_fault(fault),
    }
}

fn shown_answer(reply: &Reply) -> String {
    let answer = &reply.answer;
    let text = answer
        .text
        .as_ref()
        .map_or("-".to_owned(), |text| format!("`{text}`"));
    let finish = answer
        .finish_reason
        .clone()
        .map_or("-".to_owned(), String::from);
    let usage = answer.usage.as_ref().map_or("-".to_owned(), |usage| {
        format!("{}/{}", usage.get(unit::INPUT), usage.get(unit::OUTPUT))
    });
    let mut line = format!("ok {text} finish={finish} usage={usage}");
    for (name, there) in [
        ("refusal", answer.refusal.is_some()),
        ("reasoning", answer.reasoning.is_some()),
        ("tools", !answer.tool_calls.is_empty()),
        ("raw", answer.usage.is_none() && answer.usage_raw.is_some()),
        ("warned", !answer.warnings.is_empty()),
    ] {
        if there {
            line.push(' ');
            line.push_str(name);
        }
    }
    line
}

fn shown_fault(fault: &Fault) -> String {
    let money = match fault.money {
        MoneyClass::NotSent => "N",
        MoneyClass::Refused => "R",
        MoneyClass::Ambiguous => "A",
    };
    let mut line = format!("{} {money}", fault.code);
    if let Some(status) = fault.status {
        line.push_str(&format!(" {status}"));
    }
    for (name, there) in [
        ("retry", fault.retry),
        ("stops", fault.stops_endpoint),
        ("by-request", fault.caused_by_request),
        ("partial", fault.partial_text.is_some()),
        ("settled", fault.settled_by.is_some()),
    ] {
        if there {
            line.push(' ');
            line.push_str(name);
        }
    }
    if let Some(most) = fault.max_attempts {
        line.push_str(&format!(" max={most}"));
    }
    if let Some(after) = fault.retry_after {
        line.push_str(&format!(" after={}ms", after.as_millis()));
    }
    line
}

/// A row of the table: what the server does in one manner of answering, and what must come of it.
struct Row {
    code: u8,
    name: &'static str,
    streamed: bool,
    behaviour: Behaviour,
    limits: fn(&mut Endpoint),
    expected: &'static str,
}

#[derive(Default)]
struct Table(Vec<Row>);

impl Table {
    /// The same behaviour and outcome in both manners.
    fn both(
        &mut self,
        code: u8,
        name: &'static str,
        behaviour: &Behaviour,
        expected: &'static str,
    ) {
        self.whole(code, name, behaviour.clone(), expected);
        self.stream(code, name, behaviour.clone(), expected);
    }

    fn whole(
        &mut self,
        code: u8,
        name: &'static str,
        behaviour: Behaviour,
        expected: &'static str,
    ) {
        self.row(code, name, false, behaviour, |_| {}, expected);
    }

    fn stream(
        &mut self,
        code: u8,
        name: &'static str,
        behaviour: Behaviour,
        expected: &'static str,
    ) {
        self.row(code, name, true, behaviour, |_| {}, expected);
    }

    fn row(
        &mut self,
        code: u8,
        name: &'static str,
        streamed: bool,
        behaviour: Behaviour,
        limits: fn(&mut Endpoint),
        expected: &'static str,
    ) {
        self.0.push(Row {
            code,
            name,
            streamed,
            behaviour,
            limits,
            expected,
        });
    }
}

fn refusals(table: &mut Table) {
    let limited =
        r#"{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}"#;
    let with = |headers: &str| Behaviour::answer(429, headers, limited.as_bytes());
    table.both(
        1,
        "seconds",
        &with("Retry-After: 20\r\n"),
        "F1 R 429 retry after=20000ms",
    );
    table.both(
        1,
        "milliseconds",
        &with("retry-after-ms: 250\r\nRetry-After: 9\r\n"),
        "F1 R 429 retry after=250ms",
    );
    table.both(1, "unsaid", &with(""), "F1 R 429 retry");
    let date = "Retry-After: Tue, 24 Nov 2026 08:00:30 GMT\r\n";
    table.both(
        2,
        "date",
        &with(&format!("{date}Date: Tue, 24 Nov 2026 08:00:20 GMT\r\n")),
        "F2 R 429 retry after=10000ms",
    );
    table.both(
        2,
        "past date",
        &with(&format!("{date}Date: Tue, 24 Nov 2026 09:00:00 GMT\r\n")),
        "F2 R 429 retry",
    );
    table.both(
        3,
        "resets",
        &with("x-ratelimit-reset-requests: 12ms\r\nx-ratelimit-reset-tokens: 1m30s\r\n"),
        "F3 R 429 retry after=90000ms",
    );
    table.both(
        3,
        "day limit parks",
        &with("x-ratelimit-reset-requests: 23h47m36s\r\n"),
        "F3 R 429 stops after=85656000ms",
    );
    let quota = r#"{"error":{"message":"no money","type":"insufficient_quota","code":null}}"#;
    table.both(
        4,
        "by type",
        &Behaviour::status(429, quota),
        "F4 R 429 stops",
    );
    let credit = r#"{"error":{"message":"no money","code":"credit_balance_exhausted"}}"#;
    table.both(
        4,
        "by code",
        &Behaviour::status(403, credit),
        "F4 R 403 stops",
    );
    let alone = r#"{"error":{"message":"TPM: Limit 10000, Requested 12000.","code":"rate_limit_exceeded"}}"#;
    table.both(
        5,
        "over the limit alone",
        &Behaviour::status(429, alone),
        "F5 R 429",
    );
    for (status, expected) in [
        (400, "F6 R 400"),
        (401, "F6 R 401 stops"),
        (403, "F6 R 403 stops"),
        (404, "F6 R 404"),
        (413, "F6 R 413 by-request"),
        (422, "F6 R 422"),
    ] {
        table.both(
            6,
            "refused",
            &Behaviour::status(status, &format!("{{\"error\":{{\"message\":\"{KEY}\"}}}}")),
            expected,
        );
    }
    let mut early = Behaviour::status(413, "{}");
    early.0.remove(0);
    let early = early
        .then(Step::Pause(Duration::from_millis(30)))
        .then(Step::ReadBody);
    table.both(6, "413 before the body", &early, "F6 R 413 by-request");
    let long = r#"{"error":{"message":"too long","code":"context_length_exceeded"}}"#;
    table.both(
        6,
        "context",
        &Behaviour::status(400, long),
        "F6 R 400 by-request",
    );
    let filter = r#"{"error":{"message":"filtered","code":"content_filter"}}"#;
    table.both(
        6,
        "filter",
        &Behaviour::status(400, filter),
        "F6 R 400 by-request",
    );
    table.both(7, "timeout", &Behaviour::status(408, ""), "F7 R 408 retry");
    table.both(
        7,
        "conflict",
        &Behaviour::status(409, "{}"),
        "F7 R 409 retry",
    );
    table.both(
        8,
        "server error",
        &Behaviour::status(500, "{}"),
        "F8 A 500 retry",
    );
    for streamed in [false, true] {
        let free: fn(&mut Endpoint) = |endpoint| endpoint.no_charge_on_error = true;
        table.row(
            8,
            "no charge declared",
            streamed,
            Behaviour::status(500, "{}"),
            free,
            "F8 R 500 retry",
        );
    }
    let page = Behaviour::answer(
        502,
        "Content-Type: text/html\r\n",
        b"<html>bad gateway</html>",
    );
    table.both(9, "html", &page, "F9 R 502 retry");
    table.both(
        9,
        "unavailable",
        &Behaviour::answer(503, "Retry-After: 2\r\n", b""),
        "F9 R 503 retry after=2000ms",
    );
    table.both(
        9,
        "overloaded",
        &Behaviour::status(529, "{}"),
        "F9 R 529 retry",
    );
    table.both(
        10,
        "gateway timeout",
        &Behaviour::status(504, ""),
        "F10 A 504 retry max=2",
    );
    table.both(
        10,
        "cloudflare",
        &Behaviour::status(524, ""),
        "F10 A 524 retry max=2",
    );
    let away = Behaviour::answer(307, "Location: https://evil.example/x\r\n", b"");
    table.both(33, "redirect", &away, "F33 R 307 stops");
}

fn connections(table: &mut Table) {
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

fn times(table: &mut Table) {
    let silent = Behaviour(vec![
        Step::ReadBody,
        Step::Pause(Duration::from_millis(400)),
        Step::Close,
    ]);
    table.row(
        26,
        "silence",
        false,
        silent.clone(),
        |e| e.timeout = Duration::from_millis(150),
        "F26 A retry",
    );
    table.row(
        26,
        "silence",
        true,
        silent,
        |e| e.idle_timeout = Duration::from_millis(150),
        "F26 A retry",
    );
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
        WHOLE.len(),
        &WHOLE[..50]
    );
    let hangs = Behaviour::write(head.into_bytes()).then(Step::Pause(Duration::from_millis(500)));
    let idle: fn(&mut Endpoint) = |e| e.idle_timeout = Duration::from_millis(200);
    table.row(
        26,
        "hangs in the body",
        false,
        hangs,
        idle,
        "F26 A retry partial",
    );
    let begun = sse(EVENTS[..2].iter().copied());
    let stream_head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    let hangs = Behaviour::write(format!("{stream_head}{begun}").into_bytes());
    let hangs = hangs.then(Step::Pause(Duration::from_millis(500)));
    table.row(
        26,
        "hangs in the body",
        true,
        hangs,
        idle,
        "F26 A retry partial",
    );
    let pace = Duration::from_millis(15);
    let idle: fn(&mut Endpoint) = |e| e.idle_timeout = Duration::from_millis(400);
    let total: fn(&mut Endpoint) = |e| e.timeout = Duration::from_millis(400);
    let drips = |head: &str, body: &str| {
        Behaviour::write(head.as_bytes().to_vec()).then(Step::Drip(body.as_bytes().to_vec(), pace))
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", WHOLE.len());
    table.row(
        27,
        "drips",
        false,
        drips(&head, WHOLE),
        idle,
        "F27 A retry partial",
    );
    table.row(
        27,
        "drips for ever",
        false,
        drips(&head, WHOLE),
        total,
        "F27 A retry partial",
    );
    table.row(
        27,
        "drips",
        true,
        drips(stream_head, &begun),
        idle,
        "F27 A retry",
    );
    let comments = ": on\n".repeat(40);
    table.row(
        27,
        "drips for ever",
        true,
        drips(stream_head, &comments),
        total,
        "F27 A retry",
    );
    let waits = format!("{}{WHOLE}", "\n".repeat(40));
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", waits.len());
    let patient = Behaviour::write(head.into_bytes())
        .then(Step::Drip(vec![b'\n'; 40], pace))
        .then(Step::Write(WHOLE.as_bytes().to_vec()));
    table.row(
        27,
        "line feeds while it waits are no drip",
        false,
        patient,
        idle,
        OK,
    );
}

fn bodies(table: &mut Table) {
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

fn streams(table: &mut Table) {
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
    let lines: String = EVENTS
        .iter()
        .map(|data| format!("data: {}\n\n", data.replacen(',', ",\ndata: ", 1)))
        .collect();
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

fn answers(table: &mut Table) {
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

/// Rows whose server is not a plain one: each pair is (row, what came, what must come).
fn special() -> Vec<(String, String, &'static str)> {
    let mut rows = Vec::new();
    for streamed in [false, true] {
        let mut note = |name: &str, result: &Result<Reply, Fault>, expected| {
            assert!(!format!("{result:?}").contains(KEY), "{name} shows the key");
            rows.push((
                format!("{name} streamed={streamed}"),
                shown(result),
                expected,
            ));
        };
        let closed = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let refused = send(endpoint(&format!("http://{closed}/v1"), streamed));
        assert_eq!(
            refused.as_ref().unwrap_err().message,
            format!("nothing listens at `{closed}`")
        );
        note("F11 refused", &refused, "F11 N retry");
        note(
            "F12 name",
            &send(endpoint("https://no-such-host.invalid/v1", streamed)),
            "F12 N retry stops max=3",
        );
        let server = FaultServer::ok();
        let plain_port = endpoint(&format!("https://{}/v1", server.authority()), streamed);
        note("F13 plain port", &send(plain_port), "F13 N stops");
        let (certificate, key) = (
            include_bytes!("fixtures/tls/cert.pem").as_slice(),
            include_bytes!("fixtures/tls/key.pem").as_slice(),
        );
        let untrusted = format!("https://127.0.0.1:{}/v1", start_tls(certificate, key));
        note(
            "F13 certificate",
            &send(endpoint(&untrusted, streamed)),
            "F13 N stops",
        );
        let mut trusted = endpoint(
            &format!("https://127.0.0.1:{}/v1", start_tls(certificate, key)),
            streamed,
        );
        trusted.ca_file = Some(
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/it/fixtures/tls/cert.pem"
            )
            .into(),
        );
        note("F13 trusted by ca_file", &send(trusted), OK);
        // Accepted by the kernel and silent: what a plain port that waits for HTTP does to a TLS greeting.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut late = endpoint(
            &format!("https://{}/v1", silent.local_addr().unwrap()),
            streamed,
        );
        late.connect_timeout = Duration::from_millis(150);
        note("F14 connect", &send(late), "F14 N retry");
        note("F17 stale connection", &stale(streamed), "F15 A retry");
        let mut near = endpoint(&FaultServer::ok().url(), streamed);
        let server = FaultServer::ok();
        near.base_url = server.url();
        near.proxy = Some("http://127.0.0.1:9".to_owned());
        note("F47 loopback without proxy", &send(near), OK);
        let proxy = FaultServer::start(|_| Behaviour::status(407, ""));
        let mut far = endpoint("https://api.example/v1", streamed);
        far.proxy = Some(format!("http://{}", proxy.authority()));
        note("F47 proxy's password", &send(far.clone()), "F47 N stops");
        assert_eq!(proxy.requests()[0].method, "CONNECT");
        far.base_url = "http://api.example/v1".to_owned();
        assert!(matches!(
            Provider::new(far),
            Err(ProviderError::PlainKey { .. })
        ));
        note(
            "F49 context",
            &llama_context(streamed),
            "F49 R 400 by-request",
        );
    }
    rows
}

/// The server closes a kept connection just as the next request comes.
fn stale(streamed: bool) -> Result<Reply, Fault> {
    let server = FaultServer::start(move |n| {
        if n == 0 {
            Behaviour::ok_for(streamed)
        } else {
            Behaviour::reset_after(b"")
        }
    });
    let (provider, prepared) = prepare(endpoint(&server.url(), streamed));
    let second = run(async {
        provider
            .send(&prepared, "first", &Watch::none())
            .await
            .unwrap();
        provider.send(&prepared, "second", &Watch::none()).await
    });
    let seen = server.requests();
    assert_eq!(
        (seen.len(), seen[0].connection, seen[1].connection),
        (2, 0, 0),
        "one connection, nothing sent again"
    );
    second
}

fn llama_context(streamed: bool) -> Result<Reply, Fault> {
    let full = r#"{"error":{"code":400,"message":"too long","type":"exceed_context_size_error","n_prompt_tokens":99,"n_ctx":64}}"#;
    let server = FaultServer::start(move |_| Behaviour::status(400, full));
    let mut endpoint = endpoint(&server.url(), streamed);
    endpoint.kind = EndpointKind::LlamaCpp;
    send(endpoint)
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the count is what a run of the table reports"
)]
fn every_row_of_the_fault_table_is_named_rightly() {
    let mut table = Table::default();
    refusals(&mut table);
    connections(&mut table);
    times(&mut table);
    bodies(&mut table);
    streams(&mut table);
    answers(&mut table);
    let mut outcomes: Vec<(String, String, &str)> = Vec::new();
    for row in &table.0 {
        let behaviour = row.behaviour.clone();
        let server = FaultServer::start(move |_| behaviour.clone());
        let mut endpoint = endpoint(&server.url(), row.streamed);
        (row.limits)(&mut endpoint);
        let result = send(endpoint);
        assert!(
            !format!("{result:?}").contains(KEY),
            "F{} {} shows the key",
            row.code,
            row.name
        );
        let seen = server.requests();
        assert_eq!(
            seen.len(),
            1,
            "F{} {}: one attempt is one request",
            row.code,
            row.name
        );
        assert_eq!(seen[0].attempt.as_deref(), Some(ATTEMPT));
        let name = format!("F{} {} streamed={}", row.code, row.name, row.streamed);
        outcomes.push((name, shown(&result), row.expected));
    }
    outcomes.extend(special());
    let wrong: Vec<String> = outcomes
        .iter()
        .filter(|(_, came, expected)| came != expected)
        .map(|(name, came, expected)| format!("{name}: expected {expected}, came {came}"))
        .collect();
    println!(
        "faults: passed {} of {}",
        outcomes.len() - wrong.len(),
        outcomes.len()
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    for code in (1..=49).filter(|code| *code != 46) {
        let begins = format!("F{code} ");
        assert!(
            outcomes.iter().any(|(name, ..)| name.starts_with(&begins)),
            "{begins}has no row"
        );
    }
}

#[test]
fn the_wire_carries_what_was_prepared_and_no_more() {
    let server = FaultServer::start(|_| {
        let headers = "Content-Type: application/json\r\nX-Request-Id: req-7\r\nX-Client-Request-Id: 0199-attempt\r\n";
        Behaviour::answer(200, headers, WHOLE.as_bytes())
    });
    let (provider, prepared) = prepare(endpoint(&server.url(), false));
    let steps = Arc::new(Mutex::new(Vec::new()));
    let noted = steps.clone();
    let watch = Watch {
        fail: Arc::new(move |step| noted.lock().unwrap().push(step)),
        on_text: None,
    };
    let reply = run(provider.send(&prepared, ATTEMPT, &watch)).unwrap();
    assert_eq!(
        *steps.lock().unwrap(),
        ["before-send", "after-headers", "mid-body"]
    );
    assert_eq!(reply.answer.request_id.as_deref(), Some("req-7"));
    assert_eq!(
        (reply.text_bytes, reply.answer.usage_raw.is_some()),
        (9, true)
    );
    assert!(reply.first_byte <= reply.latency);
    let seen = &server.requests()[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/v1/chat/completions")
    );
    assert_eq!(seen.body, prepared.body.to_vec());
    assert_eq!(
        header(&seen.head, "authorization"),
        Some(format!("Bearer {KEY}"))
    );
    assert_eq!(header(&seen.head, "accept-encoding"), None);
    assert_eq!(
        (prepared.input_bytes, prepared.max_output_tokens),
        (16 + 13, Some(16))
    );
    let other = provider
        .prepare(&Request {
            max_tokens: 17,
            ..request()
        })
        .unwrap();
    assert!(prepared.cache_basis.is_some() && prepared.cache_basis != other.cache_basis);
}

#[test]
fn streamed_text_goes_to_the_sink_as_it_comes() {
    let server = FaultServer::start(|_| Behaviour::ok_stream());
    let (provider, prepared) = prepare(endpoint(&server.url(), true));
    let pieces = Arc::new(Mutex::new(Vec::new()));
    let sink = pieces.clone();
    let watch = Watch {
        on_text: Some(Arc::new(move |text: &str| {
            sink.lock().unwrap().push(text.to_owned())
        })),
        ..Watch::none()
    };
    run(provider.send(&prepared, ATTEMPT, &watch)).unwrap();
    assert_eq!(*pieces.lock().unwrap(), ["北京", "晴"]);
    let again = run(async {
        provider
            .send(&prepared, ATTEMPT, &Watch::none())
            .await
            .unwrap();
        provider.send(&prepared, ATTEMPT, &Watch::none()).await
    });
    assert_eq!(shown(&again), OK);
    let seen = server.requests();
    assert_eq!(
        seen[1].connection, seen[2].connection,
        "a finished stream frees its connection"
    );
    assert!(seen[1].at <= seen[2].at);
    let body: serde_json::Value = serde_json::from_slice(&prepared.body).unwrap();
    assert_eq!(body["stream_options"], json!({"include_usage": true}));
}

fn llama(
    plan: impl Fn(&Seen, usize) -> Behaviour + Send + Sync + 'static,
) -> (FaultServer, Provider) {
    let server = FaultServer::start_by(move |number, seen| plan(seen, number));
    let mut endpoint = endpoint(&server.url(), false);
    endpoint.kind = EndpointKind::LlamaCpp;
    let provider = Provider::new(endpoint).unwrap();
    (server, provider)
}

const PROPS: &str = r#"{"total_slots":4,"model_path":"/m/a.gguf","build_info":"b1","default_generation_settings":{"n_ctx":512},"chat_template_caps":{"supports_tools":false}}"#;
const LOADING: &str =
    r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#;

#[test]
fn a_llama_server_is_waited_for_and_asked_what_it_is() {
    let (server, provider) = llama(|seen, number| match (seen.path.as_str(), number) {
        ("/health", 0 | 1) => Behaviour::status(503, LOADING),
        ("/health", _) => Behaviour::json(r#"{"status":"ok"}"#),
        ("/props", _) => Behaviour::json(PROPS),
        _ => Behaviour::ok(),
    });
    let before = provider.prepare(&request()).unwrap();
    assert_eq!(
        before.cache_basis, None,
        "an unknown model file is never a cache's key"
    );
    let info = run(provider.ready()).unwrap();
    assert_eq!(
        (info.slots, info.context, info.supports_tools),
        (Some(4), Some(512), Some(false))
    );
    assert_eq!(info.identity.as_deref(), Some("/m/a.gguf (b1)"));
    assert_eq!(run(provider.ready()).unwrap(), info);
    let paths: Vec<String> = server
        .requests()
        .into_iter()
        .map(|seen| seen.path)
        .collect();
    assert_eq!(paths, ["/health", "/health", "/health", "/props"]);
    assert!(provider.prepare(&request()).unwrap().cache_basis.is_some());
    let mut tools = request();
    tools.tools.push(ToolDef {
        name: "f".to_owned(),
        description: None,
        parameters: json!({}),
    });
    assert_eq!(
        provider.prepare(&tools).unwrap_err().to_string(),
        "endpoint `fake`: the request has tools, but the chat template of `/m/a.gguf (b1)` knows none"
    );
}

#[test]
fn loading_in_the_midst_of_a_run_is_no_attempt() {
    let (server, provider) = llama(|seen, number| match seen.path.as_str() {
        "/health" => Behaviour::json(r#"{"status":"ok"}"#),
        _ if number == 0 => Behaviour::status(503, LOADING),
        _ => Behaviour::ok(),
    });
    let prepared = provider.prepare(&request()).unwrap();
    let reply = run(provider.send(&prepared, ATTEMPT, &Watch::none()));
    assert_eq!(shown(&reply), OK);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_llama_server_counts_exactly_in_either_way() {
    let (_server, provider) = llama(|seen, _| match seen.path.as_str() {
        "/v1/chat/completions/input_tokens" => Behaviour::json(r#"{"input_tokens":6}"#),
        _ => Behaviour::status(404, "{}"),
    });
    let prepared = provider.prepare(&request()).unwrap();
    assert_eq!(run(provider.count_input(&prepared)), Some(6));
    let (server, provider) = llama(|seen, _| match seen.path.as_str() {
        "/apply-template" => Behaviour::json(r#"{"prompt":"<s>hi"}"#),
        "/tokenize" => Behaviour::json(r#"{"tokens":[1,2,3]}"#),
        _ => Behaviour::status(404, "{}"),
    });
    let counts = run(async {
        [
            provider.count_input(&prepared).await,
            provider.count_input(&prepared).await,
        ]
    });
    assert_eq!(counts, [Some(3), Some(3)]);
    assert_eq!(
        server.requests().len(),
        5,
        "the address that is not there is asked once"
    );
}

#[test]
fn models_are_listed() {
    let server = FaultServer::start(|_| Behaviour::json(r#"{"data":[{"id":"a"},{"id":"b"},{}]}"#));
    let provider = Provider::new(endpoint(&server.url(), false)).unwrap();
    assert_eq!(run(provider.models()).unwrap(), ["a", "b"]);
    let refusing = FaultServer::start(|_| Behaviour::status(401, "{}"));
    let provider = Provider::new(endpoint(&refusing.url(), false)).unwrap();
    assert_eq!(
        run(provider.models()).unwrap_err().money,
        MoneyClass::NotSent
    );
}
