//! Attempts whose cost nobody knows yet.

use uuid::Uuid;

use crate::domain::Usd;
use crate::ledger::LedgerError;
use crate::ledger::chain::time_text;
use crate::ledger::reader::Reader;

/// A lost attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostAttempt {
    /// The attempt.
    pub id: Uuid,
    /// When its hold was made, RFC 3339 in UTC.
    pub held_at: String,
    /// `ENDPOINT/MODEL`.
    pub model: String,
    /// The prompt, where it comes from one.
    pub prompt: Option<String>,
    /// The run's number.
    pub run: Option<u64>,
    /// The case.
    pub case: Option<String>,
    /// The provider's own id of the request, where it said one.
    pub request_id: Option<String>,
    /// Its worst case, which counts as spent until it is reconciled.
    pub worst: Usd,
    /// Why it is lost.
    pub reason: String,
}

impl Reader {
    /// Returns the lost attempts of the ledger, the oldest first.
    pub fn lost(&self) -> Result<Vec<LostAttempt>, LedgerError> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT a.uuid, h.time_ms, e.name, m.name, n.name, x.run, k.name, p.request_id, a.worst, p.reason \
                 FROM attempts a JOIN calls c ON c.id = a.call JOIN contexts x ON x.id = c.context \
                 JOIN postings h ON h.seq = a.hold_seq LEFT JOIN postings p ON p.seq = a.end_seq \
                 JOIN names e ON e.id = x.endpoint JOIN names m ON m.id = x.model LEFT JOIN names n ON n.id = x.prompt \
                 LEFT JOIN names k ON k.id = c.case_name WHERE a.state = 'lost' ORDER BY a.id",
            )?;
            let found = statement.query_map([], |row| {
                Ok(LostAttempt {
                    id: Uuid::from_bytes(row.get(0)?),
                    held_at: time_text(row.get(1)?),
                    model: format!("{}/{}", row.get::<_, String>(2)?, row.get::<_, String>(3)?),
                    prompt: row.get(4)?,
                    run: row.get::<_, Option<i64>>(5)?.map(i64::unsigned_abs),
                    case: row.get(6)?,
                    request_id: row.get(7)?,
                    worst: Usd::from_picos(row.get(8)?),
                    reason: row.get::<_, Option<String>>(9)?.unwrap_or_default(),
                })
            })?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }
}
