//! Holding: the worst case of an attempt is set aside, or refused, before anything is sent.

use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use crate::domain::Usd;
use crate::ledger::chain::{self, Entry};
use crate::ledger::keep::tombstone;
use crate::ledger::page::{Links, Page, Scope, Sums, amount_error, id_text};
use crate::ledger::{CapScope, Hold, HoldOutcome, LedgerError, NewCall, Refused};

/// How far the last posting may be ahead of the clock before caps of a period mean nothing.
const DAY_MS: i64 = 86_400_000;

impl Page<'_> {
    /// Sets the worst case aside. A refusal and an error write nothing: everything is checked before the first row.
    pub(super) fn hold(&mut self, hold: &Hold) -> Result<HoldOutcome, LedgerError> {
        self.check_hold(hold)?;
        let run = self.run_of(&hold.call)?;
        let scopes = Scope::of(run, self.day);
        let known = self.known_call(hold.call.id)?;
        if !hold.amount.is_zero() {
            self.check_clock(hold)?;
            if let Some(refused) = self.refusal(hold, run)? {
                return Ok(HoldOutcome::Refused(refused));
            }
        }
        let held = hold.amount.picos();
        let change = Sums {
            held,
            ..Sums::default()
        };
        self.move_money(&scopes, change, || amount_error("a hold", held))?;
        let call = match known {
            Some(call) => call,
            None => self.insert_call(&hold.call, run)?,
        };
        let attempt = self.insert_attempt(hold, call)?;
        self.post_hold(hold, attempt)?;
        Ok(HoldOutcome::Held)
    }

    fn check_hold(&self, hold: &Hold) -> Result<(), LedgerError> {
        if hold.amount < Usd::ZERO {
            return Err(amount_error("a hold", hold.amount.picos()));
        }
        let known = self
            .tx
            .prepare_cached("SELECT 1 FROM attempts WHERE uuid = ?1")?
            .exists([hold.attempt.as_bytes()])?;
        if known {
            return Err(LedgerError::AttemptExists {
                attempt: hold.attempt,
            });
        }
        Ok(())
    }

    fn run_of(&mut self, call: &NewCall) -> Result<Option<i64>, LedgerError> {
        let Some(run) = &call.run else {
            return Ok(None);
        };
        match self.names.run(&self.tx, run)? {
            Some(number) => Ok(Some(number)),
            None => Err(LedgerError::UnknownRun { run: run.clone() }),
        }
    }

    /// Finds a call that had an attempt before.
    ///
    /// Errors: `AlreadyAnswered`, so that no accepted answer is paid twice.
    fn known_call(&self, id: Uuid) -> Result<Option<i64>, LedgerError> {
        let found = self
            .tx
            .prepare_cached("SELECT id, accepted IS NOT NULL FROM calls WHERE uuid = ?1")?
            .query_row([id.as_bytes()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
            })
            .optional()?;
        match found {
            Some((_, true)) => Err(LedgerError::AlreadyAnswered { call: id }),
            found => Ok(found.map(|(call, _)| call)),
        }
    }

    fn check_clock(&self, hold: &Hold) -> Result<(), LedgerError> {
        let capped = [hold.caps.run, hold.caps.day, hold.caps.month]
            .iter()
            .any(Option::is_some);
        if capped && self.head.time_ms > self.now_ms.saturating_add(DAY_MS) {
            return Err(LedgerError::ClockBehind {
                now: chain::time_text(self.now_ms),
                head: chain::time_text(self.head.time_ms),
            });
        }
        Ok(())
    }

    /// Returns the cap that stands in the way; one that no waiting can help first.
    fn refusal(&mut self, hold: &Hold, run: Option<i64>) -> Result<Option<Refused>, LedgerError> {
        let caps = [
            (CapScope::Run, hold.caps.run, run.map(Scope::Run)),
            (CapScope::Day, hold.caps.day, Some(Scope::Day(self.day))),
            (
                CapScope::Month,
                hold.caps.month,
                Some(Scope::Month(self.day / 100)),
            ),
        ];
        let mut passed: Vec<(Refused, Option<Scope>)> = Vec::new();
        for (word, cap, scope) in caps {
            let Some(cap) = cap else { continue };
            let sums = match scope {
                Some(scope) => self.sums(scope)?,
                None => Sums::default(),
            };
            if let Some(refused) = over(word, cap, hold.amount, sums) {
                passed.push((refused, scope));
            }
        }
        let first = passed
            .iter()
            .position(|(refused, _)| !refused.may_fit_later());
        if passed.is_empty() {
            return Ok(None);
        }
        let (mut refused, scope) = passed.swap_remove(first.unwrap_or(0));
        if let Some(scope) = scope {
            self.name_holders(&mut refused, scope)?;
        }
        Ok(Some(refused))
    }

    /// Says who holds what stands in the way.
    fn name_holders(&self, refused: &mut Refused, scope: Scope) -> Result<(), LedgerError> {
        let (word, period) = scope.key();
        let mut statement = self.tx.prepare_cached(
            "SELECT w.id, w.pid, sum(a.worst) FROM attempts a JOIN writers w ON w.id = a.writer \
             JOIN calls c ON c.id = a.call JOIN contexts x ON x.id = c.context \
             WHERE a.state = 'open' AND a.worst > 0 AND CASE ?1 WHEN 'run' THEN x.run WHEN 'day' THEN a.day \
             ELSE a.day / 100 END = ?2 GROUP BY w.id ORDER BY w.id",
        )?;
        let mut rows = statement.query(params![word, period])?;
        while let Some(row) = rows.next()? {
            if row.get::<_, i64>(0)? == self.writer {
                refused.held_here = Usd::from_picos(row.get(2)?);
            } else {
                refused.others.push(row.get(1)?);
            }
        }
        Ok(())
    }

    fn insert_call(&mut self, call: &NewCall, run: Option<i64>) -> Result<i64, LedgerError> {
        let context = self.names.context(&self.tx, call, run)?;
        let case = call.case.as_ref().map(|case| case.0.as_str());
        let case = self.names.maybe(&self.tx, case)?;
        // An answer without its text is never found again, and the key would tell what was asked to whoever tries.
        let key = call
            .request_key
            .as_deref()
            .filter(|_| !self.keep.is_hashes());
        let key = key.map(short_key);
        let id = self
            .tx
            .prepare_cached(
                "INSERT INTO calls (uuid, context, case_name, repeat, request_key) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .insert(params![call.id.as_bytes(), context, case, call.repeat, key])?;
        let tombstone = tombstone(call.request.len(), None);
        self.keep_text(request_payload(id), Some(&call.request), &tombstone)?;
        Ok(id)
    }

    fn insert_attempt(&mut self, hold: &Hold, call: i64) -> Result<i64, LedgerError> {
        let id = self
            .tx
            .prepare_cached(
                "INSERT INTO attempts (uuid, call, number, writer, day, worst, state, hold_seq) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', ?7)",
            )?
            .insert(params![
                hold.attempt.as_bytes(),
                call,
                hold.number,
                self.writer,
                self.day,
                hold.amount.picos(),
                self.head.seq + 1
            ])?;
        Ok(id)
    }

    fn post_hold(&mut self, hold: &Hold, attempt: i64) -> Result<(), LedgerError> {
        let call = &hold.call;
        let (attempt_id, call_id) = (id_text(hold.attempt), id_text(call.id));
        let entry = Entry {
            kind: "hold",
            attempt: &attempt_id,
            call: Some(&call_id),
            number: Some(i64::from(hold.number)),
            day: self.day,
            held: hold.amount,
            purpose: Some(call.purpose.word()),
            workspace: Some(&call.workspace),
            prompt: call.prompt.as_ref().map(|prompt| prompt.0.as_str()),
            variant: Some(call.variant.as_str()).filter(|name| !name.is_empty()),
            revision: call.revision.as_ref().map(|hash| hash.0.as_str()),
            run: call.run.as_deref(),
            case: call.case.as_ref().map(|case| case.0.as_str()),
            repeat: call.repeat.map(i64::from),
            endpoint: Some(&call.model.endpoint),
            model: Some(&call.model.model),
            ..Entry::default()
        };
        let links = Links {
            attempt,
            price: hold.price.as_ref(),
            text: Some(self.keep.hash(&call.request)),
        };
        self.post(entry, links)?;
        Ok(())
    }
}

/// Returns the refusal if a cap would be passed; reaching it exactly is allowed.
fn over(scope: CapScope, cap: Usd, amount: Usd, sums: Sums) -> Option<Refused> {
    let after = [sums.spent, sums.held, sums.lost, amount.picos()]
        .into_iter()
        .map(i128::from)
        .sum::<i128>();
    (after > i128::from(cap.picos())).then(|| Refused {
        scope,
        amount,
        cap,
        spent: Usd::from_picos(sums.spent),
        held: Usd::from_picos(sums.held),
        lost: Usd::from_picos(sums.lost),
        held_here: Usd::ZERO,
        others: Vec::new(),
    })
}

/// The form in which a request key is stored and looked up.
pub(super) fn short_key(key: &str) -> Vec<u8> {
    chain::digest(key)[..16].to_vec()
}

/// Where the text of a call's request lies.
pub(super) fn request_payload(call: i64) -> i64 {
    call * 2
}

/// Where the text of an attempt's answer lies.
pub(super) fn answer_payload(attempt: i64) -> i64 {
    attempt * 2 + 1
}
