//! A path in the form that both share: what it takes to begin, and what each month costs.

use crate::economics::market::{Market, Month};

/// A path, reduced to dollars and shares.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Path {
    /// Before the first month.
    pub(crate) investment_usd: f64,
    /// One request at the prices of the first month.
    pub(crate) request_usd: f64,
    /// What a request costs from a month on, where the price book already says so; in order of months.
    pub(crate) steps: Vec<(f64, f64)>,
    /// δ: by how much a request's price changes in a year until the first step.
    pub(crate) drift_annual: f64,
    /// q: share of right answers when the path is fresh.
    pub(crate) quality: f64,
    /// λ: what that share loses every month until the next renewal.
    pub(crate) decay_monthly: f64,
    /// Whatever the volume.
    pub(crate) hosting_usd_per_month: f64,
    /// T: months between renewals, strictly inside the horizon; 0 is none.
    pub(crate) renew_every: f64,
    /// R: US dollars of a renewal.
    pub(crate) renewal_usd: f64,
    /// Months until the model below is withdrawn, and between withdrawals from then on.
    pub(crate) life: Option<Life>,
}

/// How long a base model is served: what is built on it has to be renewed when it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Life {
    pub(crate) left_months: f64,
    pub(crate) next_months: f64,
}

/// Present values of a path over the horizon, in US dollars, and discounted counts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Value {
    pub(crate) investment_usd: f64,
    pub(crate) tokens_usd: f64,
    pub(crate) error_usd: f64,
    pub(crate) hosting_usd: f64,
    pub(crate) maintenance_usd: f64,
    /// Σ V_t·q_t·d_t.
    pub(crate) correct: f64,
}

impl Value {
    /// Returns what does not depend on the volume.
    pub(crate) fn fixed_usd(&self) -> f64 {
        self.investment_usd + self.hosting_usd + self.maintenance_usd
    }

    /// Returns what grows with the volume.
    pub(crate) fn variable_usd(&self) -> f64 {
        self.tokens_usd + self.error_usd
    }

    /// Returns everything.
    pub(crate) fn total_usd(&self) -> f64 {
        self.fixed_usd() + self.variable_usd()
    }

    /// Returns the levelised cost of a right answer, errors not priced (they are in the denominator already); `None`
    /// where no answer is right.
    pub(crate) fn usd_per_correct(&self) -> Option<f64> {
        (self.correct > 0.0).then(|| (self.fixed_usd() + self.tokens_usd) / self.correct)
    }
}

impl Life {
    /// Returns how many withdrawals come strictly before `months`: `max(0, ceil((months - left) / next))`.
    fn withdrawals_before(self, months: f64) -> f64 {
        ((months - self.left_months) / self.next_months)
            .ceil()
            .max(0.0)
    }

    /// Returns how many come up to the end of a month.
    fn withdrawals_until(self, months: f64) -> f64 {
        (((months - self.left_months) / self.next_months).floor() + 1.0).max(0.0)
    }
}

impl Path {
    /// Returns the present value over the horizon.
    pub(crate) fn value(&self, market: &Market) -> Value {
        let mut value = Value::default();
        self.run(market, |so_far| value = *so_far);
        value
    }

    /// Returns the discounted cost up to the end of each month, month 0 first.
    pub(crate) fn cash_flow(&self, market: &Market) -> Vec<f64> {
        let mut flow = Vec::new();
        self.run(market, |so_far| flow.push(so_far.total_usd()));
        flow
    }

    /// Adds month to month and shows the sum at the start and after each.
    fn run(&self, market: &Market, mut show: impl FnMut(&Value)) {
        let mut value = Value {
            investment_usd: self.investment_usd,
            ..Value::default()
        };
        show(&value);
        let monthly_drift = (1.0 + self.drift_annual).powf(1.0 / 12.0);
        let (mut drift, mut age) = (1.0, 0.0);
        for month in market.months() {
            let Month {
                number,
                requests,
                discount,
            } = month;
            let quality = (self.quality - self.decay_monthly * age).clamp(0.0, 1.0);
            let renewals = self.renewals(number, market.horizon_months);
            value.tokens_usd += requests * self.request_in(number, drift) * discount;
            value.error_usd += requests * market.error_cost_usd * (1.0 - quality) * discount;
            value.hosting_usd += self.hosting_usd_per_month * discount;
            value.maintenance_usd += renewals * self.renewal_usd * discount;
            value.correct += requests * quality * discount;
            age = if renewals > 0.0 { 0.0 } else { age + 1.0 };
            drift *= monthly_drift;
            show(&value);
        }
    }

    /// Returns what a request costs in a month: as scheduled where that is known, else drifted.
    fn request_in(&self, month: f64, drift: f64) -> f64 {
        let scheduled = self.steps.iter().rfind(|(from, _)| *from <= month);
        scheduled.map_or(self.request_usd * drift, |(_, usd)| *usd)
    }

    /// Returns how many renewals are paid at the end of a month, planned ones and those that a withdrawal forces.
    fn renewals(&self, month: f64, horizon: f64) -> f64 {
        let planned =
            self.renew_every > 0.0 && month < horizon && (month % self.renew_every).abs() < 1e-9;
        let forced = self.life.map_or(0.0, |life| {
            let before = if month <= 1.0 {
                0.0
            } else {
                life.withdrawals_until(month - 1.0)
            };
            let until = if month < horizon {
                life.withdrawals_until(month)
            } else {
                life.withdrawals_before(horizon)
            };
            (until - before).max(0.0)
        });
        forced + if planned { 1.0 } else { 0.0 }
    }
}
