//! The anchor: what the last posting was, kept outside the database, so that a lost tail shows.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::ledger::LedgerError;
use crate::ledger::lock::open_file;

/// One sector: it is overwritten in place, and a write of one sector is not torn.
const SIZE: usize = 512;

/// Commits between two syncs. An anchor that is older than its ledger is no fault, so that syncing each time buys little.
const COMMITS_A_SYNC: u32 = 64;

/// The last posting, as it was known outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The ledger's UUID in hex.
    pub(super) ledger: String,
    pub(super) seq: i64,
    /// The posting's hash in hex.
    pub(super) hash: String,
    pub(super) calls: i64,
    pub(super) attempts: i64,
}

/// The file, kept open by the writer.
#[derive(Debug)]
pub(super) struct Anchor {
    file: File,
    path: PathBuf,
    unsynced: u32,
}

impl Anchor {
    pub(super) fn open(path: &Path) -> Result<Self, LedgerError> {
        let file = open_file(path).map_err(|e| LedgerError::io("open", path, e))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            unsynced: 0,
        })
    }

    /// Writes the mark over the one before; call it under the write lock, after the commit.
    pub(super) fn write(&mut self, mark: &Mark) -> Result<(), LedgerError> {
        let mut text = serde_json::to_string(mark).unwrap_or_default().into_bytes();
        text.resize(SIZE - 1, b' ');
        text.push(b'\n');
        let place = |file: &mut File| {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&text)
        };
        place(&mut self.file).map_err(|e| LedgerError::io("write", &self.path, e))?;
        self.unsynced += 1;
        if self.unsynced >= COMMITS_A_SYNC {
            self.sync()?;
        }
        Ok(())
    }

    pub(super) fn sync(&mut self) -> Result<(), LedgerError> {
        self.unsynced = 0;
        self.file
            .sync_data()
            .map_err(|e| LedgerError::io("sync", &self.path, e))
    }
}

/// Reads the mark of an anchor file; `None` where there is no file or nothing in it yet.
///
/// Errors: a content that is no mark is `InvalidData`.
pub(super) fn read(path: &Path) -> Result<Option<Mark>, LedgerError> {
    let mut text = Vec::new();
    match File::open(path) {
        Ok(file) => file
            .take(64 * 1024)
            .read_to_end(&mut text)
            .map_err(|e| LedgerError::io("read", path, e))?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(LedgerError::io("open", path, e)),
    };
    // After a power cut a new file may have its length and none of its content yet.
    if text.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|e| LedgerError::io("read", path, io::Error::new(io::ErrorKind::InvalidData, e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_back_and_a_shorter_one_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.anchor");
        assert_eq!(read(&path).unwrap(), None);
        let mut anchor = Anchor::open(&path).unwrap();
        assert_eq!(read(&path).unwrap(), None);
        for seq in [1_000_000, 7] {
            let mark = Mark {
                ledger: "00".repeat(16),
                seq,
                hash: "ab".repeat(32),
                calls: seq,
                attempts: seq,
            };
            anchor.write(&mark).unwrap();
            assert_eq!(read(&path).unwrap(), Some(mark));
        }
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 512);
        std::fs::write(&path, "nonsense").unwrap();
        assert!(read(&path).is_err());
    }
}
