//! From the ledger to the iterations of a prompt: scores, comparisons, dollars, time.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;

use crate::commands::failure::Failure;
use crate::commands::log::gains::{Gain, Gains};
use crate::commands::revision::Recorded;
use crate::domain::{
    Case, CaseId, Cost, ModelRef, PromptName, Revision, Sha256Hex, TrialRow, Variant,
};
use crate::ledger::{IterationRecord, Reader, RunRecord};
use crate::summary::{
    Change, Iteration, Series, SideName, SpendRow, Stretch, VariantFacts, VariantIdentity,
    variant_facts, working_time,
};

/// Cases by the hash of their suite.
pub(super) type Suites = BTreeMap<Sha256Hex, Vec<Case>>;

/// Reads the iterations of a prompt, one series for each variant and model that have one.
pub(super) fn series(reader: &Reader, prompt: &PromptName) -> Result<Vec<Series>, Failure> {
    let records = reader.iterations(prompt)?;
    let mut runs = reader.runs(Some(prompt), usize::MAX)?;
    runs.sort_by_key(|run| run.number);
    let mut spend = reader.spend()?;
    spend.retain(|row| row.source.prompt.as_ref() == Some(prompt));
    let history = History {
        reader,
        worked: worked(&records, &runs),
        texts: texts(reader, &records)?,
        records,
        runs,
        spend,
    };
    history.series()
}

/// Everything that is read once for all series.
struct History<'a> {
    reader: &'a Reader,
    records: Vec<IterationRecord>,
    /// By position of the record.
    worked: Vec<Duration>,
    /// By position of the record.
    texts: Vec<Text>,
    runs: Vec<RunRecord>,
    spend: Vec<SpendRow>,
}

/// What a record's text tells.
#[derive(Default)]
struct Text {
    change: Change,
    /// The variables that it reads.
    reads: BTreeSet<String>,
}

/// A scored run of a revision.
pub(super) struct Scored {
    pub(super) run: RunRecord,
    pub(super) facts: VariantFacts,
    held_out: Option<VariantFacts>,
    /// Without those of held-out cases: what is chosen by must not see them.
    pub(super) rows: Vec<TrialRow>,
    pub(super) name: SideName,
    /// The variables that the revision reads.
    pub(super) reads: BTreeSet<String>,
}

impl History<'_> {
    fn series(&self) -> Result<Vec<Series>, Failure> {
        let mut models: Vec<&ModelRef> = Vec::new();
        for model in self.runs.iter().flat_map(|run| &run.models) {
            if !models.contains(&model) {
                models.push(model);
            }
        }
        let (mut suites, mut all, mut first) = (Suites::new(), Vec::new(), 0);
        for chunk in self.records.chunk_by(|a, b| a.variant == b.variant) {
            for model in &models {
                let iterations = self.on_model(first, chunk, model, &mut suites)?;
                if iterations.iter().any(|one| one.facts.is_some()) {
                    all.push(Series {
                        variant: chunk[0].variant.clone(),
                        model: (*model).clone(),
                        iterations,
                    });
                }
            }
            first += chunk.len();
        }
        Ok(all)
    }

    /// `first` is the position of the first of these records among all.
    fn on_model(
        &self,
        first: usize,
        records: &[IterationRecord],
        model: &ModelRef,
        suites: &mut Suites,
    ) -> Result<Vec<Iteration>, Failure> {
        let mut gains = Gains::default();
        let mut iterations = Vec::with_capacity(records.len());
        for (at, record) in (first..).zip(records) {
            let scored = self.scored(at, record, model, suites)?.map(Rc::new);
            let gain = scored.clone().map(|now| gains.next(now, suites));
            let gain = gain.unwrap_or_default();
            iterations.push(self.iteration(at, record, model, scored.as_deref(), gain));
        }
        Ok(iterations)
    }

    fn iteration(
        &self,
        at: usize,
        record: &IterationRecord,
        model: &ModelRef,
        scored: Option<&Scored>,
        gain: Gain,
    ) -> Iteration {
        let first = self.runs.iter().find(|run| run.id == record.run);
        Iteration {
            number: record.number,
            revision: record.revision.clone(),
            change: self.texts[at].change.clone(),
            first: first
                .and_then(|run| run.started_at.parse().ok())
                .unwrap_or_default(),
            run: scored.map(|scored| scored.run.number),
            facts: scored.map(|scored| scored.facts.clone()),
            held_out: scored.and_then(|scored| scored.held_out.clone()),
            since_previous: gain.since_previous,
            since_best: gain.since_best,
            target: self.spent(record, |row| {
                row.source.purpose == "eval" && row.source.model == *model
            }),
            judges: self.spent(record, |row| row.source.purpose == "judge"),
            worked: self.worked[at],
        }
    }

    fn spent(&self, record: &IterationRecord, counts: impl Fn(&SpendRow) -> bool) -> Cost {
        let of_revision = |row: &&SpendRow| {
            row.source.variant == record.variant
                && row.source.revision.as_ref() == Some(&record.revision)
        };
        self.spend
            .iter()
            .filter(of_revision)
            .filter(|row| counts(row))
            .fold(Cost::default(), |sum, row| Cost {
                billed: sum.billed.saturating_add(row.sums.billed),
                imputed: sum.imputed.saturating_add(row.sums.imputed),
            })
    }

    /// The last whole run of a revision on a model, summed up.
    fn scored(
        &self,
        at: usize,
        record: &IterationRecord,
        model: &ModelRef,
        suites: &mut Suites,
    ) -> Result<Option<Scored>, Failure> {
        let stands = |run: &&RunRecord| {
            let revision = |(variant, revision): &(Variant, Revision)| {
                *variant == record.variant && *revision == record.revision
            };
            run.is_whole() && run.models.contains(model) && run.revisions.iter().any(revision)
        };
        let Some(run) = self.runs.iter().rev().find(stands) else {
            return Ok(None);
        };
        let rows = self.reader.verdicts_of(&run.id, &record.variant, model)?;
        if !suites.contains_key(&run.suite_hash) {
            suites.insert(run.suite_hash.clone(), self.reader.cases(&run.id)?);
        }
        let identity = VariantIdentity {
            variant: record.variant.clone(),
            revision: record.revision.clone(),
            model: model.clone(),
            iteration: Some(record.number),
        };
        let suite = suites.get(&run.suite_hash).map_or(&[][..], Vec::as_slice);
        let (held_out, rows) = apart(rows, suite);
        let facts =
            |rows: &[TrialRow]| variant_facts(identity.clone(), &rows.iter().collect::<Vec<_>>());
        Ok(Some(Scored {
            facts: facts(&rows),
            held_out: (!held_out.is_empty()).then(|| facts(&held_out)),
            name: SideName {
                variant: record.variant.clone(),
                model: model.clone(),
                revision: record.revision.clone(),
                run: run.id.clone(),
                iteration: Some(record.number),
            },
            rows,
            reads: self.texts[at].reads.clone(),
            run: run.clone(),
        }))
    }
}

