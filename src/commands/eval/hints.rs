//! Hints after a run, computed from its result.

use std::io::Write as _;

use crate::call::StopReason;
use crate::commands::context::Context;
use crate::commands::eval::args::EvalArgs;
use crate::commands::eval::run::Ended;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::domain::{Fault, Outcome};
use crate::ledger::Refused;
use crate::report::dollars;

/// Says why a run ended early, and what to do next.
pub(crate) fn write(
    context: &mut Context,
    args: &EvalArgs,
    ended: &[Ended],
    code: u8,
) -> Result<(), Failure> {
    for run in ended {
        if let Some(reason) = &run.stopped {
            writeln!(context.err, "error: {}", ending(reason))?;
        } else if let Some(fault) = first_fault(run).filter(|_| unanswered(run)) {
            writeln!(
                context.err,
                "error: no trial was answered; the first error was: {}",
                fault.message
            )?;
        }
        if !args.quiet {
            for hint in hints(run, code) {
                writeln!(context.err, "hint: {hint}")?;
            }
        }
    }
    Ok(())
}

fn ending(reason: &StopReason) -> String {
    match reason {
        StopReason::Cancelled => "interrupted; every answer that arrived is kept".to_owned(),
        StopReason::Budget(refused) => over_budget(refused),
        StopReason::Endpoint(why) => why.clone(),
        StopReason::Ledger(why) => {
            format!("the ledger cannot book, so nothing further was sent: {why}")
        }
        StopReason::TooManyErrors(number) => {
            format!("stopped after {number} errors, as `--max-errors` asks")
        }
    }
}

fn first_fault(run: &Ended) -> Option<&Fault> {
    run.facts.results.iter().find_map(|row| match &row.outcome {
        Outcome::Error { fault } => Some(fault),
        _ => None,
    })
}

fn unanswered(run: &Ended) -> bool {
    let answered = |outcome: &Outcome| matches!(outcome, Outcome::Answered { .. });
    !run.facts.results.iter().any(|row| answered(&row.outcome))
}

fn hints(run: &Ended, code: u8) -> Vec<String> {
    let facts = &run.facts;
    let mut hints = Vec::new();
    match &run.stopped {
        Some(StopReason::Budget(_)) => hints.push(
            "`pw resume --budget USD` goes on: answers that were paid for are reused".to_owned(),
        ),
        Some(StopReason::Cancelled) => hints
            .push("`pw resume` goes on: answers that were paid for are reused".to_owned()),
        Some(StopReason::Endpoint(_)) => hints.push(
            "`pw models` shows each endpoint, its key and whether it answers; what was not sent is asked by the next run"
                .to_owned(),
        ),
        _ => {}
    }
    let undecided = code == exit::FAILURE && run.stopped.is_none() && !unanswered(run);
    if let Some(fault) = first_fault(run).filter(|_| undecided) {
        hints.push(format!("the first error was: {}", fault.message));
    }
    let failing = facts.variants.iter().any(|variant| variant.failed > 0);
    if failing && facts.gates.is_empty() && run.stopped.is_none() {
        hints.push(format!("to make failing cases fail the command, declare `pass: {{rate: 0.9}}` in {} or give --threshold 0.9", facts.suite));
    }
    hints
}

/// Says which cap stopped a run, with everything that stands against it.
pub(crate) fn over_budget(refused: &Refused) -> String {
    let mut parts = vec![format!("{} spent", dollars(refused.spent))];
    parts.extend((!refused.held.is_zero()).then(|| format!("{} held", dollars(refused.held))));
    parts.extend((!refused.lost.is_zero()).then(|| format!("{} lost", dollars(refused.lost))));
    let holders: Vec<String> = refused.others.iter().map(ToString::to_string).collect();
    let holders = if holders.is_empty() {
        String::new()
    } else {
        format!(" (process {})", holders.join(", "))
    };
    let (scope, cap, amount) = (
        refused.scope.word(),
        dollars(refused.cap),
        dollars(refused.amount),
    );
    format!(
        "the {scope}'s budget of {cap} does not fit another call, which may cost up to {amount}: {}{holders}",
        parts.join(", ")
    )
}
