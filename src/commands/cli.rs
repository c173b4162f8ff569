//! The command line: global options and the list of commands. Each command's own arguments stand beside its function.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::commands::{
    compare, completions, config, cost, diff, eval, init, ledger, log, models, prices, render,
    show, trust, try_,
};

/// Iterate on prompts and know what they cost
///
/// Renders prompt files over a suite of cases, sends them to a model, scores the answers, says whether the change is really
/// better, and books every token in a ledger.
#[derive(Debug, Parser)]
#[command(name = "pw", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What every command takes
    #[command(flatten)]
    pub global: Global,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 finished · 1 environment or provider failed · 2 usage or configuration · 3 a declared gate was missed · \
4 stopped by a budget · 130 interrupted · 143 terminated";

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// Use the workspace in DIR [default: the nearest `pw.toml` upward]
    #[arg(long, global = true, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// Write reports in this language [default: from `LC_ALL` or LANG]
    #[arg(long, global = true, value_name = "LANG", value_parser = ["en", "zh"])]
    pub lang: Option<String>,
    /// Use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub color: Option<Color>,
    /// Say more; repeatable
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands, in the order of a first day.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a workspace that runs at once
    ///
    /// Its example is in the language of reports, see `--lang`. Files that are there are kept.
    Init(init::InitArgs),
    /// Evaluate prompts over their suites
    Eval(Box<eval::EvalArgs>),
    /// Say what an evaluation would cost; sends nothing
    Estimate(Box<eval::EvalArgs>),
    /// Ask for one answer, without a suite
    Try(try_::TryArgs),
    /// Show what would be sent; sends nothing
    Render(render::RenderArgs),
    /// List endpoints and models: reachable, key, context, price
    Models(models::ModelsArgs),
    /// Look up prices, and price a recorded response
    Prices(prices::PricesArgs),
    /// Show the settings in force and where each came from
    Config(config::ConfigArgs),
    /// Go on where a run stopped; what it paid for is not paid again
    Resume(eval::ResumeArgs),
    /// Score the answers of a run again with today's suite; sends nothing
    Rescore(eval::RescoreArgs),
    /// Show a recorded run again
    Show(show::ShowArgs),
    /// Compare two recorded runs, case by case
    Diff(diff::DiffArgs),
    /// Show the iterations of a prompt: what each changed, scored, gained and cost
    Log(log::LogArgs),
    /// Show where the money went
    Cost(cost::CostArgs),
    /// Decide between prompt engineering and fine-tuning, from a file of numbers
    Compare(compare::CompareArgs),
    /// Audit, locate or export the ledger
    Ledger(ledger::LedgerArgs),
    /// Show which key goes to which host, and allow it
    Trust(trust::TrustArgs),
    /// Write completions for a shell
    Completions(completions::CompletionsArgs),
}
