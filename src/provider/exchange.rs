//! One HTTP exchange under every limit: time to the first byte, between bytes and in all, pace, and size.
//!
//! Times come from `tokio`'s monotonic clock, which tests can hold; the wall clock never measures (F46).

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LOCATION, TRANSFER_ENCODING,
};
use reqwest::{Method, Response, Url};
use tokio::time::{Instant, timeout_at};

use crate::domain::{Fault, MoneyClass};
use crate::provider::Watch;
use crate::provider::classify::{Rules, Said, Wait, before_head, in_body, refused};
use crate::provider::http::Http;
use crate::provider::inflate::{Inflate, InflateError};
use crate::provider::pace::Pace;

/// Decompressed bytes of a body at most.
const BODY_CAP: usize = 32 << 20;
/// Bytes of an error's body that are read.
const ERROR_CAP: usize = 64 << 10;
/// How long the body of an error may keep us; its status is known already.
const ERROR_IDLE: Duration = Duration::from_secs(10);
/// How long the end of a finished stream may keep us.
const RELEASE_LIMIT: Duration = Duration::from_millis(20);
/// Our id of the attempt, for the provider's support and for an echo (F48).
const ATTEMPT_HEADER: &str = "x-client-request-id";

/// One request to be sent.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<&'a [u8]>,
    pub(super) attempt: Option<&'a str>,
    /// Limit of the whole exchange.
    pub(super) total: Duration,
    /// Limit of the time to the head, if it is less.
    pub(super) first: Duration,
    /// Limit of the time between two reads.
    pub(super) idle: Duration,
}

/// An answer whose head has come and whose body is still to be read.
pub(super) struct Opened {
    response: Response,
    limits: Limits,
    inflate: Option<Inflate>,
    pace: Pace,
    read: usize,
    /// From the start of the exchange to the first byte of the body.
    pub(super) first_byte: Option<Duration>,
    pub(super) request_id: Option<String>,
}

#[derive(Clone, Copy)]
struct Limits {
    started: Instant,
    deadline: Instant,
    idle: Duration,
}

/// Sends a request and waits for a head that promises an answer; everything else is a fault.
pub(super) async fn open(
    http: &Http,
    ask: Ask<'_>,
    rules: &Rules,
    watch: &Watch,
) -> Result<Opened, Fault> {
    let started = Instant::now();
    let limits = Limits {
        started,
        deadline: started + ask.total,
        idle: ask.idle,
    };
    let first = limits.deadline.min(started + ask.first);
    let mut builder = http.client()?.request(ask.method, ask.url);
    if let Some(attempt) = ask.attempt {
        builder = builder.header(ATTEMPT_HEADER, attempt);
    }
    if let Some(body) = ask.body {
        builder = builder.body(body.to_vec());
    }
    (watch.fail)("before-send");
    let response = match timeout_at(first, builder.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(before_head(&error, &http.host())),
        Err(_) => return Err(late(26, "no answer within the time limit")),
    };
    (watch.fail)("after-headers");
    accept(http, response, limits, ask.attempt, rules).await
}

async fn accept(
    http: &Http,
    response: Response,
    limits: Limits,
    attempt: Option<&str>,
    rules: &Rules,
) -> Result<Opened, Fault> {
    let headers = response.headers();
    let request_id = text_of(headers, "x-request-id")
        .or_else(|| text_of(headers, "request-id"))
        .map(|id| http.secrets.clean(id));
    let with_id = |fault: Fault| Fault {
        request_id: request_id.clone(),
        ..fault
    };
    check_head(headers, attempt).map_err(with_id)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(with_id(redirected(&response, http)));
    }
    let inflate = encoding(headers).map_err(with_id)?;
    let pace = if is_stream(headers) {
        Pace::Lines {
            since: Instant::now(),
        }
    } else {
        Pace::Bytes {
            since: None,
            bytes: 0,
        }
    };
    let mut opened = Opened {
        response,
        limits,
        inflate,
        pace,
        read: 0,
        first_byte: None,
        request_id,
    };
    if status.is_success() {
        return Ok(opened);
    }
    let said = Said::of_body(&opened.error_body().await);
    let fault = refused(status.as_u16(), &said, opened.wait(), rules);
    Err(Fault {
        request_id: opened.request_id,
        ..fault
    })
}

/// Refuses answers to other requests (F48) and heads with two lengths (F32).
fn check_head(headers: &HeaderMap, attempt: Option<&str>) -> Result<(), Fault> {
    if let (Some(ours), Some(theirs)) = (attempt, text_of(headers, ATTEMPT_HEADER))
        && ours != theirs
    {
        return Err(Fault {
            retry: true,
            ..ambiguous(48, "the answer belongs to another request")
        });
    }
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        return Err(ambiguous(32, "the answer gives both a length and chunks"));
    }
    Ok(())
}

