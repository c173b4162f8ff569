//! `pw init`: a workspace that runs at once.

mod example;

use std::borrow::Cow;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::config::{self, Flag, Language};

/// Arguments of `pw init`; its example is in the language of reports.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The folder [default: the current one]
    dir: Option<PathBuf>,
}

/// The files beside the example.
const SETTINGS: [(&str, &str); 2] = [
    ("pw.toml", include_str!("files/pw.toml")),
    (".gitignore", include_str!("files/gitignore")),
];

/// Writes the files that are not there yet; never overwrites. The example is in the language of reports.
pub(crate) fn init(context: &mut Context, global: &Global, args: &InitArgs) -> Result<u8, Failure> {
    let folder = args
        .dir
        .as_ref()
        .map_or_else(|| context.folder.clone(), |dir| context.folder.join(dir));
    let settings = SETTINGS.map(|(name, text)| (name, Cow::Borrowed(text)));
    let mut wrote = false;
    for (name, text) in settings
        .into_iter()
        .chain(example::files(language(context, global)?))
    {
        if write_new(&folder.join(name), &text)? {
            wrote = true;
            writeln!(context.out, "wrote {name}")?;
        } else {
            writeln!(context.out, "kept {name}, which was there")?;
        }
    }
    if wrote {
        let enter = args
            .dir
            .as_ref()
            .filter(|dir| dir.as_os_str() != ".")
            .map_or_else(String::new, |dir| format!("cd {} && ", dir.display()));
        writeln!(context.err, "next: {enter}pw eval weather")?;
    }
    Ok(exit::SUCCESS)
}

/// Returns the language of reports. The new folder's own settings are not asked: there are none yet.
fn language(context: &Context, global: &Global) -> Result<Language, Failure> {
    let flags: Vec<Flag> = global
        .lang
        .iter()
        .map(|lang| Flag::new("lang", lang))
        .collect();
    Ok(config::load(&context.environment, None, &flags)?
        .settings
        .language)
}

/// Writes a file if nothing has its name.
fn write_new(path: &Path, text: &str) -> Result<bool, Failure> {
    let refuse = |error: std::io::Error| {
        Failure::environment(format!("cannot write `{}`: {error}", path.display()))
    };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(refuse)?;
    }
    match std::fs::File::create_new(path) {
        Ok(mut file) => file
            .write_all(text.as_bytes())
            .map(|()| true)
            .map_err(refuse),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(refuse(error)),
    }
}
