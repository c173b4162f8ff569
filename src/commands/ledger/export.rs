//! `pw ledger export`: the books for other programs.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::commands::context::Context;
use crate::commands::cost::day;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::ledger::{self, Days};
use crate::report::books;

/// Arguments of `pw ledger export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// The form: every posting as `jsonl` (chained, to be verified), `hledger` or `beancount`; every call as `csv`, `focus`,
    /// `otlp` (spans) or `otlp-metrics` [default: by the ending of FILE, else jsonl]
    #[arg(long, value_name = "FORMAT", value_parser = FORMATS)]
    format: Option<String>,
    /// Only what was held from this day on, UTC: 2026-11-01, or 7d for the last seven days
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Only what was held up to this day, itself included, UTC
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Write to this file instead of the standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite FILE
    #[arg(long, requires = "output")]
    yes: bool,
}

const FORMATS: [&str; 7] = [
    "jsonl",
    "csv",
    "focus",
    "hledger",
    "beancount",
    "otlp",
    "otlp-metrics",
];

/// Endings of file names and the forms they mean.
const ENDINGS: [(&str, &str); 6] = [
    ("jsonl", "jsonl"),
    ("csv", "csv"),
    ("hledger", "hledger"),
    ("journal", "hledger"),
    ("j", "hledger"),
    ("beancount", "beancount"),
];

/// Writes the ledger, all workspaces and purposes of it; sends nothing.
pub(super) fn export(
    context: &mut Context,
    session: &Session,
    args: &ExportArgs,
) -> Result<u8, Failure> {
    let format = format(args)?;
    let days = days(context, args)?;
    if format == "jsonl" && days != Days::default() {
        return Err(Failure::usage(
            "found --since or --until with `jsonl`, expected neither: a part of the chain cannot be verified",
        )
        .hint("choose days with another form, such as --format csv"));
    }
    match &args.output {
        None => write(session, format, days, &mut context.out)?,
        Some(path) => to_file(path, args.yes, |out| write(session, format, days, out))?,
    }
    Ok(exit::SUCCESS)
}

fn format(args: &ExportArgs) -> Result<&str, Failure> {
    if let Some(format) = &args.format {
        return Ok(format);
    }
    let Some(path) = &args.output else {
        return Ok("jsonl");
    };
    let ending = path.extension().and_then(|ending| ending.to_str());
    ENDINGS
        .into_iter()
        .find(|(known, _)| Some(*known) == ending)
        .map(|(_, format)| format)
        .ok_or_else(|| {
            Failure::usage(format!(
                "found `--output {}`, expected a name that ends in one of {}",
                path.display(),
                ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ")
            ))
            .hint("or name the form with --format")
        })
}

fn days(context: &Context, args: &ExportArgs) -> Result<Days, Failure> {
    let today = jiff::tz::Offset::UTC
        .to_datetime(context.clock.now())
        .date();
    let read = |flag, text: &Option<String>| {
        text.as_deref()
            .map(|text| day(flag, text, today))
            .transpose()
    };
    let days = Days {
        since: read("--since", &args.since)?,
        until: read("--until", &args.until)?,
    };
    match (days.since, days.until) {
        (Some(since), Some(until)) if since > until => Err(Failure::usage(format!(
            "--since {since} is after --until {until}"
        ))),
        _ => Ok(days),
    }
}

fn write(session: &Session, format: &str, days: Days, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(mut sheet) = books::of_calls(format) {
        out.write_all(sheet.head().as_bytes())?;
        session
            .reader()?
            .each_call(days, |call| out.write_all(sheet.record(call).as_bytes()))?;
        out.write_all(sheet.tail().as_bytes())?;
    } else if let Some(mut sheet) = books::of_postings(format) {
        out.write_all(sheet.head().as_bytes())?;
        session.reader()?.each_posting(days, |posting| {
            out.write_all(sheet.record(posting).as_bytes())
        })?;
        out.write_all(sheet.tail().as_bytes())?;
    } else {
        ledger::export_jsonl(&session.ledger_path(), out)?;
    }
    Ok(())
}

/// Writes beside the file and puts it in its place when all is there: a failure leaves no half of an export.
fn to_file(
    path: &Path,
    overwrite: bool,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if path.exists() && !overwrite {
        return Err(Failure::usage(format!(
            "`{}` exists, and nothing was written",
            path.display()
        ))
        .hint("choose another name, or overwrite it with --yes"));
    }
    let mut part = OsString::from(path);
    part.push(".part");
    let part = PathBuf::from(part);
    let refuse =
        |e: io::Error| Failure::environment(format!("cannot write `{}`: {e}", path.display()));
    let mut out = BufWriter::new(File::create(&part).map_err(refuse)?);
    let written = write(&mut out)
        .and_then(|()| out.flush().map_err(refuse))
        .and_then(|()| std::fs::rename(&part, path).map_err(refuse));
    if written.is_err() {
        // The cause is what is said; a part that cannot be removed says nothing more.
        std::fs::remove_file(&part).ok();
    }
    written
}
