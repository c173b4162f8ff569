//! The settings in force, typed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::{Endpoint, Usd};
use crate::pricing::UserPrices;

use crate::config::endpoints;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Problem};
use crate::config::files::Folders;
use crate::config::layers::Layers;
use crate::config::prices;
use crate::config::seams::Seams;
use crate::config::source::Layer;
use crate::config::trust::{Allowed, KeyUse, Pair, Standing};
use crate::config::{dotenv, trust};

/// Everything that the layers say, resolved. `Debug` shows no key.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The model used where nothing else names one, as written.
    pub model: Option<String>,
    /// Calls in flight at most.
    pub concurrency: u32,
    /// True when somebody chose it.
    pub concurrency_given: bool,
    /// Longest answer in tokens, where somebody chose it.
    pub max_tokens: Option<u32>,
    /// Limit of one attempt, where somebody chose it; already applied to `endpoints`.
    pub timeout: Option<Duration>,
    /// Caps.
    pub budget: Budget,
    /// Endpoints, by name.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Declared prices, by `ENDPOINT/MODEL`.
    pub prices: UserPrices,
    /// The ledger's file, where somebody chose it; absolute when the workspace's root is.
    pub ledger_path: Option<PathBuf>,
    /// What the ledger keeps of texts.
    pub store: Store,
    /// The longest text that is kept, in KiB.
    pub text_kb: Option<u32>,
    /// The size of the ledger from which on no text is kept, in MiB.
    pub total_mb: Option<u32>,
    /// Language of reports.
    pub language: Language,
    /// When to use colours.
    pub color: Color,
    /// An hour of work.
    pub people_usd_per_hour: Option<Usd>,
    /// Which key goes to which host, sorted by endpoint; also those that may not go yet.
    pub keys: Vec<KeyUse>,
    /// What tests hold.
    pub seams: Seams,
}

/// Caps in US dollars on what is owed to providers; `None` = no cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// For one run.
    pub run: Option<Usd>,
    /// For a day (UTC).
    pub day: Option<Usd>,
    /// For a month (UTC).
    pub month: Option<Usd>,
}

/// What the ledger keeps of prompts, inputs and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Store {
    /// The texts.
    #[default]
    Text,
    /// Keyed hashes.
    Hash,
}

/// Language of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Settings {
    /// Lists the pairs of key and host that await `pw trust`.
    pub fn pending(&self) -> Vec<Pair> {
        trust::pending(&self.keys)
    }

    /// Lists the variables that an endpoint needs and that are not set.
    pub fn missing_keys(&self, endpoint: &str) -> Vec<&str> {
        self.keys
            .iter()
            .filter(|key| key.pair.endpoint == endpoint && !key.set)
            .map(|key| key.pair.variable.as_str())
            .collect()
    }

    /// Tells whether an endpoint's key, or one of its headers, awaits `pw trust`.
    pub fn is_pending(&self, endpoint: &str) -> bool {
        self.keys
            .iter()
            .any(|key| key.pair.endpoint == endpoint && key.standing == Standing::Pending)
    }
}

/// What resolving needs besides the layers.
pub(super) struct Context<'a> {
    pub environment: &'a Environment,
    pub dotenv: &'a dotenv::Lines,
    pub folders: &'a Folders,
    pub allowed: &'a Allowed,
}

impl Context<'_> {
    /// Returns a variable for a key or a header: the environment's, else `.env`'s; without blanks at its ends.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let from_file = || self.dotenv.get(name).map(|(value, _)| value.as_str());
        self.environment
            .get(name)
            .or_else(from_file)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }
}

/// Reads the settings from the overlay.
pub(super) fn resolve(layers: &Layers, context: &Context<'_>) -> Result<Settings, ConfigError> {
    let mut problems: Vec<Problem> = Vec::new();
    let (endpoints, keys) = endpoints::read(layers, context, &mut problems);
    let prices = prices::read(layers, &mut problems);
    if !problems.is_empty() {
        return Err(ConfigError::Invalid { problems });
    }
    let concurrency = ["defaults", "concurrency"];
    Ok(Settings {
        model: layers.text(&["defaults", "model"]).map(str::to_owned),
        concurrency: layers.count(&concurrency).unwrap_or(1),
        concurrency_given: layers
            .get(&concurrency)
            .is_some_and(|setting| setting.source.layer > Layer::Default),
        max_tokens: layers.count(&["defaults", "max_tokens"]),
        timeout: layers.time(&["defaults", "timeout"]),
        budget: Budget {
            run: layers.money(&["budget", "run"]),
            day: layers.money(&["budget", "day"]),
            month: layers.money(&["budget", "month"]),
        },
        endpoints,
        prices,
        ledger_path: ledger_path(layers, context),
        store: match layers.text(&["ledger", "store"]) {
            Some("hash") => Store::Hash,
            _ => Store::Text,
        },
        text_kb: layers.count(&["ledger", "text_kb"]),
        total_mb: layers.count(&["ledger", "total_mb"]),
        language: language(layers),
        color: color(layers),
        people_usd_per_hour: layers.money(&["people", "usd_per_hour"]),
        keys,
        seams: context.environment.seams()?,
    })
}

fn ledger_path(layers: &Layers, context: &Context<'_>) -> Option<PathBuf> {
    let setting = layers.get(&["ledger", "path"])?;
    let text = layers.text(&["ledger", "path"])?;
    Some(
        context
            .folders
            .resolve(Path::new(text), setting.source.layer),
    )
}

fn language(layers: &Layers) -> Language {
    match layers.text(&["defaults", "lang"]) {
        Some("zh") => Language::Zh,
        _ => Language::En,
    }
}

fn color(layers: &Layers) -> Color {
    match layers.text(&["defaults", "color"]) {
        Some("always") => Color::Always,
        Some("never") => Color::Never,
        _ => Color::Auto,
    }
}
