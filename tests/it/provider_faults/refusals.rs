//! Answers that refuse: F1 to F10, F33.

use std::time::Duration;

use pw::domain::Endpoint;

use super::{KEY, Table};
use crate::fault_server::{Behaviour, Step};

#[expect(clippy::too_many_lines, reason = "a table is read as one")]
pub(super) fn refusals(table: &mut Table) {
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
