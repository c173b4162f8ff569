//! The HTTP client of one endpoint, and the addresses it may go to.
//!
//! HTTP/1.1 only: one connection for each call in flight, so that a broken one makes one call ambiguous and not a hundred,
//! and so that waiting for a stream's turn never eats the time limit. No redirects, no retries, no encodings, no cookies.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Proxy, Url};
use secrecy::ExposeSecret;

use crate::domain::{Endpoint, Fault, MoneyClass};
use crate::provider::ProviderError;
use crate::provider::scrub::Secrets;
use crate::provider::tls::tls_of;

/// Idle connections are dropped before servers do it (most wait 60 s or more; some proxies 20 s), see F17.
const POOL_IDLE: Duration = Duration::from_secs(15);
/// Headers that carry keys besides `Authorization`.
const KEY_HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "api-key",
    "x-api-key",
    "x-goog-api-key",
];

/// A client with its addresses and headers. The client itself is built on first use: a run over other endpoints pays nothing.
#[derive(Debug)]
pub(super) struct Http {
    endpoint: Endpoint,
    client: OnceLock<Client>,
    root: Url,
    headers: HeaderMap,
    pub(super) secrets: Secrets,
}

impl Http {
    /// Checks an endpoint's address, key and headers.
    pub(super) fn new(endpoint: &Endpoint) -> Result<Self, ProviderError> {
        let root = address_of(endpoint)?;
        let headers = headers_of(endpoint, &root)?;
        let key = endpoint.api_key.iter().map(ExposeSecret::expose_secret);
        let secrets =
            Secrets::of(key.chain(endpoint.headers.values().map(ExposeSecret::expose_secret)));
        proxy_of(endpoint)?;
        Ok(Self {
            endpoint: endpoint.clone(),
            client: OnceLock::new(),
            root,
            headers,
            secrets,
        })
    }

    /// Returns the client, building it the first time.
    pub(super) fn client(&self) -> Result<&Client, Fault> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let built = self.build().map_err(|error| Fault {
            stops_endpoint: true,
            ..Fault::new(0, MoneyClass::NotSent, error.to_string())
        })?;
        Ok(self.client.get_or_init(|| built))
    }

    /// Returns an address under the root, with the endpoint's query.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        if !self.endpoint.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.endpoint.query);
        }
        url
    }

    /// Returns host and port, for messages.
    pub(super) fn host(&self) -> String {
        let host = self.root.host_str().unwrap_or("");
        match self.root.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Stays below the limits of the answer, so that a connection that never came is not taken for a request that was lost.
    fn connect_timeout(&self) -> Duration {
        let endpoint = &self.endpoint;
        let answer = endpoint.timeout.min(endpoint.idle_timeout);
        endpoint.connect_timeout.min(answer / 2)
    }

    fn build(&self) -> Result<Client, ProviderError> {
        let builder = Client::builder()
            .tls_backend_preconfigured(tls_of(&self.endpoint)?)
            .http1_only()
            .http1_max_headers(100)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .no_gzip()
            .pool_idle_timeout(POOL_IDLE)
            .connect_timeout(self.connect_timeout())
            .user_agent(concat!("pw/", env!("CARGO_PKG_VERSION")))
            .default_headers(self.headers.clone());
        let builder = match proxy_of(&self.endpoint)? {
            Some(proxy) => builder.no_proxy().proxy(proxy),
            None => builder.no_proxy(),
        };
        builder.build().map_err(|source| ProviderError::Client {
            endpoint: self.endpoint.name.clone(),
            source,
        })
    }
}

/// A proxy is never asked for this machine (F47).
fn proxy_of(endpoint: &Endpoint) -> Result<Option<Proxy>, ProviderError> {
    match &endpoint.proxy {
        Some(address) if !endpoint.is_loopback() => {
            Proxy::all(address)
                .map(Some)
                .map_err(|_| ProviderError::Proxy {
                    endpoint: endpoint.name.clone(),
                })
        }
        _ => Ok(None),
    }
}

fn address_of(endpoint: &Endpoint) -> Result<Url, ProviderError> {
    let wrong = || ProviderError::BaseUrl {
        endpoint: endpoint.name.clone(),
        url: endpoint.base_url.clone(),
    };
    if endpoint.base_url.contains('@') {
        return Err(ProviderError::UserInfo {
            endpoint: endpoint.name.clone(),
        });
    }
    let url = Url::parse(&endpoint.base_url).map_err(|_| wrong())?;
    let plain = match url.scheme() {
        "https" => false,
        "http" => true,
        _ => return Err(wrong()),
    };
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or_else(wrong)?;
    if is_metadata(host) {
        return Err(ProviderError::Metadata {
            endpoint: endpoint.name.clone(),
            host: host.to_owned(),
        });
    }
    if plain && has_key(endpoint) && !endpoint.is_loopback() {
        return Err(ProviderError::PlainKey {
            endpoint: endpoint.name.clone(),
            host: host.to_owned(),
        });
    }
    Ok(url)
}

/// Link-local addresses and the names by which clouds hand out their machines' credentials.
fn is_metadata(host: &str) -> bool {
    use std::net::IpAddr::{V4, V6};
    match host.trim_matches(['[', ']']).parse() {
        Ok(V4(ip)) => ip.is_link_local(),
        Ok(V6(ip)) => {
            ip.is_unicast_link_local()
                || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_link_local())
                || ip.segments()[..2] == [0xfd00, 0x0ec2]
        }
        Err(_) => host.eq_ignore_ascii_case("metadata.google.internal"),
    }
}

fn has_key(endpoint: &Endpoint) -> bool {
    endpoint.api_key.is_some()
        || endpoint
            .headers
            .keys()
            .any(|name| KEY_HEADERS.contains(&name.to_ascii_lowercase().as_str()))
}

fn headers_of(endpoint: &Endpoint, root: &Url) -> Result<HeaderMap, ProviderError> {
    let mut headers = HeaderMap::with_capacity(2 + endpoint.headers.len());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(key) = &endpoint.api_key {
        let (name, value) = key_header(root, key.expose_secret());
        headers.insert(name, secret(endpoint, "authorization", &value)?);
    }
    for (name, value) in &endpoint.headers {
        let key = HeaderName::try_from(name.as_str()).map_err(|_| header_error(endpoint, name))?;
        headers.insert(key, secret(endpoint, name, value.expose_secret())?);
    }
    Ok(headers)
}

/// Azure takes a key in a header of its own; a bearer there is a token of its directory.
fn key_header(root: &Url, key: &str) -> (HeaderName, String) {
    let azure = root
        .host_str()
        .is_some_and(|host| host.ends_with(".openai.azure.com"));
    if azure {
        (HeaderName::from_static("api-key"), key.to_owned())
    } else {
        (AUTHORIZATION, format!("Bearer {key}"))
    }
}

fn secret(endpoint: &Endpoint, name: &str, value: &str) -> Result<HeaderValue, ProviderError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| header_error(endpoint, name))?;
    value.set_sensitive(true);
    Ok(value)
}

fn header_error(endpoint: &Endpoint, name: &str) -> ProviderError {
    ProviderError::Header {
        endpoint: endpoint.name.clone(),
        name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
