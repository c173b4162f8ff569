//! Which key may go to which host.
//!
//! A file of the workspace comes with the project, so that whoever wrote the project could send any variable of this
//! environment to any host. Therefore a pair of variable and host that `pw.toml` declares, in whole or in part, goes only
//! if it is a provider's own variable and address, or if the user has confirmed it once. Confirmations lie in the user's
//! folder of state, one file for each set of pairs, named by its hash. What the user's own file declares needs none.
//!
//! Loopback: a pair passes unless its variable is one of a provider or of a family that holds other credentials. Local
//! servers want keys of their own, which are worth nothing elsewhere; but a port of this machine may belong to another
//! user or lead into a tunnel, so that nobody else's key goes there unasked.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::domain::{canonical_json, sha256_hex};

use crate::config::environment::Environment;
use crate::config::error::ConfigError;

/// A key and where it would go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The endpoint that sends it; a display, no part of what is confirmed.
    pub endpoint: String,
    /// The variable that holds it.
    pub variable: String,
    /// Scheme, host and port, such as `https://api.openai.com`.
    pub host: String,
    /// What the workspace puts in between: `proxy ADDRESS`, `certificates FILE HASH`.
    pub through: Vec<String>,
}

/// Why a key may go to its host, or that it may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No file of the workspace has a part in it.
    OwnSettings,
    /// A provider's own variable and address.
    BuiltIn,
    /// A server of this machine.
    Loopback,
    /// The user confirmed it.
    Confirmed,
    /// It awaits the user's word.
    Pending,
}

/// One use of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The key and its host.
    pub pair: Pair,
    /// Whether it may go.
    pub standing: Standing,
    /// True when the variable is set.
    pub set: bool,
}

/// Pairs that the user confirmed.
#[derive(Debug, Default)]
pub(super) struct Allowed(BTreeSet<String>);

/// Variables of providers and their own addresses.
const BUILT_IN: &[(&str, &str)] = &[
    ("OPENAI_API_KEY", "https://api.openai.com"),
    ("OPENROUTER_API_KEY", "https://openrouter.ai"),
    ("DEEPSEEK_API_KEY", "https://api.deepseek.com"),
    ("DASHSCOPE_API_KEY", "https://dashscope.aliyuncs.com"),
    ("DASHSCOPE_API_KEY", "https://dashscope-intl.aliyuncs.com"),
    ("MOONSHOT_API_KEY", "https://api.moonshot.ai"),
    ("MOONSHOT_API_KEY", "https://api.moonshot.cn"),
    ("ANTHROPIC_API_KEY", "https://api.anthropic.com"),
    (
        "GEMINI_API_KEY",
        "https://generativelanguage.googleapis.com",
    ),
    ("MISTRAL_API_KEY", "https://api.mistral.ai"),
    ("GROQ_API_KEY", "https://api.groq.com"),
    ("XAI_API_KEY", "https://api.x.ai"),
    ("TOGETHER_API_KEY", "https://api.together.xyz"),
    ("FIREWORKS_API_KEY", "https://api.fireworks.ai"),
    ("ZHIPUAI_API_KEY", "https://open.bigmodel.cn"),
];

/// Beginnings of variables that hold credentials of other services.
const OTHER_CREDENTIALS: &[&str] = &[
    "AWS_",
    "AZURE_",
    "GOOGLE_",
    "GCP_",
    "GITHUB_",
    "GH_",
    "GITLAB_",
    "HF_",
    "HUGGING",
    "NPM_",
    "CARGO_",
    "DOCKER_",
    "SSH_",
    "DATABASE_",
    "PG",
    "MYSQL_",
    "REDIS_",
    "SLACK_",
    "STRIPE_",
    "VAULT_",
];

impl Pair {
    /// Returns what is confirmed: everything but the endpoint's name.
    fn identity(&self) -> Value {
        json!({ "variable": self.variable, "host": self.host, "through": self.through })
    }

    fn is_built_in(&self) -> bool {
        self.through.is_empty() && BUILT_IN.contains(&(self.variable.as_str(), self.host.as_str()))
    }

    fn is_somebody_elses(&self) -> bool {
        let name = self.variable.to_ascii_uppercase();
        BUILT_IN.iter().any(|(variable, _)| *variable == name)
            || OTHER_CREDENTIALS
                .iter()
                .any(|start| name.starts_with(start))
    }
}

impl Standing {
    /// Judges a pair that the workspace has a part in.
    pub(super) fn of(pair: &Pair, loopback: bool, allowed: &Allowed) -> Self {
        if pair.is_built_in() {
            Self::BuiltIn
        } else if loopback && !pair.is_somebody_elses() {
            Self::Loopback
        } else if allowed.0.contains(&canonical_json(&pair.identity())) {
            Self::Confirmed
        } else {
            Self::Pending
        }
    }
}

/// Lists the pairs that await the user's word.
pub fn pending(keys: &[KeyUse]) -> Vec<Pair> {
    keys.iter()
        .filter(|key| key.standing == Standing::Pending)
        .map(|key| key.pair.clone())
        .collect()
}

/// Returns the hash of a set of pairs: what `pw trust --hash` takes. The order, the endpoints' names and the workspace's
/// path are no part of it, so that it holds on every machine of a team.
pub fn hash(pairs: &[Pair]) -> String {
    sha256_hex(document(pairs).as_bytes())
}

/// Confirms pairs for this user, in every workspace.
///
/// Errors: [`ConfigError::NoStateFolder`], [`ConfigError::Unwritable`].
pub fn allow(environment: &Environment, pairs: &[Pair]) -> Result<(), ConfigError> {
    let folder = store(environment).ok_or(ConfigError::NoStateFolder)?;
    let path = folder.join(format!("{}.json", hash(pairs)));
    write(&folder, &path, &document(pairs)).map_err(|source| ConfigError::Unwritable {
        file: environment.shown(&path),
        source,
    })
}

/// Reads the user's confirmations; no store, or a file that is not what its name says, confirms nothing.
pub(super) fn allowed(environment: &Environment) -> Result<Allowed, ConfigError> {
    let Some(folder) = store(environment) else {
        return Ok(Allowed::default());
    };
    let unreadable = |source| ConfigError::Unreadable {
        file: environment.shown(&folder),
        source,
    };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Allowed::default()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut pairs = BTreeSet::new();
    for entry in entries {
        pairs.extend(confirmed_in(&entry.map_err(unreadable)?.path()));
    }
    Ok(Allowed(pairs))
}

fn confirmed_in(path: &Path) -> Vec<String> {
    let name = path.file_stem().and_then(|stem| stem.to_str());
    let text = fs::read_to_string(path).unwrap_or_default();
    if name != Some(sha256_hex(text.as_bytes()).as_str()) {
        return Vec::new();
    }
    let pairs: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
    pairs.iter().map(canonical_json).collect()
}

fn store(environment: &Environment) -> Option<PathBuf> {
    Some(environment.state_folder()?.join("trust"))
}

fn document(pairs: &[Pair]) -> String {
    let sorted: BTreeSet<String> = pairs
        .iter()
        .map(|pair| canonical_json(&pair.identity()))
        .collect();
    let lines: Vec<String> = sorted.into_iter().collect();
    format!("[{}]", lines.join(",\n"))
}

/// Writes whole or not at all; only the user may read it.
fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = path.with_extension("draft");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)
}
