//! What revisions gained over those before them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::commands::log::history::{Scored, Suites};
use crate::commands::pairing::Pairing;
use crate::domain::Sha256Hex;
use crate::summary::{CompareOptions, Comparison, ComparisonKind, compare};

/// What a revision gained; nothing where it, or every one before it, has no score.
#[derive(Default)]
pub(super) struct Gain {
    /// Over the one before it that has a score.
    pub(super) since_previous: Option<Comparison>,
    /// Over the best before it.
    pub(super) since_best: Option<Comparison>,
}

/// Revision after revision, compared with those before it, as all were scored then, paired as every comparison is.
#[derive(Default)]
pub(super) struct Gains {
    pairings: Pairings,
    previous: Option<Rc<Scored>>,
    best: Option<Rc<Scored>>,
}

impl Gains {
    /// Compares the next revision; its rows are kept only while it is the previous or the best one.
    pub(super) fn next(&mut self, now: Rc<Scored>, suites: &Suites) -> Gain {
        let mut against = |earlier: &Rc<Scored>| self.pairings.compared(earlier, &now, suites);
        let since_previous = self.previous.as_ref().map(&mut against);
        let since_best = match (&self.previous, &self.best) {
            (Some(previous), Some(best)) if !Rc::ptr_eq(previous, best) => Some(against(best)),
            _ => since_previous.clone(),
        };
        let rate = now.facts.pass_rate;
        if self
            .best
            .as_ref()
            .is_none_or(|best| rate > best.facts.pass_rate)
        {
            self.best = Some(Rc::clone(&now));
        }
        self.previous = Some(now);
        Gain {
            since_previous,
            since_best,
        }
    }
}

/// How the cases of a suite are paired for templates that read these variables: most revisions of a prompt share it.
#[derive(Default)]
struct Pairings(BTreeMap<(Sha256Hex, BTreeSet<String>), Pairing>);

impl Pairings {
    fn compared(&mut self, old: &Scored, new: &Scored, suites: &Suites) -> Comparison {
        let reads: BTreeSet<String> = old.reads.union(&new.reads).cloned().collect();
        let key = |scored: &Scored| (scored.run.suite_hash.clone(), reads.clone());
        let keys = [key(old), key(new)];
        for key in &keys {
            if !self.0.contains_key(key) {
                let cases = suites.get(&key.0).map_or(&[][..], Vec::as_slice);
                self.0.insert(key.clone(), Pairing::by_vars(cases, &reads));
            }
        }
        let options = CompareOptions {
            kind: ComparisonKind::Previous,
            min_gain: 0.0,
            give_verdict: true,
        };
        let [old, new] = [(&keys[0], old), (&keys[1], new)]
            .map(|(key, scored)| self.0[key].side(scored.name.clone(), &scored.rows));
        compare(&old, &new, &options)
    }
}
