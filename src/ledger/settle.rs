//! What ends a hold: settle, void, lose. Each changes exactly one attempt and posts exactly once.

use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use crate::domain::{Cost, Fault, Usd};
use crate::ledger::LedgerError;
use crate::ledger::chain::Entry;
use crate::ledger::hold::answer_payload;
use crate::ledger::keep::Booking;
use crate::ledger::page::{Links, Page, Scope, Sums, amount_error, id_text};

/// An attempt as the tables know it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: i64,
    uuid: Uuid,
    call: i64,
    pub(super) day: i64,
    pub(super) worst: i64,
    state: String,
    pub(super) context: i64,
    run: Option<i64>,
}

impl Known {
    pub(super) fn scopes(&self) -> Vec<Scope> {
        Scope::of(self.run, self.day)
    }
}

/// Why an attempt ends without an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending<'a> {
    pub(super) reason: &'a str,
    pub(super) fault: Option<&'a Fault>,
    pub(super) request_id: Option<&'a str>,
}

impl Page<'_> {
    /// Books an answer at its actual cost, on the day and month of its hold. A late answer of a lost attempt is accepted.
    pub(super) fn settle(&mut self, booking: &Booking) -> Result<(), LedgerError> {
        let settle = &booking.settle;
        let Some(cost) = settle.cost else {
            return self.keep_unpriced(booking);
        };
        let attempt = self.attempt("settle", settle.attempt, &["open", "lost"])?;
        let change = settle_change(cost, &attempt)?;
        self.move_money(&attempt.scopes(), change, || {
            amount_error("a cost", cost.billed.picos())
        })?;
        self.end(&attempt, "settled")?;
        self.keep_answer("settle", booking, &attempt, change)?;
        self.add_spend(
            attempt.day,
            attempt.context,
            cost.billed.picos(),
            cost.imputed.picos(),
        );
        self.freed = true;
        Ok(())
    }

    /// Keeps an answer whose cost is unknown: nothing is spent, the hold stays lost at its worst case.
    fn keep_unpriced(&mut self, booking: &Booking) -> Result<(), LedgerError> {
        let attempt = self.attempt("settle", booking.settle.attempt, &["open"])?;
        let change = Sums {
            held: -attempt.worst,
            lost: attempt.worst,
            ..Sums::default()
        };
        self.move_money(&attempt.scopes(), change, || {
            LedgerError::damaged(format!("balances of attempt `{}`", attempt.uuid))
        })?;
        self.end(&attempt, "lost")?;
        self.keep_answer("lost", booking, &attempt, change)?;
        self.freed = true;
        Ok(())
    }

    /// Posts an answer, keeps its text and lets the call take it.
    fn keep_answer(
        &mut self,
        kind: &'static str,
        booking: &Booking,
        attempt: &Known,
        change: Sums,
    ) -> Result<(), LedgerError> {
        self.post_settle(kind, booking, attempt, change)?;
        let payload = answer_payload(attempt.id);
        self.keep_text(payload, booking.body.as_deref(), &booking.tombstone)?;
        if booking.settle.accepted {
            self.tx
                .prepare_cached(
                    "UPDATE calls SET accepted = ?2 WHERE id = ?1 AND accepted IS NULL",
                )?
                .execute(params![attempt.call, attempt.id])?;
        }
        Ok(())
    }

    /// Gives back the hold of an attempt that cost nothing: it never left, or it was refused.
    pub(super) fn void(&mut self, id: Uuid, ending: Ending<'_>) -> Result<(), LedgerError> {
        let attempt = self.attempt("void", id, &["open"])?;
        let change = Sums {
            held: -attempt.worst,
            ..Sums::default()
        };
        self.end_without_answer(&attempt, "void", change, ending)
    }

    /// Keeps the hold of an attempt whose answer was lost, at its worst case.
    pub(super) fn lose(&mut self, id: Uuid, ending: Ending<'_>) -> Result<(), LedgerError> {
        let attempt = self.attempt("lose", id, &["open"])?;
        self.lose_known(&attempt, ending)
    }

    pub(super) fn lose_known(
        &mut self,
        attempt: &Known,
        ending: Ending<'_>,
    ) -> Result<(), LedgerError> {
        let change = Sums {
            held: -attempt.worst,
            lost: attempt.worst,
            ..Sums::default()
        };
        self.end_without_answer(attempt, "lost", change, ending)
    }

    fn end_without_answer(
        &mut self,
        attempt: &Known,
        kind: &'static str,
        change: Sums,
        ending: Ending<'_>,
    ) -> Result<(), LedgerError> {
        self.move_money(&attempt.scopes(), change, || {
            LedgerError::damaged(format!("balances of attempt `{}`", attempt.uuid))
        })?;
        self.end(attempt, kind)?;
        let id = id_text(attempt.uuid);
        let request_id = ending.request_id;
        let reason = self.keep.reason(ending.reason, ending.fault);
        let entry = Entry {
            kind,
            attempt: &id,
            day: attempt.day,
            held: Usd::from_picos(change.held),
            lost: Usd::from_picos(change.lost),
            reason: Some(&reason),
            fault: ending.fault.map(|fault| i64::from(fault.code.0)),
            request_id: request_id.or(ending.fault.and_then(|fault| fault.request_id.as_deref())),
            ..Entry::default()
        };
        let links = Links {
            attempt: attempt.id,
            price: None,
            text: None,
        };
        self.post(entry, links)?;
        self.freed = true;
        Ok(())
    }

    /// Finds an attempt by its id and demands one of some states of it.
    pub(super) fn attempt(
        &self,
        doing: &'static str,
        id: Uuid,
        states: &[&str],
    ) -> Result<Known, LedgerError> {
        let found = self
            .tx
            .prepare_cached(
                "SELECT a.id, a.uuid, a.call, a.day, a.worst, a.state, c.context, x.run FROM attempts a \
                 JOIN calls c ON c.id = a.call JOIN contexts x ON x.id = c.context WHERE a.uuid = ?1",
            )?
            .query_row([id.as_bytes()], known)
            .optional()?
            .ok_or(LedgerError::UnknownAttempt { attempt: id })?;
        if !states.contains(&found.state.as_str()) {
            return Err(LedgerError::AttemptState {
                doing,
                attempt: id,
                state: found.state,
            });
        }
        Ok(found)
    }

    /// Returns the open attempts of a writer.
    pub(super) fn open_attempts(&self, writer: i64) -> Result<Vec<Known>, LedgerError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT a.id, a.uuid, a.call, a.day, a.worst, a.state, c.context, x.run FROM attempts a \
             JOIN calls c ON c.id = a.call JOIN contexts x ON x.id = c.context \
             WHERE a.writer = ?1 AND a.state = 'open' ORDER BY a.id",
        )?;
        let found = statement
            .query_map([writer], known)?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// Moves an attempt to its new state: exactly one row, and only from the state that was looked at.
    pub(super) fn end(&self, attempt: &Known, state: &str) -> Result<(), LedgerError> {
        let changed = self
            .tx
            .prepare_cached(
                "UPDATE attempts SET state = ?3, end_seq = ?4 WHERE id = ?1 AND state = ?2",
            )?
            .execute(params![attempt.id, attempt.state, state, self.head.seq + 1])?;
        if changed == 1 {
            Ok(())
        } else {
            Err(rusqlite::Error::StatementChangedRows(changed).into())
        }
    }

    fn post_settle(
        &mut self,
        kind: &'static str,
        booking: &Booking,
        attempt: &Known,
        change: Sums,
    ) -> Result<(), LedgerError> {
        let settle = &booking.settle;
        let id = id_text(settle.attempt);
        let answer = &settle.answer;
        let raw = answer.usage_raw.as_ref().map(ToString::to_string);
        let entry = Entry {
            kind,
            attempt: &id,
            day: attempt.day,
            spent: settle.cost.unwrap_or_default().billed,
            imputed: settle.cost.unwrap_or_default().imputed,
            reason: settle
                .cost
                .is_none()
                .then_some("answered, but what it cost is unknown"),
            held: Usd::from_picos(change.held),
            lost: Usd::from_picos(change.lost),
            overrun: Usd::from_picos(change.overrun),
            latency_ms: settle.latency_ms.and_then(|ms| i64::try_from(ms).ok()),
            model_returned: answer.model_returned.as_deref(),
            tier_returned: answer.tier_returned.as_deref(),
            usage: answer.usage.as_ref(),
            usage_raw: raw.as_deref(),
            request_id: answer.request_id.as_deref(),
            response_id: answer.response_id.as_deref(),
            ..Entry::default()
        };
        let links = Links {
            attempt: attempt.id,
            price: settle.price.as_ref(),
            text: Some(booking.hash),
        };
        self.post(entry, links)?;
        Ok(())
    }
}

/// Returns what a settle moves: the hold (or what is lost) goes, the cost comes, what exceeds the hold is an overrun.
fn settle_change(cost: Cost, attempt: &Known) -> Result<Sums, LedgerError> {
    let (billed, imputed) = (cost.billed.picos(), cost.imputed.picos());
    for picos in [billed, imputed] {
        if picos < 0 {
            return Err(amount_error("a cost", picos));
        }
    }
    let late = attempt.state == "lost";
    Ok(Sums {
        spent: billed,
        held: if late { 0 } else { -attempt.worst },
        lost: if late { -attempt.worst } else { 0 },
        overrun: (billed - attempt.worst).max(0),
    })
}

fn known(row: &rusqlite::Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        id: row.get(0)?,
        uuid: Uuid::from_bytes(row.get(1)?),
        call: row.get(2)?,
        day: row.get(3)?,
        worst: row.get(4)?,
        state: row.get(5)?,
        context: row.get(6)?,
        run: row.get(7)?,
    })
}
