//! The prompt path: iterations that are still to come, then a long request at the base price.

use crate::economics::investment::Investment;
use crate::economics::market::Market;
use crate::economics::path::Path;
use crate::economics::request::Request;

/// Prompt engineering from here on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct PromptPath {
    pub(crate) request: Request,
    /// q: share of right answers.
    pub(crate) quality: f64,
    /// λ: what it loses a month.
    pub(crate) quality_decay_monthly: f64,
    /// Iterations still to come.
    pub(crate) iterations: f64,
    pub(crate) hours_per_iteration: f64,
    /// Cases of the evaluation that ends an iteration.
    pub(crate) eval_cases: f64,
    pub(crate) judge_usd_per_case: f64,
    /// What was spent before.
    pub(crate) sunk_usd: f64,
    pub(crate) maintain_every_months: f64,
    pub(crate) maintain_usd: f64,
    pub(crate) investment_usd: Option<f64>,
    pub(crate) hosting_usd_per_month: Option<f64>,
}

impl PromptPath {
    /// Returns US dollars of one iteration: `h·w + n_eval·(c_P + judge)`.
    pub(crate) fn iteration_usd(&self, market: &Market) -> f64 {
        self.hours_per_iteration * market.engineer_usd_per_hour + self.evaluation_usd()
    }

    fn evaluation_usd(&self) -> f64 {
        self.eval_cases * (self.request.usd() + self.judge_usd_per_case)
    }

    /// Returns what it takes to begin: the iterations still to come.
    pub(crate) fn investment(&self, market: &Market) -> Investment {
        Investment {
            people_usd: self.iterations * self.hours_per_iteration * market.engineer_usd_per_hour,
            evaluation_usd: self.iterations * self.evaluation_usd(),
            ..Investment::default()
        }
        .overridden(self.investment_usd)
        .with_sunk(self.sunk_usd, market)
    }

    /// Returns the path; `steps` are requests at scheduled prices.
    pub(crate) fn path(&self, market: &Market, steps: Vec<(f64, f64)>) -> Path {
        Path {
            investment_usd: self.investment(market).total_usd(),
            request_usd: self.request.usd(),
            steps,
            drift_annual: self.request.price_drift_annual,
            quality: self.quality,
            decay_monthly: self.quality_decay_monthly,
            hosting_usd_per_month: self.hosting_usd_per_month.unwrap_or(0.0),
            renew_every: self.maintain_every_months,
            renewal_usd: self.maintain_usd,
            life: None,
        }
    }
}
