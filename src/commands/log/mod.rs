//! `pw log`: the iterations of a prompt, what each changed, scored, gained and cost; and an old one written back.

mod history;
mod restore;

use std::io::Write as _;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::runs;
use crate::commands::session::Session;
use crate::domain::PromptName;
use crate::ledger::Reader;
use crate::report;

/// Arguments of `pw log`.
#[derive(Debug, clap::Args)]
pub struct LogArgs {
    /// The prompt (`prompts/weather.hbs`, or just `weather`) [default: that of the last run]
    prompt: Option<String>,
    /// Only this variant, `""` for the unsuffixed one
    #[arg(long, value_name = "V")]
    variant: Option<String>,
    /// Write iteration N back into the prompt's file
    #[arg(long, value_name = "N", conflicts_with = "format")]
    restore: Option<u32>,
    /// With --restore, overwrite a text that no run recorded
    #[arg(long, requires = "restore")]
    yes: bool,
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json", "csv"], default_value = "text")]
    format: String,
}

/// Lists iterations, or restores one; sends nothing.
pub(crate) fn log(context: &mut Context, global: &Global, args: &LogArgs) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let reader = runs::reader(&session)?;
    let prompt = prompt(&session, &reader, args)?;
    let variant = args.variant.as_deref().map(super::eval::variant);
    if let Some(number) = args.restore {
        let variant = variant.unwrap_or_default();
        return restore::restore(
            context, &session, &reader, &prompt, &variant, number, args.yes,
        );
    }
    let mut series = history::series(&reader, &prompt)?;
    series.retain(|one| {
        variant
            .as_ref()
            .is_none_or(|variant| one.variant == *variant)
    });
    if series.is_empty() {
        return Err(Failure::usage(format!("the ledger holds no iteration of `{prompt}`"))
            .hint("an iteration is a whole run of a revision: run `pw eval` without --case or --sample"));
    }
    let text = match args.format.as_str() {
        "json" => report::log_json(&prompt, &series),
        "csv" => report::log_csv(&series),
        _ => report::log(&prompt, &series, &session.view),
    };
    context.out.write_all(text.as_bytes())?;
    Ok(exit::SUCCESS)
}

/// The prompt that was named, even if its file is gone; else that of the last run.
fn prompt(session: &Session, reader: &Reader, args: &LogArgs) -> Result<PromptName, Failure> {
    let Some(name) = &args.prompt else {
        return Ok(runs::find(reader, None, None)?.prompt);
    };
    match session.workspace.prompts(std::slice::from_ref(name)) {
        Ok(files) if files.len() == 1 => Ok(files[0].name.clone()),
        Ok(files) => Err(Failure::usage(format!(
            "`{name}` means {} prompts, expected one",
            files.len()
        ))),
        Err(error) => {
            let recorded = PromptName(name.clone());
            let known = reader.last_run(Some(&recorded))?.is_some();
            if known {
                Ok(recorded)
            } else {
                Err(error.into())
            }
        }
    }
}
