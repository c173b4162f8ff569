//! Answers that do not come in time: F26, F27.

use std::time::Duration;

use pw::domain::Endpoint;

use super::{OK, Table};
use crate::fault_server::{Behaviour, EVENTS, Step, WHOLE, sse};

#[expect(clippy::too_many_lines, reason = "a table is read as one")]
pub(super) fn times(table: &mut Table) {
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
