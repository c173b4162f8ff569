//! `--watch`: again after every change of a prompt, a partial, a suite or the settings.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::eval::args::EvalArgs;
use crate::commands::eval::evaluate;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;

/// Editors write a file in several steps: a change counts once nothing further happened for this long.
const SETTLE: Duration = Duration::from_millis(200);

/// Evaluates, waits for a change, evaluates again; Ctrl-C while waiting ends it.
pub(crate) async fn watch(
    context: &mut Context,
    global: &Global,
    args: &EvalArgs,
) -> Result<u8, Failure> {
    let root = Session::open(context, global, Vec::new())?
        .workspace
        .root()
        .to_path_buf();
    let (sender, mut changes) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| {
            !event.kind.is_access() && event.paths.iter().any(|path| counts(path))
        }) {
            // The receiver lives until the command ends.
            sender.send(()).ok();
        }
    })
    .map_err(Failure::environment)?;
    watcher
        .watch(&root, RecursiveMode::Recursive)
        .map_err(Failure::environment)?;
    loop {
        let code = match evaluate(context, global, args).await {
            Ok(code) => code,
            Err(failure) => failure.render(&mut context.err),
        };
        if code == exit::INTERRUPTED || code == exit::TERMINATED {
            return Ok(code);
        }
        while changes.try_recv().is_ok() {}
        writeln!(context.err, "watching {}; Ctrl-C ends", root.display())?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return Ok(exit::SUCCESS),
            changed = changes.recv() => if changed.is_none() { return Ok(exit::SUCCESS) },
        }
        while tokio::time::timeout(SETTLE, changes.recv())
            .await
            .is_ok_and(|change| change.is_some())
        {}
    }
}

/// Tells whether a change of this file can change a result; the ledger's own files cannot.
fn counts(path: &Path) -> bool {
    let hidden = path
        .components()
        .any(|part| part.as_os_str() == ".pw" || part.as_os_str() == ".git");
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or("");
    !hidden
        && [
            "hbs", "prompt", "yaml", "yml", "json", "jsonl", "csv", "toml",
        ]
        .contains(&ending)
}
