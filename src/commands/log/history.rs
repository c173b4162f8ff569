//! From the ledger to the iterations of a prompt: scores, comparisons, dollars, time.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;

use crate::commands::failure::Failure;
use crate::commands::pairing::{Pairing, reads};
use crate::commands::revision::Recorded;
use crate::domain::{Case, CaseId, Cost, ModelRef, PromptName, Revision, Sha256Hex, TrialRow};
use crate::ledger::{IterationRecord, Reader, RunRecord, RunRef};
use crate::summary::{
    Change, CompareOptions, Comparison, ComparisonKind, Iteration, Series, SideName, SpendRow,
    Stretch, VariantFacts, VariantIdentity, compare, variant_facts, working_time,
};

/// Reads the iterations of a prompt, one series for each variant and model that have one.
pub(super) fn series(reader: &Reader, prompt: &PromptName) -> Result<Vec<Series>, Failure> {
    let records = reader.iterations(prompt)?;
    let mut runs = reader.runs(Some(prompt), usize::MAX)?;
    runs.sort_by_key(|run| run.number);
    let mut spend = reader.spend()?;
    spend.retain(|row| row.source.prompt.as_ref() == Some(prompt));
    let history = History {
        reader,
        prompt,
        worked: worked(&records, &runs),
        changes: changes(reader, &records)?,
        records,
        runs,
        spend,
    };
    history.series()
}

/// Everything that is read once for all series.
struct History<'a> {
    reader: &'a Reader,
    prompt: &'a PromptName,
    records: Vec<IterationRecord>,
    /// By position of the record.
    worked: Vec<Duration>,
    /// By position of the record.
    changes: Vec<Change>,
    runs: Vec<RunRecord>,
    spend: Vec<SpendRow>,
}

/// A scored run of a revision.
struct Scored {
    run: RunRecord,
    facts: VariantFacts,
    held_out: Option<VariantFacts>,
    /// Without those of held-out cases: what is chosen by must not see them.
    rows: Vec<TrialRow>,
    name: SideName,
}

