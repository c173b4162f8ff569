//! What an answer is worth: one file for each family of assertions.
//!
//! Responsible for judging an answer by the assertions of its case, and for refusing assertions that cannot judge before
//! anything is sent. It must not know where suites come from, who pays or how results are shown. Start with [`Scorer`];
//! `check.rs` lists the families, and a new type of assertion is one file and one line there.
//!
//! Rules that hold for every type:
//! - An answer without text (a tool call, a refusal, reasoning only) fails every assertion about text, `not-` forms too:
//!   nothing was said that could be right, and `not-contains` must not turn a refusal into a pass. `latency` and `cost`
//!   are judged all the same.
//! - What cannot be judged (no latency or cost is known) is unscored, never 0, and under `not-` too. A case with an
//!   unscored assertion is unscored unless the others decide it: a failed one without `threshold`, or a `threshold` that is
//!   reached or missed whatever the unscored ones would have said. Its score is then `None`.
//! - Weight 0 reports and always passes, sets included; it takes no part in the score.
//! - Texts are compared in Unicode's NFC on both sides; full-width and half-width forms stay different.

mod check;
mod distance;
mod error;
mod extract;
mod javascript;
mod json;
mod pattern;
mod phrase;
mod run;
mod schema;
mod seen;
mod set;
mod text;
mod total;

#[cfg(test)]
mod tests;

pub use error::{Refusal, ScorerError};
pub use seen::AnswerFacts;

use crate::domain::{Case, Score};
use crate::scorer::check::Cache;
use crate::scorer::seen::Seen;
use crate::scorer::set::Compiled;

/// The assertions of one case, checked and compiled.
#[derive(Debug)]
pub struct Scorer {
    asserts: Vec<Compiled>,
    threshold: Option<f64>,
}

/// What the assertions of a case say of one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// One score for each assertion in the suite's order; an `assert-set` is followed by its children, whose weights are
    /// multiplied by the set's.
    pub scores: Vec<Score>,
    /// Whether the case passed; `None` when an unscored assertion leaves it open.
    pub pass: Option<bool>,
    /// The weighted mean of the assertions in [0, 1]; `None` when one that counts is unscored.
    pub score: Option<f64>,
}

impl Scorer {
    /// Compiles the assertions of a case.
    ///
    /// Errors: every assertion that could never judge, or would pass every answer, with its place.
    pub fn new(case: &Case) -> Result<Self, Vec<ScorerError>> {
        Self::with(case, &mut Cache::default())
    }

    /// Compiles the assertions of many cases; equal patterns and schemas are compiled once.
    ///
    /// Errors: those of all cases, each said once for its place.
    pub fn for_cases(cases: &[Case]) -> Result<Vec<Self>, Vec<ScorerError>> {
        let mut cache = Cache::default();
        let mut scorers = Vec::with_capacity(cases.len());
        let mut errors: Vec<ScorerError> = Vec::new();
        for case in cases {
            match Self::with(case, &mut cache) {
                Ok(scorer) => scorers.push(scorer),
                Err(more) => errors.extend(more),
            }
        }
        if errors.is_empty() {
            Ok(scorers)
        } else {
            Err(error::once(errors))
        }
    }

    fn with(case: &Case, cache: &mut Cache) -> Result<Self, Vec<ScorerError>> {
        let asserts = set::compile_all(&case.asserts, cache)?;
        Ok(Self {
            asserts,
            threshold: case.threshold,
        })
    }

    /// Judges an answer. Without assertions every answer passes with score 1.
    pub fn score(&self, facts: &AnswerFacts<'_>) -> Judgement {
        let seen = Seen::new(facts);
        let mut scores = Vec::new();
        let verdicts: Vec<_> = self
            .asserts
            .iter()
            .map(|one| one.judge(&seen, 1.0, &mut scores))
            .collect();
        let (pass, score) = total::of(&verdicts, self.threshold);
        Judgement {
            scores,
            pass,
            score,
        }
    }
}
