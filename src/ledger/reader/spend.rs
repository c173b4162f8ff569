//! Everything that was spent, as the rollup keeps it, and what is in flight, lost or saved beside it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use rusqlite::{Connection, Row};

use crate::domain::{ModelRef, PromptName, Revision, Usd};
use crate::ledger::LedgerError;
use crate::ledger::page::day_of;
use crate::ledger::reader::{Reader, json};
use crate::ledger::run::variant_of;
use crate::summary::{SpendRow, SpendSource, SpendSums};

type Key = (i64, i64);

impl Reader {
    /// Returns all spend of the ledger, of every workspace and purpose: one row for a day and for what its calls have in
    /// common, in that order.
    ///
    /// A day is that of the hold (UTC); of a recorded answer, that of its run's beginning.
    pub fn spend(&self) -> Result<Vec<SpendRow>, LedgerError> {
        self.read(|conn| {
            let mut sums: BTreeMap<Key, SpendSums> = BTreeMap::new();
            billed(conn, &mut sums)?;
            unsettled(conn, &mut sums)?;
            saved(conn, &mut sums)?;
            let sources = sources(conn)?;
            let row = |((day, context), sums)| {
                Some(SpendRow {
                    day: date(day)?,
                    source: Arc::clone(sources.get(&context)?),
                    sums,
                })
            };
            let mut rows: Vec<SpendRow> = sums.into_iter().filter_map(row).collect();
            rows.extend(imported(conn)?);
            rows.sort_by_key(|row| row.day);
            Ok(rows)
        })
    }

    /// Returns the part of these rows that imported books of other ledgers spent.
    pub fn imported_spend(&self) -> Result<Vec<SpendRow>, LedgerError> {
        self.read(|conn| Ok(imported(conn)?))
    }
}

fn billed(conn: &Connection, sums: &mut BTreeMap<Key, SpendSums>) -> rusqlite::Result<()> {
    let mut statement =
        conn.prepare_cached("SELECT day, context, billed, imputed, answers FROM spend")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let sums = sums.entry((row.get(0)?, row.get(1)?)).or_default();
        sums.billed = Usd::from_picos(row.get(2)?);
        sums.imputed = Usd::from_picos(row.get(3)?);
        sums.answers = row.get::<_, i64>(4)?.unsigned_abs();
    }
    Ok(())
}

/// Holds that stand, and those of lost attempts.
fn unsettled(conn: &Connection, sums: &mut BTreeMap<Key, SpendSums>) -> rusqlite::Result<()> {
    // One statement a state: each is answered by its own partial index.
    for state in ["open", "lost"] {
        let mut statement = conn.prepare_cached(&format!(
            "SELECT a.day, c.context, sum(a.worst), count(*) FROM attempts a JOIN calls c ON c.id = a.call \
             WHERE a.state = '{state}' GROUP BY a.day, c.context"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let sums = sums.entry((row.get(0)?, row.get(1)?)).or_default();
            let (amount, count) = (
                Usd::from_picos(row.get(2)?),
                row.get::<_, i64>(3)?.unsigned_abs(),
            );
            if state == "open" {
                (sums.held, sums.open) = (amount, count);
            } else {
                (sums.lost, sums.losses) = (amount, count);
            }
        }
    }
    Ok(())
}

/// What answers of the cache cost when they were bought, under the context that bought them and the day of the run that took
/// them. A run that goes on from another, or scores its answers again, would not have bought them twice: it saves nothing.
fn saved(conn: &Connection, sums: &mut BTreeMap<Key, SpendSums>) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT r.started_ms, x.id, sum(CASE WHEN t.taken IS NULL THEN p.spent END), sum(t.taken IS NULL), \
         sum(t.taken IS NOT NULL) FROM trials t INDEXED BY trials_cached JOIN runs r ON r.id = t.run \
         JOIN calls c ON c.id = t.cached_from JOIN contexts x ON x.id = c.context \
         LEFT JOIN attempts a ON a.id = c.accepted LEFT JOIN postings p ON p.seq = a.end_seq \
         WHERE t.cached_from IS NOT NULL GROUP BY r.id, x.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let started = jiff::Timestamp::from_millisecond(row.get(0)?).unwrap_or_default();
        let sums = sums.entry((day_of(started), row.get(1)?)).or_default();
        let saved = Usd::from_picos(row.get::<_, Option<i64>>(2)?.unwrap_or(0));
        sums.saved = sums.saved.saturating_add(saved);
        sums.cached += row.get::<_, i64>(3)?.unsigned_abs();
        sums.carried += row.get::<_, i64>(4)?.unsigned_abs();
    }
    Ok(())
}

