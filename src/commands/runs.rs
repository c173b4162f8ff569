//! Finding a recorded run by what a person wrote.

use crate::commands::facts::Kept;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::PromptName;
use crate::ledger::{Reader, RunRecord, RunRef};

/// Opens the ledger for reading.
pub(crate) fn reader(session: &Session) -> Result<Reader, Failure> {
    let path = session.ledger_path();
    if path.exists() {
        return session.reader();
    }
    let root = session.workspace.root().display();
    Err(Failure::usage(format!(
        "no ledger in this workspace, expected `{}`",
        path.display()
    ))
    .hint(format!(
        "the workspace is {root}; run `pw eval` once, or name another with --workspace"
    )))
}

/// Refuses what cannot be done with a run without its texts, or would write them where none are kept.
pub(crate) fn need_texts(
    session: &Session,
    run: &RunRecord,
    kept: &Kept,
    done: &str,
) -> Result<(), Failure> {
    let number = run.number;
    let (why, hint) = if kept.hashes_only {
        (
            "the ledger keeps nothing but hashes of its prompts, inputs and answers",
            "`pw show` shows its verdicts and its money; `pw eval` asks again, and pays again",
        )
    } else if session.text_key().is_some() {
        (
            "its texts would be written, and `store` is `hash`",
            "`pw config` shows where `ledger.store` comes from; PW_STORE=text allows it once",
        )
    } else {
        return Ok(());
    };
    Err(Failure::usage(format!("run {number} cannot be {done}: {why}")).hint(hint))
}

/// Finds a run by its number or UUID; without one, the last of a prompt, or of all.
pub(crate) fn find(
    reader: &Reader,
    name: Option<&str>,
    prompt: Option<&PromptName>,
) -> Result<RunRecord, Failure> {
    let Some(name) = name else {
        return reader.last_run(prompt)?.ok_or_else(|| {
            let of = prompt.map_or_else(String::new, |prompt| format!(" of `{prompt}`"));
            Failure::usage(format!("the ledger holds no run{of}")).hint("run `pw eval` once")
        });
    };
    let reference = name
        .parse::<u64>()
        .map_or_else(|_| RunRef::Id(name.to_owned()), RunRef::Number);
    Ok(reader.run(&reference)?)
}
