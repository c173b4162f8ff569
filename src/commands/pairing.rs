//! Which cases of two runs belong together.

use std::collections::{BTreeSet, HashMap};

use crate::commands::failure::Failure;
use crate::commands::revision::Recorded;
use crate::domain::{Case, CaseId, Revision, TrialRow};
use crate::engine::pair_keys;
use crate::ledger::Reader;
use crate::summary::{PairedRow, Side, SideName};

/// Returns the variables that a recorded revision reads; none where its text is not kept.
pub(crate) fn reads(reader: &Reader, revision: &Revision) -> Result<BTreeSet<String>, Failure> {
    Ok(Recorded::read(reader, revision)?
        .map(|recorded| recorded.reads)
        .unwrap_or_default())
}

/// By what each case of a suite is paired, and its cluster.
pub(crate) struct Pairing {
    cases: HashMap<CaseId, Paired>,
}

struct Paired {
    key: String,
    cluster: Option<String>,
}

impl Pairing {
    pub(crate) fn by_id(cases: &[Case]) -> Self {
        Self::of(cases, cases.iter().map(|case| case.id.0.clone()))
    }

    pub(crate) fn by_vars(cases: &[Case], reads: &BTreeSet<String>) -> Self {
        Self::of(cases, pair_keys(cases, reads))
    }

    fn of(cases: &[Case], keys: impl IntoIterator<Item = String>) -> Self {
        let paired = cases.iter().zip(keys).map(|(case, key)| {
            let cluster = case.cluster.clone();
            (case.id.clone(), Paired { key, cluster })
        });
        Self {
            cases: paired.collect(),
        }
    }

    /// Returns what a case is paired by; `None` for one of another suite.
    pub(crate) fn key(&self, case: &CaseId) -> Option<&str> {
        self.cases.get(case).map(|paired| paired.key.as_str())
    }

    pub(crate) fn side<'r>(
        &'r self,
        name: SideName,
        rows: impl IntoIterator<Item = &'r TrialRow>,
    ) -> Side<'r> {
        let paired = |row: &'r TrialRow| {
            let case = self.cases.get(&row.key.case)?;
            Some(PairedRow {
                pair_key: &case.key,
                cluster: case.cluster.as_deref(),
                row,
            })
        };
        Side {
            name,
            rows: rows.into_iter().filter_map(paired).collect(),
        }
    }
}
