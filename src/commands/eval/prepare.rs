//! Everything a run needs, found and checked before anything is sent.

use std::collections::BTreeMap;

use crate::commands::context::Context;
use crate::commands::eval::against::Against;
use crate::commands::eval::args::EvalArgs;
use crate::commands::eval::select;
use crate::commands::failure::Failure;
use crate::commands::model;
use crate::commands::session::Session;
use crate::domain::{Case, GateSpec, ModelRef, PromptName, RunId, TrialKey, Usd, Variant};
use crate::engine::{self, PlannedTrial, RequestOptions};
use crate::ledger::{CachedAnswer, Reader};
use crate::pricing::{self, Price};
use crate::scorer::Scorer;
use crate::suite::{self, Suite};
use crate::template::Template;
use crate::workspace::PromptFiles;

/// Tokens an answer may have where nobody says.
const MAX_TOKENS: u32 = 1024;
/// Likewise for a model that reasons before it answers.
const MAX_TOKENS_REASONING: u32 = 8192;

/// A run, ready to begin.
pub(crate) struct Prepared {
    pub(crate) prompt: PromptName,
    pub(crate) variants: Vec<(Variant, Template)>,
    pub(crate) baseline: Variant,
    pub(crate) suite: Suite,
    pub(crate) cases: Vec<Case>,
    pub(crate) filtered: bool,
    pub(crate) models: Vec<ModelRef>,
    pub(crate) seed: u64,
    pub(crate) prices: BTreeMap<ModelRef, Price>,
    pub(crate) options: BTreeMap<ModelRef, RequestOptions>,
    pub(crate) scorers: Vec<Scorer>,
    pub(crate) trials: Vec<PlannedTrial>,
    pub(crate) gates: Vec<GateSpec>,
    pub(crate) gates_of: Variant,
    pub(crate) budget: Option<Usd>,
    pub(crate) warnings: Vec<String>,
    pub(crate) repeats: u32,
    /// What a resumed run has from the one before.
    pub(crate) resumed: Option<Resumed>,
}

/// What a run has from the one that it goes on from.
pub(crate) struct Resumed {
    pub(crate) from: RunId,
    pub(crate) accepted: BTreeMap<TrialKey, CachedAnswer>,
    pub(crate) against: Vec<Against>,
}

/// Prepares one prompt.
pub(crate) async fn prepare(
    context: &Context,
    session: &Session,
    args: &EvalArgs,
    files: PromptFiles,
    reader: Option<&Reader>,
) -> Result<Prepared, Failure> {
    let variants = parse(session, args, &files)?;
    let suite_path = suite_of(context, session, args, &files, &variants)?;
    let mut suite = suite::load(session.workspace.root(), &suite_path)?;
    if let Some(key) = session.text_key() {
        for case in &mut suite.cases {
            case.id = case.id.without_texts(case.named, key);
        }
    }
    let seed = args
        .seed
        .or(session.settings().seams.seed)
        .unwrap_or_else(|| context.clock.now().as_millisecond().unsigned_abs());
    let selected = select::cases(&suite, args, &files.name, seed, reader)?;
    let models = model::of_run(session, &args.models, &suite.models, &variants).await?;
    let (prices, options) = terms(context, session, args, &models)?;
    let repeats = args.repeat.unwrap_or(suite.repeat).max(1);
    let trials = trials(session, &variants, &models, &selected.cases, repeats)?;
    let scorers = scorers(&selected.cases)?;
    let mut warnings = suite.warnings.clone();
    warnings.extend(
        variants
            .iter()
            .flat_map(|(_, template)| template.front().warnings.iter().map(ToString::to_string)),
    );
    warnings.extend(select::unused_vars(&variants, &suite));
    let gates_of = args
        .variants
        .first()
        .map_or(Variant::UNSUFFIXED, |name| variant(name));
    Ok(Prepared {
        prompt: files.name,
        baseline: baseline(args, &variants)?,
        budget: least(session.settings().budget.run, suite.budget),
        gates: gates(args, &suite),
        gates_of,
        variants,
        suite,
        cases: selected.cases,
        filtered: selected.filtered,
        models,
        seed,
        prices,
        options,
        scorers,
        trials,
        warnings,
        repeats,
        resumed: None,
    })
}

/// What each model asks for its answers, and how it is asked.
pub(crate) type Terms = (
    BTreeMap<ModelRef, Price>,
    BTreeMap<ModelRef, RequestOptions>,
);

/// Finds the terms of every model of a run.
pub(crate) fn terms(
    context: &Context,
    session: &Session,
    args: &EvalArgs,
    models: &[ModelRef],
) -> Result<Terms, Failure> {
    let at = context.clock.now();
    let mut prices = BTreeMap::new();
    let mut options = BTreeMap::new();
    for model in models {
        let endpoint = model::endpoint(session, model)?;
        prices.insert(
            model.clone(),
            pricing::resolve(endpoint, &model.model, at, session.prices()?)?,
        );
        let reasons = pricing::limits(endpoint, &model.model, session.prices()?).reasons;
        let default = if reasons {
            MAX_TOKENS_REASONING
        } else {
            MAX_TOKENS
        };
        options.insert(
            model.clone(),
            RequestOptions {
                max_tokens: args.max_tokens,
                default_max_tokens: session.settings().max_tokens.unwrap_or(default),
                stream: endpoint.stream,
                ..RequestOptions::default()
            },
        );
    }
    Ok((prices, options))
}

