//! A run's records as what `pw eval` makes of the files: texts, cases, flags, and the answers that are there.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::context::Context;
use crate::commands::eval::args::EvalArgs;
use crate::commands::eval::prepare::{Prepared, Resumed, scorers, terms, trials};
use crate::commands::facts::Kept;
use crate::commands::failure::Failure;
use crate::commands::model;
use crate::commands::revision::Recorded;
use crate::commands::session::Session;
use crate::domain::{RunId, TrialKey, Usd, Variant};
use crate::ledger::{CachedAnswer, Reader, RunRecord, RunRef};
use crate::suite::Suite;
use crate::template::Template;

/// Makes of the records what `pw eval` makes of the files.
pub(super) async fn prepare(
    context: &Context,
    session: &Session,
    reader: &Reader,
    args: &EvalArgs,
    run: &RunRecord,
    kept: Kept,
) -> Result<Prepared, Failure> {
    let variants: Vec<(Variant, Template)> = run
        .revisions
        .iter()
        .map(|(variant, _)| Ok((variant.clone(), template(reader, run, variant)?)))
        .collect::<Result<_, Failure>>()?;
    let names: Vec<String> = run.models.iter().map(ToString::to_string).collect();
    let models = model::of_run(session, &names, &[], &variants).await?;
    let (prices, options) = terms(context, session, args, &models)?;
    let cases = reader.cases(&run.id)?;
    let repeats = args.repeat.unwrap_or(1);
    Ok(Prepared {
        prompt: run.prompt.clone(),
        baseline: kept.baseline,
        suite: Suite {
            file: run.suite.clone(),
            description: None,
            cases: cases.clone(),
            models: Vec::new(),
            judge: None,
            repeat: repeats,
            budget: kept.budget,
            gates: kept.gates.clone(),
            hash: run.suite_hash.clone(),
            value_vars: BTreeSet::new(),
            warnings: Vec::new(),
        },
        filtered: run.filtered,
        seed: run.seed,
        prices,
        options,
        scorers: scorers(&cases)?,
        trials: trials(session, &variants, &models, &cases, repeats)?,
        gates: kept.gates,
        gates_of: kept.gates_of,
        budget: args.budget.or(left(reader, run, kept.budget)?),
        warnings: kept.warnings,
        repeats,
        resumed: Some(Resumed {
            from: run.id.clone(),
            accepted: accepted(reader, run)?,
            against: kept.against,
        }),
        variants,
        models,
        cases,
    })
}

/// Makes a variant's template of the text that the run recorded.
fn template(reader: &Reader, run: &RunRecord, variant: &Variant) -> Result<Template, Failure> {
    let gone = |why: &str| {
        Failure::usage(format!(
            "run {} cannot be gone on with: {why} of `{}`",
            run.number, run.prompt
        ))
        .hint("run `pw eval` again: recorded answers to the same questions cost nothing")
    };
    let revision = run
        .revisions
        .iter()
        .find_map(|(name, revision)| (name == variant).then_some(revision))
        .ok_or_else(|| gone("the ledger lacks a variant"))?;
    let recorded = Recorded::read(reader, revision)?
        .ok_or_else(|| gone("the ledger no longer keeps the text"))?;
    let template = recorded
        .template(&format!("{} in run {}", run.prompt, run.number))?
        .ok_or_else(|| gone("the ledger does not keep the text"))?;
    if template.revision() == revision {
        Ok(template)
    } else {
        Err(gone("this pw reads another revision in the recorded text"))
    }
}

/// Returns what a run left of its budget, lost calls at their worst case.
fn left(reader: &Reader, run: &RunRecord, budget: Option<Usd>) -> Result<Option<Usd>, Failure> {
    let Some(budget) = budget else {
        return Ok(None);
    };
    let totals = reader.totals(&run.id)?;
    let used = totals
        .billed
        .saturating_add(totals.held)
        .saturating_add(totals.lost);
    let left = budget.checked_sub(used).unwrap_or_default();
    Ok(Some(left.max(Usd::ZERO)))
}

/// Collects the accepted answers of a run and of those it went on from; a kill may have come before it had taken theirs.
fn accepted(reader: &Reader, run: &RunRecord) -> Result<BTreeMap<TrialKey, CachedAnswer>, Failure> {
    let mut answers = BTreeMap::new();
    let mut next: Option<RunId> = Some(run.id.clone());
    while let Some(id) = next {
        for (key, answer) in reader.accepted(&id)? {
            answers.entry(key).or_insert(answer);
        }
        next = reader.run(&RunRef::Id(id))?.resumed_from;
    }
    Ok(answers)
}
