//! One try on the wire with its own hold: permit, hold, send, then settle, void or loss.

use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use crate::call::lane::Lane;
use crate::call::limiter::Permit;
use crate::call::money::Held;
use crate::call::payer::{Answered, Ask, Payer, Tried};
use crate::call::share::imputed;
use crate::call::stop::StopReason;
use crate::domain::{Answer, Cost, Fault, MoneyClass, Usd};
use crate::ledger::{self, Hold, LedgerError, NewCall, Settle};
use crate::pricing::{self, Price};
use crate::provider::{Prepared, Reply as Wire, Watch};

/// An attempt under way.
struct Attempt<'a> {
    id: Uuid,
    hold: Usd,
    ask: &'a Ask<'a>,
    call: &'a Arc<NewCall>,
}

impl Payer {
    /// Tries once.
    pub(crate) async fn attempt(
        &self,
        lane: &Lane,
        ask: &Ask<'_>,
        prepared: &Prepared,
        call: &Arc<NewCall>,
        number: u32,
    ) -> Tried {
        let tokens = prepared.input_bytes / 4 + u64::from(ask.request.max_tokens);
        let permit = tokio::select! {
            permit = lane.limiter.permit(tokens) => permit,
            () = self.brake().draining() => return Tried::NotStarted,
        };
        // The endpoint may have been stopped while this one stood in line.
        if lane.is_stopped() {
            return Tried::NotStarted;
        }
        let amount = ask.price.worst_case(
            lane.input_bound(prepared, ask.price).await,
            u64::from(ask.request.max_tokens),
        );
        let attempt = Attempt {
            id: self.new_id(),
            hold: amount,
            ask,
            call,
        };
        self.held_attempt(lane, &attempt, prepared, number, permit)
            .await
            .unwrap_or_else(|error| self.unbooked(&error))
    }

    async fn held_attempt(
        &self,
        lane: &Lane,
        attempt: &Attempt<'_>,
        prepared: &Prepared,
        number: u32,
        permit: Permit,
    ) -> Result<Tried, LedgerError> {
        (self.options.fail)("before-hold");
        let hold = Hold {
            attempt: attempt.id,
            number,
            amount: attempt.hold,
            call: Arc::clone(attempt.call),
            price: Some(stored(attempt.ask.price)),
            caps: self.options.caps,
        };
        if matches!(self.hold(&hold).await?, Held::No) {
            return Ok(Tried::NotStarted);
        }
        (self.options.fail)("after-hold");
        let mark = lane.time.enter(Instant::now());
        let watch = Watch {
            fail: Arc::clone(&self.options.fail),
            on_text: attempt.ask.on_text.clone(),
        };
        let id = attempt.id.to_string();
        let sent = tokio::select! {
            sent = lane.provider.send(prepared, &id, &watch) => sent,
            () = self.brake().aborting() => Err(Fault::new(0, MoneyClass::Ambiguous, "dropped by a second interrupt while in flight")),
        };
        let share = lane.time.leave(mark, Instant::now());
        match sent {
            Ok(wire) => {
                // The wire is free: the next call's hold shares the commit of this settle instead of waiting for it.
                drop(permit);
                self.book(
                    lane,
                    attempt,
                    prepared,
                    wire,
                    imputed(lane.provider.endpoint(), share),
                )
                .await
            }
            Err(fault) => {
                let imputed = imputed(lane.provider.endpoint(), share);
                self.release(lane, attempt, fault, imputed).await
            }
        }
    }

    /// Books an answer at its actual cost; one whose cost cannot be known keeps its hold as lost.
    async fn book(
        &self,
        lane: &Lane,
        attempt: &Attempt<'_>,
        prepared: &Prepared,
        wire: Wire,
        imputed: Usd,
    ) -> Result<Tried, LedgerError> {
        lane.limiter.succeeded();
        let mut answer = wire.answer;
        let latency_ms = u64::try_from(wire.latency.as_millis()).unwrap_or(u64::MAX);
        let priced = self.price(lane, attempt, &mut answer);
        if let Some(usage) = &answer.usage {
            lane.learn(prepared, usage);
        }
        let (cost, price) = match priced {
            Ok((billed, price)) => (Some(Cost { billed, imputed }), price),
            Err(reason) => {
                answer
                    .warnings
                    .push(format!("cost unknown, held at its worst case: {reason}"));
                (None, attempt.ask.price.clone())
            }
        };
        self.watch_overrun(lane, attempt, cost, &answer);
        (self.options.fail)("before-settle");
        self.options
            .ledger
            .settle(settled(attempt, cost, &price, &answer, latency_ms))
            .await?;
        (self.options.fail)("after-settle");
        Ok(Tried::Answered(Box::new(Answered {
            answer,
            call: attempt.call.id,
            cached: false,
            cost: cost.unwrap_or_default(),
            answer_cost: cost,
            price: Some((price.source().to_owned(), price.from_date())),
            latency_ms,
            attempts: 0,
        })))
    }

