//! `pw completions`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::commands::cli::Cli;
use crate::commands::context::Context;
use crate::commands::failure::Failure;

/// Arguments of `pw completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell to write for
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes a completion script to stdout.
pub(crate) fn completions(context: &mut Context, args: &CompletionsArgs) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "pw", &mut script);
    context.out.write_all(&script)?;
    Ok(crate::commands::exit::SUCCESS)
}
