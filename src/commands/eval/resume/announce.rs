//! What is said before a run goes on.

use std::io::Write as _;

use crate::commands::context::Context;
use crate::commands::eval::changed;
use crate::commands::eval::prepare::Prepared;
use crate::commands::failure::Failure;
use crate::commands::ledger::lost_lines;
use crate::commands::session::Session;
use crate::domain::{TrialKey, Usd, count};
use crate::ledger::{Reader, RunRecord};
use crate::report;

/// Lost calls that are listed; `pw ledger reconcile` lists them all.
const LISTED: usize = 8;

/// Says what is taken, what is asked, what was lost, and which files are no longer those of the run.
pub(super) fn announce(
    context: &mut Context,
    session: &Session,
    reader: &Reader,
    run: &RunRecord,
    prepared: &Prepared,
) -> Result<(), Failure> {
    let all = prepared.trials.len();
    let accepted = prepared.resumed.as_ref().map(|resumed| &resumed.accepted);
    let is_there = |key: &TrialKey| accepted.is_some_and(|answers| answers.contains_key(key));
    let there = prepared
        .trials
        .iter()
        .filter(|trial| is_there(&trial.key))
        .count();
    writeln!(
        context.err,
        "run {} of `{}` goes on: {there} of {} there, {} to ask",
        run.number,
        run.prompt,
        count(all, "answer"),
        all - there
    )?;
    for file in changed::files(session, run) {
        writeln!(
            context.err,
            "warning: {file} has changed since; the run goes on with what it began with, and `pw eval` asks the new one"
        )?;
    }
    let mut lost = reader.lost()?;
    lost.retain(|one| one.run == Some(run.number));
    if lost.is_empty() {
        return Ok(());
    }
    let most = lost
        .iter()
        .map(|one| one.worst)
        .fold(Usd::ZERO, Usd::saturating_add);
    writeln!(
        context.err,
        "{} may have been billed without an answer, at most {}:",
        count(lost.len(), "lost call"),
        report::dollars(most)
    )?;
    context
        .err
        .write_all(lost_lines(&lost[..lost.len().min(LISTED)]).as_bytes())?;
    if lost.len() > LISTED {
        writeln!(context.err, "and {} more", lost.len() - LISTED)?;
    }
    writeln!(
        context.err,
        "hint: `pw ledger reconcile` books what the provider's bill says about them"
    )?;
    Ok(())
}