pub(super) fn sources(conn: &Connection) -> Result<HashMap<i64, Arc<SpendSource>>, LedgerError> {
    let mut statement = conn.prepare_cached(
        "SELECT x.id, x.purpose, w.name, p.name, v.name, x.run, e.name, m.name, r.tags, q.name FROM contexts x \
         JOIN names w ON w.id = x.workspace LEFT JOIN names p ON p.id = x.prompt JOIN names v ON v.id = x.variant \
         JOIN names e ON e.id = x.endpoint JOIN names m ON m.id = x.model LEFT JOIN runs r ON r.id = x.run \
         LEFT JOIN names q ON q.id = x.revision",
    )?;
    let mut rows = statement.query([])?;
    let mut sources = HashMap::new();
    while let Some(row) = rows.next()? {
        sources.insert(row.get(0)?, Arc::new(source(row)?));
    }
    Ok(sources)
}

fn source(row: &Row<'_>) -> Result<SpendSource, LedgerError> {
    let tags: Option<String> = row.get(8)?;
    Ok(SpendSource {
        purpose: row.get(1)?,
        workspace: row.get(2)?,
        prompt: row.get::<_, Option<String>>(3)?.map(PromptName),
        variant: variant_of(row.get(4)?),
        revision: row.get::<_, Option<String>>(9)?.map(Revision),
        run: row.get::<_, Option<i64>>(5)?.map(i64::unsigned_abs),
        model: ModelRef {
            endpoint: row.get(6)?,
            model: row.get(7)?,
        },
        tags: tags.map_or_else(|| Ok(BTreeMap::new()), |text| json("labels", &text))?,
    })
}

/// What other ledgers' answers cost; their runs have no number here, and what they held or lost is theirs to end.
fn imported(conn: &Connection) -> rusqlite::Result<Vec<SpendRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT s.day, s.purpose, w.name, p.name, v.name, r.name, e.name, m.name, s.billed, s.imputed, s.answers \
         FROM imported_spend s JOIN names w ON w.id = s.workspace JOIN names p ON p.id = s.prompt \
         JOIN names v ON v.id = s.variant JOIN names r ON r.id = s.revision JOIN names e ON e.id = s.endpoint \
         JOIN names m ON m.id = s.model ORDER BY s.day, s.chain",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, imported_row(row)?)))?;
    let mut found = Vec::new();
    for one in rows {
        let (day, (source, sums)) = one?;
        found.extend(date(day).map(|day| SpendRow {
            day,
            source: Arc::new(source),
            sums,
        }));
    }
    Ok(found)
}

fn imported_row(row: &Row<'_>) -> rusqlite::Result<(SpendSource, SpendSums)> {
    let given = |column: usize| -> rusqlite::Result<Option<String>> {
        Ok(Some(row.get::<_, String>(column)?).filter(|text| !text.is_empty()))
    };
    let source = SpendSource {
        purpose: row.get(1)?,
        workspace: row.get(2)?,
        prompt: given(3)?.map(PromptName),
        variant: variant_of(row.get(4)?),
        revision: given(5)?.map(Revision),
        run: None,
        model: ModelRef {
            endpoint: row.get(6)?,
            model: row.get(7)?,
        },
        tags: BTreeMap::new(),
    };
    let sums = SpendSums {
        billed: Usd::from_picos(row.get(8)?),
        imputed: Usd::from_picos(row.get(9)?),
        answers: row.get::<_, i64>(10)?.unsigned_abs(),
        ..SpendSums::default()
    };
    Ok((source, sums))
}

/// Reads YYYYMMDD.
pub(super) fn date(day: i64) -> Option<Date> {
    let part = |number: i64| i8::try_from(number).ok();
    Date::new(
        i16::try_from(day / 10_000).ok()?,
        part(day / 100 % 100)?,
        part(day % 100)?,
    )
    .ok()
}
