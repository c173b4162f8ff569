//! `pw cost`: where the money went.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::output::{ListForm, ListOutput};
use crate::commands::prices::moment;
use crate::commands::reprice::reprice;
use crate::commands::runs;
use crate::commands::session::Session;
use crate::domain::{PromptName, Usd};
use crate::ledger::{Balance, CapScope, Days, Reader};
use crate::report::{self, CapLeft, View};
use crate::summary::{self, Repriced, SpendBy, SpendRow};

/// Arguments of `pw cost`.
#[derive(Debug, clap::Args)]
pub struct CostArgs {
    /// Group the spend by this
    #[arg(long, value_name = "WHAT", value_parser = SpendBy::WORDS.map(|(_, word)| word), default_value = "prompt")]
    by: String,
    /// From this day on, UTC: 2026-11-01, or 7d for the last seven days
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Up to this day, itself included, UTC
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Only what this prompt spent
    #[arg(long, value_name = "NAME")]
    prompt: Option<String>,
    /// Report what this usage would have cost at the prices of a day (its start, UTC), a time or now; changes nothing
    #[arg(long, value_name = "DATE")]
    reprice: Option<String>,
    #[command(flatten)]
    output: ListOutput,
}

/// Shows what was spent, over all workspaces and purposes of the ledger: that is what its caps count.
pub(crate) fn cost(context: &mut Context, global: &Global, args: &CostArgs) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    args.output.check()?;
    let reader = runs::reader(&session)?;
    let now = context.clock.now();
    let today = jiff::tz::Offset::UTC.to_datetime(now).date();
    let (since, until) = (
        args.since
            .as_deref()
            .map(|text| day("--since", text, today))
            .transpose()?,
        args.until
            .as_deref()
            .map(|text| day("--until", text, today))
            .transpose()?,
    );
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(Failure::usage(format!(
            "--since {since} is after --until {until}"
        )));
    }
    let prompt = args.prompt.as_ref().map(|name| PromptName(name.clone()));
    let inside = |row: &SpendRow| {
        since.is_none_or(|since| row.day >= since)
            && until.is_none_or(|until| row.day <= until)
            && prompt
                .as_ref()
                .is_none_or(|prompt| row.source.prompt.as_ref() == Some(prompt))
    };
    let by = SpendBy::of_word(&args.by).unwrap_or(SpendBy::Prompt);
    if let Some(date) = &args.reprice {
        let at = moment("--reprice", Some(date), context)?;
        let days = Days { since, until };
        let repriced = reprice(&session, &reader, by, (days, at), inside)?;
        return write_repriced(context, &session, args, &repriced, at);
    }
    let mut rows = reader.spend()?;
    rows.retain(inside);
    let spend = summary::spend(&rows, by);
    let course = summary::spend_course(&rows, by, report::STACK);
    let caps = caps(Some(&reader), &session, today)?;
    let written = |form: ListForm, view: &View| match form {
        ListForm::Text => report::cost(&spend, &course, &caps, view),
        ListForm::Json => report::cost_json(&spend, &caps),
        ListForm::Csv => report::cost_csv(&spend),
        ListForm::Html => report::cost_html(&spend, &course, &caps, view.lang),
    };
    args.output.write(context, &session.view, written)?;
    Ok(exit::SUCCESS)
}

fn write_repriced(
    context: &mut Context,
    session: &Session,
    args: &CostArgs,
    repriced: &Repriced,
    at: Timestamp,
) -> Result<u8, Failure> {
    if args.output.has_form(ListForm::Html) {
        return Err(Failure::usage(
            "found a page for --reprice, expected text, json or csv",
        ));
    }
    let edition = session.prices()?.book().edition();
    let written = |form: ListForm, view: &View| match form {
        ListForm::Json => report::repriced_json(repriced, at, edition),
        ListForm::Csv => report::repriced_csv(repriced),
        ListForm::Text | ListForm::Html => report::repriced(repriced, at, edition, view),
    };
    args.output.write(context, &session.view, written)?;
    Ok(exit::SUCCESS)
}

/// Reads a day: `2026-11-01`, or `7d` for seven days that end today.
pub(super) fn day(flag: &str, text: &str, today: Date) -> Result<Date, Failure> {
    let back = text
        .strip_suffix('d')
        .and_then(|days| days.parse::<i32>().ok())
        .filter(|days| *days > 0);
    let found = match back {
        Some(days) => today
            .checked_sub(jiff::Span::new().days(i64::from(days) - 1))
            .ok(),
        None => text.parse().ok(),
    };
    found.ok_or_else(|| {
        Failure::usage(format!(
            "{flag} `{text}` is no day, expected YYYY-MM-DD or a number of days such as 7d"
        ))
    })
}

/// What is left today and this month (UTC); held and lost amounts count as spent, as they do for the caps.
///
/// Without a reader there is no ledger yet: nothing is spent.
pub(crate) fn caps(
    reader: Option<&Reader>,
    session: &Session,
    today: Date,
) -> Result<Vec<CapLeft>, Failure> {
    let budget = &session.settings().budget;
    let month = i64::from(today.year()) * 100 + i64::from(today.month());
    let periods = [
        (
            "day",
            CapScope::Day,
            month * 100 + i64::from(today.day()),
            budget.day,
        ),
        ("month", CapScope::Month, month, budget.month),
    ];
    let mut caps = Vec::new();
    for (period, scope, number, cap) in periods {
        let Some(cap) = cap else { continue };
        let balance = match reader {
            Some(reader) => reader.balance(scope, number)?,
            None => Balance::default(),
        };
        let taken = balance
            .spent
            .saturating_add(balance.held)
            .saturating_add(balance.lost);
        let left = cap
            .checked_sub(taken)
            .map_or(Usd::ZERO, |left| left.max(Usd::ZERO));
        caps.push(CapLeft { period, cap, left });
    }
    Ok(caps)
}