    /// Prices an answer by the model that returned it and the tier that served it.
    fn price(
        &self,
        lane: &Lane,
        attempt: &Attempt<'_>,
        answer: &mut Answer,
    ) -> Result<(Usd, Price), String> {
        let asked = attempt.ask.price;
        let price = match answer
            .model_returned
            .as_deref()
            .filter(|returned| *returned != attempt.ask.model.model && !asked.is_free())
        {
            Some(returned) => {
                let now = self.options.clock.now();
                let endpoint = lane.provider.endpoint();
                pricing::resolve_returned(
                    asked,
                    endpoint,
                    &attempt.ask.model.model,
                    returned,
                    now,
                    &self.options.prices,
                )
                .map_err(|error| error.to_string())?
            }
            None => asked.clone(),
        };
        if price.is_free() {
            return Ok((Usd::ZERO, price));
        }
        let usage = answer
            .usage
            .as_ref()
            .ok_or("the provider did not say what it used")?;
        let price = price
            .served(answer.tier_returned.as_deref(), usage)
            .map_err(|error| error.to_string())?;
        let priced = price.cost(usage).map_err(|error| error.to_string())?;
        Ok((priced.total, price))
    }

    /// Stops an endpoint whose answer cost more than its worst case: its next one could pass the cap.
    fn watch_overrun(
        &self,
        lane: &Lane,
        attempt: &Attempt<'_>,
        cost: Option<Cost>,
        answer: &Answer,
    ) {
        let Some(cost) = cost.filter(|cost| cost.billed > attempt.hold) else {
            return;
        };
        let returned = answer.model_returned.as_deref().unwrap_or("the model");
        let message = format!(
            "`{returned}` answered for ${} where at most ${} was possible; stopped",
            cost.billed, attempt.hold
        );
        lane.stop(Fault::new(45, MoneyClass::Refused, message.clone()));
        self.brake().drain(StopReason::Endpoint(message));
    }

    /// Settles by the count of a failed answer, releases, or keeps as lost the hold of an attempt without an accepted answer.
    async fn release(
        &self,
        lane: &Lane,
        attempt: &Attempt<'_>,
        fault: Fault,
        imputed: Usd,
    ) -> Result<Tried, LedgerError> {
        // Before the permit goes on: whoever stands in line must not try the same wrong key.
        if fault.stops_endpoint && !fault.retry {
            self.stop_lane(lane, &fault);
        }
        (self.options.fail)("before-settle");
        if let Some(settle) = self.counted(lane, attempt, &fault, imputed) {
            self.options.ledger.settle(settle).await?;
            (self.options.fail)("after-settle");
            return Ok(Tried::Faulted(Box::new(fault)));
        }
        match fault.money {
            MoneyClass::NotSent | MoneyClass::Refused => {
                self.options
                    .ledger
                    .void(attempt.id, fault.message.clone(), Some(fault.clone()))
                    .await?;
            }
            MoneyClass::Ambiguous => {
                self.options
                    .ledger
                    .lose(attempt.id, fault.message.clone(), Some(fault.clone()), None)
                    .await?;
            }
        }
        (self.options.fail)("after-settle");
        Ok(Tried::Faulted(Box::new(fault)))
    }

    /// Returns the settlement of an attempt that failed after it had said what it used; the call does not take its answer.
    ///
    /// A count that cannot be priced is none: the hold is lost.
    fn counted(
        &self,
        lane: &Lane,
        attempt: &Attempt<'_>,
        fault: &Fault,
        imputed: Usd,
    ) -> Option<Settle> {
        let mut answer = fault.settled_by.as_deref()?.clone();
        let (billed, price) = self.price(lane, attempt, &mut answer).ok()?;
        let cost = Some(Cost { billed, imputed });
        self.watch_overrun(lane, attempt, cost, &answer);
        Some(Settle {
            accepted: false,
            latency_ms: None,
            ..settled(attempt, cost, &price, &answer, 0)
        })
    }

    /// Stops the run when the ledger cannot book: nothing may leave unbooked.
    fn unbooked(&self, error: &LedgerError) -> Tried {
        self.brake().drain(StopReason::Ledger(error.to_string()));
        Tried::Faulted(Box::new(Fault::new(
            0,
            MoneyClass::Ambiguous,
            format!("the ledger could not book: {error}"),
        )))
    }
}

/// Returns a price in the form that the ledger keeps.
fn stored(price: &Price) -> ledger::Price {
    ledger::Price {
        source: price.source().to_owned(),
        from: price.from_date(),
        rates: serde_json::to_string(price).ok(),
    }
}

fn settled(
    attempt: &Attempt<'_>,
    cost: Option<Cost>,
    price: &Price,
    answer: &Answer,
    latency_ms: u64,
) -> Settle {
    Settle {
        attempt: attempt.id,
        cost,
        price: Some(stored(price)),
        answer: answer.clone(),
        latency_ms: Some(latency_ms),
        accepted: true,
    }
}
