//! The one concurrent place: trials in, rows out, in trial order whatever order answers came in.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::{self, StreamExt as _};
use uuid::Uuid;

use crate::call::{Answered, Ask, Payer, Reply, StopReason};
use crate::domain::{
    AnswerText, Case, Cost, Event, Message, ModelRef, Outcome, Progress, PromptName, Purpose,
    RunId, TrialKey, TrialRow, Variant,
};
use crate::engine::plan::PlannedTrial;
use crate::engine::request::{RequestOptions, request};
use crate::ledger::{CachedAnswer, Ledger, Recorded, Taken, TrialRecord};
use crate::pricing::Price;
use crate::scorer::{AnswerFacts, Scorer};
use crate::template::Template;

/// A run, ready to be executed.
pub struct Job<'a> {
    /// The run.
    pub run: &'a RunId,
    /// The prompt.
    pub prompt: &'a PromptName,
    /// Its variants, as planned.
    pub variants: &'a [(Variant, Template)],
    /// The cases, as planned.
    pub cases: &'a [Case],
    /// One for each case.
    pub scorers: &'a [Scorer],
    /// Price of each model.
    pub prices: &'a BTreeMap<ModelRef, Price>,
    /// What the command adds to a prompt's configuration, for each model.
    pub options: &'a BTreeMap<ModelRef, RequestOptions>,
    /// Answers that are taken before anybody is asked, whatever `use_cache` says: those of the run that this one goes on from.
    pub accepted: &'a BTreeMap<TrialKey, CachedAnswer>,
    /// Whether recorded answers will do.
    pub use_cache: bool,
    /// Calls in flight at most.
    pub concurrency: usize,
    /// The run stops at this many errors.
    pub max_errors: Option<usize>,
}

/// The rows of an executed run, in trial order.
#[derive(Debug)]
pub struct Execution {
    /// One row for each planned trial.
    pub rows: Vec<TrialRow>,
    /// Why it ended early, if it did.
    pub stopped: Option<StopReason>,
}

/// Runs every trial and records each row as it ends.
pub async fn execute(
    job: &Job<'_>,
    trials: Vec<PlannedTrial>,
    payer: &Payer,
    ledger: &Ledger,
    progress: &Progress,
) -> Execution {
    progress(Event::RunStarted {
        run: job.run.clone(),
        trials: trials.len(),
    });
    let errors = AtomicUsize::new(0);
    let mut rows: Vec<Option<TrialRow>> = trials.iter().map(|_| None).collect();
    // The only concurrent combinator of the program. `call/` keeps to the limits of the wire; more trials stand ready, so
    // that a call leaves while the answer before it is still being booked. One at a time stays one at a time, in order.
    let under_way = job.concurrency.max(1).saturating_mul(2) - 1;
    let mut ended = stream::iter(trials)
        .map(|trial| {
            let errors = &errors;
            async move {
                (
                    trial.position,
                    run_trial(job, trial, payer, ledger, errors).await,
                )
            }
        })
        .buffer_unordered(under_way);
    while let Some((position, row)) = ended.next().await {
        progress(trial_ended(&row));
        rows[position] = Some(row);
    }
    drop(ended);
    progress(Event::RunEnded);
    Execution {
        rows: rows.into_iter().flatten().collect(),
        stopped: payer.brake().reason(),
    }
}

fn trial_ended(row: &TrialRow) -> Event {
    let error = matches!(row.outcome, Outcome::Error { .. });
    Event::TrialEnded {
        key: row.key.clone(),
        pass: row.pass,
        error,
        cached: row.cached,
        cost: row.cost,
    }
}

