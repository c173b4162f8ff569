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
