//! An endpoint: a configured address with key and limits.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::Usd;

/// The protocol implementation behind an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EndpointKind {
    /// Any OpenAI-compatible address.
    #[serde(rename = "openai")]
    OpenAi,
    /// A llama.cpp server: the same wire, with health, slots, a tokenizer and timings of its own.
    #[serde(rename = "llama.cpp")]
    LlamaCpp,
    /// A small model in this process: the one that ships inside `pw`, or a file of its kind.
    #[serde(rename = "embedded")]
    Embedded,
    /// Answers from a file of rules: deterministic, priced, fast.
    #[serde(rename = "scripted")]
    Scripted,
}

/// An endpoint, resolved: everything a provider needs to reach it. `Debug` prints no key.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name in `ENDPOINT/MODEL`.
    pub name: String,
    /// Its protocol.
    pub kind: EndpointKind,
    /// Its address without a trailing slash, such as `https://api.openai.com/v1`; empty for `embedded` and `scripted`.
    pub base_url: String,
    /// The GGUF of an `embedded` endpoint; `None`: the model that ships inside `pw`.
    pub file: Option<PathBuf>,
    /// The file of rules of a `scripted` endpoint.
    pub script: Option<PathBuf>,
    /// Name of the environment variable that holds its key.
    pub api_key_env: Option<String>,
    /// The key, if the variable is set and the pair of key and host is trusted.
    pub api_key: Option<SecretString>,
    /// Extra headers. Values may be secrets and are sent as sensitive.
    pub headers: BTreeMap<String, SecretString>,
    /// Extra query parameters, such as Azure's `api-version`.
    pub query: BTreeMap<String, String>,
    /// Extra keys of the request body; they win over ours.
    pub body: Map<String, Value>,
    /// Limit of one attempt from first byte sent to last byte read.
    pub timeout: Duration,
    /// Limit of the time between two reads and, for a stream, to its first byte; an answer that is not streamed comes only
    /// when all of it is written, so that `timeout` alone bounds its first byte.
    pub idle_timeout: Duration,
    /// Limit of the connection's set-up.
    pub connect_timeout: Duration,
    /// Requests a minute, where the user gives a limit.
    pub rpm: Option<u32>,
    /// Tokens a minute, where the user gives a limit.
    pub tpm: Option<u32>,
    /// Calls in flight at most, where the endpoint sets its own limit.
    pub concurrency: Option<u32>,
    /// A proxy's address; never used for loopback. `None`: the environment's proxy variables, resolved by `config/`.
    pub proxy: Option<String>,
    /// Further root certificates, PEM.
    pub ca_file: Option<PathBuf>,
    /// False: an ambiguous outcome is not tried again.
    pub retry_ambiguous: bool,
    /// True: the provider declares that a 5xx costs nothing (F8 becomes *refused*).
    pub no_charge_on_error: bool,
    /// True: answers are asked for as a stream.
    pub stream: bool,
    /// The model it serves, where there is only one (`--model ENDPOINT`).
    pub model: Option<String>,
    /// Part of the price book that its models belong to, such as `openai`.
    pub prices: Option<String>,
    /// Power drawn while it answers, in watts: a local machine's imputed cost.
    pub watts: Option<f64>,
    /// Price of electricity.
    pub usd_per_kwh: Option<Usd>,
    /// Price of the machine's hour.
    pub usd_per_hour: Option<Usd>,
}

impl Endpoint {
    /// Makes an endpoint with every limit at its default.
    pub fn new(name: impl Into<String>, kind: EndpointKind, base_url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind,
            base_url: base_url.into(),
            file: None,
            script: None,
            api_key_env: None,
            api_key: None,
            headers: BTreeMap::new(),
            query: BTreeMap::new(),
            body: Map::new(),
            timeout: Duration::from_mins(10),
            idle_timeout: Duration::from_mins(2),
            connect_timeout: Duration::from_secs(5),
            rpm: None,
            tpm: None,
            concurrency: None,
            proxy: None,
            ca_file: None,
            retry_ambiguous: true,
            no_charge_on_error: false,
            stream: false,
            model: None,
            prices: None,
            watts: None,
            usd_per_kwh: None,
            usd_per_hour: None,
        }
    }

    /// Tells whether its address is this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self
            .base_url
            .split_once("://")
            .map_or(self.base_url.as_str(), |(_, rest)| rest);
        let authority = host.split(['/', '?', '#']).next().unwrap_or("");
        let authority = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let name = match authority.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or(""),
            None => authority.split(':').next().unwrap_or(""),
        };
        name.eq_ignore_ascii_case("localhost")
            || name
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_the_host_and_nothing_else() {
        for (url, expected) in [
            ("http://127.0.0.1:8080/v1", true),
            ("http://localhost", true),
            ("http://[::1]:80/v1", true),
            ("http://127.0.0.1@evil.example/v1", false),
            ("http://localhost.evil.example", false),
            ("https://api.openai.com/v1?x=127.0.0.1", false),
        ] {
            assert_eq!(
                Endpoint::new("e", EndpointKind::OpenAi, url).is_loopback(),
                expected,
                "{url}"
            );
        }
    }
}
