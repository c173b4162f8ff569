//! Iterations, and the runs that a new one is compared with.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::domain::{IterationNumber, ModelRef, PromptName, Revision, RunId, Variant};
use crate::ledger::LedgerError;
use crate::ledger::chain::time_text;
use crate::ledger::payload::Plain;
use crate::ledger::reader::Reader;
use crate::ledger::run::variant_of;

/// A run whose answers stand for a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousRun {
    /// The run.
    pub run: RunId,
    /// Its number.
    pub number: u64,
    /// The variant's revision in it.
    pub revision: Revision,
    /// The revision's number among iterations.
    pub iteration: Option<IterationNumber>,
}

/// A revision's place among the iterations of its prompt × variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IterationRecord {
    /// The variant.
    pub variant: Variant,
    /// Its number.
    pub number: IterationNumber,
    /// The revision.
    pub revision: Revision,
    /// The run that made it an iteration.
    pub run: RunId,
}

/// Finished, complete, unfiltered runs of a prompt that hold a variant and a model.
const WHOLE: &str = "\
    SELECT r.uuid, r.id, q.hash, i.number FROM runs r JOIN run_variants v ON v.run = r.id JOIN revisions q ON q.id = v.revision \
    JOIN run_models k ON k.run = r.id \
    LEFT JOIN iterations i ON i.workspace = r.workspace AND i.prompt = r.prompt AND i.variant = v.variant \
    AND i.revision = v.revision \
    WHERE r.status = 'finished' AND r.complete AND NOT r.filtered \
    AND r.workspace = (SELECT id FROM names WHERE name = ?1) AND r.prompt = (SELECT id FROM names WHERE name = ?2) \
    AND v.variant = (SELECT id FROM names WHERE name = ?3) \
    AND k.endpoint = (SELECT id FROM names WHERE name = ?4) AND k.model = (SELECT id FROM names WHERE name = ?5) ";

/// The mean over a run's cases of their share of passing trials; an error that the request caused is a failure.
const PASS_RATE: &str = "\
    (SELECT avg(share) FROM (SELECT avg(CASE t.outcome WHEN 'failed' THEN 0 ELSE t.pass END) AS share FROM trials t \
    WHERE t.run = r.id AND t.variant = v.variant AND t.endpoint = k.endpoint AND t.model = k.model GROUP BY t.case_name))";

impl Reader {
    /// Returns the last whole run of a variant and a model with another revision.
    pub fn previous(
        &self,
        prompt: &PromptName,
        variant: &Variant,
        model: &ModelRef,
        not: &Revision,
    ) -> Result<Option<PreviousRun>, LedgerError> {
        let which = "AND q.hash <> ?6 ORDER BY r.id DESC LIMIT 1";
        self.whole_run(prompt, variant, model, which, Some(not))
    }

    /// Returns the last whole run of a variant and a model with this revision.
    pub fn run_of(
        &self,
        prompt: &PromptName,
        variant: &Variant,
        model: &ModelRef,
        revision: &Revision,
    ) -> Result<Option<PreviousRun>, LedgerError> {
        let which = "AND q.hash = ?6 ORDER BY r.id DESC LIMIT 1";
        self.whole_run(prompt, variant, model, which, Some(revision))
    }

    /// Returns the whole run of a variant and a model with the highest pass rate; of equal ones the newest.
    pub fn best(
        &self,
        prompt: &PromptName,
        variant: &Variant,
        model: &ModelRef,
    ) -> Result<Option<PreviousRun>, LedgerError> {
        let which = format!("ORDER BY {PASS_RATE} DESC NULLS LAST, r.id DESC LIMIT 1");
        self.whole_run(prompt, variant, model, &which, None)
    }

    fn whole_run(
        &self,
        prompt: &PromptName,
        variant: &Variant,
        model: &ModelRef,
        which: &str,
        revision: Option<&Revision>,
    ) -> Result<Option<PreviousRun>, LedgerError> {
        let variant = variant.as_str();
        let mut values: Vec<&dyn ToSql> = vec![
            &self.workspace,
            &prompt.0,
            &variant,
            &model.endpoint,
            &model.model,
        ];
        values.extend(revision.map(|revision| &revision.0 as &dyn ToSql));
        self.read(|conn| Ok(one(conn, &format!("{WHOLE}{which}"), &values)?))
    }

