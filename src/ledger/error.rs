//! What can go wrong with the ledger.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;
use uuid::Uuid;

use crate::domain::RunId;

/// A failure of the ledger. Cheap to clone: a failed commit tells every caller whose work was in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// `SQLite` refused.
    #[error("cannot {doing} the ledger `{}`", path.display())]
    Sqlite {
        /// What was being done: a verb, such as `read`.
        doing: &'static str,
        /// The ledger.
        path: PathBuf,
        /// `SQLite`'s reason.
        source: Arc<rusqlite::Error>,
    },
    /// A file beside the ledger could not be used.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was being done: a verb, such as `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: Arc<io::Error>,
    },
    /// There is no ledger.
    #[error("found no ledger at `{}`", path.display())]
    Missing {
        /// Where one was expected.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("`{}` is not a ledger of `pw`", path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
    },
    /// A newer `pw` wrote it.
    #[error("the ledger `{}` has format {found}, and this `pw` knows formats up to {known}: a newer `pw` wrote it", path.display())]
    Newer {
        /// The ledger.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// An older `pw` wrote it, and it is only being read.
    #[error("the ledger `{}` has format {found}, expected {known}: it is brought up to date when it is next written", path.display())]
    Older {
        /// The ledger.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The format expected.
        known: i64,
    },
    /// A copy would take the place of something.
    #[error("`{}` exists already, expected the name of a new file", path.display())]
    Exists {
        /// What is there.
        path: PathBuf,
    },
    /// A chain of postings does not hold together.
    #[error("`{}`: {what}", path.display())]
    Broken {
        /// The ledger or its export.
        path: PathBuf,
        /// What was found and what was expected, with its place.
        what: String,
    },
    /// The books to import are those of this ledger.
    #[error("`{}` is this ledger's own, expected another ledger or its export", path.display())]
    Own {
        /// The file.
        path: PathBuf,
    },
    /// The `SQLite` inside has the WAL-reset bug.
    #[error(
        "found SQLite {found}, expected 3.51.3 or later, which does not lose pages when two processes write"
    )]
    OldSqlite {
        /// Its version.
        found: String,
    },
    /// Postings that were there are gone.
    #[error(
        "the ledger `{}` ends at posting {found}, but posting {expected} was written: its end is lost, or its `-wal` file is missing; nothing was changed",
        path.display()
    )]
    TailLost {
        /// The ledger.
        path: PathBuf,
        /// The last posting in it.
        found: i64,
        /// The last posting that the anchor knows.
        expected: i64,
    },
    /// The anchor does not belong to this ledger.
    #[error("the anchor `{}` does not fit its ledger at posting {seq}: another ledger was put in its place, or postings were changed", anchor.display())]
    ForeignAnchor {
        /// The anchor.
        anchor: PathBuf,
        /// The posting where they differ.
        seq: i64,
    },
    /// Another process kept the ledger locked.
    #[error("another process has kept `{}` locked for {seconds} s", path.display())]
    Locked {
        /// The lock.
        path: PathBuf,
        /// How long this process waited.
        seconds: u64,
    },
    /// The ledger could not be written, but the answer is safe.
    #[error("the ledger `{}` could not be written; the paid answer is kept in `{}` and is booked at the next start", path.display(), spill.display())]
    Spilled {
        /// The ledger.
        path: PathBuf,
        /// Where the answer lies.
        spill: PathBuf,
        /// Why the ledger could not be written.
        #[source]
        cause: Arc<LedgerError>,
    },
    /// A write failed earlier, and what reached the disk is unknown.
    #[error("the ledger `{}` takes no more entries: an earlier write failed", path.display())]
    Stopped {
        /// The ledger.
        path: PathBuf,
        /// The earlier failure.
        #[source]
        cause: Arc<LedgerError>,
    },
    /// The ledger was closed.
    #[error("the ledger is closed")]
    Closed,
    /// The run was never begun here.
    #[error("the ledger knows no run `{run}`")]
    UnknownRun {
        /// The run.
        run: RunId,
    },
    /// The run has this id already.
    #[error("run `{run}` was begun before")]
    RunExists {
        /// The run.
        run: RunId,
    },
    /// Another run went on from this one; two would pay for the same answers.
    #[error("run {from} is gone on with already, by run {by} ({status})")]
    GoneOnWith {
        /// The number of the run that was to be gone on with.
        from: i64,
        /// The number of the run that does, or did.
        by: i64,
        /// That run's status.
        status: String,
    },
    /// The run has ended.
    #[error("run `{run}` has ended: its status is `{status}`")]
    RunEnded {
        /// The run.
        run: RunId,
        /// Its status.
        status: String,
    },
    /// The call was never held for.
    #[error("the ledger knows no call `{call}`")]
    UnknownCall {
        /// The call.
        call: Uuid,
    },
    /// The call has an accepted answer; another attempt would pay it twice.
    #[error("call `{call}` has an accepted answer already")]
    AlreadyAnswered {
        /// The call.
        call: Uuid,
    },
    /// The attempt was never held for.
    #[error("the ledger knows no attempt `{attempt}`")]
    UnknownAttempt {
        /// The attempt.
        attempt: Uuid,
    },
    /// The attempt was held for before.
    #[error("attempt `{attempt}` is held already")]
    AttemptExists {
        /// The attempt.
        attempt: Uuid,
    },
    /// The attempt's state does not allow it.
    #[error("cannot {doing} attempt `{attempt}`: it is {state}")]
    AttemptState {
        /// What was asked: `settle`, `void` or `lose`.
        doing: &'static str,
        /// The attempt.
        attempt: Uuid,
        /// Its state.
        state: String,
    },
    /// A negative amount, or a sum beyond 9.2 million dollars.
    #[error(
        "cannot book {what} of ${amount}: an amount is not negative, and no sum passes $9223372"
    )]
    Amount {
        /// What it was for: `a hold` or `a cost`.
        what: &'static str,
        /// The amount.
        amount: crate::domain::Usd,
    },
    /// The clock is more than a day behind the last posting: caps of a day or a month would be wrong.
    #[error(
        "the clock says {now}, but the ledger's last posting is of {head}: with a cap, nothing is sent until the clock is right"
    )]
    ClockBehind {
        /// The clock's time.
        now: String,
        /// The last posting's time.
        head: String,
    },
    /// Stored data cannot be read.
    #[error("the ledger `{}` holds {what} that cannot be read", path.display())]
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// What, with its place.
        what: String,
    },
}

