//! Answers, put together from their posting and their payload.

use std::sync::LazyLock;

use rusqlite::Row;
use uuid::Uuid;

use crate::domain::{Answer, AnswerText, Cost, Usd};
use crate::ledger::LedgerError;
use crate::ledger::chain;
use crate::ledger::hold::short_key;
use crate::ledger::payload::{Plain, StoredAnswer};
use crate::ledger::reader::{Reader, json};

/// An answer that was paid before.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedAnswer {
    /// The call that bought it.
    pub call: Uuid,
    /// The answer.
    pub answer: Answer,
    /// What it cost then; `None` when nobody knows yet.
    pub cost: Option<Cost>,
    /// Its latency then.
    pub latency_ms: Option<u64>,
    /// Source of its price and the date from which it holds.
    pub price: Option<(String, Option<String>)>,
}

/// The columns that [`read_answer`] reads, of a call's accepted attempt `a` and its posting `p`.
pub(super) const COLUMNS: &str = "\
    p.spent, p.imputed, p.latency_ms, p.usage, p.usage_raw, mr.name, tr.name, p.request_id, p.response_id, p.text_hash, \
    pr.source, pr.valid_from, pl.body";

/// The joins that [`COLUMNS`] need, after a call `c`.
pub(super) const JOINS: &str = "\
    LEFT JOIN attempts a ON a.id = c.accepted LEFT JOIN postings p ON p.seq = a.end_seq \
    LEFT JOIN names mr ON mr.id = p.model_returned LEFT JOIN names tr ON tr.id = p.tier_returned \
    LEFT JOIN prices pr ON pr.id = p.price LEFT JOIN payloads pl ON pl.id = a.id * 2 + 1";

/// An answer with its money.
#[derive(Debug)]
pub(super) struct Bought {
    /// Without its text where that is not kept: then it cannot be reused.
    pub(super) answer: Answer,
    pub(super) text: AnswerText,
    pub(super) cost: Cost,
    pub(super) latency_ms: Option<u64>,
    pub(super) price: Option<(String, Option<String>)>,
}

impl Bought {
    /// Returns the answer for whoever takes it instead of buying one; `None` where its text is not kept. One of an attempt
    /// that is not settled did not say what it used: its cost is unknown until a bill tells it.
    pub(super) fn reusable(self, call: Uuid, state: &str) -> Option<CachedAnswer> {
        (self.text == AnswerText::Kept).then(|| CachedAnswer {
            call,
            answer: self.answer,
            cost: (state == "settled").then_some(self.cost),
            latency_ms: self.latency_ms,
            price: self.price,
        })
    }
}

/// Reads the columns of an accepted attempt from `first` on; `None` when the call has none.
pub(super) fn read_answer(row: &Row<'_>, first: usize) -> Result<Option<Bought>, LedgerError> {
    let Some(billed) = row.get::<_, Option<i64>>(first)? else {
        return Ok(None);
    };
    let text = |offset: usize| row.get::<_, Option<String>>(first + offset);
    let latency: Option<i64> = row.get(first + 2)?;
    let price = match text(10)? {
        Some(source) => Some((source, text(11)?.filter(|date| !date.is_empty()))),
        None => None,
    };
    let (answer, kept) = whole_answer(row, first)?;
    Ok(Some(Bought {
        answer,
        text: kept,
        cost: Cost {
            billed: Usd::from_picos(billed),
            imputed: Usd::from_picos(row.get(first + 1)?),
        },
        latency_ms: latency.and_then(|ms| u64::try_from(ms).ok()),
        price,
    }))
}

/// What a tombstone says is said, and what the posting says in any case.
fn whole_answer(row: &Row<'_>, first: usize) -> Result<(Answer, AnswerText), LedgerError> {
    let text = |offset: usize| row.get::<_, Option<String>>(first + offset);
    let hash: Option<Vec<u8>> = row.get(first + 9)?;
    let body = row.get::<_, Option<Plain>>(first + 12)?;
    let (stored, kept) = match body {
        Some(Plain(body)) => match StoredAnswer::stands_for(&body) {
            Some(bytes) => (
                json::<StoredAnswer>("an answer", &body)?,
                AnswerText::Hashed(bytes),
            ),
            None if hash.as_deref() == Some(&chain::digest(&body)[..]) => {
                (json("an answer", &body)?, AnswerText::Kept)
            }
            None => (StoredAnswer::default(), AnswerText::Gone),
        },
        None => (StoredAnswer::default(), AnswerText::Gone),
    };
    let mut answer = stored.into_answer();
    answer.usage = match text(3)? {
        Some(usage) => Some(json("a usage", &usage)?),
        None => None,
    };
    answer.usage_raw = match text(4)? {
        Some(raw) => Some(json("a provider's usage", &raw)?),
        None => None,
    };
    answer.model_returned = text(5)?;
    answer.tier_returned = text(6)?;
    answer.request_id = text(7)?;
    answer.response_id = text(8)?;
    Ok((answer, kept))
}

static CACHED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT c.uuid, a.state, {COLUMNS} FROM calls c {JOINS} \
         WHERE c.request_key = ?1 AND c.accepted IS NOT NULL ORDER BY c.id DESC"
    )
});

impl Reader {
    /// Returns the newest accepted answer to a request, if its text is still kept. One whose cost nobody knows yet is an
    /// answer like any other: buying it again would not tell what the first one cost.
    pub fn cached(&self, request_key: &str) -> Result<Option<CachedAnswer>, LedgerError> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(&CACHED)?;
            let mut rows = statement.query([short_key(request_key)])?;
            while let Some(row) = rows.next()? {
                let call = Uuid::from_bytes(row.get(0)?);
                let state: String = row.get(1)?;
                let bought = read_answer(row, 2)?;
                if let Some(found) = bought.and_then(|bought| bought.reusable(call, &state)) {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        })
    }
}
