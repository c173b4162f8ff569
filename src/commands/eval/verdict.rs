//! The exit code of an evaluation.

use crate::call::StopReason;
use crate::commands::eval::run::Ended;
use crate::commands::exit;
use crate::domain::Outcome;

/// Returns the exit code of all runs together: an early end wins over a missed gate, which wins over success.
pub(crate) fn exit_code(ended: &[Ended], terminated: bool) -> u8 {
    let codes: Vec<u8> = ended.iter().map(of_run).collect();
    let precedence = [exit::INTERRUPTED, exit::BUDGET, exit::FAILURE, exit::GATE];
    let code = precedence
        .into_iter()
        .find(|code| codes.contains(code))
        .unwrap_or(exit::SUCCESS);
    if code == exit::INTERRUPTED && terminated {
        exit::TERMINATED
    } else {
        code
    }
}

fn of_run(run: &Ended) -> u8 {
    let rows = &run.facts.results;
    let answered = rows
        .iter()
        .any(|row| matches!(row.outcome, Outcome::Answered { .. }));
    match &run.stopped {
        Some(StopReason::Cancelled) => exit::INTERRUPTED,
        Some(StopReason::Budget(_)) => exit::BUDGET,
        Some(_) => exit::FAILURE,
        None if !answered && !rows.is_empty() => exit::FAILURE,
        None if run.facts.gates.iter().any(|gate| gate.met == Some(false)) => exit::GATE,
        None if run.facts.gates.iter().any(|gate| gate.met.is_none()) => exit::FAILURE,
        None => exit::SUCCESS,
    }
}
