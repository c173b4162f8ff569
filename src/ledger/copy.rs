//! A copy of the ledger that is whole, taken beside whoever writes.

use std::fs::{self, File};
use std::path::Path;

use crate::ledger::check::{CheckReport, verify};
use crate::ledger::places::Places;
use crate::ledger::{LedgerError, schema};

/// Writes everything that is committed to a new file, audits the copy, and returns what that came to.
///
/// The copy is one read snapshot, without a `-wal` file: a running evaluation goes on meanwhile.
///
/// Errors: `Exists`, because a backup never takes the place of another; `Missing`; `Io`. What was begun is taken away again.
pub fn backup(path: &Path, to: &Path) -> Result<CheckReport, LedgerError> {
    let places = Places::find(path)?;
    let (conn, _) = schema::open_of_any_format(&places.db)?;
    // Made here, so that nobody else's file of this name can be written over; `SQLite` takes an empty one.
    let copy = File::create_new(to).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => LedgerError::Exists {
            path: to.to_owned(),
        },
        _ => LedgerError::io("create", to, e),
    })?;
    let written = conn
        .execute_batch("PRAGMA query_only = OFF")
        .and_then(|()| conn.execute("VACUUM INTO ?1", [to.to_string_lossy()]))
        .map_err(|e| LedgerError::sqlite("copy", &places.db, e))
        .and_then(|_| copy.sync_all().map_err(|e| LedgerError::io("sync", to, e)));
    if let Err(e) = written {
        // Half a copy must not pass for a whole one; that it cannot be removed is not the error to tell.
        fs::remove_file(to).ok();
        return Err(e);
    }
    verify(to, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::testing::*;
    use crate::ledger::{check, export_jsonl};

    #[tokio::test]
    async fn a_backup_beside_a_running_evaluation_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (path, to) = (folder.path().join("ledger.db"), folder.path().join("b.db"));
        let ledger = open(folder.path());
        let open = held(&ledger, hold(100, None)).await;
        assert_eq!(backup(&path, &to).unwrap().findings, []);
        ledger.settle(settle(open, 70)).await.unwrap();
        let exported = |path: &Path| {
            let mut out = Vec::new();
            export_jsonl(path, &mut out).map(|_| out).unwrap()
        };
        let (whole, copy) = (exported(&path), exported(&to));
        assert!(whole.len() > copy.len() && whole.starts_with(&copy));
        // Never over another file, whatever it is.
        std::fs::write(folder.path().join("notes"), "milk").unwrap();
        for taken in [to, folder.path().join("notes"), path.clone()] {
            let before = std::fs::read(&taken).unwrap();
            assert!(matches!(
                backup(&path, &taken),
                Err(LedgerError::Exists { .. })
            ));
            assert_eq!(std::fs::read(&taken).unwrap(), before);
        }
        ledger.close().unwrap();
        assert_eq!(check(&path).unwrap().findings, []);
    }
}
