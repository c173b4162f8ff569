//! A run's rows, as the engine reported them.

use std::collections::HashMap;
use std::sync::LazyLock;

use rusqlite::{Connection, Row, Rows, params};
use serde::Deserialize;

use crate::domain::{
    AnswerText, CaseId, Cost, Message, ModelRef, Outcome, RunId, Score, TrialKey, TrialRow, Usd,
    Variant,
};
use crate::ledger::LedgerError;
use crate::ledger::payload::{Plain, StoredAnswer};
use crate::ledger::reader::answers::{Bought, COLUMNS, JOINS, read_answer};
use crate::ledger::reader::{Reader, json};
use crate::ledger::run::variant_of;

/// Where the columns of the answer begin.
const ANSWER: usize = 16;

/// What this run paid is the sum over the call's settled attempts; a cache hit has no call of its own.
static ROWS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT t.position, v.name, e.name, m.name, k.name, t.repeat, t.outcome, t.error, t.pass, t.score, t.attempts, \
         t.latency_ms, t.cached_from IS NOT NULL, q.body, \
         (SELECT sum(s.spent) FROM attempts b JOIN postings s ON s.seq = b.end_seq WHERE b.call = t.call), \
         (SELECT sum(s.imputed) FROM attempts b JOIN postings s ON s.seq = b.end_seq WHERE b.call = t.call), \
         {COLUMNS} \
         FROM trials t JOIN names v ON v.id = t.variant JOIN names e ON e.id = t.endpoint JOIN names m ON m.id = t.model \
         JOIN names k ON k.id = t.case_name LEFT JOIN calls c ON c.id = coalesce(t.cached_from, t.call) {JOINS} \
         LEFT JOIN payloads q ON q.id = c.id * 2 WHERE t.run = ?1 ORDER BY t.position"
    )
});

impl Reader {
    /// Returns a run's rows in trial order.
    ///
    /// Errors: `UnknownRun`; `Damaged` for a row that cannot be read.
    pub fn rows(&self, run: &RunId) -> Result<Vec<TrialRow>, LedgerError> {
        self.read(|conn| {
            let number = run_number(conn, run)?;
            let mut scores = scores(conn, number)?;
            let mut statement = conn.prepare_cached(&ROWS)?;
            let mut rows = statement.query([number])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let scores = scores.remove(&row.get(0)?).unwrap_or_default();
                found.push(trial_row(row, scores)?);
            }
            Ok(found)
        })
    }
}

/// A run's rows as [`ROWS`] gives them, less everything that only a shown trial needs.
const VERDICTS: &str = "\
    SELECT t.position, v.name, e.name, m.name, k.name, t.repeat, t.outcome, t.error, t.pass, t.score, t.attempts, \
    t.latency_ms, t.cached_from IS NOT NULL FROM trials t JOIN names v ON v.id = t.variant JOIN names e ON e.id = t.endpoint \
    JOIN names m ON m.id = t.model JOIN names k ON k.id = t.case_name WHERE t.run = ?1 ORDER BY t.position";

/// The same of one variant and model, whose names need no looking up in every row.
const VERDICTS_OF: &str = "\
    SELECT t.position, ?2, ?3, ?4, k.name, t.repeat, t.outcome, t.error, t.pass, t.score, t.attempts, \
    t.latency_ms, t.cached_from IS NOT NULL FROM trials t JOIN names k ON k.id = t.case_name WHERE t.run = ?1 \
    AND t.variant = (SELECT id FROM names WHERE name = ?2) AND t.endpoint = (SELECT id FROM names WHERE name = ?3) \
    AND t.model = (SELECT id FROM names WHERE name = ?4) ORDER BY t.position";

impl Reader {
    /// Returns a run's rows with what was decided about them and nothing else: no texts, no assertions, no money.
    ///
    /// For reports over many runs, where a text a row would cost more than the report. Errors: as [`Reader::rows`].
    pub fn verdicts(&self, run: &RunId) -> Result<Vec<TrialRow>, LedgerError> {
        self.read(|conn| {
            let number = run_number(conn, run)?;
            let mut statement = conn.prepare_cached(VERDICTS)?;
            verdicts(statement.query([number])?)
        })
    }

    /// Returns what [`Reader::verdicts`] does of one variant and model.
    pub fn verdicts_of(
        &self,
        run: &RunId,
        variant: &Variant,
        model: &ModelRef,
    ) -> Result<Vec<TrialRow>, LedgerError> {
        self.read(|conn| {
            let number = run_number(conn, run)?;
            let names = params![number, variant.as_str(), model.endpoint, model.model];
            verdicts(conn.prepare_cached(VERDICTS_OF)?.query(names)?)
        })
    }
}

