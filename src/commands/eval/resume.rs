//! `pw resume`: goes on where a run stopped, with the texts, cases and flags that it began with.
//!
//! It becomes a run of its own that names the one before it. Whatever that one accepted is taken, so that nothing is paid
//! twice, and everything else is asked.

use std::collections::BTreeMap;
use std::io::Write as _;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::eval::args::{EvalArgs, Format};
use crate::commands::eval::prepare::{Prepared, Resumed, scorers, terms, trials};
use crate::commands::eval::{ask_first, carry_out, changed, flags, open_ledger};
use crate::commands::exit;
use crate::commands::facts::Kept;
use crate::commands::failure::Failure;
use crate::commands::ledger::lost_lines;
use crate::commands::model;
use crate::commands::revision::Recorded;
use crate::commands::runs;
use crate::commands::session::Session;
use crate::domain::{Outcome, RunId, RunStatus, TrialKey, Usd, Variant, count};
use crate::ledger::{CachedAnswer, Reader, RunRecord};
use crate::report;
use crate::suite::Suite;
use crate::template::Template;

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

/// Lost calls that are listed; `pw ledger reconcile` lists them all.
const LISTED: usize = 8;

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
    let ledger = open_ledger(context, &session)?;
    let reader = session.reader()?;
    let Some(run) = wanted(context, &reader, args)? else {
        ledger.close()?;
        return Ok(exit::SUCCESS);
    };
    let kept = Kept::of(&run);
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
    let prepared = prepare(context, &session, &reader, &again, &run, kept).await?;
    if !args.quiet {
        announce(context, &session, &reader, &run, &prepared)?;
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
    while let Some(next) = reader.resumed_by(&run.id)? {
        run = next;
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
        RunStatus::Started => Err(Failure::usage(format!(
            "run {} of `{}` is still running",
            run.number, run.prompt
        ))
        .hint("wait for its end, or stop it with Ctrl-C in its terminal")),
        _ => Ok(Some(run)),
    }
}

/// Makes of the records what `pw eval` makes of the files.
async fn prepare(
    context: &Context,
    session: &Session,
    reader: &Reader,
    args: &EvalArgs,
    run: &RunRecord,
    kept: Kept,
) -> Result<Prepared, Failure> {
    let variants: Vec<(Variant, Template)> = run
        .revisions
        .iter()
        .map(|(variant, _)| Ok((variant.clone(), template(reader, run, variant)?)))
        .collect::<Result<_, Failure>>()?;
    let names: Vec<String> = run.models.iter().map(ToString::to_string).collect();
    let models = model::of_run(session, &names, &[], &variants).await?;
    let (prices, options) = terms(context, session, args, &models)?;
    let cases = reader.cases(&run.id)?;
    let repeats = args.repeat.unwrap_or(1);
    Ok(Prepared {
        prompt: run.prompt.clone(),
        baseline: kept.baseline,
        suite: Suite {
            file: run.suite.clone(),
            description: None,
            cases: cases.clone(),
            models: Vec::new(),
            judge: None,
            repeat: repeats,
            budget: kept.budget,
            gates: kept.gates.clone(),
            hash: run.suite_hash.clone(),
            value_vars: std::collections::BTreeSet::new(),
            warnings: Vec::new(),
        },
        filtered: run.filtered,
        seed: run.seed,
        prices,
        options,
        scorers: scorers(&cases)?,
        trials: trials(session, &variants, &models, &cases, repeats)?,
        gates: kept.gates,
        gates_of: kept.gates_of,
        budget: args.budget.or(left(reader, run, kept.budget)?),
        warnings: kept.warnings,
        repeats,
        resumed: Some(Resumed {
            from: run.id.clone(),
            accepted: accepted(reader, run)?,
            against: kept.against,
        }),
        variants,
        models,
        cases,
    })
}

/// Makes a variant's template of the text that the run recorded.
fn template(reader: &Reader, run: &RunRecord, variant: &Variant) -> Result<Template, Failure> {
    let gone = |why: &str| {
        Failure::usage(format!(
            "run {} cannot be gone on with: {why} of `{}`",
            run.number, run.prompt
        ))
        .hint("run `pw eval` again: recorded answers to the same questions cost nothing")
    };
    let revision = run
        .revisions
        .iter()
        .find_map(|(name, revision)| (name == variant).then_some(revision))
        .ok_or_else(|| gone("the ledger lacks a variant"))?;
    let recorded = Recorded::read(reader, revision)?
        .ok_or_else(|| gone("the ledger no longer keeps the text"))?;
    let template = recorded.template(&format!("{} in run {}", run.prompt, run.number))?;
    if template.revision() == revision {
        Ok(template)
    } else {
        Err(gone("this pw reads another revision in the recorded text"))
    }
}

/// Returns what a run left of its budget, lost calls at their worst case.
fn left(reader: &Reader, run: &RunRecord, budget: Option<Usd>) -> Result<Option<Usd>, Failure> {
    let Some(budget) = budget else {
        return Ok(None);
    };
    let totals = reader.totals(&run.id)?;
    let used = totals
        .billed
        .saturating_add(totals.held)
        .saturating_add(totals.lost);
    let left = budget.checked_sub(used).unwrap_or_default();
    Ok(Some(left.max(Usd::ZERO)))
}

/// Collects the accepted answers of a run and of those it went on from; a kill may have come before it had taken theirs.
fn accepted(reader: &Reader, run: &RunRecord) -> Result<BTreeMap<TrialKey, CachedAnswer>, Failure> {
    let mut answers = BTreeMap::new();
    let mut next: Option<RunId> = Some(run.id.clone());
    while let Some(id) = next {
        for (key, answer) in reader.accepted(&id)? {
            answers.entry(key).or_insert(answer);
        }
        next = reader.run(&crate::ledger::RunRef::Id(id))?.resumed_from;
    }
    Ok(answers)
}

/// Says what is taken, what is asked, what was lost, and which files are no longer those of the run.
fn announce(
    context: &mut Context,
    session: &Session,
    reader: &Reader,
    run: &RunRecord,
    prepared: &Prepared,
) -> Result<(), Failure> {
    let all = prepared.trials.len();
    let accepted = prepared.resumed.as_ref().map(|resumed| &resumed.accepted);
    let is_there = |key: &TrialKey| accepted.is_some_and(|answers| answers.contains_key(key));
    let there = prepared
        .trials
        .iter()
        .filter(|trial| is_there(&trial.key))
        .count();
    writeln!(
        context.err,
        "run {} of `{}` goes on: {there} of {} there, {} to ask",
        run.number,
        run.prompt,
        count(all, "answer"),
        all - there
    )?;
    for file in changed::files(session, run) {
        writeln!(
            context.err,
            "warning: {file} has changed since; the run goes on with what it began with, and `pw eval` asks the new one"
        )?;
    }
    let mut lost = reader.lost()?;
    lost.retain(|one| one.run == Some(run.number));
    if lost.is_empty() {
        return Ok(());
    }
    let most = lost
        .iter()
        .map(|one| one.worst)
        .fold(Usd::ZERO, Usd::saturating_add);
    writeln!(
        context.err,
        "{} may have been billed without an answer, at most {}:",
        count(lost.len(), "lost call"),
        report::dollars(most)
    )?;
    context
        .err
        .write_all(lost_lines(&lost[..lost.len().min(LISTED)]).as_bytes())?;
    if lost.len() > LISTED {
        writeln!(context.err, "and {} more", lost.len() - LISTED)?;
    }
    writeln!(
        context.err,
        "hint: `pw ledger reconcile` books what the provider's bill says about them"
    )?;
    Ok(())
}
