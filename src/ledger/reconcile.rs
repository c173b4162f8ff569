//! What a lost attempt really cost, once a person knows it from the provider's bill.

use rusqlite::params;
use uuid::Uuid;

use crate::domain::{Usage, Usd};
use crate::ledger::LedgerError;
use crate::ledger::chain::{Digest32, Entry};
use crate::ledger::page::{Links, Page, Sums, amount_error, id_text};

/// What the posting that ended an attempt said of its answer; its successor says it again, so that the attempt's last posting
/// keeps telling everything.
struct Said {
    model: Option<String>,
    tier: Option<String>,
    usage: Option<String>,
    usage_raw: Option<String>,
    latency_ms: Option<i64>,
    request_id: Option<String>,
    response_id: Option<String>,
    text: Option<Digest32>,
}

impl Page<'_> {
    /// Replaces the worst case of a lost attempt by what it cost, on the day and month of its hold.
    ///
    /// Errors: `UnknownAttempt`; `AttemptState` unless it is lost; a negative amount.
    pub(super) fn reconcile(
        &mut self,
        id: Uuid,
        billed: Usd,
        reason: &str,
    ) -> Result<(), LedgerError> {
        let attempt = self.attempt("reconcile", id, &["lost"])?;
        let spent = billed.picos();
        if spent < 0 {
            return Err(amount_error("a cost", spent));
        }
        let change = Sums {
            spent,
            held: 0,
            lost: -attempt.worst,
            overrun: (spent - attempt.worst).max(0),
        };
        self.move_money(&attempt.scopes(), change, || amount_error("a cost", spent))?;
        let said = self.said(attempt.id)?;
        self.end(&attempt, "settled")?;
        let uuid = id_text(id);
        let usage: Option<Usage> = said
            .usage
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok());
        let entry = Entry {
            kind: "reconcile",
            attempt: &uuid,
            day: attempt.day,
            spent: billed,
            lost: Usd::from_picos(change.lost),
            overrun: Usd::from_picos(change.overrun),
            reason: Some(reason),
            latency_ms: said.latency_ms,
            model_returned: said.model.as_deref(),
            tier_returned: said.tier.as_deref(),
            usage: usage.as_ref(),
            usage_raw: said.usage_raw.as_deref(),
            request_id: said.request_id.as_deref(),
            response_id: said.response_id.as_deref(),
            ..Entry::default()
        };
        let links = Links {
            attempt: attempt.id,
            price: None,
            text: said.text,
        };
        self.post(entry, links)?;
        self.add_spend(attempt.day, attempt.context, spent, 0);
        self.freed = true;
        Ok(())
    }

    fn said(&self, attempt: i64) -> Result<Said, LedgerError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT m.name, t.name, p.usage, p.usage_raw, p.latency_ms, p.request_id, p.response_id, p.text_hash \
             FROM attempts a JOIN postings p ON p.seq = a.end_seq LEFT JOIN names m ON m.id = p.model_returned \
             LEFT JOIN names t ON t.id = p.tier_returned WHERE a.id = ?1",
        )?;
        let said = statement.query_row(params![attempt], |row| {
            Ok(Said {
                model: row.get(0)?,
                tier: row.get(1)?,
                usage: row.get(2)?,
                usage_raw: row.get(3)?,
                latency_ms: row.get(4)?,
                request_id: row.get(5)?,
                response_id: row.get(6)?,
                text: row.get(7)?,
            })
        })?;
        Ok(said)
    }
}
