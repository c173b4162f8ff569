//! Runs, as they were begun and ended.

use std::collections::BTreeMap;

use rusqlite::types::ToSql;
use rusqlite::{Connection, Row};
use serde_json::Value;

use crate::domain::{Case, ModelRef, PromptName, Revision, RunId, RunStatus, Sha256Hex, Variant};
use crate::ledger::LedgerError;
use crate::ledger::chain::time_text;
use crate::ledger::payload::Plain;
use crate::ledger::reader::{Reader, json};
use crate::ledger::run::variant_of;
use crate::summary::Git;

/// How a user names a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunRef {
    /// By its number.
    Number(u64),
    /// By its UUID.
    Id(RunId),
    /// The last one of this workspace.
    Last,
}

/// A recorded run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// Its UUID of version 7.
    pub id: RunId,
    /// Its number.
    pub number: u64,
    /// How it ended, or `Started`.
    pub status: RunStatus,
    /// True when all its trials were run.
    pub complete: bool,
    /// True when only some of the suite's cases were asked for.
    pub filtered: bool,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// The command line.
    pub command: String,
    /// The workspace.
    pub workspace: String,
    /// The prompt.
    pub prompt: PromptName,
    /// The suite's file.
    pub suite: String,
    /// Hash of the suite.
    pub suite_hash: Sha256Hex,
    /// Its seed.
    pub seed: u64,
    /// Version of `pw`.
    pub version: String,
    /// State of the source tree.
    pub git: Option<Git>,
    /// The user's labels.
    pub tags: BTreeMap<String, String>,
    /// The user's remark.
    pub note: Option<String>,
    /// What else its command kept.
    pub settings: Value,
    /// The run it went on from.
    pub resumed_from: Option<RunId>,
    /// Its variants in trial order.
    pub revisions: Vec<(Variant, Revision)>,
    /// Its models in trial order.
    pub models: Vec<ModelRef>,
}

impl RunRecord {
    /// Tells whether its answers stand for its revisions: it ended well and left out no case.
    pub fn is_whole(&self) -> bool {
        self.status == RunStatus::Finished && self.complete && !self.filtered
    }
}

const RUNS: &str = "\
    SELECT r.id, r.uuid, r.status, r.complete, r.filtered, r.started_ms, r.ended_ms, r.command, w.name, p.name, r.suite, \
    r.suite_hash, r.seed, r.version, r.git_commit, r.git_dirty, r.tags, r.note, r.settings, r.resumed_from \
    FROM runs r JOIN names w ON w.id = r.workspace JOIN names p ON p.id = r.prompt ";

impl Reader {
    /// Returns a run.
    ///
    /// Errors: `UnknownRun`.
    pub fn run(&self, run: &RunRef) -> Result<RunRecord, LedgerError> {
        let found = self.read(|conn| match run {
            RunRef::Number(number) => one(
                conn,
                "WHERE r.id = ?1",
                &[&i64::try_from(*number).unwrap_or(i64::MAX)],
            ),
            RunRef::Id(id) => one(conn, "WHERE r.uuid = ?1", &[id]),
            RunRef::Last => one(
                conn,
                "WHERE w.name = ?1 ORDER BY r.id DESC LIMIT 1",
                &[&self.workspace],
            ),
        })?;
        found.ok_or_else(|| LedgerError::UnknownRun {
            run: match run {
                RunRef::Number(number) => number.to_string(),
                RunRef::Id(id) => id.clone(),
                RunRef::Last => "last".to_owned(),
            },
        })
    }

    /// Returns the last run of this workspace, or of one of its prompts.
    pub fn last_run(&self, prompt: Option<&PromptName>) -> Result<Option<RunRecord>, LedgerError> {
        Ok(self.runs(prompt, 1)?.into_iter().next())
    }

