//! `pw trust`: which key goes to which host.

use std::io::Write as _;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::config::{Standing, trust};

/// Arguments of `pw trust`.
#[derive(Debug, clap::Args)]
pub struct TrustArgs {
    /// Allow exactly the pairs that this hash names, without asking
    #[arg(long, value_name = "H")]
    hash: Option<String>,
}

/// Shows every pair of key and host, and allows those that await it.
pub(crate) fn trust(
    context: &mut Context,
    global: &Global,
    args: &TrustArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    for key in &session.settings().keys {
        let standing = match key.standing {
            Standing::Pending => "awaits confirmation",
            _ => "allowed",
        };
        writeln!(
            context.out,
            "{} → {} (endpoint `{}`): {standing}",
            key.pair.variable, key.pair.host, key.pair.endpoint
        )?;
    }
    let pending = session.settings().pending();
    if pending.is_empty() {
        return Ok(exit::SUCCESS);
    }
    let expected = trust::hash(&pending);
    match &args.hash {
        Some(hash) if *hash == expected => {
            trust::allow(&context.environment, &pending)?;
            writeln!(context.out, "allowed")?;
            Ok(exit::SUCCESS)
        }
        Some(hash) => Err(Failure::usage(format!("found hash `{hash}`, expected `{expected}`: the pairs are others than those you confirm"))
            .hint("read the list above, then give the hash it has now")),
        None => {
            writeln!(context.err, "hint: to allow the pairs that await it: pw trust --hash {expected}")?;
            Ok(exit::SUCCESS)
        }
    }
}
