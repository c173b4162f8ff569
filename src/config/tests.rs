//! Layers, endpoints, keys and trust, end to end over temporary folders; no test sees the real environment.

use std::fs;
use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::*;
use crate::domain::EndpointKind;
use crate::pricing::UserPrice;

mod defaults;

/// A home and a workspace of their own.
struct Bench {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Bench {
    fn new(pw_toml: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let bench = Self {
            variables: vec![(
                "HOME".to_owned(),
                folder.path().join("home").display().to_string(),
            )],
            folder,
        };
        bench.write("project/pw.toml", pw_toml)
    }

    fn write(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("project")
    }

    fn environment(&self) -> Environment {
        Environment::from_map(self.variables.clone())
    }

    fn load(&self, flags: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
        let flags: Vec<Flag> = flags
            .iter()
            .map(|(name, value)| Flag::new(*name, *value))
            .collect();
        load(&self.environment(), Some(&self.root()), &flags)
    }

    fn settings(&self) -> Settings {
        self.load(&[]).expect("settings").settings
    }

    fn error(&self) -> String {
        self.load(&[]).expect_err("a mistake").to_string()
    }
}

fn source(loaded: &Loaded, key: &str) -> String {
    let entry = loaded.provenance.iter().find(|entry| entry.key == key);
    entry.map_or_else(String::new, |entry| {
        format!("{} {} {}", entry.value, entry.source.layer, entry.source)
    })
}

#[test]
fn higher_layers_win_and_each_value_knows_its_own() {
    let bench = Bench::new("[defaults]\nmodel = \"local/a\"\nmax_tokens = 10\ntimeout = \"1m\"\n")
        .write(
            "home/.config/pw/config.toml",
            "[defaults]\nmodel = \"local/user\"\nlang = \"zh\"\n\n[budget]\nday = 2\n",
        )
        .write(
            "project/.env",
            "PW_MAX_TOKENS=20\nPW_TIMEOUT=2m\nPW_BUDGET=1\n",
        )
        .with("PW_BUDGET", "0");
    let loaded = bench.load(&[("timeout", "3m")]).expect("settings");
    for (key, expected) in [
        ("defaults.lang", "zh user ~/.config/pw/config.toml:3"),
        ("budget.day", "2.00 user ~/.config/pw/config.toml:6"),
        ("defaults.model", "local/a workspace pw.toml:2"),
        ("defaults.max_tokens", "20 .env .env:1"),
        ("budget.run", "0.00 environment PW_BUDGET"),
        ("defaults.timeout", "3m flag --timeout"),
    ] {
        assert_eq!(source(&loaded, key), expected, "{key}");
    }
    let built_in = source(&loaded, "defaults.concurrency");
    assert!(
        built_in.starts_with("16 default default.toml:"),
        "{built_in}"
    );
    let settings = loaded.settings;
    assert!(!settings.concurrency_given);
    assert_eq!(settings.max_tokens, Some(20));
    assert_eq!(settings.budget.run, Some(crate::domain::Usd::ZERO));
    assert_eq!(settings.language, Language::Zh);
    assert_eq!(settings.timeout, Some(Duration::from_mins(3)));
}

#[test]
fn without_any_file_the_defaults_hold() {
    let loaded = load(&Environment::from_map([]), None, &[]).expect("settings");
    let settings = loaded.settings;
    let names: Vec<&str> = settings.endpoints.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "dashscope",
            "deepseek",
            "embedded",
            "local",
            "moonshot",
            "openai",
            "openrouter"
        ]
    );
    assert_eq!(settings.model, None);
    assert_eq!((settings.concurrency, settings.max_tokens), (16, None));
    assert_eq!(settings.endpoints["local"].kind, EndpointKind::LlamaCpp);
    let embedded = &settings.endpoints["embedded"];
    assert_eq!(embedded.kind, EndpointKind::Embedded);
    assert_eq!(
        (embedded.model.as_deref(), &embedded.file),
        (Some("weather"), &None)
    );
    assert_eq!(
        settings.endpoints["local"].base_url,
        "http://127.0.0.1:8080"
    );
    assert_eq!(
        settings.endpoints["openai"].prices.as_deref(),
        Some("openai")
    );
    assert!(settings.prices.is_empty());
    assert_eq!(settings.pending(), []);
}