/// Parts the rows of held-out cases from the others; a suite that holds everything out holds nothing out.
fn apart(rows: Vec<TrialRow>, cases: &[Case]) -> (Vec<TrialRow>, Vec<TrialRow>) {
    let held_out: BTreeSet<&CaseId> = cases
        .iter()
        .filter(|case| case.holdout)
        .map(|case| &case.id)
        .collect();
    let (held_out, others): (Vec<TrialRow>, Vec<TrialRow>) = rows
        .into_iter()
        .partition(|row| held_out.contains(&row.key.case));
    if others.is_empty() {
        (others, held_out)
    } else {
        (held_out, others)
    }
}

/// The working time of each record.
fn worked(records: &[IterationRecord], runs: &[RunRecord]) -> Vec<Duration> {
    let begins = |run: &RunRecord| {
        let first = |(_, record): &(usize, &IterationRecord)| record.run == run.id;
        records
            .iter()
            .enumerate()
            .filter(first)
            .map(|(at, _)| at)
            .collect()
    };
    let stretch = |run: &RunRecord| {
        let from: Timestamp = run.started_at.parse().ok()?;
        let to = run
            .finished_at
            .as_deref()
            .and_then(|text| text.parse().ok())
            .unwrap_or(from);
        Some(Stretch {
            from,
            to,
            begins: begins(run),
        })
    };
    working_time(runs.iter().filter_map(stretch).collect(), records.len())
}

/// Each record's variables, and what it changed in the text of the one before it of its variant, partials included.
fn texts(reader: &Reader, records: &[IterationRecord]) -> Result<Vec<Text>, Failure> {
    let mut texts = Vec::with_capacity(records.len());
    let mut last = (None, String::new());
    for record in records {
        let old = if last.0 == Some(&record.variant) {
            last.1
        } else {
            String::new()
        };
        let recorded = Recorded::read(reader, &record.revision)?;
        let new = recorded.as_ref().map_or_else(String::new, whole_text);
        texts.push(Text {
            change: Change::between(&old, &new),
            reads: recorded.map(|recorded| recorded.reads).unwrap_or_default(),
        });
        last = (Some(&record.variant), new);
    }
    Ok(texts)
}

/// A revision's file, then the partials that it reaches; nothing where the ledger does not keep it.
fn whole_text(recorded: &Recorded) -> String {
    let Some(text) = &recorded.text else {
        return String::new();
    };
    let partials = text.partials.iter();
    let partials = partials.map(|(name, body)| format!("_{name}:\n{body}\n"));
    std::iter::once(text.source()).chain(partials).collect()
}
