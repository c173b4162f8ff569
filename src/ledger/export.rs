//! The ledger as text that other programs can verify.

use std::io::Write;
use std::path::Path;

use crate::ledger::places::Places;
use crate::ledger::walk::walk;
use crate::ledger::{LedgerError, chain, schema};

/// Writes every posting as a line of JSON, `{"entry": …, "hash": …}`, and returns how many there were.
///
/// The entry stands in canonical JSON. A line's hash is the SHA-256 of the hash before it in hex (64 zeros before the first
/// line), a line feed and the entry: a reader can verify the file without `pw`.
///
/// Errors: `Missing` without a ledger; `Io` when `out` takes no more, with the kind of the cause (a broken pipe is one).
pub fn export_jsonl(path: &Path, out: &mut dyn Write) -> Result<u64, LedgerError> {
    let places = Places::find(path)?;
    let conn = schema::open_for_reading(&places.db)?;
    let mut lines = 0;
    // One transaction, so that a running evaluation does not change what is read.
    let snapshot = conn
        .unchecked_transaction()
        .map_err(|e| LedgerError::sqlite("read", &places.db, e))?;
    walk(&snapshot, |posting| {
        lines += 1;
        writeln!(
            out,
            "{{\"entry\":{},\"hash\":\"{}\"}}",
            posting.canonical,
            chain::hex(&posting.hash)
        )
        .map_err(|e| LedgerError::io("export", &places.db, e))
    })
    .map_err(|e| e.at("read", &places.db))?;
    Ok(lines)
}
