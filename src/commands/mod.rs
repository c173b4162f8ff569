//! One file for each command: its arguments and its function.
//!
//! Rank 8. Commands write through a [`Context`]; errors of every room are classified once, in `failure.rs`, with hints and
//! exit codes. To add a command: a file with `XArgs` and a function, one line in `cli.rs`, one in [`run`].

mod cli;
mod clock;
mod compare;
mod completions;
mod config;
mod context;
mod cost;
mod diff;
mod eval;
pub mod exit;
mod facts;
mod failure;
mod init;
mod ledger;
mod log;
mod model;
mod models;
mod output;
mod pairing;
mod prices;
mod render;
mod reprice;
mod revision;
mod runs;
mod session;
mod show;
mod trust;
mod try_;

use std::io::Write as _;

pub use cli::{Cli, Command, Global};
pub use context::Context;
pub use failure::Failure;

/// Runs a command and returns the exit code; errors are written to the context's stderr.
pub async fn run(context: &mut Context, cli: &Cli) -> u8 {
    let ended = dispatch(context, cli).await;
    let flushed = context.out.flush();
    match ended.and_then(|code| flushed.map(|()| code).map_err(Failure::from)) {
        Ok(code) => code,
        Err(failure) => failure.render(&mut context.err),
    }
}

async fn dispatch(context: &mut Context, cli: &Cli) -> Result<u8, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Init(args) => init::init(context, global, args),
        Command::Eval(args) => eval::eval(context, global, args).await,
        Command::Estimate(args) => eval::estimate(context, global, args).await,
        Command::Try(args) => try_::try_(context, global, args).await,
        Command::Render(args) => render::render(context, global, args),
        Command::Models(args) => models::models(context, global, args).await,
        Command::Prices(args) => prices::prices(context, global, args),
        Command::Config(args) => config::config(context, global, args),
        Command::Resume(args) => eval::resume(context, global, args).await,
        Command::Rescore(args) => eval::rescore(context, global, args).await,
        Command::Show(args) => show::show(context, global, args),
        Command::Diff(args) => diff::diff(context, global, args),
        Command::Log(args) => log::log(context, global, args),
        Command::Compare(args) => compare::compare(context, global, args),
        Command::Cost(args) => cost::cost(context, global, args),
        Command::Ledger(args) => ledger::ledger(context, global, args).await,
        Command::Trust(args) => trust::trust(context, global, args),
        Command::Completions(args) => completions::completions(context, args),
    }
}
