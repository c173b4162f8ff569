//! With which recorded answers a run is compared: the previous iteration, the best one, a run, a revision, or nothing.

use serde::{Deserialize, Serialize};

use crate::commands::eval::prepare::Prepared;
use crate::commands::eval::run::Shared;
use crate::commands::failure::Failure;
use crate::commands::runs;
use crate::domain::{ModelRef, Revision, RunId, Variant};
use crate::ledger::{PreviousRun, Reader, RunRecord};

/// One side of recorded answers, chosen before the run begins and kept with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Against {
    pub(crate) variant: Variant,
    pub(crate) model: ModelRef,
    pub(crate) run: RunId,
    pub(crate) revision: Revision,
    pub(crate) iteration: Option<u32>,
}

/// Finds what each variant × model is compared with.
pub(crate) fn find(shared: &Shared<'_>, prepared: &Prepared) -> Result<Vec<Against>, Failure> {
    let mut found = Vec::new();
    for (variant, template) in &prepared.variants {
        for model in &prepared.models {
            let previous = choose(shared, prepared, variant, template.revision(), model)?;
            found.extend(previous.map(|run| Against {
                variant: variant.clone(),
                model: model.clone(),
                run: run.run,
                revision: run.revision,
                iteration: run.iteration,
            }));
        }
    }
    Ok(found)
}

fn choose(
    shared: &Shared<'_>,
    prepared: &Prepared,
    variant: &Variant,
    revision: &Revision,
    model: &ModelRef,
) -> Result<Option<PreviousRun>, Failure> {
    let (reader, prompt) = (shared.reader, &prepared.prompt);
    match shared.args.against.as_str() {
        "none" => Ok(None),
        "previous" => Ok(reader.previous(prompt, variant, model, revision)?),
        "best" => Ok(reader
            .best(prompt, variant, model)?
            .filter(|best| best.revision != *revision)),
        text => {
            if let Some(prefix) = text.strip_prefix('@') {
                of_revision(shared, prepared, variant, model, prefix)
            } else {
                let record = runs::find(reader, Some(text), None)?;
                of_run(reader, &record, variant, model)
            }
        }
    }
}

/// Finds the last whole run of the one revision that begins so.
fn of_revision(
    shared: &Shared<'_>,
    prepared: &Prepared,
    variant: &Variant,
    model: &ModelRef,
    prefix: &str,
) -> Result<Option<PreviousRun>, Failure> {
    for revision in shared.reader.by_revision(prefix)? {
        if let Some(run) = shared
            .reader
            .run_of(&prepared.prompt, variant, model, &revision)?
        {
            return Ok(Some(run));
        }
    }
    Err(Failure::usage(format!(
        "no whole run of `{}` with {model} has a revision that begins with `@{prefix}`",
        prepared.prompt
    ))
    .hint("`pw show --format json` names the revisions of a run"))
}

/// Takes the side of a run that has this variant and model; a run without them compares with nothing.
fn of_run(
    reader: &Reader,
    record: &RunRecord,
    variant: &Variant,
    model: &ModelRef,
) -> Result<Option<PreviousRun>, Failure> {
    let Some((_, revision)) = record
        .revisions
        .iter()
        .find(|(name, _)| name == variant)
        .filter(|_| record.models.contains(model))
    else {
        return Ok(None);
    };
    let iteration = reader.iteration_of(&record.prompt, variant, revision)?;
    Ok(Some(PreviousRun {
        run: record.id.clone(),
        number: record.number,
        revision: revision.clone(),
        iteration,
    }))
}