    /// Returns the revisions whose hash begins so, the newest first; for a user who wrote `@3fa9`.
    pub fn by_revision(&self, prefix: &str) -> Result<Vec<Revision>, LedgerError> {
        self.read(|conn| {
            let found = conn
                .prepare_cached(
                    "SELECT DISTINCT q.id, q.hash FROM revisions q JOIN run_variants v ON v.revision = q.id \
                     JOIN runs r ON r.id = v.run JOIN names w ON w.id = r.workspace \
                     WHERE w.name = ?1 AND substr(q.hash, 1, length(?2)) = ?2 ORDER BY q.id DESC",
                )?
                .query_map([&self.workspace, prefix], |row| row.get(1).map(Revision))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(found)
        })
    }

    /// Returns a revision's full text, as its run gave it; `None` where the ledger knows no such revision.
    pub fn revision_text(&self, revision: &Revision) -> Result<Option<String>, LedgerError> {
        self.read(|conn| {
            let found = conn
                .prepare_cached("SELECT body FROM revisions WHERE hash = ?1")?
                .query_row([&revision.0], |row| row.get(0).map(|Plain(text)| text))
                .optional()?;
            Ok(found)
        })
    }

    /// Returns a revision's number among the iterations of its prompt × variant.
    pub fn iteration_of(
        &self,
        prompt: &PromptName,
        variant: &Variant,
        revision: &Revision,
    ) -> Result<Option<IterationNumber>, LedgerError> {
        self.read(|conn| {
            let found = conn
                .prepare_cached(
                    "SELECT i.number FROM iterations i JOIN names w ON w.id = i.workspace JOIN names p ON p.id = i.prompt \
                     JOIN names v ON v.id = i.variant JOIN revisions q ON q.id = i.revision \
                     WHERE w.name = ?1 AND p.name = ?2 AND v.name = ?3 AND q.hash = ?4",
                )?
                .query_row(
                    params![self.workspace, prompt.0, variant.as_str(), revision.0],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(found)
        })
    }

    /// Returns the iterations of a prompt, variant by variant, in order.
    pub fn iterations(&self, prompt: &PromptName) -> Result<Vec<IterationRecord>, LedgerError> {
        self.read(|conn| {
            let found = conn
                .prepare_cached(
                    "SELECT v.name, i.number, q.hash, r.uuid FROM iterations i JOIN names w ON w.id = i.workspace \
                     JOIN names p ON p.id = i.prompt JOIN names v ON v.id = i.variant JOIN revisions q ON q.id = i.revision \
                     JOIN runs r ON r.id = i.run WHERE w.name = ?1 AND p.name = ?2 ORDER BY v.name, i.number",
                )?
                .query_map([&self.workspace, &prompt.0], |row| {
                    Ok(IterationRecord {
                        variant: variant_of(row.get(0)?),
                        number: row.get(1)?,
                        revision: Revision(row.get(2)?),
                        run: row.get(3)?,
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(found)
        })
    }

    /// Returns when the first iteration of a prompt began, RFC 3339 in UTC.
    pub fn first_iteration_at(&self, prompt: &PromptName) -> Result<Option<String>, LedgerError> {
        self.read(|conn| {
            let first: Option<i64> = conn
                .prepare_cached(
                    "SELECT min(r.started_ms) FROM iterations i JOIN names w ON w.id = i.workspace \
                     JOIN names p ON p.id = i.prompt JOIN runs r ON r.id = i.run WHERE w.name = ?1 AND p.name = ?2",
                )?
                .query_row([&self.workspace, &prompt.0], |row| row.get(0))?;
            Ok(first.map(time_text))
        })
    }
}

fn one(
    conn: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
) -> rusqlite::Result<Option<PreviousRun>> {
    conn.prepare_cached(sql)?
        .query_row(values, previous_run)
        .optional()
}

fn previous_run(row: &Row<'_>) -> rusqlite::Result<PreviousRun> {
    Ok(PreviousRun {
        run: row.get(0)?,
        number: row.get::<_, i64>(1)?.unsigned_abs(),
        revision: Revision(row.get(2)?),
        iteration: row.get(3)?,
    })
}
