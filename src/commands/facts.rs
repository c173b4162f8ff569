//! The facts of a recorded run: the same function serves the run that just ended and the one shown a year later.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::commands::eval::EvalArgs;
use crate::commands::eval::against::Against;
use crate::commands::failure::Failure;
use crate::commands::pairing::{Pairing, reads};
use crate::domain::{
    AnswerText, Case, CaseId, Cost, GateSpec, ModelRef, Outcome, Revision, RunId, RunStatus,
    TrialRow, Usd, Variant, Vars,
};
use crate::ledger::{Reader, RunRecord, RunRef};
use crate::scorer::{AnswerFacts, Scorer};
use crate::summary::{
    BudgetLeft, CompareOptions, Comparison, ComparisonKind, Facts, Side, SideName, Unkept,
    VariantFacts, VariantIdentity, compare, compare_all, judge_gates, variant_facts,
};

/// What a run keeps of its command, so that its report can be made again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) baseline: Variant,
    pub(crate) min_gain: f64,
    pub(crate) budget: Option<Usd>,
    pub(crate) gates: Vec<GateSpec>,
    pub(crate) gates_of: Variant,
    pub(crate) against: Vec<Against>,
    pub(crate) warnings: Vec<String>,
    /// The flags it was asked with, for whoever goes on with it.
    #[serde(default)]
    pub(crate) asked: Option<EvalArgs>,
    /// The run whose answers it scored again.
    #[serde(default)]
    pub(crate) rescored_from: Option<RunId>,
    /// True where `store` was `hash`: its cases are hashes, and so is everything that was asked and answered.
    #[serde(default)]
    pub(crate) hashes_only: bool,
}

impl Kept {
    /// Reads what a run kept; a run of another program kept nothing.
    pub(crate) fn of(run: &RunRecord) -> Self {
        serde_json::from_value(run.settings.clone()).unwrap_or_default()
    }
}

/// Makes the facts of a run from its rows and cases.
pub(crate) fn of(
    reader: &Reader,
    run: &RunRecord,
    rows: Vec<TrialRow>,
    cases: &[Case],
) -> Result<Facts, Failure> {
    let kept = Kept::of(run);
    let parts = parts(reader, run, &rows)?;
    let variants: Vec<VariantFacts> = parts
        .iter()
        .map(|part| variant_facts(part.identity(), &part.rows))
        .collect();
    let options = |kind| CompareOptions {
        kind,
        min_gain: kept.min_gain,
        give_verdict: run.status == RunStatus::Finished,
    };
    let mut comparisons =
        among_variants(run, &kept, &parts, cases, &options(ComparisonKind::Variant));
    comparisons.extend(among_models(
        run,
        &parts,
        cases,
        &options(ComparisonKind::Model),
    ));
    for against in &kept.against {
        if let Some(part) = parts
            .iter()
            .find(|part| part.variant == against.variant && part.model == against.model)
        {
            comparisons.push(with_recorded(
                reader,
                run,
                part,
                cases,
                against,
                &options(ComparisonKind::Previous),
            )?);
        }
    }
    if let Some(before) = &kept.rescored_from {
        comparisons.extend(with_scores_before(reader, run, &parts, cases, before)?);
    }
    let totals = reader.totals(&run.id)?;
    let used = totals
        .billed
        .saturating_add(totals.held)
        .saturating_add(totals.lost);
    let gates = judge_gates(&kept.gates, &kept.gates_of, &variants, &comparisons);
    Ok(Facts {
        id: run.id.clone(),
        number: run.number,
        status: run.status,
        started_at: run.started_at.clone(),
        finished_at: run.finished_at.clone(),
        seed: run.seed,
        resumed_from: run.resumed_from.clone(),
        tags: run.tags.clone(),
        note: run.note.clone(),
        prompt: run.prompt.clone(),
        suite: run.suite.clone(),
        git: run.git.clone(),
        filtered: run.filtered,
        budget: kept.budget.map(|cap| BudgetLeft {
            run: cap,
            left: cap.checked_sub(used).unwrap_or(Usd::ZERO),
        }),
        totals,
        variants,
        comparisons,
        gates,
        labels: cases
            .iter()
            .map(|case| (case.id.clone(), case.label.clone()))
            .collect(),
        vars: vars(cases).filter(|_| !kept.hashes_only).collect(),
        unkept: Unkept {
            all: kept.hashes_only,
            ..reader.unkept(&run.id)?
        },
        warnings: kept.warnings,
        results: rows,
    })
}

