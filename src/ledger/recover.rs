//! The dead: whoever writes looks after processes that ended without a word.

use rusqlite::params;
use uuid::Uuid;

use crate::domain::RunStatus;
use crate::ledger::lock::is_alive;
use crate::ledger::page::Page;
use crate::ledger::places::Places;
use crate::ledger::settle::Ending;
use crate::ledger::{LedgerError, Recovered};

/// How a writer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It closed the ledger.
    Closed,
    /// It ended without a word.
    Died,
}

impl Page<'_> {
    /// Writes the row of the process that opens the ledger, and returns its number.
    pub(super) fn enrol(&self, writer: Uuid) -> Result<i64, LedgerError> {
        let id = self
            .tx
            .prepare("INSERT INTO writers (uuid, pid, host, started_ms) VALUES (?1, ?2, ?3, ?4)")?
            .insert(params![
                writer.as_bytes(),
                std::process::id(),
                host(),
                self.now_ms
            ])?;
        Ok(id)
    }

    /// Ends every writer that no longer lives. Call it under the write lock, so that none is just being born.
    pub(super) fn recover(&mut self, places: &Places) -> Result<Recovered, LedgerError> {
        // All signs of life first: a file that cannot be looked at must not leave a page half written.
        let mut dead = Vec::new();
        for (id, uuid) in self.others()? {
            if !is_alive(&places.live_file(uuid))? {
                dead.push(id);
            }
        }
        let mut recovered = Recovered::default();
        for id in dead {
            let one = self.bury(id, End::Died)?;
            recovered.writers += 1;
            recovered.attempts += one.attempts;
            recovered.runs += one.runs;
        }
        Ok(recovered)
    }

    /// Returns the other writers that have not ended, or were taken for dead and held on.
    fn others(&self) -> Result<Vec<(i64, Uuid)>, LedgerError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT id, uuid FROM writers WHERE ended_ms IS NULL AND id <> ?1 \
             UNION SELECT w.id, w.uuid FROM writers w JOIN attempts a ON a.writer = w.id \
             WHERE a.state = 'open' AND w.id <> ?1 AND w.ended_ms IS NOT NULL",
        )?;
        let found = statement
            .query_map([self.writer], |row| {
                Ok((row.get(0)?, Uuid::from_bytes(row.get(1)?)))
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// Ends a writer: what it had in flight is lost at its worst case, its runs are interrupted.
    pub(super) fn bury(&mut self, writer: i64, end: End) -> Result<Recovered, LedgerError> {
        let (word, reason) = match end {
            End::Closed => ("closed", "the ledger was closed before its answer came"),
            End::Died => ("died", "its process died before its answer came"),
        };
        let ending = Ending {
            reason,
            fault: None,
            request_id: None,
        };
        let attempts = self.open_attempts(writer)?;
        for attempt in &attempts {
            self.lose_known(attempt, ending)?;
        }
        let runs = self.tx.execute(
            "UPDATE runs SET status = ?2, ended_ms = ?3 WHERE writer = ?1 AND status = 'started'",
            params![writer, RunStatus::Interrupted.word(), self.now_ms],
        )?;
        self.tx.execute(
            "UPDATE writers SET ended_ms = ?2, ending = ?3 WHERE id = ?1",
            params![writer, self.now_ms, word],
        )?;
        Ok(Recovered {
            writers: 1,
            attempts: attempts.len() as u64,
            runs: runs as u64,
        })
    }
}

/// Returns the machine's name, for a person who looks for a process; Linux only, elsewhere it is unknown.
fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "unknown".to_owned(), |name| name.trim().to_owned())
}