    /// Returns the last runs of this workspace, or of one of its prompts; the newest first.
    pub fn runs(
        &self,
        prompt: Option<&PromptName>,
        most: usize,
    ) -> Result<Vec<RunRecord>, LedgerError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read(|conn| match prompt {
            Some(prompt) => all(
                conn,
                "WHERE w.name = ?1 AND p.name = ?2 ORDER BY r.id DESC LIMIT ?3",
                &[&self.workspace, &prompt.0, &most],
            ),
            None => all(
                conn,
                "WHERE w.name = ?1 ORDER BY r.id DESC LIMIT ?2",
                &[&self.workspace, &most],
            ),
        })
    }

    /// Returns the last run of this workspace that did not finish and that no other run went on from.
    pub fn unfinished(&self) -> Result<Option<RunRecord>, LedgerError> {
        self.read(|conn| {
            one(
                conn,
                "WHERE w.name = ?1 AND r.status <> 'finished' \
                 AND r.uuid NOT IN (SELECT s.resumed_from FROM runs s WHERE s.resumed_from IS NOT NULL) \
                 ORDER BY r.id DESC LIMIT 1",
                &[&self.workspace],
            )
        })
    }

    /// Returns the last run that went on from this one.
    pub fn resumed_by(&self, run: &RunId) -> Result<Option<RunRecord>, LedgerError> {
        self.read(|conn| {
            one(
                conn,
                "WHERE r.resumed_from = ?1 ORDER BY r.id DESC LIMIT 1",
                &[run],
            )
        })
    }

    /// Returns a run's cases in suite order.
    pub fn cases(&self, run: &RunId) -> Result<Vec<Case>, LedgerError> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT c.body FROM run_cases k JOIN cases c ON c.id = k.case_id JOIN runs r ON r.id = k.run \
                 WHERE r.uuid = ?1 ORDER BY k.position",
            )?;
            let mut rows = statement.query([run])?;
            let mut cases = Vec::new();
            while let Some(row) = rows.next()? {
                cases.push(json("a case", &row.get::<_, Plain>(0)?.0)?);
            }
            Ok(cases)
        })
    }
}

fn one(
    conn: &Connection,
    which: &str,
    values: &[&dyn ToSql],
) -> Result<Option<RunRecord>, LedgerError> {
    Ok(all(conn, which, values)?.into_iter().next())
}

fn all(
    conn: &Connection,
    which: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<RunRecord>, LedgerError> {
    let mut statement = conn.prepare_cached(&format!("{RUNS}{which}"))?;
    let mut rows = statement.query(values)?;
    let mut runs = Vec::new();
    while let Some(row) = rows.next()? {
        runs.push(record(conn, row)?);
    }
    Ok(runs)
}

fn record(conn: &Connection, row: &Row<'_>) -> Result<RunRecord, LedgerError> {
    let number: i64 = row.get(0)?;
    let status: String = row.get(2)?;
    let commit: Option<String> = row.get(14)?;
    let dirty: Option<bool> = row.get(15)?;
    Ok(RunRecord {
        id: row.get(1)?,
        number: number.unsigned_abs(),
        status: RunStatus::parse(&status)
            .ok_or_else(|| LedgerError::damaged(format!("status `{status}` of run {number}")))?,
        complete: row.get(3)?,
        filtered: row.get(4)?,
        started_at: time_text(row.get(5)?),
        finished_at: row.get::<_, Option<i64>>(6)?.map(time_text),
        command: row.get(7)?,
        workspace: row.get(8)?,
        prompt: PromptName(row.get(9)?),
        suite: row.get(10)?,
        suite_hash: row.get(11)?,
        seed: row.get::<_, i64>(12)?.cast_unsigned(),
        version: row.get(13)?,
        git: commit.map(|commit| Git {
            commit,
            dirty: dirty.unwrap_or(false),
        }),
        tags: json("a run's tags", &row.get::<_, String>(16)?)?,
        note: row.get(17)?,
        settings: json("a run's settings", &row.get::<_, String>(18)?)?,
        resumed_from: row.get(19)?,
        revisions: revisions(conn, number)?,
        models: models(conn, number)?,
    })
}

fn revisions(conn: &Connection, run: i64) -> rusqlite::Result<Vec<(Variant, Revision)>> {
    conn.prepare_cached(
        "SELECT n.name, q.hash FROM run_variants v JOIN names n ON n.id = v.variant \
         JOIN revisions q ON q.id = v.revision WHERE v.run = ?1 ORDER BY v.position",
    )?
    .query_map([run], |row| {
        Ok((variant_of(row.get(0)?), Revision(row.get(1)?)))
    })?
    .collect()
}

fn models(conn: &Connection, run: i64) -> rusqlite::Result<Vec<ModelRef>> {
    conn.prepare_cached(
        "SELECT e.name, m.name FROM run_models k JOIN names e ON e.id = k.endpoint JOIN names m ON m.id = k.model \
         WHERE k.run = ?1 ORDER BY k.position",
    )?
    .query_map([run], |row| {
        Ok(ModelRef {
            endpoint: row.get(0)?,
            model: row.get(1)?,
        })
    })?
    .collect()
}
