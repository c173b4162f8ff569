//! `pw`: parse, build the runtime, run the command, return its exit code.

use std::process::ExitCode;

use clap::Parser as _;
use pw::commands::{self, Cli, Context, exit};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // One thread: the ledger's writer has its own, and everything else waits for the network.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (Ok(runtime), Ok(mut context)) = (runtime, Context::from_process()) else {
        return ExitCode::from(exit::FAILURE);
    };
    ExitCode::from(runtime.block_on(commands::run(&mut context, &cli)))
}