#[test]
fn locale_and_no_color_speak_only_where_nothing_else_does() {
    let zh = Bench::new("")
        .with("LANG", "zh_CN.UTF-8")
        .with("NO_COLOR", "1");
    assert_eq!(zh.settings().language, Language::Zh);
    assert_eq!(zh.settings().color, Color::Never);
    let said = Bench::new("[defaults]\nlang = \"en\"\ncolor = \"always\"\n")
        .with("LC_ALL", "zh_TW")
        .with("NO_COLOR", "1");
    assert_eq!(said.settings().language, Language::En);
    assert_eq!(said.settings().color, Color::Never);
    let forced = said.with("PW_COLOR", "always");
    assert_eq!(forced.settings().color, Color::Always);
}

#[test]
fn mistakes_of_all_layers_come_together() {
    let bench = Bench::new("[budget]\nrum = 1\n")
        .write("home/.config/pw/config.toml", "[defaults]\nlang = \"fr\"\n")
        .write("project/.env", "nonsense\n")
        .with("PW_CONCURRENCY", "many");
    assert_eq!(
        bench.error(),
        "found 4 mistakes in settings\n  \
         `defaults.lang` at `~/.config/pw/config.toml:2` is `fr`, expected `en` or `zh`\n  \
         unknown key `budget.rum` at `pw.toml:2`, did you mean `run`?\n  \
         `.env:1` is a line without `=`, expected `NAME=VALUE`\n  \
         `defaults.concurrency` at `PW_CONCURRENCY` is `many`, expected a whole number from 1 to 4294967295"
    );
}

