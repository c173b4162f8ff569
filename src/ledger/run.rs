//! A run's beginning and end; iterations get their numbers at the end.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::{Case, ModelRef, Revision, RunId, RunStatus, Variant};
use crate::ledger::chain;
use crate::ledger::page::Page;
use crate::ledger::payload::Plain;
use crate::ledger::{Iteration, LedgerError, NewRun};

impl Page<'_> {
    /// Writes a run with its variants, models and cases, and returns its number.
    pub(super) fn begin_run(&mut self, run: &NewRun) -> Result<i64, LedgerError> {
        if self.names.run(&self.tx, &run.id)?.is_some() {
            return Err(LedgerError::RunExists {
                run: run.id.clone(),
            });
        }
        self.refuse_second(run)?;
        let number = self.insert_run(run)?;
        for (position, (variant, revision, text)) in run.revisions.iter().enumerate() {
            self.insert_variant(number, position, variant, revision, text)?;
        }
        for (position, model) in run.models.iter().enumerate() {
            self.insert_model(number, position, model)?;
        }
        for (position, case) in run.cases.iter().enumerate() {
            self.insert_case(number, position, &run.suite_hash, case)?;
        }
        Ok(number)
    }

    /// Refuses to go on from a run that another one went on from. Whoever looked before could not know: only here, in the
    /// transaction that begins the run, two that look at one instant stand in line.
    fn refuse_second(&self, run: &NewRun) -> Result<(), LedgerError> {
        let Some(from) = &run.resumed_from else {
            return Ok(());
        };
        let found = self
            .tx
            .query_row(
                "SELECT f.id, r.id, r.status FROM runs r JOIN runs f ON f.uuid = r.resumed_from WHERE r.resumed_from = ?1",
                [from],
                |row| {
                    Ok(LedgerError::GoneOnWith {
                        from: row.get(0)?,
                        by: row.get(1)?,
                        status: row.get(2)?,
                    })
                },
            )
            .optional()?;
        found.map_or(Ok(()), Err)
    }

    fn insert_run(&mut self, run: &NewRun) -> Result<i64, LedgerError> {
        let workspace = self.names.text(&self.tx, &run.workspace)?;
        let prompt = self.names.text(&self.tx, &run.prompt.0)?;
        let tags = serde_json::to_string(&run.tags).unwrap_or_default();
        let number = self
            .tx
            .prepare_cached(
                "INSERT INTO runs (uuid, writer, command, workspace, prompt, suite, suite_hash, seed, version, git_commit, \
                 git_dirty, tags, note, settings, resumed_from, filtered, status, started_ms) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            )?
            .insert(params![
                run.id,
                self.writer,
                run.command,
                workspace,
                prompt,
                run.suite,
                run.suite_hash,
                run.seed.cast_signed(),
                run.version,
                run.git.as_ref().map(|git| &git.commit),
                run.git.as_ref().map(|git| git.dirty),
                tags,
                run.note,
                run.settings.to_string(),
                run.resumed_from,
                run.filtered,
                RunStatus::Started.word(),
                self.now_ms
            ])?;
        Ok(number)
    }

    fn insert_variant(
        &mut self,
        run: i64,
        position: usize,
        variant: &Variant,
        revision: &Revision,
        text: &str,
    ) -> Result<(), LedgerError> {
        let variant = self.names.text(&self.tx, variant.as_str())?;
        let known = self
            .tx
            .prepare_cached("SELECT id, body FROM revisions WHERE hash = ?1")?
            .query_row([&revision.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let revision: i64 = match known {
            Some((id, Plain(old))) => {
                // One that was first recorded without its text gets it.
                if old.len() < text.len() {
                    self.tx
                        .prepare_cached("UPDATE revisions SET body = ?2 WHERE id = ?1")?
                        .execute(params![id, self.packer.pack(text)])?;
                }
                id
            }
            None => self
                .tx
                .prepare_cached("INSERT INTO revisions (hash, body) VALUES (?1, ?2)")?
                .insert(params![revision.0, self.packer.pack(text)])?,
        };
        self.tx
            .prepare_cached(
                "INSERT INTO run_variants (run, position, variant, revision) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![run, row_number(position), variant, revision])?;
        Ok(())
    }

    fn insert_model(
        &mut self,
        run: i64,
        position: usize,
        model: &ModelRef,
    ) -> Result<(), LedgerError> {
        let endpoint = self.names.text(&self.tx, &model.endpoint)?;
        let model = self.names.text(&self.tx, &model.model)?;
        self.tx
            .prepare_cached(
                "INSERT INTO run_models (run, position, endpoint, model) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![run, row_number(position), endpoint, model])?;
        Ok(())
    }

    fn insert_case(
        &mut self,
        run: i64,
        position: usize,
        suite_hash: &str,
        case: &Case,
    ) -> Result<(), LedgerError> {
        let name = self.names.text(&self.tx, &case.id.0)?;
        let text = serde_json::to_string(case).unwrap_or_default();
        let hash = chain::digest(&text);
        let known = self
            .tx
            .prepare_cached(
                "SELECT id FROM cases WHERE suite_hash = ?1 AND name = ?2 AND hash = ?3",
            )?
            .query_row(params![suite_hash, name, hash], |row| row.get(0))
            .optional()?;
        let id: i64 = match known {
            Some(id) => id,
            None => self
                .tx
                .prepare_cached(
                    "INSERT INTO cases (suite_hash, name, hash, body) VALUES (?1, ?2, ?3, ?4)",
                )?
                .insert(params![suite_hash, name, hash, self.packer.pack(&text)])?,
        };
        self.tx
            .prepare_cached("INSERT INTO run_cases (run, position, case_id) VALUES (?1, ?2, ?3)")?
            .execute(params![run, row_number(position), id])?;
        Ok(())
    }

    /// Ends a run; its revisions become iterations if it is complete and unfiltered.
    ///
    /// A run that another process took for dead may still end itself.
    pub(super) fn end_run(
        &mut self,
        run: &RunId,
        status: RunStatus,
        complete: bool,
    ) -> Result<Vec<Iteration>, LedgerError> {
        let unknown = || LedgerError::UnknownRun { run: run.clone() };
        let number = self.names.run(&self.tx, run)?.ok_or_else(unknown)?;
        let (found, filtered): (String, bool) = self.tx.query_row(
            "SELECT status, filtered FROM runs WHERE id = ?1",
            [number],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if ![RunStatus::Started, RunStatus::Interrupted]
            .iter()
            .any(|open| open.word() == found)
        {
            return Err(LedgerError::RunEnded {
                run: run.clone(),
                status: found,
            });
        }
        self.tx.execute(
            "UPDATE runs SET status = ?2, complete = ?3, ended_ms = ?4 WHERE id = ?1",
            params![number, status.word(), complete, self.now_ms],
        )?;
        if complete && !filtered && status == RunStatus::Finished {
            self.number_iterations(number)?;
        }
        self.iterations(number)
    }

    /// Gives each revision that has none the next number of its prompt × variant.
    fn number_iterations(&self, run: i64) -> Result<(), LedgerError> {
        let count: i64 = self.tx.query_row(
            "SELECT count(*) FROM run_variants WHERE run = ?1",
            [run],
            |row| row.get(0),
        )?;
        for position in 0..count {
            self.tx.execute(
                "INSERT INTO iterations (workspace, prompt, variant, number, revision, run) \
                 SELECT r.workspace, r.prompt, v.variant, 1 + coalesce((SELECT max(i.number) FROM iterations i \
                 WHERE i.workspace = r.workspace AND i.prompt = r.prompt AND i.variant = v.variant), 0), v.revision, r.id \
                 FROM run_variants v JOIN runs r ON r.id = v.run WHERE v.run = ?1 AND v.position = ?2 \
                 ON CONFLICT (workspace, prompt, variant, revision) DO NOTHING",
                params![run, position],
            )?;
        }
        Ok(())
    }

    fn iterations(&self, run: i64) -> Result<Vec<Iteration>, LedgerError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT n.name, q.hash, i.number FROM run_variants v JOIN runs r ON r.id = v.run \
             JOIN iterations i ON i.workspace = r.workspace AND i.prompt = r.prompt AND i.variant = v.variant \
             AND i.revision = v.revision JOIN names n ON n.id = v.variant JOIN revisions q ON q.id = v.revision \
             WHERE v.run = ?1 ORDER BY v.position",
        )?;
        let found = statement
            .query_map([run], |row| {
                Ok(Iteration {
                    variant: variant_of(row.get(0)?),
                    revision: Revision(row.get(1)?),
                    number: row.get(2)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }
}

/// Makes a variant of its stored name, in which the unsuffixed one is empty.
pub(super) fn variant_of(name: String) -> Variant {
    Variant(Some(name).filter(|name| !name.is_empty()))
}

fn row_number(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
