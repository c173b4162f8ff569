//! The HTTP client of one endpoint, and the addresses it may go to.
//!
//! HTTP/1.1 only: one connection for each call in flight, so that a broken one makes one call ambiguous and not a hundred,
//! and so that waiting for a stream's turn never eats the time limit. No redirects, no retries, no encodings, no cookies.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Proxy, Url};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;

use crate::domain::{Endpoint, Fault, MoneyClass};
use crate::provider::ProviderError;
use crate::provider::scrub::Secrets;

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

/// The roots inside the binary and those of `ca_file`: nothing depends on the machine's own store.
fn tls_of(endpoint: &Endpoint) -> Result<ClientConfig, ProviderError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = &endpoint.ca_file {
        let wrong = |reason: String| ProviderError::CaFile {
            endpoint: endpoint.name.clone(),
            path: path.clone(),
            reason,
        };
        let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let mut found = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| wrong(error.to_string()))?;
            found += 1;
        }
        if found == 0 {
            return Err(wrong("expected PEM certificates, found none".to_owned()));
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| ProviderError::Tls {
            endpoint: endpoint.name.clone(),
            source,
        })?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EndpointKind;

    fn endpoint(url: &str) -> Endpoint {
        Endpoint::new("e", EndpointKind::OpenAi, url)
    }

    fn refusal(endpoint: &Endpoint) -> String {
        Http::new(endpoint).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_key_never_goes_out_in_the_clear() {
        let mut far = endpoint("http://api.example/v1");
        assert!(Http::new(&far).is_ok());
        far.api_key = Some("sk-secret".into());
        assert_eq!(
            refusal(&far),
            "endpoint `e`: its key would go over plain http to `api.example`, expected https or an address of this machine"
        );
        far.api_key = None;
        far.headers
            .insert("X-Api-Key".to_owned(), "sk-secret".into());
        assert!(matches!(
            Http::new(&far),
            Err(ProviderError::PlainKey { .. })
        ));
        let mut near = endpoint("http://127.0.0.1:1/v1");
        near.api_key = Some("sk-secret".into());
        let http = Http::new(&near).unwrap();
        assert!(!format!("{http:?}").contains("sk-secret"));
        assert_eq!(
            http.headers["authorization"].as_bytes(),
            b"Bearer sk-secret"
        );
    }

    #[test]
    fn addresses_are_checked_and_joined() {
        for url in ["", "api.example/v1", "ftp://api.example", "http://"] {
            assert!(
                matches!(
                    Http::new(&endpoint(url)),
                    Err(ProviderError::BaseUrl { .. })
                ),
                "{url}"
            );
        }
        assert_eq!(
            refusal(&endpoint("https://user:pass@api.example")),
            "endpoint `e`: `base_url` holds a user name or password, expected a key named by `api_key_env`"
        );
        for url in [
            "http://169.254.169.254/v1",
            "http://[fe80::1]/v1",
            "http://[::ffff:169.254.169.254]",
        ] {
            assert!(
                matches!(
                    Http::new(&endpoint(url)),
                    Err(ProviderError::Metadata { .. })
                ),
                "{url}"
            );
        }
        let mut azure = endpoint("https://x.openai.azure.com/openai/deployments/d/");
        azure
            .query
            .insert("api-version".to_owned(), "2026-01-01".to_owned());
        azure.api_key = Some("k".into());
        let http = Http::new(&azure).unwrap();
        assert_eq!(
            http.url("/chat/completions").as_str(),
            "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2026-01-01"
        );
        assert_eq!(http.headers["api-key"].as_bytes(), b"k");
        let mut odd = endpoint("https://a.example");
        odd.headers.insert("x-a".to_owned(), "line\nfeed".into());
        assert_eq!(
            refusal(&odd),
            "endpoint `e`: header `x-a` has characters that HTTP does not allow"
        );
        odd.headers.clear();
        odd.proxy = Some("::".to_owned());
        assert_eq!(refusal(&odd), "endpoint `e`: `proxy` is not an address");
    }

    #[test]
    fn a_wrong_ca_file_is_named_when_the_client_is_built() {
        let mut company = endpoint("https://a.example");
        company.ca_file = Some("/nowhere/ca.pem".into());
        let fault = Http::new(&company).unwrap().client().unwrap_err();
        assert_eq!(fault.money, MoneyClass::NotSent);
        assert!(fault.stops_endpoint);
        assert!(
            fault
                .message
                .starts_with("endpoint `e`: `ca_file` `/nowhere/ca.pem`: "),
            "{}",
            fault.message
        );
    }
}