impl From<rusqlite::Error> for LedgerError {
    /// Makes the error of a failed statement inside a transaction; whoever owns the transaction adds what and where.
    fn from(source: rusqlite::Error) -> Self {
        Self::Sqlite {
            doing: "write",
            path: PathBuf::new(),
            source: Arc::new(source),
        }
    }
}

impl LedgerError {
    /// Names what was being done, and the ledger, where a statement's error does not know them yet.
    pub(super) fn at(self, doing: &'static str, ledger: &Path) -> Self {
        match self {
            Self::Sqlite { path, source, .. } if path.as_os_str().is_empty() => Self::Sqlite {
                doing,
                path: ledger.to_owned(),
                source,
            },
            Self::Damaged { path, what } if path.as_os_str().is_empty() => Self::Damaged {
                path: ledger.to_owned(),
                what,
            },
            other => other,
        }
    }

    /// Makes the error of stored data that cannot be read; the ledger's path is added later.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged {
            path: PathBuf::new(),
            what: what.into(),
        }
    }

    /// Makes the error of a failed statement.
    pub(super) fn sqlite(doing: &'static str, path: &Path, source: rusqlite::Error) -> Self {
        if source.sqlite_error_code() == Some(ErrorCode::NotADatabase) {
            return Self::NotALedger {
                path: path.to_owned(),
            };
        }
        Self::Sqlite {
            doing,
            path: path.to_owned(),
            source: Arc::new(source),
        }
    }

    /// Makes the error of a failed file operation.
    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source: Arc::new(source),
        }
    }

    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite { source, .. } => source.sqlite_error_code(),
            _ => None,
        }
    }

    /// Tells whether the transaction in which it happened must be given up; a plain refusal wrote nothing.
    pub(super) fn spoils(&self) -> bool {
        matches!(self, Self::Sqlite { .. } | Self::Damaged { .. })
    }

    /// Tells whether one entry's own content may be the cause, so that its neighbours deserve another try without it.
    pub(super) fn is_local(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Sqlite { .. } => matches!(
                self.code(),
                None | Some(
                    ErrorCode::ConstraintViolation
                        | ErrorCode::TooBig
                        | ErrorCode::TypeMismatch
                        | ErrorCode::ParameterOutOfRange
                        | ErrorCode::Unknown
                )
            ),
            _ => false,
        }
    }

    /// Tells whether it is unknown what reached the disk: after a failed sync, trying again would "succeed" without data.
    pub(super) fn is_fatal(&self) -> bool {
        matches!(
            self.code(),
            Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        )
    }

    /// Tells whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Spilled { cause, .. } | Self::Stopped { cause, .. } => cause.is_disk_full(),
            Self::Io { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            _ => self.code() == Some(ErrorCode::DiskFull),
        }
    }
}
