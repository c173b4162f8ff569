//! `pw cost --reprice`: recorded usage at the prices of another day.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::{ModelRef, Usd};
use crate::ledger::{Days, Reader};
use crate::pricing::{self, Price, Prices};
use crate::summary::{BookedCall, Repriced, SpendBy, SpendRow, Unpriced};

/// Prices every answer of these days again; `inside` says which rows count.
///
/// An answer is priced as a new one would be: by the model that returned it and the tier that served it, at prices of the
/// moment `at` of the book in use and of `pw.toml`. The ledger is read, never written.
pub(super) fn reprice(
    session: &Session,
    reader: &Reader,
    by: SpendBy,
    (days, at): (Days, Timestamp),
    inside: impl Fn(&SpendRow) -> bool,
) -> Result<Repriced, Failure> {
    let mut repriced = Repriced::new(by);
    let mut pricer = Pricer {
        session,
        prices: session.prices()?,
        at,
        known: HashMap::new(),
    };
    reader.each_answer(days, |answer| {
        let row = SpendRow {
            day: answer.day,
            source: answer.source.clone(),
            sums: crate::summary::SpendSums::default(),
        };
        if inside(&row) {
            let cost = pricer.cost(answer);
            repriced.add(row.day, &row.source, answer.billed, cost);
        }
        Ok(())
    })?;
    let imported = reader.imported_spend()?;
    let answers = imported.iter().filter(|row| inside(row));
    repriced.imported = answers.map(|row| row.sums.answers).sum();
    Ok(repriced)
}

/// The model asked and the one that answered.
type Asked = (ModelRef, Option<String>);

struct Pricer<'a> {
    session: &'a Session,
    prices: &'a Prices,
    at: Timestamp,
    /// Looked up once for each pair: a ledger has a million answers of a few models.
    known: HashMap<Asked, Option<Price>>,
}

impl Pricer<'_> {
    fn cost(&mut self, answer: &BookedCall) -> Result<Usd, Unpriced> {
        let asked = (answer.source.model.clone(), answer.end.model.clone());
        if !self.known.contains_key(&asked) {
            let price = self.price(&asked);
            self.known.insert(asked.clone(), price);
        }
        let price = self.known.get(&asked).and_then(Option::as_ref);
        let price = price.ok_or(Unpriced::Price)?;
        if price.is_free() {
            return Ok(Usd::ZERO);
        }
        if answer.usage.0.is_empty() {
            return Err(Unpriced::Usage);
        }
        price
            .served(answer.end.tier.as_deref(), &answer.usage)
            .and_then(|price| price.cost(&answer.usage))
            .map(|priced| priced.total)
            .map_err(|_| Unpriced::Price)
    }

    fn price(&self, (model, returned): &Asked) -> Option<Price> {
        let endpoint = self.session.settings().endpoints.get(&model.endpoint)?;
        let asked = pricing::resolve(endpoint, &model.model, self.at, self.prices).ok()?;
        match returned {
            // As for a new answer: what is free stays free under any name.
            Some(returned) if !asked.is_free() => pricing::resolve_returned(
                &asked,
                endpoint,
                &model.model,
                returned,
                self.at,
                self.prices,
            )
            .ok(),
            _ => Some(asked),
        }
    }
}
