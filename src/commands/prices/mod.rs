//! `pw prices`: the price book, looked at and brought up to date.

mod extract;
mod import;

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::pricing;
use crate::report;

/// Arguments of `pw prices`.
#[derive(Debug, clap::Args)]
pub struct PricesArgs {
    /// What to do
    #[command(subcommand)]
    command: PricesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PricesCommand {
    /// List models with their prices
    List {
        /// Only what has this in PROVIDER/MODEL
        #[arg(value_name = "TEXT", default_value = "")]
        filter: String,
        #[command(flatten)]
        when: When,
    },
    /// Show all prices of a model: classes, tiers, dates, times of day
    Show {
        /// PROVIDER/MODEL, or a name that tells its provider
        model: String,
        #[command(flatten)]
        when: When,
    },
    /// Compare the prices in use with those of a newer file
    Diff(import::DiffArgs),
    /// Use the prices of a newer file from now on; what was recorded keeps its price
    Import(import::ImportArgs),
    /// Read the usage out of a provider's response and price it
    Extract(extract::ExtractArgs),
}

#[derive(Debug, clap::Args)]
struct When {
    /// At this day (its start, UTC) or time: 2026-09-01, 2026-09-01T12:00:00Z [default: now]
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

/// No response and no price file is longer; a file that is was named by mistake.
const LONGEST: u64 = 64 << 20;

/// Looks into the price book, or puts a newer one in its place; nothing is sent.
pub(crate) fn prices(
    context: &mut Context,
    global: &Global,
    args: &PricesArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let book = session.prices()?.book();
    let text = match &args.command {
        PricesCommand::List { filter, when } => {
            let at = moment("--at", when.at.as_deref(), context)?;
            let rows = pricing::list(book, filter, at);
            match when.format.as_str() {
                "json" => report::prices_json(&rows, book.edition(), at),
                _ => report::prices(&rows, book.edition(), &session.view),
            }
        }
        PricesCommand::Show { model, when } => {
            let at = moment("--at", when.at.as_deref(), context)?;
            let offer = pricing::offer(book, model, at).map_err(|gap| {
                Failure::usage(format!("no price of `{model}`: {gap}"))
                    .hint("`pw prices list TEXT` finds names; write PROVIDER/MODEL")
            })?;
            match when.format.as_str() {
                "json" => report::offer_json(&offer, book.edition(), at),
                _ => report::offer(&offer, book.edition(), at, &session.view),
            }
        }
        PricesCommand::Diff(args) => return import::diff(context, &session, args),
        PricesCommand::Import(args) => return import::import(context, &session, args),
        PricesCommand::Extract(args) => return extract::extract(context, &session, args),
    };
    context.out.write_all(text.as_bytes())?;
    Ok(exit::SUCCESS)
}

/// Reads a file; - is stdin.
fn read(context: &Context, path: &Path) -> Result<Vec<u8>, Failure> {
    let refuse = |error: io::Error| {
        Failure::usage(format!("cannot read `{}`: {error}", path.display()))
            .hint("expected the path of a file, or `-` for the standard input; nothing was changed")
    };
    let source: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(context.folder.join(path)).map_err(refuse)?),
    };
    let mut bytes = Vec::new();
    let length = source
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(refuse)?;
    if u64::try_from(length).is_ok_and(|length| length <= LONGEST) {
        return Ok(bytes);
    }
    let error = "longer than 64 MiB, expected a response or a price file";
    Err(refuse(io::Error::other(error)))
}

/// Reads a day or a time; absent or `now` is now.
pub(super) fn moment(
    flag: &str,
    at: Option<&str>,
    context: &Context,
) -> Result<Timestamp, Failure> {
    let Some(text) = at.filter(|text| *text != "now") else {
        return Ok(context.clock.now());
    };
    let start = |day: Date| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let day = || text.parse().ok().and_then(start);
    text.parse().ok().or_else(day).ok_or_else(|| {
        Failure::usage(format!(
            "{flag} `{text}` is no time, expected a day such as 2026-09-01 or a time such as 2026-09-01T12:00:00Z"
        ))
    })
}
