//! Rows whose server is not a plain one: F11 to F14, F17, F47, F49.

use std::time::Duration;

use pw::domain::{EndpointKind, Fault};
use pw::provider::{Provider, ProviderError, Reply, Watch};

use super::{KEY, OK, endpoint, prepare, run, send, shown};
use crate::fault_server::{Behaviour, FaultServer, start_tls};

/// Each is (row, what came, what must come).
pub(super) fn special() -> Vec<(String, String, &'static str)> {
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
            include_bytes!("../fixtures/tls/cert.pem").as_slice(),
            include_bytes!("../fixtures/tls/key.pem").as_slice(),
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
        "http://api.example/v1".clone_into(&mut far.base_url);
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
