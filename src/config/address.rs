//! Addresses of endpoints and proxies: what is one, and which are refused.

use std::net::IpAddr;

use reqwest::Url;

pub(super) const EXPECTED: &str = "an address such as `https://api.example.com/v1`";

/// Reads an endpoint's address.
///
/// Refused: other schemes than `http` and `https`; a user name, a password, a query or a fragment; link-local addresses and
/// the metadata services of clouds, whoever asks; plain `http` to anything that can be outside of the own network.
///
/// Errors: what was found and what was expected. The address is not repeated where it may hold a password.
pub(super) fn endpoint(text: &str) -> Result<Url, (String, String)> {
    let refuse = |found: &str, expected: &str| Err((found.to_owned(), expected.to_owned()));
    let Ok(url) = Url::parse(text.trim()) else {
        return refuse("no address", EXPECTED);
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(
            "an address with a password",
            "the key's name in `api_key_env`",
        );
    }
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return refuse("no address of the web", EXPECTED);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse(
            "an address with `?` or `#`",
            "query parameters in the endpoint's `query` table",
        );
    }
    if is_metadata(&url) {
        return refuse(
            "a link-local or metadata address",
            "the address of a model server",
        );
    }
    if url.scheme() == "http" && !is_near(&url) {
        return refuse(
            "plain `http` to a host outside of the own network",
            "`https`, which keeps keys and prompts unread on the way",
        );
    }
    Ok(url)
}

/// Writes an address as endpoints keep it: normal form, no slash at the end.
pub(super) fn normal(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// Returns scheme, host and port: what a key is bound to.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

pub(super) fn ip(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_matches(['[', ']'])
        .parse()
        .ok()
        .map(|ip: IpAddr| ip.to_canonical())
}

pub(super) fn is_loopback(url: &Url) -> bool {
    ip(url).is_some_and(|ip| ip.is_loopback()) || url.host_str() == Some("localhost")
}

fn is_metadata(url: &Url) -> bool {
    let name = url.host_str().unwrap_or("").trim_end_matches('.');
    match ip(url) {
        Some(IpAddr::V4(ip)) => ip.is_link_local() || ip.octets() == [100, 100, 100, 200],
        Some(IpAddr::V6(ip)) => {
            ip.is_unicast_link_local() || ip.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
        }
        None => matches!(name, "metadata" | "metadata.google.internal"),
    }
}

/// Tells whether a host is this machine or in a private network: by its address, or by a name that public DNS does not have.
fn is_near(url: &Url) -> bool {
    match ip(url) {
        Some(IpAddr::V4(ip)) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            ip.is_loopback() || ip.is_private() || ip.is_unspecified() || shared
        }
        Some(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unspecified(),
        None => {
            let name = url.host_str().unwrap_or("");
            let endings = [
                ".localhost",
                ".local",
                ".lan",
                ".internal",
                ".home.arpa",
                ".test",
            ];
            !name.contains('.') || endings.iter().any(|ending| name.ends_with(ending))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_take_their_normal_form() {
        for (text, normal_form, origin_form) in [
            (
                "https://API.openai.com/v1/",
                "https://api.openai.com/v1",
                "https://api.openai.com",
            ),
            ("http://0x7f.1:80", "http://127.0.0.1", "http://127.0.0.1"),
            (
                "http://gpu-box:8000/v1",
                "http://gpu-box:8000/v1",
                "http://gpu-box:8000",
            ),
            (
                "http://[::1]:8080",
                "http://[::1]:8080",
                "http://[::1]:8080",
            ),
        ] {
            let url = endpoint(text).expect(text);
            assert_eq!(
                (normal(&url).as_str(), origin(&url).as_str()),
                (normal_form, origin_form)
            );
        }
    }

    #[test]
    fn what_leaks_or_reaches_too_far_is_refused() {
        for (text, found) in [
            ("api.openai.com", "no address"),
            ("ftp://host/x", "no address of the web"),
            ("https://me:canary@host", "an address with a password"),
            ("https://host/v1?key=canary", "an address with `?` or `#`"),
            (
                "http://169.254.169.254/latest",
                "a link-local or metadata address",
            ),
            (
                "https://[::ffff:169.254.169.254]",
                "a link-local or metadata address",
            ),
            (
                "http://metadata.google.internal",
                "a link-local or metadata address",
            ),
            (
                "http://api.openai.com",
                "plain `http` to a host outside of the own network",
            ),
            (
                "http://8.8.8.8",
                "plain `http` to a host outside of the own network",
            ),
        ] {
            assert_eq!(
                endpoint(text).map_err(|(found, _)| found),
                Err(found.to_owned()),
                "{text}"
            );
        }
    }
}
