//! `pw show`: a recorded run again.

use std::io::Write as _;
use std::time::Duration;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::facts;
use crate::commands::failure::Failure;
use crate::commands::runs;
use crate::commands::session::Session;
use crate::domain::{CaseId, Usd};
use crate::ledger::Reader;
use crate::report::{self, History, View};
use crate::summary::Facts;

/// Arguments of `pw show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The run's number or UUID [default: the last run]
    run: Option<String>,
    /// Show this case in full
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// Show the cases that did not pass, in full
    #[arg(long, conflicts_with = "case")]
    failed: bool,
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

/// Shows a run from the ledger.
pub(crate) fn show(context: &mut Context, global: &Global, args: &ShowArgs) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let reader = runs::reader(&session)?;
    let facts = recorded(&reader, args.run.as_deref())?;
    let text = match (&args.case, args.failed, args.format.as_str()) {
        (_, _, "json") => {
            report::json(std::slice::from_ref(&facts), exit::SUCCESS, &facts.warnings)
        }
        (Some(id), _, _) => {
            report::case(&facts, &CaseId(id.clone()), &session.view).ok_or_else(|| {
                Failure::usage(format!("run {} has no case `{id}`", facts.number))
                    .hint("`pw show --format json` lists them all")
            })?
        }
        (None, true, _) => report::failed(&facts, &session.view),
        (None, false, _) => {
            report::terminal(&facts, &with_history(&reader, &facts, &session.view)?)
        }
    };
    context.out.write_all(text.as_bytes())?;
    Ok(exit::SUCCESS)
}

/// Makes the facts of a recorded run.
pub(crate) fn recorded(reader: &Reader, name: Option<&str>) -> Result<Facts, Failure> {
    let record = runs::find(reader, name, None)?;
    let (rows, cases) = (reader.rows(&record.id)?, reader.cases(&record.id)?);
    facts::of(reader, &record, rows, &cases)
}

/// Adds to a view what the iterations of the run's prompt have cost so far.
pub(crate) fn with_history(reader: &Reader, facts: &Facts, view: &View) -> Result<View, Failure> {
    let shipping = facts
        .variants
        .iter()
        .find(|variant| variant.variant == crate::domain::Variant::UNSUFFIXED)
        .or(facts.variants.first());
    let Some(iteration) = shipping.and_then(|variant| variant.iteration) else {
        return Ok(*view);
    };
    let since_first = match reader.first_iteration_at(&facts.prompt)? {
        Some(first) if iteration > 1 => Some((
            reader.prompt_spend(&facts.prompt)?.billed,
            between(&first, &facts.started_at),
        )),
        _ => None::<(Usd, Duration)>,
    };
    Ok(View {
        history: Some(History {
            iteration,
            since_first,
        }),
        ..*view
    })
}

fn between(first: &str, last: &str) -> Duration {
    let (Ok(first), Ok(last)) = (
        first.parse::<jiff::Timestamp>(),
        last.parse::<jiff::Timestamp>(),
    ) else {
        return Duration::ZERO;
    };
    Duration::from_millis(
        u64::try_from(last.as_millisecond() - first.as_millisecond()).unwrap_or(0),
    )
}
