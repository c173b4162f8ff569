//! Endpoints from their tables: address, keys, headers, limits.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use crate::domain::{Endpoint, EndpointKind, sha256_hex};

use crate::config::error::Problem;
use crate::config::files::read_small;
use crate::config::kind::Value;
use crate::config::layers::Layers;
use crate::config::settings::Context;
use crate::config::source::{Layer, Source};
use crate::config::trust::{KeyUse, Pair, Standing};
use crate::config::{address, keys, proxy, references};

/// Reads every endpoint, and which key goes where.
pub(super) fn read(
    layers: &Layers,
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) -> (BTreeMap<String, Endpoint>, Vec<KeyUse>) {
    let mut endpoints = BTreeMap::new();
    let mut keys = Vec::new();
    for name in layers.names("endpoints") {
        let mut table = Table {
            name: &name,
            layers,
            context,
            keys: &mut keys,
            problems,
        };
        let endpoint = table.endpoint();
        endpoints.insert(name, endpoint);
    }
    (endpoints, keys)
}

struct Table<'a> {
    name: &'a str,
    layers: &'a Layers,
    context: &'a Context<'a>,
    keys: &'a mut Vec<KeyUse>,
    problems: &'a mut Vec<Problem>,
}

impl Table<'_> {
    fn endpoint(&mut self) -> Endpoint {
        let mut endpoint = Endpoint::new(self.name, self.kind(), "");
        self.check_name();
        self.limits(&mut endpoint);
        self.extras(&mut endpoint);
        endpoint.script = self.path("script");
        endpoint.file = self.path("file");
        if endpoint.kind == EndpointKind::Scripted {
            self.need(endpoint.script.is_some(), "script");
        } else if endpoint.kind == EndpointKind::Embedded {
            endpoint.model = endpoint
                .model
                .or_else(|| Some(embedded_name(endpoint.file.as_deref())));
        } else if let Some(url) = self.address() {
            endpoint.base_url = address::normal(&url);
            endpoint.proxy = self.proxy(&url);
            endpoint.ca_file = self.path("ca_file");
            self.secrets(&mut endpoint, &url);
        }
        endpoint
    }

    fn kind(&self) -> EndpointKind {
        match self.text("kind") {
            Some("llama.cpp") => EndpointKind::LlamaCpp,
            Some("embedded") => EndpointKind::Embedded,
            Some("scripted") => EndpointKind::Scripted,
            _ => EndpointKind::OpenAi,
        }
    }

    fn limits(&self, endpoint: &mut Endpoint) {
        let time = |key, default: Duration| self.layers.time(&self.at(key)).unwrap_or(default);
        endpoint.timeout = self.timeout().unwrap_or(endpoint.timeout);
        endpoint.idle_timeout = time("idle_timeout", endpoint.idle_timeout);
        endpoint.connect_timeout = time("connect_timeout", endpoint.connect_timeout);
        endpoint.rpm = self.layers.count(&self.at("rpm"));
        endpoint.tpm = self.layers.count(&self.at("tpm"));
        endpoint.concurrency = self.layers.count(&self.at("concurrency"));
        let switch = |key, default| self.layers.switch(&self.at(key)).unwrap_or(default);
        endpoint.retry_ambiguous = switch("retry_ambiguous", endpoint.retry_ambiguous);
        endpoint.no_charge_on_error = switch("no_charge_on_error", endpoint.no_charge_on_error);
        endpoint.stream = switch("stream", endpoint.stream);
    }

    /// A flag or a variable rules every endpoint; a default of a file gives way to the endpoint's own.
    fn timeout(&self) -> Option<Duration> {
        let overall = self.layers.get(&["defaults", "timeout"]);
        let own = self.layers.time(&self.at("timeout"));
        match overall {
            Some(setting) if setting.source.layer >= Layer::DotEnv => setting.value.as_time(),
            _ => own.or_else(|| overall.and_then(|setting| setting.value.as_time())),
        }
    }

    fn extras(&self, endpoint: &mut Endpoint) {
        endpoint.model = self.text("model").map(str::to_owned);
        endpoint.prices = self.text("prices").map(str::to_owned);
        endpoint.watts = self.layers.number(&self.at("watts"));
        endpoint.usd_per_kwh = self.layers.money(&self.at("usd_per_kwh"));
        endpoint.usd_per_hour = self.layers.money(&self.at("usd_per_hour"));
        for (name, setting) in self.layers.below(&self.at("query")) {
            endpoint
                .query
                .insert(name.to_owned(), setting.value.shown());
        }
        for (name, setting) in self.layers.below(&self.at("body")) {
            if let Value::Json(value) = &setting.value {
                endpoint.body.insert(name.to_owned(), value.clone());
            }
        }
    }

    fn address(&mut self) -> Option<Url> {
        let Some(text) = self.text("base_url") else {
            self.need(false, "base_url");
            return None;
        };
        match address::endpoint(text) {
            Ok(url) => Some(url),
            Err((found, expected)) => {
                self.wrong("base_url", found, expected);
                None
            }
        }
    }

    fn proxy(&mut self, url: &Url) -> Option<String> {
        match self.text("proxy") {
            Some("") => None,
            Some(_) if address::is_loopback(url) => None,
            Some(text) => {
                let password = Url::parse(text)
                    .map(|proxy| !proxy.username().is_empty() || proxy.password().is_some());
                if password != Ok(false) {
                    let found = "no address of a proxy, or one with a password".to_owned();
                    let expected =
                        "such as `http://proxy.example:3128`; with a password: in `HTTPS_PROXY`";
                    self.wrong("proxy", found, expected.to_owned());
                    return None;
                }
                Some(text.to_owned())
            }
            None => proxy::for_address(self.context.environment, url),
        }
    }

    /// Puts keys in their places, but only those that may go to this host.
    fn secrets(&mut self, endpoint: &mut Endpoint, url: &Url) {
        endpoint.api_key_env = self.text("api_key_env").map(str::to_owned);
        if let Some(variable) = endpoint.api_key_env.clone() {
            let declared = self.is_declared("api_key_env");
            if self.may_go(&variable, declared, url) {
                endpoint.api_key = self.context.variable(&variable).map(SecretString::from);
            }
        }
        let layers = self.layers;
        for (name, setting) in layers.below(&self.at("headers")) {
            let text = setting.value.shown();
            let declared = setting.source.layer == Layer::Workspace;
            let mut all = true;
            for variable in references::variables(&text) {
                all &= self.may_go(variable, declared, url);
            }
            let filled = references::fill(&text, |variable| self.context.variable(variable));
            if let Some(value) = filled.filter(|_| all) {
                endpoint
                    .headers
                    .insert(name.to_owned(), SecretString::from(value));
            }
        }
    }

    /// Judges a pair of key and host, and remembers it. `declared`: the workspace names the variable.
    fn may_go(&mut self, variable: &str, declared: bool, url: &Url) -> bool {
        let parts = ["base_url", "proxy", "ca_file"];
        let declared = declared || parts.into_iter().any(|key| self.is_declared(key));
        let pair = Pair {
            variable: variable.to_owned(),
            host: address::origin(url),
            endpoint: self.name.to_owned(),
            through: self.through(),
        };
        let standing = if declared {
            Standing::of(&pair, address::is_loopback(url), self.context.allowed)
        } else {
            Standing::OwnSettings
        };
        let set = self.context.variable(variable).is_some();
        self.keys.push(KeyUse {
            pair,
            standing,
            set,
        });
        standing != Standing::Pending
    }

    /// Lists what the workspace puts between this machine and the host: a proxy, and certificates that could pass for it.
    fn through(&self) -> Vec<String> {
        let mut through = Vec::new();
        let proxy = self.text("proxy").filter(|proxy| !proxy.is_empty());
        if let Some(proxy) = proxy.filter(|_| self.is_declared("proxy")) {
            through.push(format!("proxy {proxy}"));
        }
        if let Some(file) = self.path("ca_file").filter(|_| self.is_declared("ca_file")) {
            let name = self.text("ca_file").unwrap_or("");
            // Unreadable: the provider says so before anything is sent.
            let contents = read_small(&file, name).ok().flatten().unwrap_or_default();
            through.push(format!(
                "certificates {name} {}",
                sha256_hex(contents.as_bytes())
            ));
        }
        through
    }

    /// Tells whether the workspace gives a key of this table.
    fn is_declared(&self, key: &str) -> bool {
        self.source(key)
            .is_some_and(|source| source.layer == Layer::Workspace)
    }

    fn check_name(&mut self) {
        if self.name.is_empty()
            || self.name.contains(['/', ' '])
            || self.name.contains(char::is_control)
        {
            let found = "a name with `/`, a blank or nothing in it".to_owned();
            self.wrong(
                "",
                found,
                "a name that can stand in `ENDPOINT/MODEL`".to_owned(),
            );
        }
    }

    fn at<'k>(&'k self, key: &'k str) -> [&'k str; 3] {
        ["endpoints", self.name, key]
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.layers.text(&self.at(key))
    }

    fn source(&self, key: &str) -> Option<&Source> {
        Some(&self.layers.get(&self.at(key))?.source)
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.text(key)?;
        let layer = self.source(key)?.layer;
        Some(self.context.folders.resolve(Path::new(text), layer))
    }

    fn need(&mut self, there: bool, key: &'static str) {
        if let (false, Some(at)) = (there, self.layers.first_source(&["endpoints", self.name])) {
            self.problems.push(Problem::Missing {
                table: self.dotted(""),
                at: at.clone(),
                missing: vec![key],
                reason: "which an endpoint of its kind needs",
            });
        }
    }

    fn wrong(&mut self, key: &str, found: String, expected: String) {
        let own = self.source(key);
        if let Some(at) = own.or_else(|| self.layers.first_source(&["endpoints", self.name])) {
            self.problems.push(Problem::WrongValue {
                key: self.dotted(key),
                at: at.clone(),
                found,
                expected,
            });
        }
    }

    fn dotted(&self, key: &str) -> String {
        let parts = ["endpoints", self.name, key];
        let parts = if key.is_empty() {
            &parts[..2]
        } else {
            &parts[..]
        };
        keys::dotted(&keys::path(parts))
    }
}

/// Names the model of an embedded endpoint: by its file, as people know it, or the one that ships inside.
fn embedded_name(file: Option<&Path>) -> String {
    match file.and_then(Path::file_stem) {
        Some(stem) => stem.to_string_lossy().into_owned(),
        None => "weather".to_owned(),
    }
}
