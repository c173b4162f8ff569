//! `pw ledger reconcile`: lost calls, and what they really cost.

use std::io::Write as _;

use uuid::Uuid;

use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::ledger::open;
use crate::commands::session::Session;
use crate::domain::Usd;
use crate::ledger::LostAttempt;
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
    /// Where the amount comes from
    #[arg(
        long,
        value_name = "TEXT",
        requires = "call",
        default_value = "by hand"
    )]
    reason: String,
}

/// Lists what is lost, or books one of them; the amount goes to the day and month of the call.
pub(super) async fn reconcile(
    context: &mut Context,
    session: &Session,
    args: &ReconcileArgs,
) -> Result<u8, Failure> {
    // Opening for writing first: what a dead process left open is lost only then.
    let ledger = open(context, session)?;
    let lost = session.reader()?.lost()?;
    if let (Some(id), Some(amount)) = (&args.call, args.amount) {
        let one = find(&lost, id)?;
        ledger
            .reconcile(one.id, amount, args.reason.clone())
            .await?;
        writeln!(
            context.out,
            "{}: {} instead of at most {}",
            one.id,
            report::dollars(amount),
            report::dollars(one.worst)
        )?;
    } else if lost.is_empty() {
        writeln!(context.err, "no call is lost")?;
    } else {
        context.out.write_all(list(&lost).as_bytes())?;
    }
    ledger.close()?;
    Ok(exit::SUCCESS)
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

fn list(lost: &[LostAttempt]) -> String {
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