impl History<'_> {
    fn series(&self) -> Result<Vec<Series>, Failure> {
        let mut models: Vec<&ModelRef> = Vec::new();
        for model in self.runs.iter().flat_map(|run| &run.models) {
            if !models.contains(&model) {
                models.push(model);
            }
        }
        let mut cases = BTreeMap::new();
        let mut all = Vec::new();
        for chunk in self.records.chunk_by(|a, b| a.variant == b.variant) {
            for model in &models {
                let iterations = self.on_model(chunk, model, &mut cases)?;
                if iterations.iter().any(|one| one.facts.is_some()) {
                    all.push(Series {
                        variant: chunk[0].variant.clone(),
                        model: (*model).clone(),
                        iterations,
                    });
                }
            }
        }
        Ok(all)
    }

    fn on_model(
        &self,
        records: &[IterationRecord],
        model: &ModelRef,
        cases: &mut BTreeMap<Sha256Hex, Vec<Case>>,
    ) -> Result<Vec<Iteration>, Failure> {
        let mut iterations = Vec::with_capacity(records.len());
        let (mut previous, mut best): (Option<Rc<Scored>>, Option<Rc<Scored>>) = (None, None);
        for record in records {
            let scored = self.scored(record, model, cases)?.map(Rc::new);
            let against = |earlier: &Option<Rc<Scored>>| match (earlier, &scored) {
                (Some(earlier), Some(now)) => self.compared(earlier, now, cases).map(Some),
                _ => Ok(None),
            };
            let since_previous = against(&previous)?;
            let best_is_previous = match (&previous, &best) {
                (Some(previous), Some(best)) => previous.run.number == best.run.number,
                _ => false,
            };
            let since_best = if best_is_previous {
                since_previous.clone()
            } else {
                against(&best)?
            };
            iterations.push(self.iteration(
                record,
                model,
                scored.as_deref(),
                since_previous,
                since_best,
            ));
            let rate = |scored: &Option<Rc<Scored>>| {
                scored.as_ref().and_then(|scored| scored.facts.pass_rate)
            };
            if scored.is_some() {
                if rate(&scored) > rate(&best) {
                    best.clone_from(&scored);
                }
                previous = scored;
            }
        }
        Ok(iterations)
    }

    fn iteration(
        &self,
        record: &IterationRecord,
        model: &ModelRef,
        scored: Option<&Scored>,
        since_previous: Option<Comparison>,
        since_best: Option<Comparison>,
    ) -> Iteration {
        let at = self.records.iter().position(|one| one == record);
        let first = self.runs.iter().find(|run| run.id == record.run);
        Iteration {
            number: record.number,
            revision: record.revision.clone(),
            change: at
                .and_then(|at| self.changes.get(at))
                .cloned()
                .unwrap_or_default(),
            first: first
                .and_then(|run| run.started_at.parse().ok())
                .unwrap_or_default(),
            run: scored.map(|scored| scored.run.number),
            facts: scored.map(|scored| scored.facts.clone()),
            held_out: scored.and_then(|scored| scored.held_out.clone()),
            since_previous,
            since_best,
            target: self.spent(record, |row| {
                row.source.purpose == "eval" && row.source.model == *model
            }),
            judges: self.spent(record, |row| row.source.purpose == "judge"),
            worked: at
                .and_then(|at| self.worked.get(at))
                .copied()
                .unwrap_or_default(),
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
        record: &IterationRecord,
        model: &ModelRef,
        cases: &mut BTreeMap<Sha256Hex, Vec<Case>>,
    ) -> Result<Option<Scored>, Failure> {
        let found = self
            .reader
            .run_of(self.prompt, &record.variant, model, &record.revision)?;
        let Some(found) = found else { return Ok(None) };
        let run = self.reader.run(&RunRef::Id(found.run))?;
        let mut rows = self.reader.verdicts(&run.id)?;
        rows.retain(|row| row.key.variant == record.variant && row.key.model == *model);
        if !cases.contains_key(&run.suite_hash) {
            cases.insert(run.suite_hash.clone(), self.reader.cases(&run.id)?);
        }
        let identity = VariantIdentity {
            variant: record.variant.clone(),
            revision: record.revision.clone(),
            model: model.clone(),
            iteration: Some(record.number),
        };
        let suite = cases.get(&run.suite_hash).map_or(&[][..], Vec::as_slice);
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
            run,
        }))
    }

    /// Compares two runs as they were scored then, paired as every comparison is.
    fn compared(
        &self,
        old: &Scored,
        new: &Scored,
        cases: &BTreeMap<Sha256Hex, Vec<Case>>,
    ) -> Result<Comparison, Failure> {
        let mut read = reads(self.reader, &old.name.revision)?;
        read.extend(reads(self.reader, &new.name.revision)?);
        let cases_of = |scored: &Scored| {
            cases
                .get(&scored.run.suite_hash)
                .map_or(&[][..], Vec::as_slice)
        };
        let (old_pairing, new_pairing) = (
            Pairing::by_vars(cases_of(old), &read),
            Pairing::by_vars(cases_of(new), &read),
        );
        let options = CompareOptions {
            kind: ComparisonKind::Previous,
            min_gain: 0.0,
            give_verdict: true,
        };
        Ok(compare(
            &old_pairing.side(old.name.clone(), &old.rows),
            &new_pairing.side(new.name.clone(), &new.rows),
            &options,
        ))
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

/// What each record changed in the text of the one before it of its variant, partials included.
fn changes(reader: &Reader, records: &[IterationRecord]) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::with_capacity(records.len());
    let mut last = (None, String::new());
    for record in records {
        let old = if last.0 == Some(&record.variant) {
            last.1
        } else {
            String::new()
        };
        let new = whole_text(reader, &record.revision)?;
        changes.push(Change::between(&old, &new));
        last = (Some(&record.variant), new);
    }
    Ok(changes)
}

/// A revision's file, then the partials that it reaches; nothing where the ledger does not keep it.
fn whole_text(reader: &Reader, revision: &Revision) -> Result<String, Failure> {
    let recorded = Recorded::read(reader, revision)?;
    let Some(text) = recorded.and_then(|recorded| recorded.text) else {
        return Ok(String::new());
    };
    let partials = text.partials.iter();
    let partials = partials.map(|(name, body)| format!("_{name}:\n{body}\n"));
    Ok(std::iter::once(text.source()).chain(partials).collect())
}
