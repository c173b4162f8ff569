//! Two sides' rows, brought together case by case.

use std::collections::HashMap;

use crate::domain::TrialRow;
use crate::stats::real;

use super::SideName;
use super::standing::{passes, score};

/// One row of a side, with what it is paired by.
#[derive(Debug, Clone, Copy)]
pub struct PairedRow<'a> {
    /// The case id, or a hash of the variables that the templates of either side read; rows of one key are repeats.
    pub pair_key: &'a str,
    /// The cluster of the case, where the suite gives one.
    pub cluster: Option<&'a str>,
    /// The row.
    pub row: &'a TrialRow,
}

/// One side of a comparison.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    /// What names it.
    pub name: SideName,
    /// Its rows, in trial order.
    pub rows: Vec<PairedRow<'a>>,
}

/// A case that both sides were asked, with the rows of each.
#[derive(Debug, Clone)]
pub(super) struct Pair<'a> {
    pub(super) reference: Vec<&'a TrialRow>,
    pub(super) candidate: Vec<&'a TrialRow>,
    pub(super) cluster: Option<&'a str>,
}

/// All pairs in the candidate's trial order, and how many cases only one side was asked.
#[derive(Debug, Clone)]
pub(super) struct Pairing<'a> {
    pub(super) pairs: Vec<Pair<'a>>,
    pub(super) unmatched: usize,
}

impl<'a> Pairing<'a> {
    pub(super) fn of(reference: &Side<'a>, candidate: &Side<'a>) -> Self {
        let mut references = by_key(reference).1;
        let (order, mut candidates) = by_key(candidate);
        let mut pairs = Vec::new();
        let mut unmatched = 0;
        for key in order {
            let rows = candidates.remove(key).unwrap_or_default();
            let Some(others) = references.remove(key) else {
                unmatched += 1;
                continue;
            };
            // The candidate's cluster first: today's suite says what belongs together.
            let cluster = rows.iter().chain(&others).find_map(|row| row.cluster);
            pairs.push(Pair {
                reference: others.into_iter().map(|row| row.row).collect(),
                candidate: rows.into_iter().map(|row| row.row).collect(),
                cluster,
            });
        }
        Self {
            pairs,
            unmatched: unmatched + references.len(),
        }
    }

    /// `pass`, unless every judged row of both sides has a score strictly between the extremes: then passing says less.
    pub(super) fn metric(&self) -> Metric {
        let mut scores = self.pairs.iter().flat_map(Pair::rows).filter_map(score);
        let graded = |score: f64| score > 0.0 && score < 1.0;
        match scores.next() {
            Some(first) if graded(first) && scores.all(graded) => Metric::Score,
            _ => Metric::Pass,
        }
    }
}

fn by_key<'s, 'a>(side: &'s Side<'a>) -> (Vec<&'a str>, HashMap<&'a str, Vec<&'s PairedRow<'a>>>) {
    let mut order = Vec::new();
    let mut rows: HashMap<&str, Vec<&PairedRow>> = HashMap::new();
    for row in &side.rows {
        let known = rows.entry(row.pair_key).or_default();
        if known.is_empty() {
            order.push(row.pair_key);
        }
        known.push(row);
    }
    (order, rows)
}

impl<'a> Pair<'a> {
    fn rows(&self) -> impl Iterator<Item = &'a TrialRow> {
        self.reference.iter().chain(&self.candidate).copied()
    }

    /// Tells whether some row of it has no verdict.
    pub(super) fn is_incomplete(&self) -> bool {
        self.rows().any(|row| passes(row).is_none())
    }

    /// Both sides' values, reference first; `None` when a side was not judged.
    pub(super) fn values(&self, metric: Metric) -> Option<(f64, f64)> {
        let reference = mean(self.reference.iter().filter_map(|row| metric.of(row)))?;
        let candidate = mean(self.candidate.iter().filter_map(|row| metric.of(row)))?;
        Some((reference, candidate))
    }

    /// Both sides' values with every row that lacks a verdict counted against the candidate.
    pub(super) fn worst_values(&self, metric: Metric) -> Option<(f64, f64)> {
        let worst = |row: &&TrialRow, value: f64| metric.of(row).unwrap_or(value);
        let reference = mean(self.reference.iter().map(|row| worst(row, 1.0)))?;
        let candidate = mean(self.candidate.iter().map(|row| worst(row, 0.0)))?;
        Some((reference, candidate))
    }

    /// Tells whether each side has at most one row.
    pub(super) fn is_single(&self) -> bool {
        self.reference.len() == 1 && self.candidate.len() == 1
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metric {
    Pass,
    Score,
}

impl Metric {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Score => "score",
        }
    }

    fn of(self, row: &TrialRow) -> Option<f64> {
        match self {
            Self::Pass => passes(row).map(|pass| real(usize::from(pass))),
            Self::Score => score(row),
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / real(count))
}
