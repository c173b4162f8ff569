//! The observer: a reader of the database that is no part of the program.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::Crowd;
use crate::workbench::Workbench;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// What every snapshot must say twice: names, and two queries of one number.
const EQUAL: [(&str, &str, &str); 8] = [
    (
        "spent of the day, and of all postings",
        "SELECT sum(spent) FROM balances WHERE scope = 'day'",
        "SELECT sum(spent) FROM postings",
    ),
    (
        "held of the day, and of all postings",
        "SELECT sum(held) FROM balances WHERE scope = 'day'",
        "SELECT sum(held) FROM postings",
    ),
    (
        "lost of the day, and of all postings",
        "SELECT sum(lost) FROM balances WHERE scope = 'day'",
        "SELECT sum(lost) FROM postings",
    ),
    (
        "all of the month, and of the day",
        "SELECT sum(spent) + sum(held) + sum(lost) FROM balances WHERE scope = 'month'",
        "SELECT sum(spent) + sum(held) + sum(lost) FROM balances WHERE scope = 'day'",
    ),
    (
        "all of the runs, and of the day",
        "SELECT sum(spent) + sum(held) + sum(lost) FROM balances WHERE scope = 'run'",
        "SELECT sum(spent) + sum(held) + sum(lost) FROM balances WHERE scope = 'day'",
    ),
    (
        "held, and the worst cases of open attempts",
        "SELECT sum(held) FROM postings",
        "SELECT sum(worst) FROM attempts WHERE state = 'open'",
    ),
    (
        "lost, and the worst cases of lost attempts",
        "SELECT sum(lost) FROM postings",
        "SELECT sum(worst) FROM attempts WHERE state = 'lost'",
    ),
    (
        "spent, and what the reports of spend read",
        "SELECT sum(spent) FROM postings",
        "SELECT sum(billed) FROM spend",
    ),
];

/// Looks at the ledger again and again while anybody works.
pub(super) fn observe(crowd: &Crowd, bench: &Workbench, is_working: &impl Fn() -> bool) {
    let path = bench.path(".pw/ledger.db");
    while is_working() {
        thread::sleep(PAUSE);
        // Before its first commit it is no ledger yet.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let Ok(conn) = Connection::open_with_flags(&path, flags) else {
            continue;
        };
        conn.busy_timeout(Duration::from_secs(10)).expect("set");
        let Ok(1..) = number(
            &conn,
            "SELECT count(*) FROM sqlite_schema WHERE name = 'imported_spend'",
        ) else {
            continue;
        };
        while is_working() {
            look(crowd, &conn);
            thread::sleep(PAUSE);
        }
    }
}

/// Compares everything in one snapshot.
fn look(crowd: &Crowd, conn: &Connection) {
    let snapshot = conn.unchecked_transaction().expect("a snapshot");
    let ask = |sql: &str| number(&snapshot, sql).expect(sql);
    for (what, one, other) in EQUAL {
        let (one, other) = (ask(one), ask(other));
        if one != other {
            crowd.note(format!("{what}: {one} and {other}"));
        }
    }
    let all = ask("SELECT sum(spent) + sum(held) + sum(lost) FROM balances WHERE scope = 'day'");
    let overrun = ask("SELECT sum(overrun) FROM balances");
    // Read after the snapshot, and it only grows: whoever wrote began under this cap or a lower one.
    let cap = crowd.cap.load(Ordering::SeqCst);
    if all > cap || overrun != 0 {
        crowd.note(format!("{all} of {cap}, {overrun} beyond holds"));
    }
    crowd.looks.fetch_add(1, Ordering::Relaxed);
}

/// Reads one number; nothing adds up to 0.
fn number(conn: &Connection, sql: &str) -> rusqlite::Result<i64> {
    conn.query_row(sql, [], |row| {
        Ok(row.get::<_, Option<i64>>(0)?.unwrap_or(0))
    })
}
