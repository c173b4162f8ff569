//! `pw diff`: two recorded runs, case by case, paired.

use std::io::Write as _;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::facts;
use crate::commands::failure::Failure;
use crate::commands::runs;
use crate::commands::session::Session;
use crate::commands::show::recorded;
use crate::report;

/// Arguments of `pw diff`.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// The run to compare with
    reference: String,
    /// The run that might be better
    candidate: String,
    /// Compare this variant, `""` for the unsuffixed one
    #[arg(long, value_name = "V", default_value = "")]
    variant: String,
}

/// Compares two runs; nothing is sent.
pub(crate) fn diff(context: &mut Context, global: &Global, args: &DiffArgs) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let reader = runs::reader(&session)?;
    let (reference, candidate) = (
        recorded(&reader, Some(&args.reference))?,
        recorded(&reader, Some(&args.candidate))?,
    );
    if reference.prompt != candidate.prompt {
        return Err(Failure::usage(format!(
            "run {} is of prompt `{}` and run {} of `{}`, expected one prompt",
            reference.number, reference.prompt, candidate.number, candidate.prompt
        )));
    }
    let comparison = facts::of_runs(
        &reader,
        &reference,
        &candidate,
        &super::eval::variant(&args.variant),
    )?;
    context
        .out
        .write_all(report::diff(&reference, &candidate, &comparison, &session.view).as_bytes())?;
    Ok(exit::SUCCESS)
}
