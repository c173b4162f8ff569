//! `pw ledger check`, `backup`, `verify`, `import` and `prune`: what keeps the books over the years.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::count;
use crate::ledger::{self, CheckReport, LedgerError, Unneeded};
use crate::report::{self, safe};

/// Arguments of `pw ledger verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// A ledger, a backup of one, or an export in JSON lines
    file: PathBuf,
    /// An anchor file that knows how far it must reach [default: the one beside a file that ends in `.db`]
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
}

/// Arguments of `pw ledger prune`.
#[derive(Debug, clap::Args)]
pub(super) struct PruneArgs {
    /// Texts of calls that are older, such as `90d` or `6 months`
    #[arg(long, value_name = "TIME", required_unless_present = "larger_than")]
    older_than: Option<Span>,
    /// Texts that take more bytes, as they are stored
    #[arg(long, value_name = "BYTES")]
    larger_than: Option<u64>,
    /// Remove them; without it they are only counted
    #[arg(long)]
    yes: bool,
}

/// Books what dead processes left open as lost, then audits in one read snapshot.
pub(super) fn check(context: &mut Context, session: &Session) -> Result<u8, Failure> {
    let path = session.ledger_path();
    match session.ledger() {
        Ok(ledger) => ledger.close()?,
        Err(error @ (LedgerError::Newer { .. } | LedgerError::NotALedger { .. })) => {
            return Err(error.into());
        }
        // Damage, and a medium that cannot be written, are findings of the audit.
        Err(_) => {}
    }
    if let Some(kind) = ledger::network_mount(&path) {
        writeln!(
            context.err,
            "warning: the ledger lies on a network file system ({kind}), where locks may not hold and two machines that \
             write it destroy it; move it with `[ledger] path` in pw.toml"
        )?;
    }
    tell(context, &ledger::check(&path)?, "the ledger")
}

/// Lists what was found; silent when all is well.
fn tell(context: &mut Context, report: &CheckReport, what: &str) -> Result<u8, Failure> {
    if report.findings.is_empty() {
        return Ok(exit::SUCCESS);
    }
    for finding in &report.findings {
        writeln!(
            context.out,
            "{}\n  {}",
            safe::line(&finding.what),
            finding.advice
        )?;
    }
    Err(Failure::environment(format!(
        "{what} has {}",
        count(report.findings.len(), "finding")
    )))
}

/// Copies the ledger to a new file and audits the copy.
pub(super) fn backup(context: &mut Context, session: &Session, to: &Path) -> Result<u8, Failure> {
    let to = context.folder.join(to);
    let report = ledger::backup(&session.ledger_path(), &to)?;
    reached(context, &to, &report)
}

/// Audits another ledger, or an export.
pub(super) fn verify(context: &mut Context, args: &VerifyArgs) -> Result<u8, Failure> {
    let file = context.folder.join(&args.file);
    let anchor = args
        .anchor
        .as_ref()
        .map(|anchor| context.folder.join(anchor));
    let report = ledger::verify(&file, anchor.as_deref())?;
    reached(context, &file, &report)
}

/// Says how far a whole copy reaches: a number and a hash to keep elsewhere.
fn reached(context: &mut Context, file: &Path, report: &CheckReport) -> Result<u8, Failure> {
    let name = file.display().to_string();
    let code = tell(context, report, &format!("`{}`", safe::line(&name)))?;
    let postings = count(
        usize::try_from(report.postings).unwrap_or(usize::MAX),
        "posting",
    );
    writeln!(
        context.out,
        "{}: {postings}, head {}",
        safe::line(&name),
        report.head
    )?;
    Ok(code)
}

/// Takes over another ledger's books.
pub(super) fn import(context: &mut Context, session: &Session, file: &Path) -> Result<u8, Failure> {
    let file = context.folder.join(file);
    // Opening for writing first: a workspace without a ledger gets one, and an old one is brought up to date.
    let ledger = session.ledger()?;
    let imported = ledger::import(&session.ledger_path(), &file, context.clock.now())?;
    ledger.close()?;
    writeln!(
        context.out,
        "{} of {} postings are new: {}, {}",
        imported.new,
        imported.postings,
        count(
            usize::try_from(imported.answers).unwrap_or(usize::MAX),
            "answer"
        ),
        report::dollars(imported.billed)
    )?;
    Ok(exit::SUCCESS)
}

/// Removes texts, or says what would be removed.
pub(super) fn prune(
    context: &mut Context,
    session: &Session,
    args: &PruneArgs,
) -> Result<u8, Failure> {
    let now = context.clock.now();
    let which = Unneeded {
        before: args.older_than.map(|span| ago(now, span)).transpose()?,
        larger: args.larger_than,
    };
    // Opening for writing first: an old ledger is brought up to date, and its copy is taken before.
    session.ledger()?.close()?;
    let pruned = ledger::prune(&session.ledger_path(), which, args.yes, now)?;
    let texts = count(usize::try_from(pruned.texts).unwrap_or(usize::MAX), "text");
    writeln!(
        context.out,
        "{texts}, {} bytes {}",
        pruned.bytes,
        if args.yes {
            "removed"
        } else {
            "would be removed"
        }
    )?;
    if !args.yes && pruned.texts > 0 {
        writeln!(
            context.err,
            "nothing was changed; --yes removes them for good, their money stays"
        )?;
    }
    Ok(exit::SUCCESS)
}

fn ago(now: Timestamp, span: Span) -> Result<Timestamp, Failure> {
    let wrong = |why: String| {
        Failure::usage(format!(
            "found `--older-than {span}`, expected a time such as `90d`: {why}"
        ))
    };
    if span.is_negative() {
        return Err(wrong("it is negative".to_owned()));
    }
    let then = now.to_zoned_datetime(TimeZone::UTC).checked_sub(span);
    then.map(|then| then.timestamp())
        .map_err(|e| wrong(e.to_string()))
}
