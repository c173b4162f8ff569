//! A run as it would be, without sending it.

use std::io::Write as _;

use crate::commands::context::Context;
use crate::commands::cost::caps;
use crate::commands::eval::args::{EvalArgs, Format};
use crate::commands::eval::prepare::Prepared;
use crate::commands::eval::run::worst_case;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::ModelRef;
use crate::ledger::Reader;
use crate::report::{self, CapFit, CapLeft};
use crate::summary::{Estimate, EstimatePart, fit, forecast};

/// Recorded calls that are looked at, the newest first: a prompt and its prices change.
const LOOKED_AT: usize = 1_000;

/// Writes what prepared runs would cost; the ledger is read, never written.
pub(super) fn estimate(
    context: &mut Context,
    session: &Session,
    args: &EvalArgs,
    prepared: &[Prepared],
    history: Option<&Reader>,
) -> Result<u8, Failure> {
    let estimates: Vec<Estimate> = prepared
        .iter()
        .map(|run| of_run(run, history))
        .collect::<Result<_, _>>()?;
    let today = jiff::tz::Offset::UTC
        .to_datetime(context.clock.now())
        .date();
    let mut fits: Vec<CapFit> = of_run_cap(&estimates).into_iter().collect();
    for cap in caps(history, session, today)? {
        let parts = estimates.iter().flat_map(|one| &one.parts);
        fits.push(CapFit {
            fit: fit(parts, cap.left),
            cap,
        });
    }
    let text = match args.format {
        Some(Format::Json) => report::estimate_json(&estimates, &fits),
        _ => report::estimate(
            &estimates,
            &fits,
            session.settings().concurrency,
            &session.view,
        ),
    };
    context.out.write_all(text.as_bytes())?;
    Ok(exit::SUCCESS)
}

/// The run's own cap, of which nothing is spent yet; of several runs, each has it to itself.
fn of_run_cap(estimates: &[Estimate]) -> Option<CapFit> {
    let cap = estimates.iter().find_map(|one| one.budget)?;
    let fits = estimates.iter().filter_map(|one| {
        let budget = one.budget?;
        Some(fit(one.parts.iter(), budget))
    });
    Some(CapFit {
        fit: fits.max()?,
        cap: CapLeft {
            period: "run",
            cap,
            left: cap,
        },
    })
}

fn of_run(run: &Prepared, history: Option<&Reader>) -> Result<Estimate, Failure> {
    let part = |model: &ModelRef| -> Result<EstimatePart, Failure> {
        let calls = run
            .trials
            .iter()
            .filter(|trial| trial.key.model == *model)
            .count() as u64;
        let past = history.map_or_else(
            || Ok(Vec::new()),
            |reader| reader.past_calls(&run.prompt, model, LOOKED_AT),
        )?;
        Ok(EstimatePart {
            model: model.clone(),
            calls,
            worst: worst_case(run, Some(model)),
            forecast: forecast(&past, calls),
        })
    };
    Ok(Estimate {
        prompt: run.prompt.clone(),
        budget: run.budget,
        parts: run.models.iter().map(part).collect::<Result<_, _>>()?,
    })
}
