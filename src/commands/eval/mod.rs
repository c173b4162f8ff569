//! `pw eval`: the main job.

pub(crate) mod against;
mod args;
mod changed;
mod estimate;
mod hints;
mod prepare;
mod rescore;
mod resume;
mod run;
mod select;
mod signals;
mod verdict;
mod watch;

use std::io::{BufRead as _, Write as _};
use std::sync::Arc;

pub(crate) use args::EvalArgs;
pub(crate) use hints::over_budget;
pub(crate) use prepare::variant;
pub(crate) use rescore::{RescoreArgs, rescore};
pub(crate) use resume::{ResumeArgs, resume};
pub(crate) use select::split;

use crate::call::Brake;
use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::eval::args::Format;
use crate::commands::eval::prepare::Prepared;
use crate::commands::eval::run::{Ended, Shared};
use crate::commands::eval::signals::Signals;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::config::Flag;
use crate::domain::{Progress, Usd};
use crate::ledger::{Ledger, Reader};
use crate::report;
use crate::report::View;

/// A run on a terminal without a cap that may cost more than this asks first.
const ASK_ABOVE: Usd = Usd::from_picos(1_000_000_000_000);

/// Evaluates prompts over their suites; with `--watch`, again after every change.
pub(crate) async fn eval(
    context: &mut Context,
    global: &Global,
    args: &EvalArgs,
) -> Result<u8, Failure> {
    if args.watch {
        watch::watch(context, global, args).await
    } else {
        evaluate(context, global, args).await
    }
}

/// Says what an evaluation would cost; sends nothing.
pub(crate) async fn estimate(
    context: &mut Context,
    global: &Global,
    args: &EvalArgs,
) -> Result<u8, Failure> {
    let args = EvalArgs {
        dry_run: true,
        watch: false,
        output: None,
        ..args.clone()
    };
    evaluate(context, global, &args).await
}

/// Evaluates once.
async fn evaluate(context: &mut Context, global: &Global, args: &EvalArgs) -> Result<u8, Failure> {
    let session = Session::open(context, global, flags(args))?;
    check_output(args)?;
    let targets = session.workspace.prompts(&args.targets)?;
    let history = if session.ledger_path().exists() {
        Some(session.reader()?)
    } else {
        None
    };
    let mut prepared = Vec::new();
    for files in targets {
        if let Some(run) = &args.failed
            && select::failed_in(run, &files.name, history.as_ref())?.is_empty()
        {
            writeln!(
                context.err,
                "{}: nothing failed, nothing is asked",
                files.name
            )?;
            continue;
        }
        prepared.push(prepare::prepare(context, &session, args, files, history.as_ref()).await?);
    }
    warn(context, args, &prepared)?;
    if args.dry_run {
        return estimate::estimate(context, &session, args, &prepared, history.as_ref());
    }
    drop(history);
    ask_first(context, &session, args, &prepared)?;
    let ledger = session.ledger()?;
    carry_out(context, &session, args, ledger, prepared).await
}

/// Runs what is prepared, and reports it.
async fn carry_out(
    context: &mut Context,
    session: &Session,
    args: &EvalArgs,
    ledger: Ledger,
    prepared: Vec<Prepared>,
) -> Result<u8, Failure> {
    let reader = session.reader()?;
    let brake = Arc::new(Brake::default());
    let signals = Signals::listen(&brake, args.quiet);
    let ended = run_all(context, session, args, &ledger, &reader, &brake, prepared).await;
    ledger.close()?;
    let ended = ended?;
    let code = verdict::exit_code(&ended, signals.terminated());
    write_reports(context, session, args, &ended, &reader, code)?;
    hints::write(context, args, &ended, code)?;
    Ok(code)
}

async fn run_all(
    context: &Context,
    session: &Session,
    args: &EvalArgs,
    ledger: &Ledger,
    reader: &Reader,
    brake: &Arc<Brake>,
    prepared: Vec<Prepared>,
) -> Result<Vec<Ended>, Failure> {
    let mut ended = Vec::new();
    for prepared in prepared {
        let bar = Arc::new(report::Progress::new(
            context.err_is_terminal && !args.quiet,
            session.view.lang,
        ));
        let progress: Progress = Arc::new(move |event| bar.on(&event));
        let shared = Shared {
            session,
            args,
            ledger,
            reader,
            brake,
            progress: &progress,
        };
        ended.push(run::run(context, &shared, prepared).await?);
        if brake.reason().is_some() {
            break;
        }
    }
    Ok(ended)
}

