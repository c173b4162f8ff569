//! The life of each attempt, lived again from its postings; and holds that nobody will end.

use std::collections::HashMap;

use rusqlite::Connection;
use uuid::Uuid;

use crate::domain::Usd;
use crate::ledger::LedgerError;
use crate::ledger::check::CheckReport;
use crate::ledger::lock::is_alive;
use crate::ledger::page::Sums;
use crate::ledger::places::Places;
use crate::ledger::walk::Walked;

/// An attempt as its postings tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Life {
    state: &'static str,
    worst: i64,
    hold_seq: i64,
    end_seq: Option<i64>,
}

/// All attempts.
#[derive(Debug, Default)]
pub(super) struct Lives {
    lives: HashMap<i64, Life>,
    wrong: Vec<String>,
}

impl Lives {
    pub(super) fn see(&mut self, posting: &Walked) {
        let life = self.lives.get(&posting.attempt);
        match next(life, posting) {
            Some(life) => {
                self.lives.insert(posting.attempt, life);
            }
            None => self.wrong.push(format!(
                "posting {} ({}) does not fit its attempt, which is {}",
                posting.seq,
                posting.kind,
                life.map_or("not held", |life| life.state)
            )),
        }
    }

    /// Returns what differs from the stored attempts and calls.
    pub(super) fn compare(mut self, conn: &Connection) -> Result<Vec<String>, LedgerError> {
        let mut statement =
            conn.prepare("SELECT id, uuid, state, worst, hold_seq, end_seq FROM attempts")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = Uuid::from_bytes(row.get(1)?);
            let state: String = row.get(2)?;
            let life = self.lives.remove(&row.get(0)?);
            let fits = life.as_ref().is_some_and(|life| life.state == state)
                && life
                    .as_ref()
                    .map(|life| (life.worst, life.hold_seq, life.end_seq))
                    == Some((row.get(3)?, row.get(4)?, row.get(5)?));
            if !fits {
                self.wrong.push(format!(
                    "attempt `{id}` is {state}, but by its postings it is {}",
                    life.map_or("not there", |life| life.state)
                ));
            }
        }
        let unsettled: i64 = conn.query_row(
            "SELECT count(*) FROM calls c LEFT JOIN attempts a ON a.id = c.accepted \
             LEFT JOIN postings p ON p.seq = a.end_seq WHERE c.accepted IS NOT NULL AND (a.call IS NOT c.id \
             OR NOT (a.state IS 'settled' OR (a.state IS 'lost' AND p.text_hash IS NOT NULL)))",
            [],
            |row| row.get(0),
        )?;
        if unsettled > 0 {
            self.wrong.push(format!(
                "{unsettled} calls name an accepted attempt that is not theirs or not answered"
            ));
        }
        Ok(self.wrong)
    }
}

/// Returns the attempt after a posting; `None` where the posting is not allowed.
fn next(life: Option<&Life>, posting: &Walked) -> Option<Life> {
    let change = posting.change;
    let Some(life) = life else {
        return (posting.kind == "hold" && change == held(change.held)).then_some(Life {
            state: "open",
            worst: change.held,
            hold_seq: posting.seq,
            end_seq: None,
        });
    };
    let back = Sums {
        held: -life.worst,
        ..Sums::default()
    };
    let overrun = change.spent.checked_sub(life.worst)?.max(0);
    let (state, expected) = match (life.state, posting.kind.as_str()) {
        ("open", "void") => ("void", back),
        ("open", "lost") => (
            "lost",
            Sums {
                lost: life.worst,
                ..back
            },
        ),
        ("open", "settle") => (
            "settled",
            Sums {
                spent: change.spent,
                overrun,
                ..back
            },
        ),
        ("lost", "settle" | "reconcile") => (
            "settled",
            Sums {
                spent: change.spent,
                lost: -life.worst,
                overrun,
                ..Sums::default()
            },
        ),
        _ => return None,
    };
    (change == expected).then(|| Life {
        state,
        end_seq: Some(posting.seq),
        ..life.clone()
    })
}

fn held(amount: i64) -> Sums {
    Sums {
        held: amount,
        ..Sums::default()
    }
}

/// Tells of holds whose process died: nobody will settle them.
///
/// Call it outside the audit's snapshot: a process that ended well since then still has open holds in there.
pub(super) fn open_holds(
    conn: &Connection,
    places: &Places,
    report: &mut CheckReport,
) -> Result<(), LedgerError> {
    let mut dead = Vec::new();
    for open in open_by_writer(conn)? {
        if !is_alive(&places.live_file(open.writer))? {
            dead.push(open.writer);
        }
    }
    // Only what is read after the death is the last word of the dead.
    for open in open_by_writer(conn)? {
        if dead.contains(&open.writer) {
            report.add(
                format!(
                    "{} holds of ${} are open, but their process {} on {} is gone",
                    open.count, open.worst, open.pid, open.host
                ),
                "they become lost when the ledger is next opened for writing",
            );
        }
    }
    Ok(())
}

/// The open holds of a writer.
struct Open {
    writer: Uuid,
    pid: i64,
    host: String,
    count: i64,
    worst: Usd,
}

fn open_by_writer(conn: &Connection) -> rusqlite::Result<Vec<Open>> {
    conn.prepare_cached(
        "SELECT w.uuid, w.pid, w.host, count(*), sum(a.worst) FROM attempts a JOIN writers w ON w.id = a.writer \
         WHERE a.state = 'open' GROUP BY w.id ORDER BY w.id",
    )?
    .query_map([], |row| {
        Ok(Open {
            writer: Uuid::from_bytes(row.get(0)?),
            pid: row.get(1)?,
            host: row.get(2)?,
            count: row.get(3)?,
            worst: Usd::from_picos(row.get(4)?),
        })
    })?
    .collect()
}
