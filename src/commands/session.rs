//! What most commands begin with: the workspace, the settings, the view.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::commands::cli::{Color, Global};
use crate::commands::context::{Context, fail_point};
use crate::commands::failure::Failure;
use crate::config::{self, Flag, Language, Loaded, Settings, Store};
use crate::domain::{Clock, TextKey};
use crate::ledger::{self, Keep, Ledger, LedgerError, OpenOptions, Reader, TextLimits};
use crate::pricing::{Book, Prices};
use crate::report::{Lang, View};
use crate::workspace::Workspace;

/// A command's workspace and settings.
pub(crate) struct Session {
    pub(crate) workspace: Workspace,
    pub(crate) loaded: Loaded,
    pub(crate) view: View,
    prices: OnceLock<Prices>,
    clock: Arc<dyn Clock>,
    /// The key of hashes, where the ledger keeps no texts.
    text_key: Option<TextKey>,
}

impl Session {
    /// Finds the workspace and reads every layer of settings.
    pub(crate) fn open(
        context: &Context,
        global: &Global,
        flags: Vec<Flag>,
    ) -> Result<Self, Failure> {
        let workspace = Workspace::discover(&context.folder, global.workspace.as_deref())?;
        let mut flags = flags;
        flags.extend(global.lang.as_ref().map(|lang| Flag::new("lang", lang)));
        flags.extend(
            global
                .color
                .map(|color| Flag::new("color", color_word(color))),
        );
        let loaded = config::load(&context.environment, Some(workspace.root()), &flags)?;
        let view = view(context, &loaded.settings, global.verbose);
        let text_key = match loaded.settings.store {
            Store::Hash => Some(config::text_key(&context.environment)?),
            Store::Text => None,
        };
        Ok(Self {
            text_key,
            workspace,
            loaded,
            view,
            prices: OnceLock::new(),
            clock: Arc::clone(&context.clock),
        })
    }

    /// Returns the settings in force.
    pub(crate) fn settings(&self) -> &Settings {
        &self.loaded.settings
    }

    /// Returns the name under which the ledger knows this workspace.
    pub(crate) fn name(&self) -> String {
        self.workspace.root().display().to_string()
    }

    /// Opens the ledger for reading; one of an earlier version is brought up to date before, which leaves a copy of it.
    pub(crate) fn reader(&self) -> Result<Reader, Failure> {
        let path = self.ledger_path();
        match Reader::open(&path, &self.name()) {
            Err(LedgerError::Older { .. }) => {}
            opened => return Ok(opened?),
        }
        self.ledger()?.close()?;
        Ok(Reader::open(&path, &self.name())?)
    }

    /// Opens the ledger for writing: what dead processes left open is lost then.
    pub(crate) fn ledger(&self) -> Result<Ledger, LedgerError> {
        Ledger::open(OpenOptions {
            path: self.ledger_path(),
            clock: Arc::clone(&self.clock),
            keep: self.keep(),
            fail: fail_point(self.settings()),
        })
    }

    /// Returns the key of hashes; `None` where the ledger keeps texts.
    pub(crate) fn text_key(&self) -> Option<&TextKey> {
        self.text_key.as_ref()
    }

    fn keep(&self) -> Keep {
        let bytes = |number: Option<u32>, unit: u32| number.map(|number| u64::from(number) << unit);
        match &self.text_key {
            Some(key) => Keep::Hashes(key.clone()),
            None => Keep::Texts(TextLimits {
                each: bytes(self.settings().text_kb, 10),
                total: bytes(self.settings().total_mb, 20),
            }),
        }
    }

    /// Returns the prices in force: what the settings declare, then the imported book, else the compiled-in one.
    ///
    /// They are read once: a price does not change within a run.
    pub(crate) fn prices(&self) -> Result<&Prices, Failure> {
        if let Some(prices) = self.prices.get() {
            return Ok(prices);
        }
        let ledger = self.ledger_path();
        let imported = match ledger::read_prices(&ledger)? {
            None => None,
            Some(text) => Some(Arc::new(Book::of_kept(&text).map_err(|error| {
                let path = ledger::prices_path(&ledger).unwrap_or_default();
                Failure::usage(format!("{}: {error}", path.display())).hint(
                    "remove it to go on with the compiled-in prices, or to import the price file again",
                )
            })?)),
        };
        let declared = self.settings().prices.clone();
        Ok(self.prices.get_or_init(|| Prices { declared, imported }))
    }

    /// Returns the ledger's file.
    pub(crate) fn ledger_path(&self) -> PathBuf {
        self.settings()
            .ledger_path
            .clone()
            .unwrap_or_else(|| self.workspace.ledger_path())
    }
}

fn color_word(color: Color) -> &'static str {
    match color {
        Color::Auto => "auto",
        Color::Always => "always",
        Color::Never => "never",
    }
}

fn view(context: &Context, settings: &Settings, verbose: u8) -> View {
    View {
        width: context.width,
        lang: match settings.language {
            Language::En => Lang::En,
            Language::Zh => Lang::Zh,
        },
        styled: match settings.color {
            config::Color::Auto => context.out_is_terminal,
            config::Color::Always => true,
            config::Color::Never => false,
        },
        ascii: is_ascii_terminal(context),
        verbose,
        history: None,
    }
}

/// Tells whether a terminal or a locale says that it knows ASCII alone; saying nothing is taken for UTF-8.
fn is_ascii_terminal(context: &Context) -> bool {
    let environment = &context.environment;
    let said = |name: &&str| environment.get(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(said);
    let plain = locale.is_some_and(|locale| {
        let charset = locale.split_once('.').map(|(_, charset)| charset);
        match charset {
            Some(charset) => !charset.to_ascii_lowercase().starts_with("utf"),
            None => matches!(locale, "C" | "POSIX"),
        }
    });
    plain || environment.get("TERM") == Some("dumb")
}
