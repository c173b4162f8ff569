//! Which case of today's suite a recorded answer belongs to.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::failure::Failure;
use crate::commands::pairing::{Pairing, reads};
use crate::domain::{Case, CaseId, and_list, count};
use crate::ledger::{Reader, RunRecord};
use crate::suite::Suite;
use crate::summary::Facts;

/// Names of cases that a warning gives.
const NAMED: usize = 6;

/// Today's cases that a run has answers to.
pub(super) struct Matched {
    /// In the order of the run.
    pub(super) cases: Vec<Case>,
    /// Today's name of each recorded case that is still asked.
    pub(super) now: BTreeMap<CaseId, CaseId>,
    /// Which recorded cases are left out, and why.
    pub(super) warnings: Vec<String>,
}

impl Matched {
    /// Gives the cases of a recorded run their names of today.
    pub(super) fn renamed(&self, mut facts: Facts) -> Facts {
        for row in &mut facts.results {
            if let Some(now) = self.now.get(&row.key.case) {
                row.key.case = now.clone();
            }
        }
        facts
    }
}

/// Pairs a run's cases with today's: by id where the author gave one, else by the variables that its prompts read.
///
/// An answer belongs to the question that was asked: a case that asks with other values today is left out.
/// Errors: no case is left.
pub(super) fn cases(reader: &Reader, run: &RunRecord, suite: &Suite) -> Result<Matched, Failure> {
    let mut read = BTreeSet::new();
    for (_, revision) in &run.revisions {
        read.extend(reads(reader, revision)?);
    }
    let recorded = reader.cases(&run.id)?;
    let then = Pairing::by_vars(&recorded, &read);
    let now = Pairing::by_vars(&suite.cases, &read);
    let today: BTreeMap<&str, &Case> = suite
        .cases
        .iter()
        .filter_map(|case| Some((now.key(&case.id)?, case)))
        .collect();
    let mut matched = Matched {
        cases: Vec::new(),
        now: BTreeMap::new(),
        warnings: Vec::new(),
    };
    let (mut gone, mut other) = (Vec::new(), Vec::new());
    for case in &recorded {
        match then.key(&case.id).and_then(|key| today.get(key)) {
            None => gone.push(case.label.clone()),
            Some(same) => {
                if let Some(what) = difference(case, same, &read) {
                    other.push(format!("{} ({what})", case.label));
                } else {
                    matched.now.insert(case.id.clone(), same.id.clone());
                    matched.cases.push((*same).clone());
                }
            }
        }
    }
    let left_out = |cases: &[String], why: &str| {
        let (number, names) = (count(cases.len(), "case"), and_list(cases, NAMED));
        (!cases.is_empty())
            .then(|| format!("{number} of run {} {why}, left out: {names}", run.number))
    };
    matched
        .warnings
        .extend(left_out(&gone, &format!("not in {} today", suite.file)));
    matched
        .warnings
        .extend(left_out(&other, "asked with other values today"));
    if matched.cases.is_empty() {
        let why = matched.warnings.join("\n  ");
        return Err(Failure::usage(format!(
            "no answer of run {} can be scored with {}\n  {why}",
            run.number, suite.file
        ))
        .hint("name the suite that asks these cases with --suite FILE, or ask the new ones with `pw eval`"));
    }
    Ok(matched)
}

/// Says in what a case asks something else today; what no prompt of the run reads may change.
fn difference(then: &Case, now: &Case, read: &BTreeSet<String>) -> Option<String> {
    let differs = |name: &&String| then.vars.get(*name) != now.vars.get(*name);
    if let Some(name) = read.iter().find(differs) {
        return Some(match now.vars.get(name) {
            None => format!("`{name}` is missing"),
            Some(_) => format!("`{name}` is another"),
        });
    }
    (then.turns != now.turns).then(|| "`turns` are others".to_owned())
}