/// A redirect is never followed: keys would go to another host (F33).
fn redirected(response: &Response, http: &Http) -> Fault {
    let target = response
        .headers()
        .get(LOCATION)
        .and_then(|location| response.url().join(location.to_str().ok()?).ok())
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| "an unnamed host".to_owned());
    let status = response.status().as_u16();
    let message = format!(
        "status {status}: a redirect to `{}`, never followed",
        http.secrets.clean(&target)
    );
    Fault {
        status: Some(status),
        stops_endpoint: true,
        ..Fault::new(33, MoneyClass::Refused, message)
    }
}

fn encoding(headers: &HeaderMap) -> Result<Option<Inflate>, Fault> {
    match text_of(headers, CONTENT_ENCODING.as_str()) {
        None | Some("" | "identity") => Ok(None),
        Some("gzip" | "x-gzip") => Ok(Some(Inflate::new(BODY_CAP))),
        Some(_) => Err(ambiguous(
            31,
            "the answer has an encoding that was not asked for",
        )),
    }
}

impl Opened {
    /// Reads the next piece to the end of `out`; false at the end of the body.
    pub(super) async fn read(&mut self, out: &mut Vec<u8>, watch: &Watch) -> Result<bool, Fault> {
        let until = self.limits.deadline.min(Instant::now() + self.limits.idle);
        let piece = match timeout_at(until, self.response.chunk()).await {
            Ok(Ok(piece)) => piece,
            Ok(Err(error)) => return Err(in_body(&error, self.has_length())),
            Err(_) if until == self.limits.deadline => {
                return Err(late(27, "the answer did not end within the time limit"));
            }
            Err(_) => return Err(late(26, "the answer stopped coming")),
        };
        let before = out.len();
        match (piece, self.inflate.as_mut()) {
            (None, None) => return Ok(false),
            (None, Some(inflate)) => return inflate.finish(out).map(|()| false).map_err(packed),
            (Some(piece), None) => out.extend_from_slice(&piece),
            (Some(piece), Some(inflate)) => inflate.feed(&piece, out).map_err(packed)?,
        }
        (watch.fail)("mid-body");
        self.first_byte
            .get_or_insert_with(|| self.limits.started.elapsed());
        self.read += out.len() - before;
        if self.read > BODY_CAP {
            return Err(ambiguous(29, "the answer is longer than 32 MiB"));
        }
        self.pace.check(&out[before..], self.limits.idle)?;
        Ok(true)
    }

    /// Reads past `[DONE]` to the body's end, which is mostly there already, so that the connection can serve again.
    pub(super) async fn release(&mut self) {
        let soon = Instant::now() + RELEASE_LIMIT;
        while let Ok(Ok(Some(_))) = timeout_at(soon, self.response.chunk()).await {}
    }

    /// From the start of the exchange until now.
    pub(super) fn elapsed(&self) -> Duration {
        self.limits.started.elapsed()
    }

    pub(super) fn is_stream(&self) -> bool {
        is_stream(self.response.headers())
    }

    pub(super) fn is_html(&self) -> bool {
        text_of(self.response.headers(), CONTENT_TYPE.as_str())
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
    }

    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(super) fn wait(&self) -> Wait {
        Wait::read(self.response.headers(), Timestamp::now())
    }

    fn has_length(&self) -> bool {
        self.response.headers().contains_key(CONTENT_LENGTH)
    }

    /// Reads what comes of an error's body; the status alone is enough where it does not come.
    async fn error_body(&mut self) -> Vec<u8> {
        self.limits.idle = self.limits.idle.min(ERROR_IDLE);
        let mut body = Vec::new();
        let quiet = Watch::none();
        while body.len() < ERROR_CAP && matches!(self.read(&mut body, &quiet).await, Ok(true)) {}
        body
    }
}

fn is_stream(headers: &HeaderMap) -> bool {
    text_of(headers, CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/event-stream"))
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn packed(error: InflateError) -> Fault {
    match error {
        InflateError::Bomb => ambiguous(30, "the packed answer is longer than 32 MiB"),
        InflateError::Bad => ambiguous(31, "the packed answer cannot be unpacked"),
    }
}

fn late(row: u8, message: &str) -> Fault {
    Fault {
        retry: true,
        ..ambiguous(row, message)
    }
}

fn ambiguous(row: u8, message: &str) -> Fault {
    Fault::new(row, MoneyClass::Ambiguous, message)
}
