//! Failures of the wire itself, told apart by what `reqwest` wraps.
//!
//! `hyper` is no dependency of ours, so its errors are known by their texts; the fault table's tests hold those texts down.

use std::error::Error;
use std::io::ErrorKind;

use crate::domain::{Fault, MoneyClass};

/// Names a failure before the answer's head: not sent (F11 to F14, F47) or ambiguous (F15 to F17, F28, F32).
///
/// `host` is for the message only.
pub(in crate::provider) fn before_head(error: &reqwest::Error, host: &str) -> Fault {
    let seen = Seen::of(error);
    if error.is_builder() {
        let fault = Fault::new(0, MoneyClass::NotSent, "the request cannot be built");
        return Fault {
            stops_endpoint: true,
            ..fault
        };
    }
    if error.is_dns() {
        let message = format!("the name `{host}` cannot be resolved");
        return Fault {
            max_attempts: Some(3),
            stops_endpoint: true,
            ..retried(12, MoneyClass::NotSent, message)
        };
    }
    if error.is_connect() {
        return not_connected(error, &seen, host);
    }
    if seen.says("message head is too large") {
        return Fault::new(
            28,
            MoneyClass::Ambiguous,
            "the answer's headers are too large",
        );
    }
    if seen.says("parsed") {
        let message = format!("the answer is not valid HTTP: {}", seen.innermost);
        return Fault::new(32, MoneyClass::Ambiguous, message);
    }
    if seen.says("connection closed before message completed") {
        let message = "the connection was closed before the answer's headers";
        return retried(16, MoneyClass::Ambiguous, message.to_owned());
    }
    let message = format!(
        "the connection broke before the answer's headers: {}",
        seen.innermost
    );
    retried(15, MoneyClass::Ambiguous, message)
}

fn not_connected(error: &reqwest::Error, seen: &Seen, host: &str) -> Fault {
    if let Some(tls) = &seen.tls {
        return tls_failed(tls, host);
    }
    if seen.says("proxy authorization required") {
        let fault = Fault::new(
            47,
            MoneyClass::NotSent,
            "the proxy asks for a password (407)",
        );
        return Fault {
            stops_endpoint: true,
            ..fault
        };
    }
    if error.is_timeout() {
        let message = format!("no connection to `{host}` in time");
        return retried(14, MoneyClass::NotSent, message);
    }
    let message = match seen.kind {
        Some(ErrorKind::ConnectionRefused) => format!("nothing listens at `{host}`"),
        _ => format!("no connection to `{host}`: {}", seen.innermost),
    };
    retried(11, MoneyClass::NotSent, message)
}

/// A certificate does not get better by asking again, nor does a port that speaks no TLS.
fn tls_failed(error: &rustls::Error, host: &str) -> Fault {
    let lasting = matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::InvalidMessage(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::PeerIncompatible(_)
    );
    Fault {
        retry: !lasting,
        stops_endpoint: lasting,
        ..Fault::new(
            13,
            MoneyClass::NotSent,
            format!("no TLS with `{host}`: {error}"),
        )
    }
}

/// Names a failure in the middle of the answer's body (F18, F19, F21).
pub(in crate::provider) fn in_body(error: &reqwest::Error, has_length: bool) -> Fault {
    let seen = Seen::of(error);
    let (row, what) = match seen.kind {
        Some(ErrorKind::UnexpectedEof) if has_length => {
            (19, "the answer is shorter than its length")
        }
        Some(ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData) => {
            (21, "the answer's chunks are cut or wrong")
        }
        _ if seen.says("end of file before message length") && has_length => {
            (19, "the answer is shorter than its length")
        }
        _ if seen.says("chunk") || seen.says("end of file") => {
            (21, "the answer's chunks are cut or wrong")
        }
        _ => (18, "the connection broke in the answer's body"),
    };
    retried(
        row,
        MoneyClass::Ambiguous,
        format!("{what}: {}", seen.innermost),
    )
}

fn retried(row: u8, money: MoneyClass, message: String) -> Fault {
    Fault {
        retry: true,
        ..Fault::new(row, money, message)
    }
}

/// What a chain of errors holds.
struct Seen {
    kind: Option<ErrorKind>,
    tls: Option<rustls::Error>,
    text: String,
    innermost: String,
}

impl Seen {
    fn of(error: &reqwest::Error) -> Self {
        let mut seen = Self {
            kind: None,
            tls: None,
            text: String::new(),
            innermost: String::new(),
        };
        let mut next = error.source();
        while let Some(error) = next {
            seen.note(error);
            next = error.source();
        }
        seen
    }

    fn note(&mut self, error: &(dyn Error + 'static)) {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            self.tls = Some(tls.clone());
        }
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            self.kind = Some(io.kind());
            // An `io::Error` names as source what its inner error names, and so passes over the inner error itself.
            if let Some(inner) = io.get_ref() {
                self.note(inner);
            }
        }
        self.innermost = error.to_string();
        self.text.push_str(&self.innermost);
        self.text.push('\n');
    }

    fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}
