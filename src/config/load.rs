//! The way from files, environment and flags to settings.

use std::path::{Path, PathBuf};

use crate::config::document::{self, Setting};
use crate::config::dotenv;
use crate::config::environment::Environment;
use crate::config::error::{ConfigError, Problem};
use crate::config::files::{Folders, read_small};
use crate::config::keys::{KEYS, Key, Meaning, dotted, meaning, path, variable};
use crate::config::kind::{Kind, Value};
use crate::config::layers::Layers;
use crate::config::references;
use crate::config::settings::{Context, Settings, resolve};
use crate::config::source::{Layer, Source};
use crate::config::trust;

/// The defaults, and their documentation.
pub(super) const DEFAULTS: &str = include_str!("default.toml");

/// A flag that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name without dashes, such as `max-tokens`.
    pub name: String,
    /// Its value, as typed.
    pub value: String,
}

impl Flag {
    /// Makes one.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// A value in force, for `pw config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path, as TOML writes it.
    pub key: String,
    /// The value; `[redacted]` where it may be a secret.
    pub value: String,
    /// Where it came from.
    pub source: Source,
}

/// Settings, and where each came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Every value in force, sorted by key.
    pub provenance: Vec<Entry>,
    /// The files that were looked for, lowest layer first, and whether each was there.
    pub files: Vec<(PathBuf, bool)>,
}

/// Reads every layer and lays them over each other.
///
/// `workspace_root` is the folder whose `pw.toml` and `.env` are read; `None` reads neither.
///
/// Errors: [`ConfigError::Invalid`] with every mistake of every layer, or the one file that cannot be read.
pub fn load(
    environment: &Environment,
    workspace_root: Option<&Path>,
    flags: &[Flag],
) -> Result<Loaded, ConfigError> {
    let mut loader = Loader::new(environment, workspace_root);
    loader.locale();
    loader.document(DEFAULTS, "default.toml", Layer::Default);
    loader.file(environment.user_file(), Layer::User)?;
    loader.file(loader.in_workspace("pw.toml"), Layer::Workspace)?;
    let dotenv = loader.dotenv()?;
    loader.variables(&dotenv);
    loader.flags(flags);
    if !loader.problems.is_empty() {
        return Err(ConfigError::Invalid {
            problems: loader.problems,
        });
    }
    let context = Context {
        environment,
        dotenv: &dotenv,
        folders: &loader.folders,
        allowed: &trust::allowed(environment)?,
    };
    Ok(Loaded {
        settings: resolve(&loader.layers, &context)?,
        provenance: loader.layers.all().map(entry).collect(),
        files: loader.files,
    })
}

struct Loader<'a> {
    environment: &'a Environment,
    folders: Folders,
    layers: Layers,
    problems: Vec<Problem>,
    files: Vec<(PathBuf, bool)>,
}

impl<'a> Loader<'a> {
    fn new(environment: &'a Environment, workspace_root: Option<&Path>) -> Self {
        let user = environment.user_file();
        Self {
            environment,
            folders: Folders {
                home: environment.home().map(Path::to_owned),
                user: user.and_then(|file| file.parent().map(Path::to_owned)),
                workspace: workspace_root.map(Path::to_owned),
            },
            layers: Layers::default(),
            problems: Vec::new(),
            files: Vec::new(),
        }
    }

    fn in_workspace(&self, name: &str) -> Option<PathBuf> {
        Some(self.folders.workspace.as_ref()?.join(name))
    }

    /// The locale is the lowest layer: any word about the language wins.
    fn locale(&mut self) {
        let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| Some((name, self.environment.get(name)?)));
        if let Some((name, locale)) = named {
            let language = if locale.to_ascii_lowercase().starts_with("zh") {
                "zh"
            } else {
                "en"
            };
            let source = Source::named(Layer::Environment, name);
            self.word("lang", language, source);
        }
    }

    fn word(&mut self, flag: &str, word: &str, source: Source) {
        if let Some(key) = key_of(flag) {
            self.layers.overlay(vec![Setting {
                path: path(key.path),
                value: Value::Text(word.to_owned()),
                source,
            }]);
        }
    }

    fn document(&mut self, text: &str, file: &str, layer: Layer) {
        let (settings, problems) = document::read(text, file, layer);
        self.layers.overlay(settings);
        self.problems.extend(problems);
    }

    fn file(&mut self, path: Option<PathBuf>, layer: Layer) -> Result<(), ConfigError> {
        if let Some((text, name)) = self.text(path, layer)? {
            self.document(&text, &name, layer);
        }
        Ok(())
    }

    fn dotenv(&mut self) -> Result<dotenv::Lines, ConfigError> {
        let Some((text, name)) = self.text(self.in_workspace(".env"), Layer::DotEnv)? else {
            return Ok(dotenv::Lines::new());
        };
        let (lines, problems) = dotenv::read(&text, &name);
        self.problems.extend(problems);
        Ok(lines)
    }

    /// Reads a file that need not exist.
    fn text(
        &mut self,
        path: Option<PathBuf>,
        layer: Layer,
    ) -> Result<Option<(String, String)>, ConfigError> {
        let Some(path) = path else { return Ok(None) };
        let name = match layer {
            Layer::User => self.environment.shown(&path),
            _ => path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        };
        let text = read_small(&path, &name)?;
        self.files.push((path, text.is_some()));
        Ok(text.map(|text| (text, name)))
    }

    fn variables(&mut self, dotenv: &dotenv::Lines) {
        let flags = KEYS.iter().filter_map(|key| Some((key, key.flag?)));
        for (key, flag) in flags {
            let name = variable(flag);
            if let Some((value, line)) = dotenv.get(&name).filter(|(value, _)| !value.is_empty()) {
                self.given(key, value, Source::line(Layer::DotEnv, ".env", *line));
            }
            if flag == "color" && self.environment.get("NO_COLOR").is_some() {
                self.word(flag, "never", Source::named(Layer::Environment, "NO_COLOR"));
            }
            if let Some(value) = self.environment.get(&name) {
                self.given(key, value, Source::named(Layer::Environment, name));
            }
        }
    }

    fn flags(&mut self, flags: &[Flag]) {
        for flag in flags {
            let source = Source::named(Layer::Flag, format!("--{}", flag.name));
            match key_of(&flag.name) {
                Some(key) => self.given(key, &flag.value, source),
                None => self.problems.push(Problem::UnknownKey {
                    key: flag.name.clone(),
                    at: source,
                    nearest: None,
                    known: KEYS.iter().filter_map(|key| key.flag).collect(),
                }),
            }
        }
    }

    fn given(&mut self, key: &Key, text: &str, source: Source) {
        let path = path(key.path);
        match key.kind.parse(text.trim()) {
            Ok(value) => self.layers.overlay(vec![Setting {
                path,
                value,
                source,
            }]),
            Err(found) => self.problems.push(Problem::WrongValue {
                key: dotted(&path),
                at: source,
                found,
                expected: key.kind.expected(),
            }),
        }
    }
}

fn key_of(flag: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.flag == Some(flag))
}

fn entry(setting: &Setting) -> Entry {
    let shown = setting.value.shown();
    let secret = matches!(
        meaning(&setting.path),
        Meaning::Value(Key {
            kind: Kind::Header,
            ..
        })
    ) && references::variables(&shown).is_empty();
    Entry {
        key: dotted(&setting.path),
        value: if secret {
            "[redacted]".to_owned()
        } else {
            shown
        },
        source: setting.source.clone(),
    }
}
