//! `pw ledger reconcile`: lost calls, and what they really cost.

mod bill;
mod share;

use std::io::Write as _;
use std::path::PathBuf;

use jiff::civil::Date;
use uuid::Uuid;

use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::{Usd, count};
use crate::ledger::{Ledger, LostAttempt};
use crate::report::{self, safe};

/// Arguments of `pw ledger reconcile`.
#[derive(Debug, clap::Args)]
pub(super) struct ReconcileArgs {
    /// Book this lost call: the beginning of its id, as the list shows it
    #[arg(long, value_name = "ID", requires = "amount")]
    call: Option<String>,
    /// What the provider's bill says that it cost, in US dollars; 0 if it is not on the bill
    #[arg(long, value_name = "USD", requires = "call")]
    amount: Option<Usd>,
    /// Book every lost call that this usage export of the provider names, CSV or JSONL
    #[arg(long, value_name = "FILE", conflicts_with_all = ["call", "total"])]
    bill: Option<PathBuf>,
    /// With --bill, book the lost calls that it does not name at $0
    #[arg(long, requires = "bill")]
    rest_is_free: bool,
    /// Book the lost calls of some days at what is left of this total of the provider's bill, in US dollars
    #[arg(long, value_name = "USD", requires = "since", conflicts_with = "call")]
    total: Option<Usd>,
    /// The first day of the total, UTC
    #[arg(long, value_name = "DAY", requires = "total")]
    since: Option<Date>,
    /// The last day of the total, UTC [default: the first]
    #[arg(long, value_name = "DAY", requires = "total")]
    until: Option<Date>,
    /// The total is this endpoint's alone
    #[arg(long, value_name = "NAME", requires = "total")]
    endpoint: Option<String>,
    /// Where the amount comes from [default: `by hand`, or the bill]
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Lists what is lost, or books one of them; the amount goes to the day and month of the call.
pub(super) async fn reconcile(
    context: &mut Context,
    session: &Session,
    args: &ReconcileArgs,
) -> Result<u8, Failure> {
    // Opening for writing first: what a dead process left open is lost only then.
    let ledger = session.ledger()?;
    let lost = session.reader()?.lost()?;
    if let (Some(id), Some(amount)) = (&args.call, args.amount) {
        book(
            context,
            &ledger,
            args,
            "by hand",
            vec![(find(&lost, id)?, amount)],
        )
        .await?;
    } else if lost.is_empty() {
        writeln!(context.err, "no call is lost")?;
    } else if let Some(path) = &args.bill {
        let named = bill::amounts(path, &lost)?;
        let amount = |one: &LostAttempt| match named.get(&one.id) {
            Some(amount) => Some(*amount),
            None => args.rest_is_free.then_some(Usd::ZERO),
        };
        let amounts = lost.iter().filter_map(|one| Some((one, amount(one)?)));
        book(context, &ledger, args, "usage export", amounts.collect()).await?;
        let left = session.reader()?.lost()?.len();
        if left > 0 {
            writeln!(
                context.err,
                "the bill does not name {}",
                count(left, "lost call")
            )?;
            writeln!(
                context.err,
                "hint: if it covers their days, --rest-is-free books them at $0"
            )?;
        }
    } else if let (Some(total), Some(since)) = (args.total, args.since) {
        let period = share::Period {
            since,
            until: args.until.unwrap_or(since),
            endpoint: args.endpoint.clone(),
        };
        let of_period: Vec<&LostAttempt> = lost.iter().filter(|one| period.has(one)).collect();
        let amounts = share::amounts(&session.reader()?, &of_period, total, &period)?;
        let amounts = of_period.into_iter().zip(amounts).collect();
        book(context, &ledger, args, "share of a bill's total", amounts).await?;
    } else {
        context.out.write_all(lost_lines(&lost).as_bytes())?;
    }
    ledger.close()?;
    Ok(exit::SUCCESS)
}

/// Books lost calls at what they cost, and says so.
async fn book(
    context: &mut Context,
    ledger: &Ledger,
    args: &ReconcileArgs,
    reason: &str,
    amounts: Vec<(&LostAttempt, Usd)>,
) -> Result<(), Failure> {
    let reason = args.reason.as_deref().unwrap_or(reason);
    for (one, amount) in amounts {
        ledger.reconcile(one.id, amount, reason.to_owned()).await?;
        writeln!(
            context.out,
            "{}: {} instead of at most {}",
            one.id,
            report::dollars(amount),
            report::dollars(one.worst)
        )?;
    }
    Ok(())
}

fn find<'a>(lost: &'a [LostAttempt], id: &str) -> Result<&'a LostAttempt, Failure> {
    let begins = |one: &&LostAttempt| {
        one.id
            .hyphenated()
            .to_string()
            .starts_with(&id.to_ascii_lowercase())
    };
    let mut found = lost.iter().filter(begins);
    match (found.next(), found.count()) {
        (Some(one), 0) => Ok(one),
        (Some(_), more) => Err(Failure::usage(format!(
            "`{id}` begins the ids of {} lost calls, expected one",
            more + 1
        ))
        .hint("give more of it")),
        (None, _) => Err(Failure::usage(match Uuid::try_parse(id) {
            Ok(id) => format!("call `{id}` is not lost"),
            Err(_) => format!("no lost call has an id that begins with `{id}`"),
        })
        .hint("`pw ledger reconcile` lists them")),
    }
}

/// Lists lost calls at their worst case, three lines each.
pub(crate) fn lost_lines(lost: &[LostAttempt]) -> String {
    let line = |one: &LostAttempt| {
        let mut facts = vec![one.model.clone()];
        facts.extend(one.prompt.clone());
        facts.extend(one.run.map(|run| format!("run {run}")));
        facts.extend(one.case.clone());
        facts.extend(one.request_id.as_ref().map(|id| format!("request {id}")));
        format!(
            "{}  {}  at most {}\n  {}\n  {}\n",
            one.id,
            one.held_at,
            report::dollars(one.worst),
            safe::line(&facts.join(" · ")),
            safe::line(&one.reason)
        )
    };
    lost.iter().map(line).collect()
}
