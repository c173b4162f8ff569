//! Rows whose server is not a plain one: F11 to F14, F17, F47.

use std::net::TcpListener;
use std::time::Duration;

use pw::domain::Endpoint;

use super::expected::want;
use super::{Case, Where, run, settings};
use crate::fault_server::{Behaviour, FaultServer, Seen, start_tls};
use crate::provider_faults::{OK, Row, endpoint};

/// Runs the rows, adds what is wrong, and returns how many they are.
pub(super) fn special(wrong: &mut Vec<String>) -> usize {
    let mut rows = 0;
    for streamed in [false, true] {
        let mut note = |result: Result<(), String>| {
            rows += 1;
            wrong.extend(result.err());
        };
        let closed = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let at = |url: &str| endpoint(url, streamed);
        note(unreached(
            11,
            &at(&format!("http://{closed}/v1")),
            "F11 N retry",
        ));
        let nowhere = at("https://no-such-host.invalid/v1");
        note(unreached(12, &nowhere, "F12 N retry stops max=3"));
        let plain = FaultServer::ok();
        let port = at(&format!("https://{}/v1", plain.authority()));
        note(unreached(13, &port, "F13 N stops"));
        let port = start_tls(
            include_bytes!("../fixtures/tls/cert.pem"),
            include_bytes!("../fixtures/tls/key.pem"),
        );
        let untrusted = at(&format!("https://127.0.0.1:{port}/v1"));
        note(unreached(13, &untrusted, "F13 N stops"));
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut late = at(&format!("https://{}/v1", silent.local_addr().unwrap()));
        late.connect_timeout = Duration::from_millis(150);
        note(unreached(14, &late, "F14 N retry"));
        note(stale(streamed));
        let server = FaultServer::start(move |_| Behaviour::ok_for(streamed));
        let mut near = at(&server.url());
        near.proxy = Some("http://127.0.0.1:9".to_owned());
        note(checked(47, &near, OK, Where::Every, true, || {
            server.requests()
        }));
        let proxy = FaultServer::start(|_| Behaviour::status(407, ""));
        let mut far = at("https://api.example/v1");
        far.proxy = Some(format!("http://{}", proxy.authority()));
        note(checked(
            47,
            &far,
            "F47 N stops",
            Where::Every,
            false,
            || proxy.requests(),
        ));
    }
    rows
}

/// The server closes a kept connection just as the last request comes.
fn stale(streamed: bool) -> Result<(), String> {
    let server = FaultServer::start(move |number| {
        if number < 2 {
            Behaviour::ok_for(streamed)
        } else {
            Behaviour::reset_after(b"")
        }
    });
    let endpoint = endpoint(&server.url(), streamed);
    checked(17, &endpoint, "F15 A retry", Where::Last, true, || {
        server.requests()
    })?;
    let connections: Vec<usize> = server
        .requests()
        .iter()
        .map(|seen| seen.connection)
        .collect();
    if connections[..3] == [0, 0, 0] {
        Ok(())
    } else {
        Err(format!("F17: not one kept connection: {connections:?}"))
    }
}

fn unreached(code: u8, endpoint: &Endpoint, expected: &'static str) -> Result<(), String> {
    checked(code, endpoint, expected, Where::Every, false, Vec::new)
}

fn checked(
    code: u8,
    endpoint: &Endpoint,
    expected: &'static str,
    place: Where,
    reaches: bool,
    seen: impl FnOnce() -> Vec<Seen>,
) -> Result<(), String> {
    let row = Row {
        code,
        name: "special",
        streamed: endpoint.stream,
        behaviour: Behaviour::ok(),
        limits: |_| {},
        expected,
    };
    let mut want = want(&row, place);
    want.reaches = reaches;
    let case = Case {
        name: format!("F{code} {} streamed={}", endpoint.base_url, endpoint.stream),
        settings: settings(endpoint),
        want,
    };
    run(&case, seen)
}
