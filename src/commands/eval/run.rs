//! One run, from its first row in the ledger to its facts.

use std::sync::Arc;
use std::time::Duration;

use crate::call::{Brake, Payer, PayerOptions, StopReason};
use crate::commands::context::{Context, fail_point};
use crate::commands::eval::against::{self, Against};
use crate::commands::eval::args::EvalArgs;
use crate::commands::eval::prepare::Prepared;
use crate::commands::eval::select::split;
use crate::commands::facts::{self, Kept};
use crate::commands::failure::Failure;
use crate::commands::model;
use crate::commands::revision::Recorded;
use crate::commands::session::Session;
use crate::domain::{Endpoint, ModelRef, Outcome, Progress, RunId, RunStatus, Usd};
use crate::engine::{self, Job, PlannedTrial};
use crate::ledger::{Caps, Ledger, NewRun, Reader};
use crate::summary::Facts;
use crate::workspace;

/// How long a hold waits for money that other processes hold.
const PATIENCE: Duration = Duration::from_mins(10);

/// What every run of a command shares.
pub(crate) struct Shared<'a> {
    pub(crate) session: &'a Session,
    pub(crate) args: &'a EvalArgs,
    pub(crate) ledger: &'a Ledger,
    pub(crate) reader: &'a Reader,
    pub(crate) brake: &'a Arc<Brake>,
    pub(crate) progress: &'a Progress,
}

/// A recorded run.
pub(crate) struct Ended {
    pub(crate) facts: Facts,
    pub(crate) stopped: Option<StopReason>,
}

/// Runs a prepared prompt and records it.
pub(crate) async fn run(
    context: &Context,
    shared: &Shared<'_>,
    mut prepared: Prepared,
) -> Result<Ended, Failure> {
    let resumed = prepared.resumed.take();
    let against = match &resumed {
        Some(resumed) => resumed.against.clone(),
        None => against::find(shared, &prepared)?,
    };
    let settings = shared.session.settings();
    let caps = Caps {
        run: prepared.budget,
        day: settings.budget.day,
        month: settings.budget.month,
    };
    let payer = Payer::connect(
        payer_options(context, shared, caps)?,
        endpoints(shared.session, &prepared)?,
    )
    .await?;
    let from = resumed.as_ref().map(|resumed| resumed.from.clone());
    let accepted = resumed.map(|resumed| resumed.accepted).unwrap_or_default();
    let new_run = new_run(context, shared, &prepared, &against, from)?;
    let id = new_run.id.clone();
    shared.ledger.begin_run(new_run).await?;
    let trials = std::mem::take(&mut prepared.trials);
    let concurrency = usize::try_from(settings.concurrency).unwrap_or(usize::MAX);
    let job = Job {
        run: &id,
        prompt: &prepared.prompt,
        variants: &prepared.variants,
        cases: &prepared.cases,
        scorers: &prepared.scorers,
        prices: &prepared.prices,
        options: &prepared.options,
        accepted: &accepted,
        use_cache: !shared.args.no_cache,
        concurrency,
        max_errors: shared.args.max_errors,
    };
    let execution = engine::execute(&job, trials, &payer, shared.ledger, shared.progress).await;
    let status = status(execution.stopped.as_ref());
    let answered = execution
        .rows
        .iter()
        .any(|row| matches!(row.outcome, Outcome::Answered { .. }));
    let skipped = execution
        .rows
        .iter()
        .any(|row| matches!(row.outcome, Outcome::Skipped));
    shared
        .ledger
        .end_run(&id, status, answered && !skipped)
        .await?;
    let record = shared.reader.run(&crate::ledger::RunRef::Id(id))?;
    // Cases are paired as they are recorded, and shown as they were asked.
    let recorded = shared.reader.cases(&record.id)?;
    let facts = facts::of(shared.reader, &record, execution.rows, &recorded)?;
    Ok(Ended {
        facts: facts::told(facts, &prepared.cases),
        stopped: execution.stopped,
    })
}

fn payer_options(
    context: &Context,
    shared: &Shared<'_>,
    caps: Caps,
) -> Result<PayerOptions, Failure> {
    let settings = shared.session.settings();
    Ok(PayerOptions {
        ledger: shared.ledger.clone(),
        reader: shared.session.reader()?,
        caps,
        prices: shared.session.prices()?.clone(),
        workspace: shared.session.name(),
        clock: Arc::clone(&context.clock),
        fail: fail_point(settings),
        brake: Arc::clone(shared.brake),
        concurrency: settings.concurrency,
        concurrency_given: settings.concurrency_given,
        patience: PATIENCE,
        wait_scale: settings.seams.wait_scale.unwrap_or(1.0),
    })
}

