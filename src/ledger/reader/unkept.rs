//! Texts of a run in whose place tombstones lie.

use crate::domain::RunId;
use crate::ledger::LedgerError;
use crate::ledger::payload::{StoredAnswer, TOMBSTONE};
use crate::ledger::reader::Reader;
use crate::ledger::reader::rows::run_number;
use crate::summary::Unkept;

/// Tombstones are short: a payload that is longer, or compressed, is not read for this.
const TOMBSTONES: &str = "\
    SELECT l.body FROM contexts x JOIN calls c ON c.context = x.id JOIN payloads l ON l.id = c.id * 2 \
    WHERE x.run = ?1 AND typeof(l.body) = 'text' AND octet_length(l.body) < 256 AND instr(l.body, ?2) = 1 \
    UNION ALL \
    SELECT l.body FROM contexts x JOIN calls c ON c.context = x.id JOIN attempts a ON a.call = c.id \
    JOIN payloads l ON l.id = a.id * 2 + 1 \
    WHERE x.run = ?1 AND typeof(l.body) = 'text' AND octet_length(l.body) < 256 AND instr(l.body, ?2) = 1";

impl Reader {
    /// Counts the requests and answers of a run of which only the hash was kept, and their bytes.
    pub fn unkept(&self, run: &RunId) -> Result<Unkept, LedgerError> {
        self.read(|conn| {
            let number = run_number(conn, run)?;
            let mut statement = conn.prepare_cached(TOMBSTONES)?;
            let mut rows = statement.query(rusqlite::params![number, TOMBSTONE])?;
            let mut unkept = Unkept::default();
            while let Some(row) = rows.next()? {
                let tombstone: String = row.get(0)?;
                unkept.texts += 1;
                unkept.bytes += StoredAnswer::stands_for(&tombstone).unwrap_or(0);
            }
            Ok(unkept)
        })
    }
}
