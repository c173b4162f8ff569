//! Texts that are no longer wanted: they go, their hashes and all money stay.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::ledger::lock::WriteLock;
use crate::ledger::places::Places;
use crate::ledger::{LedgerError, schema};

/// Which requests and answers are no longer wanted: those that every given limit passes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unneeded {
    /// Held for before this time.
    pub before: Option<Timestamp>,
    /// Larger than this many bytes, as they are stored.
    pub larger: Option<u64>,
}

/// What was, or would be, removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Texts of requests and answers.
    pub texts: u64,
    /// Bytes of them, as they are stored.
    pub bytes: u64,
}

/// An attempt that is open still may need its call's request.
const UNNEEDED: &str = "\
    SELECT l.id, octet_length(l.body) AS size FROM payloads l JOIN attempts a ON a.id = CASE l.id % 2 WHEN 1 THEN l.id / 2 \
    ELSE (SELECT max(b.id) FROM attempts b WHERE b.call = l.id / 2) END JOIN postings p ON p.seq = a.hold_seq \
    WHERE a.state <> 'open' AND p.time_ms < ?1 AND size > ?2";

/// Counts the texts that are not needed, and removes them where `really` is true. Postings, sums and verdicts are untouched;
/// an answer without its text is no longer taken from the cache, nor shown.
///
/// Errors: `Missing`; `Locked` while another process writes.
pub fn prune(
    path: &Path,
    which: Unneeded,
    really: bool,
    now: Timestamp,
) -> Result<Pruned, LedgerError> {
    let places = Places::find(path)?;
    let at = |e| LedgerError::sqlite("prune", &places.db, e);
    if !really {
        return count(&schema::open_for_reading(&places.db)?, which).map_err(at);
    }
    let lock = WriteLock::open(&places.lock)?;
    let _held = lock.acquire()?;
    let mut conn = schema::open_for_writing(&places.db, now)?;
    remove(&mut conn, which).map_err(at)
}

fn remove(conn: &mut Connection, which: Unneeded) -> rusqlite::Result<Pruned> {
    // What is removed is not to be read in the file's free pages either.
    conn.pragma_update(None, "secure_delete", true)?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let pruned = count(&tx, which)?;
    tx.execute(
        &format!("DELETE FROM payloads WHERE id IN (SELECT id FROM ({UNNEEDED}))"),
        limits(which),
    )?;
    tx.commit()?;
    Ok(pruned)
}

fn count(conn: &Connection, which: Unneeded) -> rusqlite::Result<Pruned> {
    conn.query_row(
        &format!("SELECT count(*), coalesce(sum(size), 0) FROM ({UNNEEDED})"),
        limits(which),
        |row| {
            Ok(Pruned {
                texts: row.get::<_, i64>(0)?.unsigned_abs(),
                bytes: row.get::<_, i64>(1)?.unsigned_abs(),
            })
        },
    )
}

fn limits(which: Unneeded) -> [i64; 2] {
    let before = which.before.map_or(i64::MAX, Timestamp::as_millisecond);
    let larger = which
        .larger
        .map_or(-1, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    [before, larger]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::testing::*;
    use crate::ledger::{Caps, Reader, check};

    #[tokio::test]
    async fn texts_go_and_money_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (path, clock) = (folder.path().join("ledger.db"), TestClock::new());
        let ledger = open_at(folder.path(), clock.clone());
        let buy = async || {
            let attempt = held(&ledger, hold_for(call(None), 100, Caps::default())).await;
            ledger.settle(settle(attempt, 30)).await.unwrap();
        };
        buy().await;
        clock
            .0
            .fetch_add(86_400_000, std::sync::atomic::Ordering::SeqCst);
        buy().await;
        let in_flight = held(&ledger, hold(9, None)).await;
        let spent = || Reader::open(&path, "w").unwrap().spend().unwrap();
        let before = spent();
        let at = |ms: i64| Timestamp::from_millisecond(BEGIN_MS + ms).unwrap();
        let which = |before: Option<i64>, larger| Unneeded {
            before: before.map(at),
            larger,
        };
        let texts = |which, really| prune(&path, which, really, at(0)).unwrap().texts;
        for (which, expected) in [
            (which(Some(0), None), 0),
            (which(Some(1), None), 2),
            (which(None, Some(1 << 20)), 0),
            (which(None, None), 4),
            (which(Some(1), Some(1 << 20)), 0),
        ] {
            assert_eq!(texts(which, false), expected, "{which:?}");
        }
        // Counted only: all five are there still.
        assert_eq!(
            number(&raw(folder.path()), "SELECT count(*) FROM payloads"),
            5
        );
        assert_eq!(texts(which(Some(1), None), true), 2);
        assert_eq!(texts(which(Some(1), None), true), 0);
        assert_eq!(spent(), before);
        ledger.settle(settle(in_flight, 5)).await.unwrap();
        ledger.close().unwrap();
        assert_eq!(check(&path).unwrap().findings, []);
    }
}
