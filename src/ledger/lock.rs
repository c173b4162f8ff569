//! The lock around every transaction, and the locks by which processes are known to live.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::ledger::LedgerError;

/// How long a process waits for another one before it gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The file lock around transactions: `SQLite`'s own polling is 15 times slower at the tail when several processes write.
#[derive(Debug)]
pub(super) struct WriteLock {
    file: File,
    path: PathBuf,
}

/// The lock, held; given back when dropped.
#[derive(Debug)]
pub(super) struct Held<'a>(&'a WriteLock);

impl WriteLock {
    pub(super) fn open(path: &Path) -> Result<Self, LedgerError> {
        let file = open_file(path).map_err(|e| LedgerError::io("open", path, e))?;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// Waits for the lock. It looks again and again instead of blocking, because a stopped process may keep it for ever.
    pub(super) fn acquire(&self) -> Result<Held<'_>, LedgerError> {
        let begin = Instant::now();
        let mut pause = Duration::from_micros(20);
        loop {
            match self.file.try_lock() {
                Ok(()) => return Ok(Held(self)),
                Err(TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(1));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(LedgerError::Locked {
                        path: self.path.clone(),
                        seconds: PATIENCE.as_secs(),
                    });
                }
                Err(TryLockError::Error(e)) => return Err(LedgerError::io("lock", &self.path, e)),
            }
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Nothing can be done about a failure; the lock goes with the process at the latest.
        self.0.file.unlock().ok();
    }
}

/// The sign of life of one writer: a file that stays locked as long as its process runs, even while that is stopped.
#[derive(Debug)]
pub(super) struct SignOfLife {
    path: PathBuf,
    file: File,
}

impl SignOfLife {
    /// Makes and locks the file; call it under the write lock, before the writer's row.
    pub(super) fn give(path: PathBuf) -> Result<Self, LedgerError> {
        let make = || -> io::Result<File> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let file = open_file(&path)?;
            file.lock()?;
            Ok(file)
        };
        match make() {
            Ok(file) => Ok(Self { path, file }),
            Err(e) => Err(LedgerError::io("lock", &path, e)),
        }
    }

    /// Takes the sign away, for a writer whose row says that it has ended.
    pub(super) fn withdraw(self) {
        // A file that stays behind is harmless: its row has ended.
        fs::remove_file(&self.path).ok();
        self.file.unlock().ok();
    }
}

/// Tells whether a writer still lives. No file, or one that nobody locks, is a dead writer's.
pub(super) fn is_alive(path: &Path) -> Result<bool, LedgerError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(LedgerError::io("open", path, e)),
    };
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(e)) => Err(LedgerError::io("lock", path, e)),
    }
}

/// Opens a file to lock or overwrite, creating it empty where it is missing.
pub(super) fn open_file(path: &Path) -> io::Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_lives_as_long_as_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live/w");
        assert!(!is_alive(&path).unwrap());
        let sign = SignOfLife::give(path.clone()).unwrap();
        assert!(is_alive(&path).unwrap());
        drop(sign);
        assert!(!is_alive(&path).unwrap());
        SignOfLife::give(path.clone()).unwrap().withdraw();
        assert!(!path.exists());
    }

    #[test]
    fn the_write_lock_excludes_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("write.lock");
        let (one, two) = (
            WriteLock::open(&path).unwrap(),
            WriteLock::open(&path).unwrap(),
        );
        let held = one.acquire().unwrap();
        assert!(matches!(two.file.try_lock(), Err(TryLockError::WouldBlock)));
        drop(held);
        drop(two.acquire().unwrap());
    }
}
