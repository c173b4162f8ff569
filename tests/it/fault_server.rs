//! A raw HTTP server that does wrong on purpose, by request number. Threads and sockets of the standard library only, so that
//! every byte, pause and reset is ours; it logs each request it sees, which makes it the oracle of what left the machine.
//!
//! ```ignore
//! let server = FaultServer::start(|n| if n == 0 { Behaviour::status(500, "") } else { Behaviour::ok() });
//! // … calls go to `server.url()` …
//! assert_eq!(server.requests().len(), 2);
//! ```

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A whole answer: the text `北京晴`, 9 tokens in and 3 out.
pub(crate) const WHOLE: &str = r#"{"id":"c-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"北京晴"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#;

/// The same answer as the data of a stream's events.
pub(crate) const EVENTS: [&str; 5] = [
    r#"{"id":"c-1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"usage":null}"#,
    r#"{"id":"c-1","model":"m","choices":[{"index":0,"delta":{"content":"北京"},"finish_reason":null}],"usage":null}"#,
    r#"{"id":"c-1","model":"m","choices":[{"index":0,"delta":{"content":"晴"},"finish_reason":null}],"usage":null}"#,
    r#"{"id":"c-1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"#,
    r#"{"id":"c-1","model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#,
];

/// One thing that the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Reads the body; what is not read makes the next `Close` a reset.
    ReadBody,
    Write(Vec<u8>),
    Pause(Duration),
    /// Writes a byte at a time with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Ends the connection in order.
    Close,
    /// Ends the connection with RST. Needs the body unread: the kernel resets a socket that is closed with unread bytes.
    Reset,
}

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour(pub(crate) Vec<Step>);

impl Behaviour {
    /// Answers well, whole.
    pub(crate) fn ok() -> Self {
        Self::json(WHOLE)
    }

    /// Answers well, as a stream.
    pub(crate) fn ok_stream() -> Self {
        let done = EVENTS.iter().copied().chain(["[DONE]"]);
        Self::stream(&sse(done))
    }

    /// Answers in the manner that the request's body asks for.
    pub(crate) fn ok_for(streamed: bool) -> Self {
        if streamed {
            Self::ok_stream()
        } else {
            Self::ok()
        }
    }

    /// Answers 200 with JSON.
    pub(crate) fn json(body: &str) -> Self {
        Self::answer(200, "Content-Type: application/json\r\n", body.as_bytes())
    }

    /// Answers 200 with a stream of this text, in one chunk.
    pub(crate) fn stream(text: &str) -> Self {
        Self::write(chunked("text/event-stream", &[text.as_bytes()]))
    }

    /// Answers 200 with a stream that ends with the connection.
    pub(crate) fn cut_stream(text: &[u8]) -> Self {
        let head =
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        Self::write([head, text].concat()).then(Step::Close)
    }

    /// Refuses with a status and a body of JSON.
    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self::answer(
            status,
            "Content-Type: application/json\r\n",
            body.as_bytes(),
        )
    }

    /// Answers with a status, further header lines (each ended by CR LF) and a body of the right length.
    pub(crate) fn answer(status: u16, headers: &str, body: &[u8]) -> Self {
        let head = format!(
            "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        Self::write([head.as_bytes(), body].concat())
    }

    /// Reads the request and writes bytes.
    pub(crate) fn write(bytes: Vec<u8>) -> Self {
        Self(vec![Step::ReadBody, Step::Write(bytes)])
    }

    /// Writes bytes and resets the connection a moment later.
    pub(crate) fn reset_after(bytes: &[u8]) -> Self {
        let moment = Step::Pause(Duration::from_millis(30));
        Self(vec![Step::Write(bytes.to_vec()), moment, Step::Reset])
    }

    pub(crate) fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}

/// Writes events with these data.
pub(crate) fn sse<'a>(data: impl IntoIterator<Item = &'a str>) -> String {
    let events: Vec<String> = data
        .into_iter()
        .map(|data| format!("data: {data}\n\n"))
        .collect();
    events.concat()
}

