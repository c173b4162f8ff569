//! `pw ledger`: audit, locate, export, reconcile.

mod reconcile;

pub(crate) use reconcile::lost_lines;

use std::io::Write as _;
use std::sync::Arc;

use clap::Subcommand;

use crate::commands::cli::Global;
use crate::commands::context::{Context, fail_point};
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::count;
use crate::ledger::{self, Ledger, LedgerError, OpenOptions};

/// Arguments of `pw ledger`.
#[derive(Debug, clap::Args)]
pub struct LedgerArgs {
    /// What to do with it
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Audit the ledger; silent when it is well
    Check,
    /// Print where the ledger lies
    Path,
    /// List lost calls, or book what one of them really cost
    Reconcile(reconcile::ReconcileArgs),
    /// Write every posting, one JSON object a line
    Export {
        /// The form
        #[arg(long, value_name = "FORMAT", value_parser = ["jsonl"], default_value = "jsonl")]
        format: String,
    },
}

/// Runs a command of the ledger.
pub(crate) async fn ledger(
    context: &mut Context,
    global: &Global,
    args: &LedgerArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let path = session.ledger_path();
    if matches!(args.what, What::Path) {
        writeln!(context.out, "{}", path.display())?;
        return Ok(exit::SUCCESS);
    }
    if !path.exists() {
        return Err(Failure::usage(format!(
            "no ledger in this workspace, expected `{}`",
            path.display()
        ))
        .hint("run `pw eval` once"));
    }
    match &args.what {
        What::Reconcile(args) => reconcile::reconcile(context, &session, args).await,
        What::Export { .. } => {
            ledger::export_jsonl(&path, &mut context.out)?;
            Ok(exit::SUCCESS)
        }
        What::Check | What::Path => check(context, &session),
    }
}

/// Opens the ledger for writing: what dead processes left open is lost then.
fn open(context: &Context, session: &Session) -> Result<Ledger, LedgerError> {
    Ledger::open(OpenOptions {
        path: session.ledger_path(),
        clock: Arc::clone(&context.clock),
        fail: fail_point(session.settings()),
    })
}

/// Books what dead processes left open as lost, then audits in one read snapshot.
fn check(context: &mut Context, session: &Session) -> Result<u8, Failure> {
    let path = session.ledger_path();
    match open(context, session) {
        Ok(ledger) => ledger.close()?,
        Err(error @ (LedgerError::Newer { .. } | LedgerError::NotALedger { .. })) => {
            return Err(error.into());
        }
        // Damage, and a medium that cannot be written, are findings of the audit.
        Err(_) => {}
    }
    let report = ledger::check(&path)?;
    if report.findings.is_empty() {
        return Ok(exit::SUCCESS);
    }
    for finding in &report.findings {
        writeln!(context.out, "{}\n  {}", finding.what, finding.advice)?;
    }
    Err(Failure::environment(format!(
        "the ledger has {}",
        count(report.findings.len(), "finding")
    )))
}