#[test]
fn a_key_in_a_file_is_refused_and_not_repeated() {
    for line in [
        "api_key = \"canary\"",
        "api_key_env = \"sk-canary\"",
        "headers = { Authorization = \"Bearer canary\" }",
        "query = { key = \"canary\" }",
        "base_url = \"https://me:canary@host\"",
        "proxy = \"http://me:canary@proxy:1\"",
    ] {
        let error = Bench::new(&format!("[endpoints.openai]\n{line}\n")).error();
        assert!(error.contains("`pw.toml:2`"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn keys_come_from_the_environment_then_from_dotenv_and_never_show() {
    let bench = Bench::new("")
        .write(
            "project/.env",
            "OPENAI_API_KEY=file\nDEEPSEEK_API_KEY=file\n",
        )
        .with("OPENAI_API_KEY", " canary\n");
    let loaded = bench.load(&[]).expect("settings");
    let key = |name: &str| {
        loaded.settings.endpoints[name]
            .api_key
            .as_ref()
            .map(|key| key.expose_secret().to_owned())
    };
    assert_eq!(key("openai").as_deref(), Some("canary"));
    assert_eq!(key("deepseek").as_deref(), Some("file"));
    assert_eq!(key("moonshot"), None);
    assert_eq!(
        loaded.settings.missing_keys("moonshot"),
        ["MOONSHOT_API_KEY"]
    );
    assert!(!format!("{loaded:?}").contains("canary"));
}

const STRANGER: &str =
    "[endpoints.openai]\nbase_url = \"https://api.openai.com.evil.example/v1\"\n";

#[test]
fn a_key_goes_to_another_host_only_after_the_users_word() {
    let bench = Bench::new(STRANGER).with("OPENAI_API_KEY", "canary");
    let settings = bench.settings();
    assert!(settings.endpoints["openai"].api_key.is_none());
    assert!(settings.is_pending("openai"));
    assert_eq!(settings.missing_keys("openai"), Vec::<&str>::new());
    let pending = settings.pending();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].host, "https://api.openai.com.evil.example");

    trust::allow(&bench.environment(), &pending).expect("a store");
    let trusted = bench.settings();
    assert!(trusted.endpoints["openai"].api_key.is_some());
    assert_eq!(trusted.pending(), []);
    let store = bench.folder.path().join("home/.local/state/pw/trust");
    assert!(
        store
            .join(format!("{}.json", trust::hash(&pending)))
            .exists()
    );

    // The word holds for this pair in any workspace, and for no other host.
    let moved = bench.write("project/pw.toml", &STRANGER.replace("evil", "worse"));
    assert!(moved.settings().is_pending("openai"));
}

#[test]
fn a_confirmation_that_was_edited_confirms_nothing() {
    let bench = Bench::new(STRANGER).with("OPENAI_API_KEY", "canary");
    let pending = bench.settings().pending();
    trust::allow(&bench.environment(), &pending).expect("a store");
    let moved = bench.write("project/pw.toml", &STRANGER.replace("evil", "worse"));
    let file = moved
        .folder
        .path()
        .join("home/.local/state/pw/trust")
        .join(format!("{}.json", trust::hash(&pending)));
    let text = fs::read_to_string(&file).expect("a store");
    fs::write(&file, text.replace("evil", "worse")).expect("a store");
    assert!(moved.settings().is_pending("openai"));
}

#[test]
fn the_hash_forgets_order_and_endpoint_names() {
    let pair = |endpoint: &str, host: &str| Pair {
        endpoint: endpoint.to_owned(),
        variable: "K".to_owned(),
        host: host.to_owned(),
        through: Vec::new(),
    };
    let (a, b) = (pair("x", "https://a"), pair("y", "https://b"));
    let hash = trust::hash(&[a.clone(), b.clone()]);
    assert_eq!(
        hash,
        trust::hash(&[b, pair("renamed", "https://a"), a.clone()])
    );
    assert_ne!(hash, trust::hash(&[a]));
}

#[test]
fn who_declares_a_pair_decides_whether_to_ask() {
    let standing = |pw_toml: &str| {
        let settings = Bench::new(pw_toml).settings();
        let key = settings.keys.iter().find(|key| key.pair.endpoint == "e");
        key.map(|key| key.standing)
    };
    let table = |url: &str, rest: &str| format!("[endpoints.e]\nbase_url = \"{url}\"\n{rest}\n");
    let key = |name: &str| format!("api_key_env = \"{name}\"");
    for (text, expected) in [
        (
            table("https://api.openai.com/v1", &key("OPENAI_API_KEY")),
            Standing::BuiltIn,
        ),
        (
            table("https://api.openai.com:8443", &key("OPENAI_API_KEY")),
            Standing::Pending,
        ),
        (
            table("https://api.openai.com", &key("DEEPSEEK_API_KEY")),
            Standing::Pending,
        ),
        (
            table("http://127.0.0.1:1/v1", &key("MY_KEY")),
            Standing::Loopback,
        ),
        (
            table("http://127.0.0.1:1/v1", &key("OPENAI_API_KEY")),
            Standing::Pending,
        ),
        (
            table("http://localhost:1/v1", &key("AWS_SECRET_ACCESS_KEY")),
            Standing::Pending,
        ),
        (
            table("https://a.example", "headers = { x-auth = \"${MY_KEY}\" }"),
            Standing::Pending,
        ),
        (
            table(
                "https://api.openai.com/v1",
                &format!("{}\nca_file = \"own.pem\"", key("OPENAI_API_KEY")),
            ),
            Standing::Pending,
        ),
        (
            table(
                "https://api.openai.com/v1",
                &format!("{}\nproxy = \"http://p:1\"", key("OPENAI_API_KEY")),
            ),
            Standing::Pending,
        ),
    ] {
        assert_eq!(standing(&text), Some(expected), "{text}");
    }
    let own = Bench::new("").write(
        "home/.config/pw/config.toml",
        &table("https://a.example", &key("MY_KEY")),
    );
    assert_eq!(own.settings().pending(), []);
}

#[test]
fn headers_take_variables_and_wait_for_trust_like_keys() {
    let text = "[endpoints.e]\nbase_url = \"http://127.0.0.1:9\"\n[endpoints.e.headers]\nX-Key = \"a ${MY_KEY}\"\nX-Other = \"${GITHUB_TOKEN}\"\nX-Unset = \"${UNSET}\"\nX-Plain = \"plain\"\n";
    let bench = Bench::new(text)
        .with("MY_KEY", "canary")
        .with("GITHUB_TOKEN", "t");
    let loaded = bench.load(&[]).expect("settings");
    let headers: Vec<(&str, &str)> = loaded.settings.endpoints["e"]
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose_secret()))
        .collect();
    assert_eq!(headers, [("x-key", "a canary"), ("x-plain", "plain")]);
    assert_eq!(loaded.settings.missing_keys("e"), ["UNSET"]);
    assert_eq!(loaded.settings.pending()[0].variable, "GITHUB_TOKEN");
    assert_eq!(
        source(&loaded, "endpoints.e.headers.x-key"),
        "a ${MY_KEY} workspace pw.toml:4"
    );
    assert_eq!(
        source(&loaded, "endpoints.e.headers.x-plain"),
        "[redacted] workspace pw.toml:7"
    );
}

#[test]
fn dotenv_moves_neither_the_store_of_trust_nor_the_seams() {
    let bench = Bench::new(STRANGER)
        .write("project/.env", "XDG_STATE_HOME=/project\nHOME=/project\nHTTPS_PROXY=http://evil:1\nPW_TEST_SEED=7\nOPENAI_API_KEY=k\n");
    let settings = bench.settings();
    assert_eq!(settings.seams, Seams::default());
    assert_eq!(settings.endpoints["deepseek"].proxy, None);
    assert!(settings.is_pending("openai"));
}