fn vars(cases: &[Case]) -> impl Iterator<Item = (CaseId, Vars)> {
    cases
        .iter()
        .map(|case| (case.id.clone(), case.vars.clone()))
}

/// Names the cases and their inputs as they were asked; the ledger may keep hashes of them.
pub(crate) fn told(mut facts: Facts, cases: &[Case]) -> Facts {
    facts.labels = cases
        .iter()
        .map(|case| (case.id.clone(), case.label.clone()))
        .collect();
    facts.vars = vars(cases).collect();
    facts
}

/// The rows of one variant × model.
struct Part<'a> {
    variant: Variant,
    model: ModelRef,
    revision: Revision,
    iteration: Option<u32>,
    reads: BTreeSet<String>,
    rows: Vec<&'a TrialRow>,
}

impl Part<'_> {
    fn identity(&self) -> VariantIdentity {
        VariantIdentity {
            variant: self.variant.clone(),
            revision: self.revision.clone(),
            model: self.model.clone(),
            iteration: self.iteration,
        }
    }

    fn name(&self, run: &RunRecord) -> SideName {
        SideName {
            variant: self.variant.clone(),
            model: self.model.clone(),
            revision: self.revision.clone(),
            run: run.id.clone(),
            iteration: self.iteration,
        }
    }
}

fn parts<'a>(
    reader: &Reader,
    run: &RunRecord,
    rows: &'a [TrialRow],
) -> Result<Vec<Part<'a>>, Failure> {
    let mut parts = Vec::new();
    for (variant, revision) in &run.revisions {
        for model in &run.models {
            let of_part = |row: &&TrialRow| row.key.variant == *variant && row.key.model == *model;
            parts.push(Part {
                variant: variant.clone(),
                model: model.clone(),
                revision: revision.clone(),
                iteration: reader.iteration_of(&run.prompt, variant, revision)?,
                reads: reads(reader, revision)?,
                rows: rows.iter().filter(of_part).collect(),
            });
        }
    }
    Ok(parts)
}

