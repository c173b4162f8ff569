//! The answers that a run holds, for whoever goes on with it or scores it again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rusqlite::Row;
use uuid::Uuid;

use crate::domain::{CaseId, ModelRef, RunId, TrialKey};
use crate::ledger::LedgerError;
use crate::ledger::reader::Reader;
use crate::ledger::reader::answers::{COLUMNS, CachedAnswer, JOINS, read_answer};
use crate::ledger::reader::rows::run_number;
use crate::ledger::run::variant_of;

/// Where the columns of the answer begin.
const ANSWER: usize = 7;

/// Calls that the run paid. The trial's own row may be missing: it is booked after its answer, and a kill may fall between.
static BOUGHT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT v.name, e.name, m.name, k.name, c.repeat, c.uuid, a.state, {COLUMNS} \
         FROM contexts x JOIN calls c ON c.context = x.id JOIN names v ON v.id = x.variant \
         JOIN names e ON e.id = x.endpoint JOIN names m ON m.id = x.model JOIN names k ON k.id = c.case_name {JOINS} \
         WHERE x.run = ?1 AND x.purpose = 'eval' AND c.accepted IS NOT NULL ORDER BY c.id"
    )
});

/// Answers that the run took from earlier calls.
static TAKEN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT v.name, e.name, m.name, k.name, t.repeat, c.uuid, a.state, {COLUMNS} \
         FROM trials t JOIN calls c ON c.id = t.cached_from JOIN names v ON v.id = t.variant \
         JOIN names e ON e.id = t.endpoint JOIN names m ON m.id = t.model JOIN names k ON k.id = t.case_name {JOINS} \
         WHERE t.run = ?1 AND t.cached_from IS NOT NULL ORDER BY t.position"
    )
});

impl Reader {
    /// Returns the accepted answer of each trial of a run, where its text is still kept.
    ///
    /// Errors: `UnknownRun`; `Damaged` for an answer that cannot be read.
    pub fn accepted(&self, run: &RunId) -> Result<BTreeMap<TrialKey, CachedAnswer>, LedgerError> {
        self.read(|conn| {
            let number = run_number(conn, run)?;
            let mut answers = BTreeMap::new();
            for sql in [&*TAKEN, &*BOUGHT] {
                let mut statement = conn.prepare_cached(sql)?;
                let mut rows = statement.query([number])?;
                while let Some(row) = rows.next()? {
                    if let Some(answer) = answer(row)? {
                        answers.insert(key(row)?, answer);
                    }
                }
            }
            Ok(answers)
        })
    }
}

fn key(row: &Row<'_>) -> rusqlite::Result<TrialKey> {
    Ok(TrialKey {
        variant: variant_of(row.get(0)?),
        model: ModelRef {
            endpoint: row.get(1)?,
            model: row.get(2)?,
        },
        case: CaseId(row.get(3)?),
        repeat: row.get(4)?,
    })
}

fn answer(row: &Row<'_>) -> Result<Option<CachedAnswer>, LedgerError> {
    let (call, state): (_, String) = (Uuid::from_bytes(row.get(5)?), row.get(6)?);
    Ok(read_answer(row, ANSWER)?.and_then(|bought| bought.reusable(call, &state)))
}
