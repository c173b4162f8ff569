//! Where a list goes and in which form: to stdout, and to the file that `--output` names.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::commands::context::Context;
use crate::commands::failure::Failure;
use crate::report::View;

/// Arguments of commands that list what the ledger holds.
#[derive(Debug, clap::Args)]
pub(crate) struct ListOutput {
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ListForm::Text)]
    pub(crate) format: ListForm,
    /// Write the report to FILE too, in the form of its ending
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Forms of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ListForm {
    /// For a terminal
    Text,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
    /// One self-contained page with charts
    Html,
}

impl ListOutput {
    /// Demands an ending that names a form, before anything else is done.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.output.as_deref().map_or(Ok(()), |path| {
            of_ending(path).map(|_| ()).ok_or_else(|| {
                Failure::usage(format!(
                    "found `--output {}`, expected a name that ends in .txt, .json, .csv or .html",
                    path.display()
                ))
            })
        })
    }

    /// Tells whether a report is wanted in a form, on stdout or in the file.
    pub(crate) fn has_form(&self, form: ListForm) -> bool {
        let file = self.output.as_deref().and_then(of_ending);
        self.format == form || file == Some(form)
    }

    /// Writes the report to the file, if one was named, and to stdout.
    pub(crate) fn write(
        &self,
        context: &mut Context,
        view: &View,
        report: impl Fn(ListForm, &View) -> String,
    ) -> Result<(), Failure> {
        if let Some(path) = &self.output
            && let Some(form) = of_ending(path)
        {
            let plain = View {
                styled: false,
                ..*view
            };
            std::fs::write(context.folder.join(path), report(form, &plain)).map_err(|error| {
                let path = path.display();
                Failure::environment(format!("cannot write the report to `{path}`: {error}"))
            })?;
        }
        let text = report(self.format, view);
        context.out.write_all(text.as_bytes())?;
        Ok(())
    }
}

fn of_ending(path: &Path) -> Option<ListForm> {
    match path.extension()?.to_str()? {
        "txt" => Some(ListForm::Text),
        "json" => Some(ListForm::Json),
        "csv" => Some(ListForm::Csv),
        "html" => Some(ListForm::Html),
        _ => None,
    }
}
