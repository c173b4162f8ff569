//! A chain of postings, followed line by line: from a ledger, or from its export in JSON lines.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::canonical_json;
use crate::ledger::anchor::{self, Mark};
use crate::ledger::chain::{self, Digest32};
use crate::ledger::places::Places;
use crate::ledger::walk::walk;
use crate::ledger::{LedgerError, schema};

/// No posting is longer; a file that is no export must not fill the memory.
const LONGEST: u64 = 64 << 20;

/// A posting as an export writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) seq: i64,
    /// The entry in canonical JSON.
    pub(super) entry: String,
    pub(super) hash: Digest32,
}

/// How far a chain was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Followed {
    /// The last posting's number, 0 without one.
    pub(super) seq: i64,
    pub(super) hash: Digest32,
    /// Hash of the first posting: what tells this chain from all others.
    pub(super) root: Option<Digest32>,
}

/// Tells whether a file is a database, and so no export.
pub(super) fn is_database(path: &Path) -> Result<bool, LedgerError> {
    let mut first = Vec::new();
    File::open(path)
        .and_then(|file| file.take(16).read_to_end(&mut first))
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => LedgerError::Missing {
                path: path.to_owned(),
            },
            _ => LedgerError::io("read", path, e),
        })?;
    Ok(first.is_empty() || first == b"SQLite format 3\0")
}

/// Calls `visit` with each posting of a ledger or of an export, once its hash is known to follow from the one before.
///
/// Errors: `Broken` with the first posting that does not follow; `TailLost` where the anchor beside a ledger knows more than
/// there is, as in a copy without its `-wal` file; those of opening it and of `visit`.
pub(super) fn follow(
    path: &Path,
    mut visit: impl FnMut(Line) -> Result<(), LedgerError>,
) -> Result<Followed, LedgerError> {
    let mut end = Followed {
        seq: 0,
        hash: chain::GENESIS,
        root: None,
    };
    let step = |line: Line| {
        end.step(&line, path)?;
        visit(line)
    };
    if is_database(path)? {
        let mark = anchor_of(path)?;
        postings(path, step)?;
        tail_is_there(path, mark.as_ref(), end.seq)?;
    } else {
        export(path, step)?;
    }
    Ok(end)
}

impl Followed {
    fn step(&mut self, line: &Line, path: &Path) -> Result<(), LedgerError> {
        let expected = self.seq + 1;
        let what = if line.seq != expected {
            format!("found posting {}, expected posting {expected}", line.seq)
        } else if chain::link(&self.hash, &line.entry) != line.hash {
            format!("posting {expected} does not match its hash: it or one before it was changed")
        } else {
            self.root = self.root.or(Some(line.hash));
            (self.seq, self.hash) = (line.seq, line.hash);
            return Ok(());
        };
        Err(broken(path, what))
    }
}

pub(super) fn broken(path: &Path, what: String) -> LedgerError {
    LedgerError::Broken {
        path: path.to_owned(),
        what,
    }
}

/// Reads the anchor beside a copy. Only what is called `.db` has one: `ledger.bak` beside a ledger shares its stem, not its end.
pub(super) fn anchor_of(path: &Path) -> Result<Option<Mark>, LedgerError> {
    match path.extension() {
        Some(ending) if ending == "db" => anchor::read(&Places::find(path)?.anchor),
        _ => Ok(None),
    }
}

fn tail_is_there(path: &Path, mark: Option<&Mark>, found: i64) -> Result<(), LedgerError> {
    match mark {
        Some(mark) if mark.seq > found => Err(LedgerError::TailLost {
            path: path.to_owned(),
            found,
            expected: mark.seq,
        }),
        _ => Ok(()),
    }
}

fn postings(
    path: &Path,
    mut step: impl FnMut(Line) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let (conn, _) = schema::open_of_any_format(&Places::find(path)?.db)?;
    let at = |e: LedgerError| e.at("read", path);
    let snapshot = conn.unchecked_transaction().map_err(|e| at(e.into()))?;
    walk(&snapshot, |posting| {
        step(Line {
            seq: posting.seq,
            entry: posting.canonical,
            hash: posting.hash,
        })
    })
    .map_err(at)
}

fn export(
    path: &Path,
    mut step: impl FnMut(Line) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let io = |e| LedgerError::io("read", path, e);
    let mut file = BufReader::new(File::open(path).map_err(io)?);
    let mut text = Vec::new();
    for number in 1_u64.. {
        text.clear();
        let read = (&mut file).take(LONGEST).read_until(b'\n', &mut text);
        if read.map_err(io)? == 0 {
            break;
        }
        let line = line(&text).map_err(|why| broken(path, format!("line {number}: {why}")))?;
        step(line)?;
    }
    Ok(())
}

/// Reads a line of an export.
fn line(text: &[u8]) -> Result<Line, String> {
    #[derive(Deserialize)]
    struct Exported {
        entry: Value,
        hash: String,
    }
    const EXPECTED: &str =
        "expected `{\"entry\": …, \"hash\": …}`, as `pw ledger export` writes it";
    let said: Exported =
        serde_json::from_slice(text).map_err(|e| format!("found {e}; {EXPECTED}"))?;
    if !text.ends_with(b"\n") {
        return Err("found no line feed at its end, expected one: the file is cut".to_owned());
    }
    let seq = said.entry.get("seq").and_then(Value::as_i64);
    Ok(Line {
        seq: seq.ok_or_else(|| format!("found an entry without `seq`; {EXPECTED}"))?,
        entry: canonical_json(&said.entry),
        hash: chain::unhex(&said.hash)
            .ok_or_else(|| format!("found the hash `{}`; {EXPECTED}", short(&said.hash)))?,
    })
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