/// Returns the flags that are settings too.
fn flags(args: &EvalArgs) -> Vec<Flag> {
    let mut flags = Vec::new();
    flags.extend(
        args.concurrency
            .map(|value| Flag::new("concurrency", value.to_string())),
    );
    flags.extend(
        args.timeout
            .as_ref()
            .map(|value| Flag::new("timeout", value)),
    );
    flags.extend(args.store.as_ref().map(|what| Flag::new("store", what)));
    flags.extend(
        args.budget
            .map(|value| Flag::new("budget", value.to_string())),
    );
    flags
}

fn check_output(args: &EvalArgs) -> Result<(), Failure> {
    let Some(path) = &args.output else {
        return Ok(());
    };
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("json" | "txt") => Ok(()),
        _ => Err(Failure::usage(format!(
            "found `--output {}`, expected a name that ends in .json or .txt",
            path.display()
        ))),
    }
}

fn warn(context: &mut Context, args: &EvalArgs, prepared: &[Prepared]) -> Result<(), Failure> {
    if args.quiet {
        return Ok(());
    }
    for warning in prepared.iter().flat_map(|run| &run.warnings) {
        writeln!(context.err, "warning: {warning}")?;
    }
    Ok(())
}

/// Without any cap, an expensive run on a terminal asks; without a terminal it says so and goes on.
fn ask_first(
    context: &mut Context,
    session: &Session,
    args: &EvalArgs,
    prepared: &[Prepared],
) -> Result<(), Failure> {
    let budget = session.settings().budget;
    let uncapped = budget.day.is_none() && budget.month.is_none();
    let worst = prepared
        .iter()
        .filter(|run| run.budget.is_none())
        .map(|run| run::worst_case(run, None))
        .fold(Usd::ZERO, Usd::saturating_add);
    if !uncapped || worst <= ASK_ABOVE || args.yes {
        return Ok(());
    }
    let most = report::dollars(worst);
    if !context.err_is_terminal {
        writeln!(
            context.err,
            "warning: no cap is set, and this run may cost up to {most}"
        )?;
        return Ok(());
    }
    write!(
        context.err,
        "No cap is set, and this run may cost up to {most}. Go on? [y/N] "
    )?;
    context.err.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if answer.trim().eq_ignore_ascii_case("y") || answer.trim().eq_ignore_ascii_case("yes") {
        return Ok(());
    }
    Err(
        Failure::budget("nothing was sent: the run was not confirmed")
            .hint("set a cap with --budget USD, or answer with --yes"),
    )
}

fn write_reports(
    context: &mut Context,
    session: &Session,
    args: &EvalArgs,
    ended: &[Ended],
    reader: &Reader,
    code: u8,
) -> Result<(), Failure> {
    if let Some(path) = &args.output {
        let format = if path.extension().is_some_and(|ending| ending == "json") {
            Format::Json
        } else {
            Format::Text
        };
        let plain = View {
            styled: false,
            ..session.view
        };
        let text = written(ended, format, &plain, reader, code)?;
        std::fs::write(path, text).map_err(|error| {
            Failure::environment(format!(
                "cannot write the report to `{}`: {error}",
                path.display()
            ))
        })?;
    }
    let format = args.format.unwrap_or(Format::Text);
    let text = written(ended, format, &session.view, reader, code)?;
    context.out.write_all(text.as_bytes())?;
    context.out.flush()?;
    Ok(())
}

fn written(
    ended: &[Ended],
    format: Format,
    view: &View,
    reader: &Reader,
    code: u8,
) -> Result<String, Failure> {
    // Borrowed: the texts of ten thousand results are not for copying.
    let runs = ended.iter().map(|run| &run.facts);
    if format == Format::Json {
        return Ok(report::json(runs, code, &[]));
    }
    let mut text = String::new();
    for (index, run) in runs.enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(&report::terminal(
            run,
            &crate::commands::show::with_history(reader, run, view)?,
        ));
    }
    Ok(text)
}