async fn run_trial(
    job: &Job<'_>,
    trial: PlannedTrial,
    payer: &Payer,
    ledger: &Ledger,
    errors: &AtomicUsize,
) -> TrialRow {
    let (variant, template) = &job.variants[trial.variant];
    let model = &trial.key.model;
    let sent = request(
        template.front(),
        trial.messages,
        &model.model,
        &job.options[model],
    );
    let ask = Ask {
        purpose: Purpose::Eval,
        prompt: Some(job.prompt),
        variant,
        revision: Some(template.revision()),
        run: Some(job.run),
        case: Some(&trial.key.case),
        repeat: trial.key.repeat,
        model,
        request: &sent,
        price: &job.prices[model],
        use_cache: job.use_cache,
        on_text: None,
    };
    let (taken, reply) = match job.accepted.get(&trial.key) {
        Some(accepted) => (
            Taken::Resumed,
            Reply::Answered(Box::new(accepted.clone().into())),
        ),
        None => (Taken::Cached, payer.ask(&ask).await),
    };
    let (call, row) = row_of(
        trial.key.clone(),
        sent.messages,
        reply,
        &job.scorers[trial.case],
    );
    stop_at_errors(job, &row, payer, errors);
    // The trial's row is queued behind its settle and durable by the end of the run; its answer is durable already.
    // A ledger that takes no more rows says so at the end of the run.
    ledger
        .record_trial(job.run, trial_record(trial.position, call, &row, taken))
        .await
        .ok();
    row
}

fn stop_at_errors(job: &Job<'_>, row: &TrialRow, payer: &Payer, errors: &AtomicUsize) {
    if !matches!(row.outcome, Outcome::Error { .. }) {
        return;
    }
    let so_far = errors.fetch_add(1, Ordering::Relaxed) + 1;
    if job.max_errors.is_some_and(|most| so_far >= most) {
        payer.brake().drain(StopReason::TooManyErrors(so_far));
    }
}

/// Makes the row of a trial, scored if it was answered.
fn row_of(
    key: TrialKey,
    messages: Vec<Message>,
    reply: Reply,
    scorer: &Scorer,
) -> (Option<Uuid>, TrialRow) {
    let mut row = TrialRow {
        key,
        messages,
        outcome: Outcome::Skipped,
        text: AnswerText::Kept,
        scores: Vec::new(),
        pass: None,
        score: None,
        cost: Cost::default(),
        answer_cost: Cost::default(),
        price: None,
        cached: false,
        attempts: 0,
        latency_ms: None,
    };
    match reply {
        Reply::Stopped { attempts } => row.attempts = attempts,
        Reply::Failed { fault, attempts } => {
            row.attempts = attempts;
            row.outcome = Outcome::Error { fault: *fault };
        }
        Reply::Answered(answered) => {
            return (Some(answered.call), answered_row(row, *answered, scorer));
        }
    }
    (None, row)
}

fn answered_row(mut row: TrialRow, answered: Answered, scorer: &Scorer) -> TrialRow {
    let facts = AnswerFacts {
        answer: &answered.answer,
        cost: answered.answer_cost,
        latency_ms: Some(answered.latency_ms),
        cached: answered.cached,
    };
    let judgement = scorer.score(&facts);
    row.scores = judgement.scores;
    row.pass = judgement.pass;
    row.score = judgement.score;
    row.cost = answered.cost;
    row.answer_cost = answered.answer_cost.unwrap_or_default();
    row.price = answered.price;
    row.cached = answered.cached;
    row.attempts = answered.attempts;
    row.latency_ms = Some(answered.latency_ms);
    row.outcome = Outcome::Answered {
        answer: Box::new(answered.answer),
    };
    row
}

/// Returns what the ledger keeps of a row; the answer lies with its call. `taken` says why a recorded one was taken.
pub fn trial_record(
    position: usize,
    call: Option<Uuid>,
    row: &TrialRow,
    taken: Taken,
) -> TrialRecord {
    let (call, cached_from) = if row.cached {
        (None, call)
    } else {
        (call, None)
    };
    TrialRecord {
        position: u32::try_from(position).unwrap_or(u32::MAX),
        key: row.key.clone(),
        outcome: match &row.outcome {
            Outcome::Answered { .. } => Recorded::Answered,
            Outcome::Error { fault } => Recorded::Error(fault.clone()),
            Outcome::Skipped => Recorded::Skipped,
        },
        call,
        cached_from,
        taken,
        attempts: row.attempts,
        latency_ms: row.latency_ms,
        pass: row.pass,
        score: row.score,
        scores: row
            .scores
            .iter()
            .map(|score| (score.clone(), None))
            .collect(),
    }
}