fn endpoints(session: &Session, prepared: &Prepared) -> Result<Vec<Endpoint>, Failure> {
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for model in &prepared.models {
        let endpoint = model::endpoint(session, model)?;
        if !endpoints.iter().any(|known| known.name == endpoint.name) {
            endpoints.push(endpoint.clone());
        }
    }
    Ok(endpoints)
}

fn new_run(
    context: &Context,
    shared: &Shared<'_>,
    prepared: &Prepared,
    against: &[Against],
    resumed_from: Option<RunId>,
) -> Result<NewRun, Failure> {
    let tags = shared
        .args
        .tags
        .iter()
        .map(|pair| split(pair, "--tag").map(|(k, v)| (k.to_owned(), v.to_owned())))
        .collect::<Result<_, _>>()?;
    let key = shared.session.text_key();
    let kept = Kept {
        baseline: prepared.baseline.clone(),
        min_gain: shared.args.min_gain / 100.0,
        budget: prepared.budget,
        gates: prepared.gates.clone(),
        gates_of: prepared.gates_of.clone(),
        against: against.to_vec(),
        warnings: prepared.warnings.clone(),
        asked: Some(EvalArgs {
            repeat: Some(prepared.repeats),
            ..shared.args.clone()
        }),
        rescored_from: None,
        hashes_only: key.is_some(),
    };
    // `--set` and `--filter` say what was asked for, and warnings may quote it.
    let kept = match key {
        Some(_) => Kept {
            warnings: Vec::new(),
            asked: None,
            ..kept
        },
        None => kept,
    };
    let command = match key {
        Some(_) => "eval".to_owned(),
        None => context.command_line.clone(),
    };
    Ok(NewRun {
        id: new_id(context),
        command,
        workspace: shared.session.name(),
        prompt: prepared.prompt.clone(),
        suite: prepared.suite.file.clone(),
        suite_hash: match key {
            Some(key) => key.hex(&prepared.suite.hash),
            None => prepared.suite.hash.clone(),
        },
        seed: prepared.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        git: workspace::git_state(
            shared.session.workspace.root(),
            context.environment.get("PATH"),
        ),
        tags,
        note: shared.args.note.clone(),
        settings: serde_json::to_value(kept).map_err(Failure::environment)?,
        resumed_from,
        filtered: prepared.filtered,
        revisions: prepared
            .variants
            .iter()
            .map(|(variant, template)| {
                let recorded = serde_json::to_string(&Recorded::of(template, key.is_none()))?;
                Ok((variant.clone(), template.revision().clone(), recorded))
            })
            .collect::<serde_json::Result<_>>()
            .map_err(Failure::environment)?,
        models: prepared.models.clone(),
        cases: match key {
            Some(key) => (prepared.cases.iter())
                .map(|case| case.without_texts(key))
                .collect(),
            None => prepared.cases.clone(),
        },
    })
}

pub(crate) fn new_id(context: &Context) -> String {
    let millis = u64::try_from(context.clock.now().as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &rand::random())
        .into_uuid()
        .to_string()
}

fn status(stopped: Option<&StopReason>) -> RunStatus {
    match stopped {
        None => RunStatus::Finished,
        Some(StopReason::Cancelled) => RunStatus::Cancelled,
        Some(StopReason::Budget(_)) => RunStatus::OutOfBudget,
        Some(StopReason::Endpoint(_) | StopReason::Ledger(_) | StopReason::TooManyErrors(_)) => {
            RunStatus::Failed
        }
    }
}

/// Returns the most that a prepared run, or one model's part of it, can cost: every trial at its worst case, retries and
/// answers of the run before left out.
pub(crate) fn worst_case(prepared: &Prepared, of: Option<&ModelRef>) -> Usd {
    let mut most = Usd::ZERO;
    let is_there = |trial: &PlannedTrial| {
        let resumed = prepared.resumed.as_ref();
        resumed.is_some_and(|resumed| resumed.accepted.contains_key(&trial.key))
    };
    let counts = |trial: &&PlannedTrial| {
        !is_there(trial) && of.is_none_or(|model| trial.key.model == *model)
    };
    for trial in prepared.trials.iter().filter(counts) {
        let price = &prepared.prices[&trial.key.model];
        if !price.is_free() {
            let bytes: usize = trial
                .messages
                .iter()
                .map(|message| message.plain_text().len() + 16)
                .sum();
            let options = &prepared.options[&trial.key.model];
            let output = u64::from(options.max_tokens.unwrap_or(options.default_max_tokens));
            most = most.saturating_add(price.worst_case(bytes as u64, output));
        }
    }
    most
}