#[test]
fn a_new_address_is_another_seller() {
    let base = "[endpoints.openai]\nbase_url = \"http://127.0.0.1:1234/v1\"\n";
    assert_eq!(Bench::new(base).settings().endpoints["openai"].prices, None);
    let said = format!("{base}prices = \"openai\"\n");
    assert_eq!(
        Bench::new(&said).settings().endpoints["openai"]
            .prices
            .as_deref(),
        Some("openai")
    );
    let same = "[endpoints.openai]\nbase_url = \"https://api.openai.com/v1\"\n";
    assert!(
        Bench::new(same).settings().endpoints["openai"]
            .prices
            .is_some()
    );
}

#[test]
fn endpoints_take_everything_that_their_table_says() {
    let bench = Bench::new(
        "[endpoints.e]\nbase_url = \"https://e.example/v1/\"\ntimeout = 30\nrpm = 5\nretry_ambiguous = false\nca_file = \"ca.pem\"\nmodel = \"m\"\nwatts = 65\nusd_per_kwh = \"0.30\"\nquery = { api-version = \"1\" }\nbody = { reasoning_effort = \"low\", n = 1 }\n\
         [endpoints.s]\nkind = \"scripted\"\nscript = \"rules/s.yaml\"\n\
         [endpoints.embedded]\nfile = \"models/tuned.gguf\"\n[endpoints.own]\nkind = \"embedded\"\nfile = \"a.gguf\"\nmodel = \"b\"\n",
    )
    .with("HTTPS_PROXY", "http://proxy:3128");
    let settings = bench.settings();
    let e = &settings.endpoints["e"];
    assert_eq!(e.base_url, "https://e.example/v1");
    assert_eq!(e.timeout, Duration::from_secs(30));
    assert_eq!((e.rpm, e.retry_ambiguous), (Some(5), false));
    assert_eq!(e.ca_file, Some(bench.root().join("ca.pem")));
    assert_eq!(e.proxy.as_deref(), Some("http://proxy:3128"));
    assert_eq!(e.query["api-version"], "1");
    assert_eq!(
        serde_json::Value::from(e.body.clone()).to_string(),
        r#"{"n":1,"reasoning_effort":"low"}"#
    );
    assert_eq!(e.usd_per_kwh, Some("0.30".parse().expect("money")));
    assert_eq!(
        settings.endpoints["s"].script,
        Some(bench.root().join("rules/s.yaml"))
    );
    let embedded = &settings.endpoints["embedded"];
    assert_eq!(embedded.file, Some(bench.root().join("models/tuned.gguf")));
    assert_eq!(embedded.model.as_deref(), Some("tuned"));
    assert_eq!(settings.endpoints["own"].model.as_deref(), Some("b"));
    assert_eq!(
        settings.model_ref("e").map(|model| model.to_string()),
        Ok("e/m".to_owned())
    );
    let flagged = bench.load(&[("timeout", "5s")]).expect("settings").settings;
    assert_eq!(flagged.endpoints["e"].timeout, Duration::from_secs(5));
}

#[test]
fn endpoints_that_cannot_be_reached_are_mistakes() {
    assert_eq!(
        Bench::new("[endpoints.a]\nkind = \"scripted\"\n[endpoints.b]\nrpm = 1\n[endpoints.\"c/d\"]\nbase_url = \"https://c\"\n[endpoints.f]\nbase_url = \"http://f.example\"\n").error(),
        "found 4 mistakes in settings\n  \
         `endpoints.a` at `pw.toml:2` lacks `script`, which an endpoint of its kind needs\n  \
         `endpoints.b` at `pw.toml:4` lacks `base_url`, which an endpoint of its kind needs\n  \
         `endpoints.\"c/d\"` at `pw.toml:6` is a name with `/`, a blank or nothing in it, expected a name that can stand in `ENDPOINT/MODEL`\n  \
         `endpoints.f.base_url` at `pw.toml:8` is plain `http` to a host outside of the own network, expected `https`, which keeps keys and prompts unread on the way"
    );
}

#[test]
fn models_are_resolved_by_endpoint() {
    let settings = Bench::new("").settings();
    assert_eq!(
        settings
            .model_ref("openrouter/a/b")
            .map(|model| (model.endpoint, model.model)),
        Ok(("openrouter".to_owned(), "a/b".to_owned()))
    );
    assert_eq!(
        settings.model_ref("opnai/gpt").unwrap_err().to_string(),
        "model `opnai/gpt` names the unknown endpoint `opnai`, did you mean `openai`?"
    );
    assert_eq!(
        settings.model_ref("local/").unwrap_err(),
        ModelNameError::NoModel {
            endpoint: "local".to_owned()
        }
    );
}

