//! `pw prices diff` and `pw prices import`: a newer price file, looked at, and put to use.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::prices::read;
use crate::commands::session::Session;
use crate::domain::ModelRef;
use crate::ledger;
use crate::pricing::{self, Book, ModelChange, PriceFile, Prices, UserPrices};
use crate::report::{self, Changes};

/// Arguments of `pw prices diff`.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    newer: Newer,
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

/// Arguments of `pw prices import`.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    newer: Newer,
    /// Take changes by more than five times, and an edition older than the one in use
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, clap::Args)]
struct Newer {
    /// Prices as genai-prices publishes them, or another ledger's prices.json
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The day of its prices [default: its own, else today]
    #[arg(long, value_name = "DAY")]
    edition: Option<String>,
}

/// A file beside the book in use.
struct Compared {
    book: Book,
    /// The book as it is kept.
    text: String,
    models: Vec<ModelChange>,
    declared: Vec<String>,
}

impl Compared {
    fn changes<'a>(&'a self, used: &'a Book) -> Changes<'a> {
        Changes {
            before: used.edition(),
            after: self.book.edition(),
            models: &self.models,
            declared: &self.declared,
        }
    }
}

/// Shows what a price file would change.
pub(super) fn diff(
    context: &mut Context,
    session: &Session,
    args: &DiffArgs,
) -> Result<u8, Failure> {
    let used = session.prices()?.book();
    let compared = compare(context, session, &args.newer)?;
    let changes = compared.changes(used);
    let text = match args.format.as_str() {
        "json" => report::price_changes_json(&changes),
        _ => report::price_changes(&changes, &session.view),
    };
    context.out.write_all(text.as_bytes())?;
    Ok(exit::SUCCESS)
}

/// Puts a price file to use, from now on: what was recorded keeps its price.
pub(super) fn import(
    context: &mut Context,
    session: &Session,
    args: &ImportArgs,
) -> Result<u8, Failure> {
    let used = session.prices()?.book();
    let compared = compare(context, session, &args.newer)?;
    let changes = compared.changes(used);
    let text = report::price_changes(&changes, &session.view);
    context.out.write_all(text.as_bytes())?;
    if compared.book.agrees_with(used) {
        let already = report::prices_in_use(used.edition(), &session.view);
        context.out.write_all(already.as_bytes())?;
        return Ok(exit::SUCCESS);
    }
    confirm(context, &changes, args.yes)?;
    let edition = compared.book.edition();
    let path = ledger::write_prices(&session.ledger_path(), &compared.text)?;
    let path = path.display().to_string();
    let done = report::prices_imported(edition, &path, &session.view);
    context.out.write_all(done.as_bytes())?;
    Ok(exit::SUCCESS)
}

fn compare(context: &Context, session: &Session, newer: &Newer) -> Result<Compared, Failure> {
    let now = context.clock.now();
    let today = Offset::UTC.to_datetime(now).date();
    let bytes = read(context, &newer.file)?;
    let refuse = |error: String| {
        Failure::usage(format!("{}: {error}", newer.file.display()))
            .hint("nothing was changed; the prices in use stay")
    };
    let text = String::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8 text".to_owned()))?;
    let file = PriceFile::read(&text).map_err(|error| refuse(error.to_string()))?;
    let said = newer.edition.as_deref().map(day).transpose()?;
    let day = said.or(file.day).unwrap_or(today);
    if day > today {
        return Err(refuse(format!(
            "its edition is of {day}, which is after today, {today}"
        )));
    }
    let (book, text) = file.into_book(day, now);
    let models = session.prices()?.book().changes(&book, now);
    Ok(Compared {
        declared: declared(session, &models, now)?,
        models,
        book,
        text,
    })
}

/// Returns which of these models `pw.toml` has a price for.
fn declared(
    session: &Session,
    models: &[ModelChange],
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let of_book = Prices {
        declared: UserPrices::new(),
        ..session.prices()?.clone()
    };
    let changes = |name: &&String| {
        let model: ModelRef = name.parse().ok()?;
        let endpoint = session.settings().endpoints.get(&model.endpoint)?;
        let price = pricing::resolve(endpoint, &model.model, now, &of_book).ok()?;
        let row = price.row()?;
        let same = |one: &ModelChange| one.provider == row.provider && one.model == row.model;
        models.iter().any(same).then_some(())
    };
    let names = session.settings().prices.keys();
    let names = names.filter(|name| changes(name).is_some());
    Ok(names.cloned().collect())
}

fn day(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|_| {
        Failure::usage(format!(
            "--edition `{text}` is no day, expected one such as 2026-10-20"
        ))
    })
}

/// Asks, on a terminal, before prices are taken that are likely wrong or out of date; refuses them elsewhere.
fn confirm(context: &mut Context, changes: &Changes<'_>, yes: bool) -> Result<(), Failure> {
    let mut reasons = Vec::new();
    match changes.large() {
        0 => {}
        1 => reasons.push("1 price changes by more than 5 times, or becomes 0".to_owned()),
        n => reasons.push(format!(
            "{n} prices change by more than 5 times, or become 0"
        )),
    }
    if changes.after.day < changes.before.day {
        let (after, before) = (changes.after.day, changes.before);
        reasons.push(format!(
            "the file's edition, {after}, is older than {before}"
        ));
    }
    if reasons.is_empty() || yes {
        return Ok(());
    }
    let reasons = reasons.join("; ");
    if context.err_is_terminal {
        context.out.flush()?;
        write!(context.err, "{reasons}. Import all the same? [y/N] ")?;
        context.err.flush()?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        if ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()) {
            return Ok(());
        }
    }
    Err(Failure::usage(format!("nothing was changed: {reasons}"))
        .hint("look at these prices, then import them with --yes, or give the day of the file with --edition"))
}
