//! The files beside a ledger.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::LedgerError;

/// Where everything of one ledger lies: all of it in the database's own folder.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) db: PathBuf,
    /// Held around every transaction.
    pub(super) lock: PathBuf,
    /// Sequence and hash of the last posting.
    pub(super) anchor: PathBuf,
    /// One locked file for each process that writes.
    pub(super) live: PathBuf,
    /// Prices that were imported for it.
    pub(super) prices: PathBuf,
    /// Room, taken in advance, for answers that the database refuses.
    pub(super) spill: PathBuf,
}

impl Places {
    /// Finds the files of an existing ledger.
    ///
    /// Symbolic links are followed first: two names of one ledger must share one lock, or a living process looks dead.
    pub(super) fn find(path: &Path) -> Result<Self, LedgerError> {
        match fs::canonicalize(path) {
            Ok(db) => Ok(Self::beside(db)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(LedgerError::Missing {
                path: path.to_owned(),
            }),
            Err(error) => Err(LedgerError::io("find", path, error)),
        }
    }

    /// Finds the files of a ledger that may not exist yet, and makes its folder.
    pub(super) fn make(path: &Path) -> Result<Self, LedgerError> {
        match Self::find(path) {
            Err(LedgerError::Missing { .. }) => {}
            found => return found,
        }
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(|e| LedgerError::io("create", folder, e))?;
        if folder.file_name().is_some_and(|name| name == ".pw") {
            keep_out_of_git(folder)?;
        }
        let folder = fs::canonicalize(folder).map_err(|e| LedgerError::io("find", folder, e))?;
        match path.file_name() {
            Some(name) => Ok(Self::beside(folder.join(name))),
            None => Err(LedgerError::NotALedger {
                path: path.to_owned(),
            }),
        }
    }

    /// Two ledgers in one folder must not share these files, so all but `ledger.db` put their own name before them.
    pub(super) fn beside(db: PathBuf) -> Self {
        let stem = db
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let own = |name: &str| {
            db.with_file_name(if stem == "ledger" {
                name.to_owned()
            } else {
                format!("{stem}.{name}")
            })
        };
        Self {
            lock: own("write.lock"),
            live: own("live"),
            spill: own("spill"),
            prices: own("prices.json"),
            anchor: db.with_file_name(format!("{stem}.anchor")),
            db,
        }
    }

    /// The file that tells whether a writer lives.
    pub(super) fn live_file(&self, writer: uuid::Uuid) -> PathBuf {
        self.live.join(writer.to_string())
    }
}

fn keep_out_of_git(folder: &Path) -> Result<(), LedgerError> {
    let path = folder.join(".gitignore");
    if path.exists() {
        return Ok(());
    }
    fs::write(&path, "*\n").map_err(|e| LedgerError::io("write", &path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_ignores_itself_and_other_ledgers_keep_their_own_files() {
        let root = tempfile::tempdir().unwrap();
        let places = Places::make(&root.path().join(".pw/ledger.db")).unwrap();
        let folder = fs::canonicalize(root.path().join(".pw")).unwrap();
        assert_eq!(
            fs::read_to_string(folder.join(".gitignore")).unwrap(),
            "*\n"
        );
        assert_eq!(places.lock, folder.join("write.lock"));
        assert_eq!(places.anchor, folder.join("ledger.anchor"));

        let places = Places::make(&root.path().join("money/team.db")).unwrap();
        let folder = fs::canonicalize(root.path().join("money")).unwrap();
        assert!(!folder.join(".gitignore").exists());
        assert_eq!(places.spill, folder.join("team.spill"));
        assert_eq!(places.anchor, folder.join("team.anchor"));
    }

    #[cfg(unix)]
    #[test]
    fn two_names_of_one_ledger_share_their_files() {
        let root = tempfile::tempdir().unwrap();
        let real = root.path().join("ledger.db");
        fs::write(&real, "").unwrap();
        let link = root.path().join("other.db");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert_eq!(
            Places::find(&link).unwrap().lock,
            Places::find(&real).unwrap().lock
        );
    }
}
