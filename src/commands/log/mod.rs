//! `pw log`: the iterations of a prompt, what each changed, scored, gained and cost; and an old one written back.

mod gains;
mod history;
mod restore;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::output::{ListForm, ListOutput};
use crate::commands::runs;
use crate::commands::session::Session;
use crate::domain::PromptName;
use crate::ledger::Reader;
use crate::report::{self, View};

/// Arguments of `pw log`.
#[derive(Debug, clap::Args)]
pub struct LogArgs {
    /// The prompt (`prompts/weather.hbs`, or just `weather`) [default: that of the last run]
    prompt: Option<String>,
    /// Only this variant, `""` for the unsuffixed one
    #[arg(long, value_name = "V")]
    variant: Option<String>,
    /// Write iteration N back into the prompt's file
    #[arg(long, value_name = "N", conflicts_with_all = ["format", "output"])]
    restore: Option<u32>,
    /// With --restore, overwrite a text that no run recorded
    #[arg(long, requires = "restore")]
    yes: bool,
    #[command(flatten)]
    output: ListOutput,
}

/// Lists iterations, or restores one; sends nothing.
pub(crate) fn log(context: &mut Context, global: &Global, args: &LogArgs) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    args.output.check()?;
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
    let written = |form: ListForm, view: &View| match form {
        ListForm::Text => report::log(&prompt, &series, view),
        ListForm::Json => report::log_json(&prompt, &series),
        ListForm::Csv => report::log_csv(&series),
        ListForm::Html => report::log_html(&prompt, &series, view.lang),
    };
    args.output.write(context, &session.view, written)?;
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
