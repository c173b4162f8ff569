//! `pw init`: a workspace that runs at once.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;

/// Arguments of `pw init`.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The folder [default: the current one]
    dir: Option<PathBuf>,
}

/// Every file of a new workspace.
const FILES: [(&str, &str); 7] = [
    ("pw.toml", include_str!("files/pw.toml")),
    ("demo.yaml", include_str!("files/demo.yaml")),
    ("prompts/weather.hbs", include_str!("files/weather.hbs")),
    (
        "prompts/weather.detailed.hbs",
        include_str!("files/weather.detailed.hbs"),
    ),
    ("evals/weather.yaml", include_str!("files/weather.yaml")),
    ("evals/weather.csv", include_str!("files/weather.csv")),
    (".gitignore", include_str!("files/gitignore")),
];

/// Writes the files that are not there yet; never overwrites.
pub(crate) fn init(context: &mut Context, args: &InitArgs) -> Result<u8, Failure> {
    let folder = args
        .dir
        .as_ref()
        .map_or_else(|| context.folder.clone(), |dir| context.folder.join(dir));
    let mut kept = 0;
    for (name, text) in FILES {
        if write_new(&folder.join(name), text)? {
            writeln!(context.out, "wrote {name}")?;
        } else {
            kept += 1;
            writeln!(context.out, "kept {name}, which was there")?;
        }
    }
    if kept < FILES.len() {
        let enter = args
            .dir
            .as_ref()
            .filter(|dir| dir.as_os_str() != ".")
            .map_or_else(String::new, |dir| format!("cd {} && ", dir.display()));
        writeln!(context.err, "next: {enter}pw eval weather")?;
    }
    Ok(exit::SUCCESS)
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