#[test]
fn prices_are_whole_or_mistakes() {
    let bench = Bench::new("[prices.\"e/m\"]\ninput = \"0.20\"\noutput = 0.8\ncurrency = \"CNY\"\nusd_rate = \"0.14\"\nusd_rate_date = 2026-11-24\n[prices.\"local/q\"]\nprice = \"free\"\n")
        .write("home/.config/pw/config.toml", "[prices.\"e/m\"]\ninput = 9\noutput = 9\ncached_input = 9\n[prices.\"local/q\"]\ninput = 1\noutput = 1\n");
    let prices = bench.settings().prices;
    let UserPrice::Declared(price) = &prices["e/m"] else {
        panic!("a declared price")
    };
    assert_eq!(
        (
            price.input.to_string().as_str(),
            price.output.to_string().as_str()
        ),
        ("0.20", "0.8")
    );
    assert_eq!(
        price.cached_input, None,
        "a table replaces a lower layer's whole"
    );
    let exchange = price.exchange.as_ref().expect("a rate");
    assert_eq!(
        (
            exchange.currency.as_str(),
            exchange.usd_rate.as_str(),
            exchange.date.to_string().as_str()
        ),
        ("CNY", "0.14", "2026-11-24")
    );
    assert_eq!(prices["local/q"], UserPrice::Free);
    assert_eq!(
        Bench::new("[prices.\"e/a\"]\ninput = 1\n[prices.\"e/b\"]\nprice = \"free\"\noutput = 1\n[prices.\"e/c\"]\ninput = 1\noutput = 1\ncurrency = \"CNY\"\n[prices.d]\nprice = \"free\"\n[prices.\"e/f\"]\ninput = 1\noutput = 1\nusd_rate = 7\n").error(),
        "found 5 mistakes in settings\n  \
         `prices.d` at `pw.toml:11` is no model, expected a table named `ENDPOINT/MODEL`\n  \
         `prices.\"e/a\"` at `pw.toml:2` lacks `output`, which every price needs, or `price = \"free\"`\n  \
         `prices.\"e/b\".price` at `pw.toml:4` says that the model is free, but the table gives `output`\n  \
         `prices.\"e/c\"` at `pw.toml:7` lacks `usd_rate` and `usd_rate_date`, which another currency than USD needs\n  \
         `prices.\"e/f\"` at `pw.toml:13` lacks `currency`, which a rate to the dollar belongs to"
    );
}

#[test]
fn the_ledger_may_lie_elsewhere() {
    let home = Bench::new("[ledger]\npath = \"~/l/work.db\"\n");
    assert_eq!(
        home.settings().ledger_path,
        Some(home.folder.path().join("home/l/work.db"))
    );
    let beside = Bench::new("[ledger]\npath = \"l.db\"\n");
    assert_eq!(
        beside.settings().ledger_path,
        Some(beside.root().join("l.db"))
    );
}

#[test]
fn seams_are_read_or_refused() {
    let bench = Bench::new("")
        .with("PW_TEST_CLOCK", "2026-11-24T08:00:00Z")
        .with("PW_TEST_SEED", "7")
        .with("PW_TEST_WAIT_SCALE", "0.5")
        .with("PW_FAILPOINT", "after-hold:2");
    let seams = bench.settings().seams;
    assert_eq!(
        seams.clock.map(|time| time.to_string()).as_deref(),
        Some("2026-11-24T08:00:00Z")
    );
    assert_eq!(
        (seams.seed, seams.wait_scale, seams.fail_point.as_deref()),
        (Some(7), Some(0.5), Some("after-hold:2"))
    );
    for scale in ["-1", "NaN", "2"] {
        let wrong = Bench::new("").with("PW_TEST_WAIT_SCALE", scale).error();
        assert!(wrong.ends_with("expected a number from 0 to 1"), "{wrong}");
    }
    let wrong = Bench::new("").with("PW_TEST_SEED", "x").error();
    assert!(
        wrong.starts_with("`PW_TEST_SEED` at `PW_TEST_SEED` is `x`"),
        "{wrong}"
    );
}

#[test]
fn files_that_are_no_text_are_refused() {
    let bench = Bench::new("");
    let path = bench.root().join("pw.toml");
    fs::write(&path, [0xff, 0xfe]).expect("a file");
    assert_eq!(
        bench.error(),
        "`pw.toml` is not UTF-8, expected a UTF-8 text file of at most 1 MiB"
    );
    fs::remove_file(&path).expect("a file");
    fs::create_dir(&path).expect("a folder");
    assert_eq!(
        bench.error(),
        "`pw.toml` is no regular file, expected a UTF-8 text file of at most 1 MiB"
    );
    assert!(Path::new(&path).is_dir());
}
