//! The reading side: what is in the books, beside a running evaluation and without its lock.
//!
//! Prompts belong to a workspace: a reader is opened for one, by the name under which its runs were begun.

mod accepted;
mod answers;
mod books;
mod history;
mod lost;
mod past;
mod rows;
mod runs;
mod spend;
mod totals;
mod unkept;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::ledger::places::Places;
use crate::ledger::{LedgerError, schema};

pub use answers::CachedAnswer;
pub use books::Days;
pub use history::{IterationRecord, PreviousRun};
pub use lost::LostAttempt;
pub use runs::{RunRecord, RunRef};

/// A ledger, open for reading: a `query_only` connection, or an `immutable` one on a read-only mount.
#[derive(Debug)]
pub struct Reader {
    conn: Mutex<Connection>,
    path: PathBuf,
    workspace: String,
}

impl Reader {
    /// Opens a ledger for reading.
    ///
    /// Errors: `Missing` where there is none yet, `Older` before its next writer brings it up to date, `Newer`.
    pub fn open(path: &Path, workspace: &str) -> Result<Self, LedgerError> {
        let places = Places::find(path)?;
        Ok(Self {
            conn: Mutex::new(schema::open_for_reading(&places.db)?),
            path: places.db,
            workspace: workspace.to_owned(),
        })
    }

    /// Runs a query and names the ledger in its errors.
    fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        query(&conn).map_err(|e| e.at("read", &self.path))
    }
}

/// Reads a stored JSON text.
fn json<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, LedgerError> {
    serde_json::from_str(text).map_err(|e| LedgerError::damaged(format!("{what} ({e})")))
}
