//! Which cases of a suite are evaluated.

use std::collections::BTreeSet;

use rand::SeedableRng as _;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom as _;
use serde_json::Value;

use crate::commands::eval::args::EvalArgs;
use crate::commands::failure::Failure;
use crate::commands::runs;
use crate::domain::{Case, PromptName, Variant, nearest};
use crate::ledger::Reader;
use crate::suite::Suite;
use crate::template::Template;

/// The cases of a run.
pub(crate) struct Selected {
    pub(crate) cases: Vec<Case>,
    /// True when the suite holds others, or variables were set by hand: such a run gives no iteration.
    pub(crate) filtered: bool,
}

/// Chooses cases by `--failed`, `--case`, `--filter` and `--sample`, in this order, and sets variables.
pub(crate) fn cases(
    suite: &Suite,
    args: &EvalArgs,
    prompt: &PromptName,
    seed: u64,
    reader: Option<&Reader>,
) -> Result<Selected, Failure> {
    let mut cases = suite.cases.clone();
    if let Some(run) = &args.failed {
        let failed = failed_in(run, prompt, reader)?;
        cases.retain(|case| failed.contains(&case.id.0));
    }
    named(&mut cases, &args.cases, suite)?;
    matching(&mut cases, args.filter.as_deref())?;
    sample(&mut cases, args.sample, seed);
    if cases.is_empty() {
        let asked = [
            (args.failed.is_some(), "--failed"),
            (args.filter.is_some(), "--filter"),
            (args.sample.is_some(), "--sample"),
        ];
        let flags: Vec<&str> = asked
            .iter()
            .filter(|(given, _)| *given)
            .map(|(_, flag)| *flag)
            .collect();
        return Err(Failure::usage(format!(
            "no case of `{}` is left by {}, found {} in the suite",
            suite.file,
            flags.join(" and "),
            suite.cases.len()
        ))
        .hint("nothing was sent; loosen the filter, or leave it out"));
    }
    set(&mut cases, &args.set)?;
    let filtered = cases.len() < suite.cases.len() || !args.set.is_empty();
    Ok(Selected { cases, filtered })
}

/// Returns the ids of the cases that did not pass in a run.
pub(crate) fn failed_in(
    run: &str,
    prompt: &PromptName,
    reader: Option<&Reader>,
) -> Result<BTreeSet<String>, Failure> {
    let none = || {
        Failure::usage(format!(
            "`--failed` needs a recorded run of `{prompt}`, found none"
        ))
        .hint("run `pw eval` once without it")
    };
    let reader = reader.ok_or_else(none)?;
    let record = runs::find(reader, Some(run).filter(|run| *run != "last"), Some(prompt))?;
    let rows = reader.verdicts(&record.id)?;
    Ok(rows
        .into_iter()
        .filter(|row| row.pass != Some(true))
        .map(|row| row.key.case.0)
        .collect())
}

fn named(cases: &mut Vec<Case>, wanted: &[String], suite: &Suite) -> Result<(), Failure> {
    if wanted.is_empty() {
        return Ok(());
    }
    let is = |case: &Case, name: &String| case.id.0 == *name || case.label == *name;
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !suite.cases.iter().any(|case| is(case, name)))
    {
        let near = nearest(unknown, suite.cases.iter().map(|case| case.id.0.as_str()));
        let near = near.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        return Err(Failure::usage(format!(
            "`{}` has no case `{unknown}`{near}",
            suite.file
        )));
    }
    cases.retain(|case| wanted.iter().any(|name| is(case, name)));
    Ok(())
}

fn matching(cases: &mut Vec<Case>, pattern: Option<&str>) -> Result<(), Failure> {
    let Some(pattern) = pattern else {
        return Ok(());
    };
    let regex = regex::Regex::new(pattern)
        .map_err(|error| Failure::usage(format!("`--filter` is no regular expression: {error}")))?;
    cases.retain(|case| regex.is_match(&case.id.0) || regex.is_match(&case.label));
    Ok(())
}

/// Draws cases by the seed and keeps them in suite order.
fn sample(cases: &mut Vec<Case>, size: Option<usize>, seed: u64) {
    let Some(size) = size.filter(|size| *size < cases.len()) else {
        return;
    };
    let mut indices: Vec<usize> = (0..cases.len()).collect();
    indices.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let kept: BTreeSet<usize> = indices.into_iter().take(size).collect();
    let mut index = 0;
    cases.retain(|_| {
        index += 1;
        kept.contains(&(index - 1))
    });
}

/// Gives every case these variables.
pub(crate) fn set(cases: &mut [Case], pairs: &[String]) -> Result<(), Failure> {
    for pair in pairs {
        let (name, value) = split(pair, "--set")?;
        for case in cases.iter_mut() {
            case.vars.insert(name.to_owned(), Value::from(value));
        }
    }
    Ok(())
}

/// Splits `K=V`.
pub(crate) fn split<'a>(pair: &'a str, flag: &str) -> Result<(&'a str, &'a str), Failure> {
    pair.split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| {
            Failure::usage(format!(
                "found `{flag} {pair}`, expected `{flag} NAME=VALUE`"
            ))
        })
}

/// Names variables that neither a template nor an assertion uses.
pub(crate) fn unused_vars(variants: &[(Variant, Template)], suite: &Suite) -> Vec<String> {
    let mut used: BTreeSet<&str> = variants
        .iter()
        .flat_map(|(_, template)| template.uses())
        .map(|variable| variable.name.as_str())
        .collect();
    used.extend(suite.value_vars.iter().map(String::as_str));
    let known: BTreeSet<&str> = suite
        .cases
        .iter()
        .flat_map(|case| case.vars.keys().map(String::as_str))
        .collect();
    known
        .difference(&used)
        .map(|name| format!("no prompt and no assertion uses the variable `{name}`"))
        .collect()
}
