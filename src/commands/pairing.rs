//! Which cases of two runs belong together.

use std::collections::{BTreeMap, BTreeSet};

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

/// Names of cases and their clusters, for pairing.
pub(crate) struct Pairing<'a> {
    pub(crate) keys: BTreeMap<CaseId, String>,
    clusters: BTreeMap<&'a CaseId, Option<&'a str>>,
}

impl<'a> Pairing<'a> {
    pub(crate) fn by_id(cases: &'a [Case]) -> Self {
        Self {
            keys: cases
                .iter()
                .map(|case| (case.id.clone(), case.id.0.clone()))
                .collect(),
            clusters: clusters(cases),
        }
    }

    pub(crate) fn by_vars(cases: &'a [Case], reads: &BTreeSet<String>) -> Self {
        Self {
            keys: pair_keys(cases, reads),
            clusters: clusters(cases),
        }
    }

    pub(crate) fn side<'r>(
        &'r self,
        name: SideName,
        rows: impl IntoIterator<Item = &'r TrialRow>,
    ) -> Side<'r> {
        let paired = |row: &'r TrialRow| {
            let pair_key = self.keys.get(&row.key.case)?;
            Some(PairedRow {
                pair_key,
                cluster: self.clusters.get(&row.key.case).copied().flatten(),
                row,
            })
        };
        Side {
            name,
            rows: rows.into_iter().filter_map(paired).collect(),
        }
    }
}

fn clusters(cases: &[Case]) -> BTreeMap<&CaseId, Option<&str>> {
    cases
        .iter()
        .map(|case| (&case.id, case.cluster.as_deref()))
        .collect()
}
