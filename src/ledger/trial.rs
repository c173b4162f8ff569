//! What a trial leaves in the books; the answer and its money lie with the call.

use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use crate::domain::{RunId, Score};
use crate::ledger::page::Page;
use crate::ledger::{LedgerError, Recorded, TrialRecord};

impl Page<'_> {
    /// Writes a trial and its scores, in the place of an earlier record of the same position.
    pub(super) fn record_trial(
        &mut self,
        run: &RunId,
        trial: &TrialRecord,
    ) -> Result<(), LedgerError> {
        let unknown = || LedgerError::UnknownRun { run: run.clone() };
        let run = self.names.run(&self.tx, run)?.ok_or_else(unknown)?;
        let call = self.call_number(trial.call)?;
        let cached_from = self.call_number(trial.cached_from)?;
        let judges = trial
            .scores
            .iter()
            .map(|(_, judge)| self.call_number(*judge))
            .collect::<Result<Vec<_>, _>>()?;
        self.tx
            .prepare_cached("DELETE FROM trials WHERE run = ?1 AND position = ?2")?
            .execute(params![run, trial.position])?;
        self.insert_trial(run, trial, call, cached_from)?;
        for (position, ((score, _), judge)) in (0_i64..).zip(trial.scores.iter().zip(judges)) {
            self.insert_score((run, i64::from(trial.position), position), score, judge)?;
        }
        Ok(())
    }

    fn call_number(&self, call: Option<Uuid>) -> Result<Option<i64>, LedgerError> {
        let Some(call) = call else { return Ok(None) };
        self.tx
            .prepare_cached("SELECT id FROM calls WHERE uuid = ?1")?
            .query_row([call.as_bytes()], |row| row.get(0))
            .optional()?
            .map(Some)
            .ok_or(LedgerError::UnknownCall { call })
    }

    fn insert_trial(
        &mut self,
        run: i64,
        trial: &TrialRecord,
        call: Option<i64>,
        cached_from: Option<i64>,
    ) -> Result<(), LedgerError> {
        let variant = self.names.text(&self.tx, trial.key.variant.as_str())?;
        let endpoint = self.names.text(&self.tx, &trial.key.model.endpoint)?;
        let model = self.names.text(&self.tx, &trial.key.model.model)?;
        let case = self.names.text(&self.tx, &trial.key.case.0)?;
        let (outcome, error) = match &trial.outcome {
            Recorded::Answered => ("answered", None),
            Recorded::Error(fault) => (
                if fault.caused_by_request {
                    "failed"
                } else {
                    "error"
                },
                serde_json::to_string(&self.keep.fault(fault)).ok(),
            ),
            Recorded::Skipped => ("skipped", None),
        };
        self.tx
            .prepare_cached(
                "INSERT INTO trials (run, position, variant, endpoint, model, case_name, repeat, outcome, call, cached_from, \
                 attempts, latency_ms, error, pass, score, taken) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?
            .execute(params![
                run,
                trial.position,
                variant,
                endpoint,
                model,
                case,
                trial.key.repeat,
                outcome,
                call,
                cached_from,
                trial.attempts,
                trial.latency_ms.and_then(|ms| i64::try_from(ms).ok()),
                error,
                trial.pass,
                trial.score,
                cached_from.and(trial.taken.word())
            ])?;
        Ok(())
    }

    fn insert_score(
        &mut self,
        (run, trial, position): (i64, i64, i64),
        score: &Score,
        judge: Option<i64>,
    ) -> Result<(), LedgerError> {
        let kind = self.names.text(&self.tx, &score.kind)?;
        let metric = self.names.maybe(&self.tx, score.metric.as_deref())?;
        // A reason quotes the answer and what was expected of it.
        let reason = Some(&score.reason).filter(|_| !self.keep.is_hashes());
        self.tx
            .prepare_cached(
                "INSERT INTO scores (run, trial, position, kind, metric, weight, pass, score, reason, judge_call) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                run,
                trial,
                position,
                kind,
                metric,
                score.weight,
                score.pass,
                score.score,
                reason.map_or("", String::as_str),
                judge
            ])?;
        Ok(())
    }
}
