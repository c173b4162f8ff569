//! `pw resume`: goes on where a run stopped, with the texts, cases and flags that it began with.
//!
//! It becomes a run of its own that names the one before it. Whatever that one accepted is taken, so that nothing is paid
//! twice, and everything else is asked.

mod announce;
mod records;

use std::io::Write as _;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::eval::args::{EvalArgs, Format};
use crate::commands::eval::{ask_first, carry_out, flags};
use crate::commands::exit;
use crate::commands::facts::Kept;
use crate::commands::failure::Failure;
use crate::commands::runs;
use crate::commands::session::Session;
use crate::domain::{Outcome, RunStatus, Usd, count};
use crate::ledger::{Reader, RunRecord};

/// Arguments of `pw resume`; everything else is as the run was begun.
#[derive(Debug, clap::Args)]
pub struct ResumeArgs {
    /// The run's number or UUID [default: the last run that did not finish]
    run: Option<String>,
    /// Let what is still to be asked cost at most this [default: what is left of the run's own budget]
    #[arg(long, value_name = "USD")]
    budget: Option<Usd>,
    /// Keep at most N calls in flight
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: Option<u32>,
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,
    /// Write nothing to stderr but errors
    #[arg(long)]
    quiet: bool,
    /// Do not ask before an expensive run
    #[arg(long)]
    yes: bool,
}

/// Goes on with a run, or says that there is nothing to go on with.
pub(crate) async fn resume(
    context: &mut Context,
    global: &Global,
    args: &ResumeArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    // A workspace without a ledger gets none.
    drop(runs::reader(&session)?);
    // Opened for writing first: a run whose process died is interrupted only then, and what it had in flight is lost.
    let ledger = session.ledger()?;
    let reader = session.reader()?;
    let Some(run) = wanted(context, &reader, args)? else {
        ledger.close()?;
        return Ok(exit::SUCCESS);
    };
    let kept = Kept::of(&run);
    runs::need_texts(&session, &run, &kept, "gone on with")?;
    let asked = kept.asked.clone().ok_or_else(|| {
        Failure::usage(format!(
            "run {} was made by pw {}, which did not record how to go on with it",
            run.number, run.version
        ))
        .hint("run `pw eval` again: recorded answers cost nothing")
    })?;
    let again = EvalArgs {
        budget: args.budget,
        concurrency: args.concurrency.or(asked.concurrency),
        format: args.format,
        output: None,
        watch: false,
        quiet: args.quiet,
        yes: args.yes,
        ..asked
    };
    let session = Session::open(context, global, flags(&again))?;
    let prepared = records::prepare(context, &session, &reader, &again, &run, kept).await?;
    if !args.quiet {
        announce::announce(context, &session, &reader, &run, &prepared)?;
    }
    let prepared = vec![prepared];
    ask_first(context, &session, &again, &prepared)?;
    carry_out(context, &session, &again, ledger, prepared).await
}

/// Finds the run to go on with: the end of the chain of those that went on from the named one. `None` when all is done.
fn wanted(
    context: &mut Context,
    reader: &Reader,
    args: &ResumeArgs,
) -> Result<Option<RunRecord>, Failure> {
    let mut run = match &args.run {
        Some(name) => runs::find(reader, Some(name), None)?,
        None => match reader.unfinished()? {
            Some(run) => run,
            None => runs::find(reader, None, None)?,
        },
    };
    let mut before = None;
    while let Some(next) = reader.resumed_by(&run.id)? {
        before = Some(std::mem::replace(&mut run, next).number);
    }
    match run.status {
        RunStatus::Finished => {
            let (run_of, what) = if args.run.is_some() {
                ("", " is finished")
            } else {
                ("every run is finished, the last is ", "")
            };
            writeln!(
                context.err,
                "{run_of}run {} of `{}`{what}: nothing is left to ask",
                run.number, run.prompt
            )?;
            let rows = reader.verdicts(&run.id)?;
            let faults = rows
                .iter()
                .filter(|row| matches!(row.outcome, Outcome::Error { .. }));
            let faults = faults.count();
            if faults > 0 {
                writeln!(
                    context.err,
                    "hint: {} in it; `pw eval` asks again, and recorded answers cost nothing",
                    count(faults, "error")
                )?;
            }
            Ok(None)
        }
        RunStatus::Started => {
            let (number, prompt) = (run.number, &run.prompt);
            let what = match before {
                Some(before) => format!(
                    "run {before} of `{prompt}` is being resumed, by run {number}, which is still running"
                ),
                None => format!("run {number} of `{prompt}` is still running"),
            };
            Err(Failure::usage(what)
                .hint("wait for its end, or stop it with Ctrl-C in its terminal"))
        }
        _ => Ok(Some(run)),
    }
}
