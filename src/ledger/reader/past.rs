//! What calls cost before, for whoever plans new ones.

use crate::domain::{ModelRef, PromptName, Usage, Usd, unit};
use crate::ledger::LedgerError;
use crate::ledger::reader::{Reader, json};
use crate::summary::PastCall;

impl Reader {
    /// Returns the last answered calls that evaluations of a prompt bought from a model, the newest first.
    pub fn past_calls(
        &self,
        prompt: &PromptName,
        model: &ModelRef,
        most: usize,
    ) -> Result<Vec<PastCall>, LedgerError> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT p.spent, p.usage, p.latency_ms FROM contexts x JOIN calls c ON c.context = x.id \
                 JOIN attempts a ON a.id = c.accepted JOIN postings p ON p.seq = a.end_seq \
                 WHERE x.workspace = (SELECT id FROM names WHERE name = ?1) AND x.prompt = (SELECT id FROM names WHERE name = ?2) \
                 AND x.endpoint = (SELECT id FROM names WHERE name = ?3) AND x.model = (SELECT id FROM names WHERE name = ?4) \
                 AND x.purpose = 'eval' AND a.state = 'settled' ORDER BY c.id DESC LIMIT ?5",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let mut rows =
                statement.query(rusqlite::params![self.workspace, prompt.0, model.endpoint, model.model, most])?;
            let mut calls = Vec::new();
            while let Some(row) = rows.next()? {
                let usage: Usage = match row.get::<_, Option<String>>(1)? {
                    Some(text) => json("a usage", &text)?,
                    None => Usage::default(),
                };
                calls.push(PastCall {
                    billed: Usd::from_picos(row.get(0)?),
                    tokens: usage.get(unit::INPUT).saturating_add(usage.get(unit::OUTPUT)),
                    latency_ms: row.get::<_, Option<i64>>(2)?.unwrap_or(0).unsigned_abs(),
                });
            }
            Ok(calls)
        })
    }
}