/// Compares each variant with the baseline, model by model.
fn among_variants(
    run: &RunRecord,
    kept: &Kept,
    parts: &[Part<'_>],
    cases: &[Case],
    options: &CompareOptions,
) -> Vec<Comparison> {
    let is_baseline = |part: &Part<'_>| part.variant == kept.baseline;
    let stands_against =
        |one: &Part<'_>, part: &Part<'_>| part.model == one.model && part.variant != one.variant;
    among(run, parts, cases, options, is_baseline, stands_against)
}

/// Compares each further model with the first, variant by variant.
fn among_models(
    run: &RunRecord,
    parts: &[Part<'_>],
    cases: &[Case],
    options: &CompareOptions,
) -> Vec<Comparison> {
    let is_first = |part: &Part<'_>| Some(&part.model) == run.models.first();
    let stands_against =
        |one: &Part<'_>, part: &Part<'_>| part.variant == one.variant && part.model != one.model;
    among(run, parts, cases, options, is_first, stands_against)
}

/// Compares each reference with the parts that stand against it; Holm over several.
fn among(
    run: &RunRecord,
    parts: &[Part<'_>],
    cases: &[Case],
    options: &CompareOptions,
    is_reference: impl Fn(&Part<'_>) -> bool,
    stands_against: impl Fn(&Part<'_>, &Part<'_>) -> bool,
) -> Vec<Comparison> {
    let pairing = Pairing::by_id(cases);
    let mut comparisons = Vec::new();
    for reference in parts.iter().filter(|part| is_reference(part)) {
        let candidates: Vec<Side<'_>> = parts
            .iter()
            .filter(|part| stands_against(reference, part))
            .map(|part| pairing_side(&pairing, part, run))
            .collect();
        let reference = pairing_side(&pairing, reference, run);
        comparisons.extend(compare_all(&reference, &candidates, options));
    }
    comparisons
}

fn pairing_side<'r>(pairing: &'r Pairing, part: &Part<'r>, run: &RunRecord) -> Side<'r> {
    pairing.side(part.name(run), part.rows.iter().copied())
}

/// Compares a part with recorded answers, scored with today's assertions; nothing is sent.
fn with_recorded(
    reader: &Reader,
    run: &RunRecord,
    part: &Part<'_>,
    cases: &[Case],
    against: &Against,
    options: &CompareOptions,
) -> Result<Comparison, Failure> {
    let old_cases = reader.cases(&against.run)?;
    let mut reads_of_either = part.reads.clone();
    reads_of_either.extend(reads(reader, &against.revision)?);
    let (old_pairing, new_pairing) = (
        Pairing::by_vars(&old_cases, &reads_of_either),
        Pairing::by_vars(cases, &reads_of_either),
    );
    let of_side =
        |row: &TrialRow| row.key.variant == against.variant && row.key.model == against.model;
    let old_rows = reader
        .rows(&against.run)?
        .into_iter()
        .filter(of_side)
        .collect();
    let today = Today {
        cases,
        texts: !Kept::of(run).hashes_only,
        same_suite: reader.run(&RunRef::Id(against.run.clone()))?.suite_hash == run.suite_hash,
    };
    let old_rows = rescored(old_rows, &old_pairing, &new_pairing, &today);
    let name = SideName {
        variant: against.variant.clone(),
        model: against.model.clone(),
        revision: against.revision.clone(),
        run: against.run.clone(),
        iteration: against.iteration,
    };
    let reference = old_pairing.side(name, &old_rows);
    Ok(compare(
        &reference,
        &pairing_side(&new_pairing, part, run),
        options,
    ))
}

/// What recorded answers are scored with.
struct Today<'a> {
    cases: &'a [Case],
    /// True where the cases are at hand with their assertions.
    texts: bool,
    /// True where the answers were scored with the same assertions then.
    same_suite: bool,
}

/// Scores recorded answers with the assertions of today's cases of the same key. What cannot be scored again keeps its verdict
/// where the assertions are the same ones, else it has none.
fn rescored(rows: Vec<TrialRow>, old: &Pairing, new: &Pairing, today: &Today<'_>) -> Vec<TrialRow> {
    let cases = today.cases;
    // A suite whose assertions cannot judge was refused before the run began; then the old scores stand.
    let scorers = Scorer::for_cases(cases).unwrap_or_default();
    let by_key: BTreeMap<&str, &Scorer> = cases
        .iter()
        .zip(&scorers)
        .filter_map(|(case, scorer)| Some((new.key(&case.id)?, scorer)))
        .collect();
    let scorer_of = |row: &TrialRow| by_key.get(old.key(&row.key.case)?).copied();
    rows.into_iter()
        .map(|row| match scorer_of(&row) {
            Some(scorer) if today.texts && row.text == AnswerText::Kept => judged(row, scorer),
            Some(_) if !today.same_suite => unjudged(row),
            _ => row,
        })
        .collect()
}

fn unjudged(row: TrialRow) -> TrialRow {
    TrialRow {
        scores: Vec::new(),
        pass: None,
        score: None,
        ..row
    }
}

/// Scores the answer of a recorded row again.
pub(crate) fn judged(mut row: TrialRow, scorer: &Scorer) -> TrialRow {
    if let Outcome::Answered { answer } = &row.outcome {
        // Without a usage nobody knows what it cost; that must not be judged as $0.
        let cost =
            Some(row.answer_cost).filter(|cost| *cost != Cost::default() || answer.usage.is_some());
        let judgement = scorer.score(&AnswerFacts {
            answer,
            cost,
            latency_ms: row.latency_ms,
            cached: row.cached,
        });
        (row.scores, row.pass, row.score) = (judgement.scores, judgement.pass, judgement.score);
    }
    row
}

/// Compares each part of a run that scored recorded answers again with the same answers as they were scored before. The
/// answers are the same ones, so no word is given about the prompt.
fn with_scores_before(
    reader: &Reader,
    run: &RunRecord,
    parts: &[Part<'_>],
    cases: &[Case],
    before: &RunId,
) -> Result<Vec<Comparison>, Failure> {
    let before = reader.run(&RunRef::Id(before.clone()))?;
    let (old_rows, old_cases) = (reader.rows(&before.id)?, reader.cases(&before.id)?);
    let old_parts = self::parts(reader, &before, &old_rows)?;
    let options = CompareOptions {
        kind: ComparisonKind::Run,
        min_gain: 0.0,
        give_verdict: false,
    };
    let of_both = parts.iter().filter_map(|part| {
        let same = |old: &&Part<'_>| old.variant == part.variant && old.model == part.model;
        Some((old_parts.iter().find(same)?, part))
    });
    Ok(of_both
        .map(|(old, new)| {
            let (was, now) = (
                Pairing::by_vars(&old_cases, &old.reads),
                Pairing::by_vars(cases, &new.reads),
            );
            compare(
                &pairing_side(&was, old, &before),
                &pairing_side(&now, new, run),
                &options,
            )
        })
        .collect())
}

/// Compares a variant's rows of two recorded runs, as they were scored then.
pub(crate) fn of_runs(
    reader: &Reader,
    reference: &Facts,
    candidate: &Facts,
    variant: &Variant,
) -> Result<Comparison, Failure> {
    let (old_run, new_run) = (record(reader, reference)?, record(reader, candidate)?);
    let (old_cases, new_cases) = (reader.cases(&old_run.id)?, reader.cases(&new_run.id)?);
    let (old_parts, new_parts) = (
        parts(reader, &old_run, &reference.results)?,
        parts(reader, &new_run, &candidate.results)?,
    );
    let (old, new) = (
        of_variant(&old_parts, variant, &old_run)?,
        of_variant(&new_parts, variant, &new_run)?,
    );
    let reads: BTreeSet<String> = old.reads.union(&new.reads).cloned().collect();
    let (old_pairing, new_pairing) = (
        Pairing::by_vars(&old_cases, &reads),
        Pairing::by_vars(&new_cases, &reads),
    );
    let finished = old_run.status == RunStatus::Finished && new_run.status == RunStatus::Finished;
    let options = CompareOptions {
        kind: ComparisonKind::Run,
        min_gain: 0.0,
        give_verdict: finished,
    };
    Ok(compare(
        &pairing_side(&old_pairing, old, &old_run),
        &pairing_side(&new_pairing, new, &new_run),
        &options,
    ))
}

fn record(reader: &Reader, facts: &Facts) -> Result<RunRecord, Failure> {
    Ok(reader.run(&RunRef::Id(facts.id.clone()))?)
}

fn of_variant<'p, 'r>(
    parts: &'p [Part<'r>],
    variant: &Variant,
    run: &RunRecord,
) -> Result<&'p Part<'r>, Failure> {
    parts
        .iter()
        .find(|part| part.variant == *variant)
        .ok_or_else(|| {
            let known: Vec<&str> = parts.iter().map(|part| part.variant.as_str()).collect();
            Failure::usage(format!(
                "run {} has no variant `{}`, found {}",
                run.number,
                variant.as_str(),
                crate::domain::and_list(&known, 8)
            ))
        })
}