/// Writes a 200 whose body comes in chunks.
pub(crate) fn chunked(kind: &str, pieces: &[&[u8]]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n")
            .into_bytes();
    for piece in pieces {
        bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        bytes.extend_from_slice(piece);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// The connection it came by, from 0.
    pub(crate) connection: usize,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The head as it came.
    pub(crate) head: String,
    /// `X-Client-Request-Id`.
    pub(crate) attempt: Option<String>,
    /// Empty where the behaviour does not read it.
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

type Plan = dyn Fn(usize, &Seen) -> Behaviour + Send + Sync;

#[derive(Default)]
struct Shared {
    log: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    stopped: AtomicBool,
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server; it ends when it is dropped.
pub(crate) struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl FaultServer {
    /// Starts a server that behaves by the number of the request, from 0.
    pub(crate) fn start(plan: impl Fn(usize) -> Behaviour + Send + Sync + 'static) -> Self {
        Self::start_by(move |number, _| plan(number))
    }

    /// Starts a server that behaves by number and request; the body is not read yet.
    pub(crate) fn start_by(
        plan: impl Fn(usize, &Seen) -> Behaviour + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            shared: Arc::default(),
        };
        let (shared, plan): (_, Arc<Plan>) = (server.shared.clone(), Arc::new(plan));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.stopped.load(Ordering::Relaxed) {
                    break;
                }
                let connection = shared.connections.fetch_add(1, Ordering::Relaxed);
                let (shared, plan) = (shared.clone(), plan.clone());
                thread::spawn(move || serve(stream, connection, &shared, &*plan));
            }
        });
        server
    }

    /// Starts a server that always answers well, as fast as it can.
    pub(crate) fn ok() -> Self {
        Self::start(|_| Behaviour::ok())
    }

    /// The address for an endpoint, with `/v1`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    /// All requests so far, in the order of their arrival.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.shared.log().clone()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // The acceptor looks at the flag only when someone comes.
        TcpStream::connect(self.address).ok();
    }
}

fn serve(mut stream: TcpStream, connection: usize, shared: &Shared, plan: &Plan) {
    stream.set_nodelay(true).ok();
    stream
        .set_read_timeout(Some(Duration::from_millis(100)))
        .ok();
    while let Some((mut seen, length)) = read_head(&mut stream, connection, shared) {
        let number = {
            let mut log = shared.log();
            log.push(seen.clone());
            log.len() - 1
        };
        let behaviour = plan(number, &seen);
        let mut unread = length;
        for step in behaviour.0 {
            let done = match step {
                Step::ReadBody => {
                    seen.body = vec![0; unread];
                    unread = 0;
                    let done = read_all(&mut stream, &mut seen.body, shared);
                    shared.log()[number].body.clone_from(&seen.body);
                    done
                }
                Step::Write(bytes) => stream.write_all(&bytes).is_ok(),
                Step::Pause(time) => {
                    thread::sleep(time);
                    true
                }
                Step::Drip(bytes, pause) => bytes.iter().all(|byte| {
                    thread::sleep(pause);
                    stream.write_all(&[*byte]).is_ok()
                }),
                Step::Close => {
                    stream.shutdown(Shutdown::Both).ok();
                    false
                }
                Step::Reset => {
                    assert!(unread > 0, "a reset needs an unread body");
                    false
                }
            };
            if !done {
                return;
            }
        }
        if unread > 0 {
            return;
        }
    }
}

/// Looks at the bytes without taking them until the head is whole, then takes the head only.
fn read_head(stream: &mut TcpStream, connection: usize, shared: &Shared) -> Option<(Seen, usize)> {
    let mut bytes = vec![0; 64 << 10];
    let end = loop {
        match stream.peek(&mut bytes) {
            Ok(0) => return None,
            // A TLS greeting on this plain port: what a plain server answers.
            Ok(_) if bytes[0] == 0x16 => {
                stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
                return None;
            }
            Ok(n) => match bytes[..n].windows(4).position(|four| four == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None => thread::sleep(Duration::from_millis(1)),
            },
            Err(error) if is_wait(&error) && !shared.stopped.load(Ordering::Relaxed) => {}
            Err(_) => return None,
        }
    };
    stream.read_exact(&mut bytes[..end]).ok()?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut words = head.split(' ');
    let seen = Seen {
        connection,
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        attempt: header(&head, "x-client-request-id"),
        body: Vec::new(),
        at: Instant::now(),
        head: head.clone(),
    };
    let length = header(&head, "content-length").and_then(|length| length.parse().ok());
    Some((seen, length.unwrap_or(0)))
}

fn read_all(stream: &mut TcpStream, mut body: &mut [u8], shared: &Shared) -> bool {
    while !body.is_empty() {
        match stream.read(body) {
            Ok(0) => return false,
            Ok(n) => body = &mut body[n..],
            Err(error) if is_wait(&error) && !shared.stopped.load(Ordering::Relaxed) => {}
            Err(_) => return false,
        }
    }
    true
}

fn is_wait(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// Returns a header's value from a head.
pub(crate) fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

/// Starts a TLS server for one connection with a certificate that nobody trusts unasked; returns its port.
pub(crate) fn start_tls(certificate: &[u8], key: &[u8]) -> u16 {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let certificates = vec![CertificateDer::from_pem_slice(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut tls = rustls::StreamOwned::new(connection, stream);
        let mut bytes = [0; 16 << 10];
        // One read takes the small request; a refused handshake ends it with an error.
        if tls.read(&mut bytes).is_ok_and(|n| n > 0) {
            let Behaviour(steps) = Behaviour::ok();
            for step in steps {
                if let Step::Write(bytes) = step {
                    tls.write_all(&bytes).ok();
                }
            }
            tls.flush().ok();
            tls.conn.send_close_notify();
            tls.flush().ok();
        }
    });
    port
}
