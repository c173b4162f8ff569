//! `pw prices`: the price book, looked at.

mod extract;

use std::io::Write as _;

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

/// Looks into the price book; nothing is sent.
pub(crate) fn prices(
    context: &mut Context,
    global: &Global,
    args: &PricesArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let text = match &args.command {
        PricesCommand::List { filter, when } => {
            let at = moment(when.at.as_deref(), context)?;
            let rows = pricing::list(filter, at);
            match when.format.as_str() {
                "json" => report::prices_json(&rows, at),
                _ => report::prices(&rows, &session.view),
            }
        }
        PricesCommand::Show { model, when } => {
            let at = moment(when.at.as_deref(), context)?;
            let offer = pricing::offer(model, at).map_err(|gap| {
                Failure::usage(format!("no price of `{model}`: {gap}"))
                    .hint("`pw prices list TEXT` finds names; write PROVIDER/MODEL")
            })?;
            match when.format.as_str() {
                "json" => report::offer_json(&offer, at),
                _ => report::offer(&offer, at, &session.view),
            }
        }
        PricesCommand::Extract(args) => return extract::extract(context, &session, args),
    };
    context.out.write_all(text.as_bytes())?;
    Ok(exit::SUCCESS)
}

/// Reads `--at`: a day or a time; absent is now.
fn moment(at: Option<&str>, context: &Context) -> Result<Timestamp, Failure> {
    let Some(text) = at else {
        return Ok(context.clock.now());
    };
    let start = |day: Date| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let day = || text.parse().ok().and_then(start);
    text.parse().ok().or_else(day).ok_or_else(|| {
        Failure::usage(format!(
            "--at `{text}` is no time, expected a day such as 2026-09-01 or a time such as 2026-09-01T12:00:00Z"
        ))
    })
}
