//! Which proxy an address is reached through, by the variables that everybody knows.
//!
//! Names in small letters win, as in curl; `HTTP_PROXY` in capitals is not read in a CGI process, where a client could set it.
//! Only the real environment counts, never `.env`.

use std::net::IpAddr;

use reqwest::Url;

use crate::config::address;
use crate::config::environment::Environment;

/// Returns the proxy for an address, with its scheme; `None` = direct. Loopback is always direct.
pub(super) fn for_address(environment: &Environment, url: &Url) -> Option<String> {
    if address::is_loopback(url) || is_exempt(environment, url) {
        return None;
    }
    let own = match url.scheme() {
        "https" => either(environment, "https_proxy", "HTTPS_PROXY"),
        _ if environment.get("REQUEST_METHOD").is_some() => environment.get("http_proxy"),
        _ => either(environment, "http_proxy", "HTTP_PROXY"),
    };
    own.or_else(|| either(environment, "all_proxy", "ALL_PROXY"))
        .map(with_scheme)
}

fn either<'a>(environment: &'a Environment, small: &str, capital: &str) -> Option<&'a str> {
    environment.get(small).or_else(|| environment.get(capital))
}

fn with_scheme(proxy: &str) -> String {
    if proxy.contains("://") {
        proxy.to_owned()
    } else {
        format!("http://{proxy}")
    }
}

fn is_exempt(environment: &Environment, url: &Url) -> bool {
    either(environment, "no_proxy", "NO_PROXY")
        .unwrap_or("")
        .split([',', ' '])
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| covers(entry, url))
}

/// Tells whether an entry of `NO_PROXY` covers an address: `*`, a domain with all below it, an IP, a CIDR block; each with or
/// without a port.
fn covers(entry: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or("");
    let (name, port) = match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
            (name, port.parse::<u16>().ok())
        }
        _ => (entry, None),
    };
    if port.is_some() && port != url.port_or_known_default() {
        return false;
    }
    if let (Some(ip), Some((block, bits))) = (address::ip(url), name.split_once('/')) {
        return in_block(ip, block, bits);
    }
    let name = name.trim_start_matches('*').trim_start_matches('.');
    let name = name.trim_matches(['[', ']']).to_ascii_lowercase();
    if name.is_empty() {
        return entry == "*";
    }
    match address::ip(url) {
        Some(ip) => name.parse() == Ok(ip),
        None => host == name || host.ends_with(&format!(".{name}")),
    }
}

fn in_block(ip: IpAddr, block: &str, bits: &str) -> bool {
    let (Ok(block), Ok(bits)) = (block.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    let (ip, block, width) = match (ip, block) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    // A shift by the whole width is no shift in Rust; a block of no bits holds everything.
    bits == 0 || (bits <= width && (ip ^ block) >> (width - bits) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(pairs: &[(&str, &str)], address: &str) -> Option<String> {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        for_address(
            &Environment::from_map(owned),
            &Url::parse(address).expect(address),
        )
    }

    #[test]
    fn the_scheme_picks_the_variable() {
        let all = [
            ("HTTPS_PROXY", "http://s:1"),
            ("HTTP_PROXY", "plain:2"),
            ("ALL_PROXY", "http://all:3"),
        ];
        assert_eq!(
            proxy(&all, "https://a.example"),
            Some("http://s:1".to_owned())
        );
        assert_eq!(proxy(&all, "http://box"), Some("http://plain:2".to_owned()));
        assert_eq!(
            proxy(&all[2..], "https://a.example"),
            Some("http://all:3".to_owned())
        );
        assert_eq!(proxy(&all, "http://127.0.0.1:8080"), None);
        assert_eq!(proxy(&all, "http://localhost"), None);
        let cgi = [("HTTP_PROXY", "evil"), ("REQUEST_METHOD", "GET")];
        assert_eq!(proxy(&cgi, "http://box"), None);
        let both = [("https_proxy", "small"), ("HTTPS_PROXY", "capital")];
        assert_eq!(
            proxy(&both, "https://a.example"),
            Some("http://small".to_owned())
        );
    }

    #[test]
    fn exempt_hosts_are_reached_directly() {
        let direct =
            |list, address| proxy(&[("ALL_PROXY", "p"), ("NO_PROXY", list)], address).is_none();
        assert!(direct("*", "https://a.example"));
        assert!(direct("x, .a.example", "https://b.a.example"));
        assert!(direct("a.example", "https://a.example"));
        assert!(!direct("a.example", "https://ba.example"));
        assert!(direct("a.example:8443", "https://a.example:8443"));
        assert!(!direct("a.example:8443", "https://a.example"));
        assert!(direct("10.0.0.0/8", "http://10.1.2.3"));
        assert!(!direct("10.0.0.0/8", "http://192.168.0.1"));
        assert!(direct("fd00::/8", "http://[fd12::1]"));
        assert!(direct("192.168.0.1", "http://192.168.0.1:81"));
        assert!(!direct("10.0.0.0/99", "http://10.0.0.1"));
    }
}
