//! `pw compare`: prompt engineering against fine-tuning.

use std::io::Write as _;
use std::path::PathBuf;

use jiff::civil::Date;
use jiff::tz::Offset;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::ModelRef;
use crate::economics::{self, Comparison};
use crate::pricing::{self, Price, Prices};
use crate::report::{self, Solved};

/// Arguments of `pw compare`.
#[derive(Debug, clap::Args)]
pub struct CompareArgs {
    /// What both paths take: volume, tokens, prices, quality, labels, training, hosting
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Find the value of this number at which both paths cost the same, such as `finetune.quality`
    #[arg(long, value_name = "KEY")]
    solve: Option<String>,
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

/// The largest file that is read.
const MOST_BYTES: usize = 1 << 20;

/// Compares; nothing is sent.
pub(crate) fn compare(
    context: &mut Context,
    global: &Global,
    args: &CompareArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let name = args.file.display().to_string();
    let text = read(&context.folder.join(&args.file), &name)?;
    let today = Offset::UTC.to_datetime(context.clock.now()).date();
    let known = session.prices()?;
    let prices = |model: &str, day: Date| price(&session, known, model, day);
    let inputs = economics::read(&text, &name, today, &prices)?;
    let comparison = Comparison::of(&inputs);
    let solved = args
        .solve
        .as_deref()
        .map(|key| {
            let value = economics::solve(key, &inputs.world, &inputs.schedules)?;
            Ok::<_, Failure>(Solved {
                key: key.to_owned(),
                value,
            })
        })
        .transpose()?;
    let report = match args.format.as_str() {
        "json" => report::compare_json(&inputs, &comparison, solved.as_ref()),
        _ => report::compare(&name, &inputs, &comparison, solved.as_ref(), &session.view),
    };
    context.out.write_all(report.as_bytes())?;
    Ok(exit::SUCCESS)
}

fn read(path: &std::path::Path, name: &str) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::usage(format!("cannot read `{name}`: {error}"))
            .hint("expected a TOML file that says what both paths take")
    })?;
    let text = String::from_utf8(bytes).ok();
    text.filter(|text| text.len() <= MOST_BYTES).ok_or_else(|| {
        Failure::usage(format!(
            "`{name}` is no UTF-8 text of at most 1 MiB, expected a TOML file"
        ))
    })
}

/// Returns the price of a model at the start of a day: that of an endpoint of this workspace, else the book's.
fn price(session: &Session, prices: &Prices, model: &str, day: Date) -> Result<Price, String> {
    let at = Offset::UTC
        .to_timestamp(day.at(0, 0, 0, 0))
        .map_err(|error| error.to_string())?;
    let known = model.parse::<ModelRef>().ok().and_then(|name| {
        Some((
            session.settings().endpoints.get(&name.endpoint)?,
            name.model,
        ))
    });
    match known {
        Some((endpoint, model)) => {
            pricing::resolve(endpoint, &model, at, prices).map_err(|error| error.to_string())
        }
        None => pricing::offer(prices.book(), model, at)
            .map(|offer| offer.price)
            .map_err(|gap| format!("no price of `{model}`: {gap}")),
    }
}
