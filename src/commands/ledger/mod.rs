//! `pw ledger`: audit, locate, export, reconcile, and what keeps it over the years.

mod care;
mod export;
mod reconcile;

pub(crate) use reconcile::lost_lines;

use std::io::Write as _;
use std::path::PathBuf;

use clap::Subcommand;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;

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
    /// Write the books for other programs: every posting, or every call
    Export(export::ExportArgs),
    /// Copy the ledger to a new file beside whoever writes it, and audit the copy
    Backup {
        /// The copy; nothing is ever written over
        file: PathBuf,
    },
    /// Audit another ledger, a backup or an export
    Verify(care::VerifyArgs),
    /// Take over what another ledger or its export has bought; the same again changes nothing
    Import {
        /// The other ledger, or its export in JSON lines
        file: PathBuf,
    },
    /// Remove old or large texts of requests and answers; money is never removed
    Prune(care::PruneArgs),
}

/// Runs a command of the ledger.
pub(crate) async fn ledger(
    context: &mut Context,
    global: &Global,
    args: &LedgerArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let path = session.ledger_path();
    let needed = !matches!(
        args.what,
        What::Path | What::Verify(_) | What::Import { .. }
    );
    if needed && !path.exists() {
        return Err(Failure::usage(format!(
            "no ledger in this workspace, expected `{}`",
            path.display()
        ))
        .hint("run `pw eval` once"));
    }
    match &args.what {
        What::Path => writeln!(context.out, "{}", path.display())?,
        What::Export(args) => return export::export(context, &session, args),
        What::Check => return care::check(context, &session),
        What::Reconcile(args) => return reconcile::reconcile(context, &session, args).await,
        What::Backup { file } => return care::backup(context, &session, file),
        What::Verify(args) => return care::verify(context, args),
        What::Import { file } => return care::import(context, &session, file),
        What::Prune(args) => return care::prune(context, &session, args),
    }
    Ok(exit::SUCCESS)
}
