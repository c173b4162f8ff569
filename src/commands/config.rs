//! `pw config`: the settings in force, and the layer each came from.

use std::io::Write as _;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::report::{self, SettingLine};

/// Arguments of `pw config`.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// `path` lists the files that were looked for
    #[arg(value_name = "WHAT", value_parser = ["path"])]
    what: Option<String>,
}

/// Shows settings or files.
pub(crate) fn config(
    context: &mut Context,
    global: &Global,
    args: &ConfigArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    if args.what.is_some() {
        for (path, found) in &session.loaded.files {
            writeln!(
                context.out,
                "{}{}",
                path.display(),
                if *found { "" } else { "  (absent)" }
            )?;
        }
        return Ok(exit::SUCCESS);
    }
    let lines: Vec<SettingLine> = session
        .loaded
        .provenance
        .iter()
        .map(|entry| SettingLine {
            key: entry.key.clone(),
            value: entry.value.clone(),
            layer: entry.source.to_string(),
        })
        .collect();
    context
        .out
        .write_all(report::settings(&lines, &session.view).as_bytes())?;
    Ok(exit::SUCCESS)
}
