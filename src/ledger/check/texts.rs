//! Texts against the hashes that the chain keeps of them.

use rusqlite::Connection;

use crate::ledger::LedgerError;
use crate::ledger::chain;
use crate::ledger::payload::{Plain, StoredAnswer};

/// Requests against their holds, answers against their settles, cases against their own keys.
const TEXTS: [(&str, &str); 3] = [
    (
        "the request of posting",
        "SELECT p.seq, l.body, p.text_hash FROM attempts a JOIN postings p ON p.seq = a.hold_seq \
         JOIN payloads l ON l.id = a.call * 2",
    ),
    (
        "the answer of posting",
        "SELECT p.seq, l.body, p.text_hash FROM payloads l JOIN attempts a ON a.id = l.id / 2 \
         JOIN postings p ON p.seq = a.end_seq WHERE l.id % 2 = 1",
    ),
    ("case", "SELECT id, body, hash FROM cases"),
];

/// Returns the texts that are not those that were hashed.
pub(super) fn compare(conn: &Connection) -> Result<Vec<String>, LedgerError> {
    let mut found = Vec::new();
    for (what, sql) in TEXTS {
        let mut statement = conn.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let hash: Option<Vec<u8>> = row.get(2)?;
            let whole = row.get::<_, Plain>(1).is_ok_and(|Plain(text)| {
                // A tombstone has no text that a hash could be compared with.
                StoredAnswer::stands_for(&text).is_some()
                    || hash.as_deref() == Some(&chain::digest(&text)[..])
            });
            if !whole {
                let number: i64 = row.get(0)?;
                found.push(format!("{what} {number} is not the text that was hashed"));
            }
        }
    }
    Ok(found)
}