/// Plans a run, and reads the media that its messages name.
pub(crate) fn trials(
    session: &Session,
    variants: &[(Variant, Template)],
    models: &[ModelRef],
    cases: &[Case],
    repeats: u32,
) -> Result<Vec<PlannedTrial>, Failure> {
    let mut trials = engine::plan(variants, models, cases, repeats)?;
    session
        .workspace
        .inline_media(trials.iter_mut().flat_map(|trial| &mut trial.messages))?;
    Ok(trials)
}

/// Reads a variant's name as the command line writes it.
pub(crate) fn variant(name: &str) -> Variant {
    Variant((!name.is_empty()).then(|| name.to_owned()))
}

/// Parses the variants that were asked for.
fn parse(
    session: &Session,
    args: &EvalArgs,
    files: &PromptFiles,
) -> Result<Vec<(Variant, Template)>, Failure> {
    let partials = session.workspace.partials()?;
    let wanted: Vec<Variant> = args.variants.iter().map(|name| variant(name)).collect();
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !files.variants.iter().any(|file| file.variant == **name))
    {
        let known: Vec<&str> = files
            .variants
            .iter()
            .map(|file| file.variant.as_str())
            .collect();
        let known = crate::domain::and_list(&known, 8);
        return Err(Failure::usage(format!(
            "prompt `{}` has no variant `{}`, found {known}",
            files.name,
            unknown.as_str()
        )));
    }
    let chosen = files
        .variants
        .iter()
        .filter(|file| wanted.is_empty() || wanted.contains(&file.variant));
    chosen
        .map(|file| {
            Ok((
                file.variant.clone(),
                Template::parse(&file.display, &file.source, &partials)?,
            ))
        })
        .collect()
}

fn suite_of(
    context: &Context,
    session: &Session,
    args: &EvalArgs,
    files: &PromptFiles,
    variants: &[(Variant, Template)],
) -> Result<std::path::PathBuf, Failure> {
    if let Some(path) = &args.suite {
        Ok(context.folder.join(path))
    } else {
        let declared = variants
            .iter()
            .find_map(|(_, template)| template.front().suite());
        Ok(session.workspace.suite_path(&files.name, declared)?)
    }
}

pub(crate) fn scorers(cases: &[Case]) -> Result<Vec<Scorer>, Failure> {
    let errors = match Scorer::for_cases(cases) {
        Ok(scorers) => return Ok(scorers),
        Err(errors) => errors,
    };
    let mut flaws: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let more = flaws.len().saturating_sub(12);
    flaws.truncate(12);
    let more = if more == 0 {
        String::new()
    } else {
        format!("\n  and {more} more")
    };
    Err(Failure::usage(format!(
        "the suite has assertions that cannot judge\n  {}{more}",
        flaws.join("\n  ")
    )))
}

/// Returns the variant that others are compared with: the flag's, the prompt's `pw.baseline`, the unsuffixed one, the first.
fn baseline(args: &EvalArgs, variants: &[(Variant, Template)]) -> Result<Variant, Failure> {
    let present = |name: &Variant| variants.iter().any(|(variant, _)| variant == name);
    if let Some(name) = &args.baseline {
        let wanted = variant(name);
        return if present(&wanted) {
            Ok(wanted)
        } else {
            Err(Failure::usage(format!(
                "no variant `{name}` is evaluated to be the baseline"
            )))
        };
    }
    let declared = variants
        .iter()
        .find_map(|(_, template)| template.front().baseline())
        .map(variant)
        .filter(present);
    let first = variants
        .first()
        .map(|(variant, _)| variant.clone())
        .unwrap_or_default();
    Ok(declared.unwrap_or(if present(&Variant::UNSUFFIXED) {
        Variant::UNSUFFIXED
    } else {
        first
    }))
}

fn gates(args: &EvalArgs, suite: &Suite) -> Vec<GateSpec> {
    use crate::commands::eval::args::FailOn;
    let mut gates = suite.gates.clone();
    if let Some(required) = args.threshold {
        gates.retain(|gate| !matches!(gate, GateSpec::Rate { .. }));
        gates.push(GateSpec::Rate { required });
    }
    gates.extend(args.fail_on.iter().map(|what| match what {
        FailOn::Reject => GateSpec::FailOnReject,
        FailOn::Inconclusive => GateSpec::FailOnInconclusive,
        FailOn::Regression => GateSpec::FailOnRegression,
    }));
    gates
}

fn least(a: Option<Usd>, b: Option<Usd>) -> Option<Usd> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