fn verdicts(mut rows: Rows<'_>) -> Result<Vec<TrialRow>, LedgerError> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(TrialRow {
            key: key(row)?,
            messages: Vec::new(),
            scores: Vec::new(),
            pass: row.get(8)?,
            score: row.get(9)?,
            cost: Cost::default(),
            answer_cost: Cost::default(),
            price: None,
            cached: row.get(12)?,
            attempts: row.get(10)?,
            latency_ms: latency(row)?,
            text: AnswerText::Gone,
            outcome: outcome(row, None)?,
        });
    }
    Ok(found)
}

/// Returns the number of a run.
pub(super) fn run_number(conn: &Connection, run: &RunId) -> Result<i64, LedgerError> {
    let mut statement = conn.prepare_cached("SELECT id FROM runs WHERE uuid = ?1")?;
    let mut rows = statement.query([run])?;
    match rows.next()? {
        Some(row) => Ok(row.get(0)?),
        None => Err(LedgerError::UnknownRun { run: run.clone() }),
    }
}

fn scores(conn: &Connection, run: i64) -> rusqlite::Result<HashMap<i64, Vec<Score>>> {
    let mut statement = conn.prepare_cached(
        "SELECT s.trial, k.name, m.name, s.weight, s.pass, s.score, s.reason FROM scores s JOIN names k ON k.id = s.kind \
         LEFT JOIN names m ON m.id = s.metric WHERE s.run = ?1 ORDER BY s.trial, s.position",
    )?;
    let mut rows = statement.query([run])?;
    let mut scores: HashMap<i64, Vec<Score>> = HashMap::new();
    while let Some(row) = rows.next()? {
        scores.entry(row.get(0)?).or_default().push(Score {
            kind: row.get(1)?,
            metric: row.get(2)?,
            weight: row.get(3)?,
            pass: row.get(4)?,
            score: row.get(5)?,
            reason: row.get(6)?,
        });
    }
    Ok(scores)
}

fn trial_row(row: &Row<'_>, scores: Vec<Score>) -> Result<TrialRow, LedgerError> {
    let bought = read_answer(row, ANSWER)?;
    let cost = |billed: usize, imputed: usize| -> rusqlite::Result<Cost> {
        let usd = |column: usize| -> rusqlite::Result<Usd> {
            Ok(Usd::from_picos(
                row.get::<_, Option<i64>>(column)?.unwrap_or(0),
            ))
        };
        Ok(Cost {
            billed: usd(billed)?,
            imputed: usd(imputed)?,
        })
    };
    Ok(TrialRow {
        key: key(row)?,
        messages: messages(row)?,
        scores,
        pass: row.get(8)?,
        score: row.get(9)?,
        cost: cost(14, 15)?,
        answer_cost: bought.as_ref().map_or_else(Cost::default, |b| b.cost),
        price: bought.as_ref().and_then(|b| b.price.clone()),
        cached: row.get(12)?,
        attempts: row.get(10)?,
        latency_ms: latency(row)?,
        text: bought.as_ref().map_or(AnswerText::Kept, |b| b.text),
        outcome: outcome(row, bought)?,
    })
}

fn key(row: &Row<'_>) -> rusqlite::Result<TrialKey> {
    Ok(TrialKey {
        variant: variant_of(row.get(1)?),
        model: ModelRef {
            endpoint: row.get(2)?,
            model: row.get(3)?,
        },
        case: CaseId(row.get(4)?),
        repeat: row.get(5)?,
    })
}

fn latency(row: &Row<'_>) -> rusqlite::Result<Option<u64>> {
    let millis: Option<i64> = row.get(11)?;
    Ok(millis.and_then(|millis| u64::try_from(millis).ok()))
}

/// Reads the messages of a request; none where its text is not kept.
fn messages(row: &Row<'_>) -> Result<Vec<Message>, LedgerError> {
    #[derive(Deserialize)]
    struct Sent {
        messages: Vec<Message>,
    }
    Ok(row
        .get::<_, Option<Plain>>(13)?
        .and_then(|text| serde_json::from_str::<Sent>(&text.0).ok())
        .map(|sent| sent.messages)
        .unwrap_or_default())
}

fn outcome(row: &Row<'_>, bought: Option<Bought>) -> Result<Outcome, LedgerError> {
    Ok(
        match row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)? {
            "answered" => Outcome::Answered {
                // A text that is not kept leaves an answer without one: its verdict and its money are still known.
                answer: Box::new(bought.map_or_else(
                    || StoredAnswer::default().into_answer(),
                    |bought| bought.answer,
                )),
            },
            "skipped" => Outcome::Skipped,
            _ => Outcome::Error {
                fault: json(
                    "a trial's error",
                    &row.get::<_, Option<String>>(7)?.unwrap_or_default(),
                )?,
            },
        },
    )
}
