//! The anchor: what the last posting was, kept outside the database, so that a lost tail shows.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::sha256_hex;
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

/// A mark as it is written, with a sum over it: a mark that is being written over is not read half old and half new.
#[derive(Debug, Serialize, Deserialize)]
struct Sealed {
    #[serde(flatten)]
    mark: Mark,
    /// The first 16 hex digits of SHA-256 over the mark's JSON.
    sum: String,
}

impl Mark {
    fn sum(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        sha256_hex(text.as_bytes()).chars().take(16).collect()
    }
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
        let sealed = Sealed {
            mark: mark.clone(),
            sum: mark.sum(),
        };
        let mut text = serde_json::to_string(&sealed)
            .unwrap_or_default()
            .into_bytes();
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

/// How often a reader looks again where a mark seems to be written over at the moment, and how long it waits between.
const LOOKS: usize = 64;
const BETWEEN: Duration = Duration::from_micros(200);

/// Reads the mark of an anchor file; `None` where there is no file or nothing in it yet. No lock is needed: what a writer is
/// writing over at the moment does not fit its sum and is looked at again.
///
/// Errors: a content that stays no mark is `InvalidData`.
pub(super) fn read(path: &Path) -> Result<Option<Mark>, LedgerError> {
    let fail = |e| LedgerError::io("read", path, e);
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(fail(e)),
    };
    let mut seen = Err(io::Error::from(io::ErrorKind::InvalidData));
    for look in 0..LOOKS {
        if look > 0 {
            std::thread::sleep(BETWEEN);
        }
        seen = whole_text(&mut file).and_then(|text| unsealed(&text));
        if !matches!(&seen, Err(e) if e.kind() == io::ErrorKind::InvalidData) {
            break;
        }
    }
    seen.map_err(fail)
}

/// Returns the mark of a text whose sum fits; `None` for a new file that has its length and none of its content yet.
fn unsealed(text: &[u8]) -> io::Result<Option<Mark>> {
    if text.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    let invalid = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let sealed: Sealed = serde_json::from_slice(text).map_err(|e| invalid(e.to_string()))?;
    if sealed.mark.sum() == sealed.sum {
        Ok(Some(sealed.mark))
    } else {
        Err(invalid("its sum does not fit it".to_owned()))
    }
}

fn whole_text(file: &mut File) -> io::Result<Vec<u8>> {
    // Room for more than the anchor, so that it comes in one piece.
    let mut text = Vec::with_capacity(4 * SIZE);
    file.seek(SeekFrom::Start(0))?;
    file.take(64 * 1024).read_to_end(&mut text)?;
    Ok(text)
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

    #[test]
    fn a_mark_that_is_being_written_over_is_read_whole() {
        const MARKS: i64 = 20_000;
        let mark = |seq: i64| Mark {
            ledger: "00".repeat(16),
            seq,
            hash: format!("{seq:064x}"),
            calls: seq,
            attempts: seq,
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.anchor");
        let mut anchor = Anchor::open(&path).unwrap();
        anchor.write(&mark(10_000)).unwrap();
        let writer = std::thread::spawn(move || {
            for seq in 10_000..10_000 + MARKS {
                anchor.unsynced = 0;
                anchor.write(&mark(seq)).unwrap();
            }
        });
        while !writer.is_finished() {
            let found = read(&path).unwrap().unwrap();
            assert_eq!(found, mark(found.seq));
        }
        writer.join().unwrap();
    }
}
