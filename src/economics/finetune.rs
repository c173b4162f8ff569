//! The fine-tune path: labels, training, people, then a short request to a model that has to be served and renewed.

use crate::economics::investment::Investment;
use crate::economics::labels::Labels;
use crate::economics::market::Market;
use crate::economics::path::{Life, Path};
use crate::economics::request::{Request, TokenPrices};
use crate::economics::serving::Serving;
use crate::economics::training::Training;

/// Fine-tuning from here on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct FinetunePath {
    pub(crate) request: Request,
    /// q; where it is not known, the prompt's and `quality_gain`.
    pub(crate) quality: Option<f64>,
    pub(crate) quality_gain: f64,
    pub(crate) quality_decay_monthly: f64,
    pub(crate) labels: Labels,
    pub(crate) preparation_hours: f64,
    pub(crate) deploy_hours: f64,
    pub(crate) training: Training,
    /// Evaluations before one is chosen; where not given, one for each run.
    pub(crate) eval_runs: Option<f64>,
    pub(crate) eval_cases: f64,
    pub(crate) judge_usd_per_case: f64,
    pub(crate) sunk_usd: f64,
    pub(crate) serving: Serving,
    pub(crate) retrain_every_months: f64,
    /// R; where not given, labels by `relabel_share`, preparation, training and evaluation anew.
    pub(crate) retrain_usd: Option<f64>,
    pub(crate) relabel_share: f64,
    /// Months that the base model is still served.
    pub(crate) life_left_months: f64,
    /// Months that the next one will be.
    pub(crate) model_life_months: f64,
    pub(crate) provider_minimum_examples: f64,
    /// Tokens that the model can read.
    pub(crate) context_tokens: Option<f64>,
    /// Examples that a pilot is trained on.
    pub(crate) pilot_labels: f64,
    pub(crate) investment_usd: Option<f64>,
    pub(crate) hosting_usd_per_month: Option<f64>,
}

impl FinetunePath {
    /// Returns the expected US dollars of a request: without tokens where the deployment is dedicated.
    pub(crate) fn request_usd(&self) -> f64 {
        if self.request.request_usd.is_none() && self.serving.is_dedicated() {
            self.request.usd_at(&TokenPrices::default())
        } else {
            self.request.usd()
        }
    }

    /// Returns the share of right answers, given the prompt's.
    pub(crate) fn quality(&self, prompt_quality: f64) -> f64 {
        self.quality
            .unwrap_or_else(|| (prompt_quality + self.quality_gain).clamp(0.0, 1.0))
    }

    /// Returns US dollars of judging one answer of the tuned model.
    pub(crate) fn case_usd(&self) -> f64 {
        self.request_usd() + self.judge_usd_per_case
    }

    fn evaluation_usd(&self) -> f64 {
        self.eval_runs.unwrap_or(self.training.runs) * self.eval_cases * self.case_usd()
    }

    fn preparation_usd(&self, market: &Market) -> f64 {
        self.preparation_hours * market.engineer_usd_per_hour
    }

    /// Returns what it takes to begin: `labels + (prep + deploy)·w + k_hp·train + eval_runs·n_eval·(c_F + judge)`.
    pub(crate) fn investment(&self, market: &Market) -> Investment {
        Investment {
            people_usd: self.preparation_usd(market)
                + self.deploy_hours * market.engineer_usd_per_hour,
            labels_usd: self.labels.usd(),
            training_usd: self.training.usd(self.labels.count),
            evaluation_usd: self.evaluation_usd(),
            ..Investment::default()
        }
        .overridden(self.investment_usd)
        .with_sunk(self.sunk_usd, market)
    }

    /// Returns R, US dollars of training anew: `φ_lab·labels + prep + train + eval`, or the investment where that was given
    /// as a whole.
    pub(crate) fn retraining_usd(&self, market: &Market) -> f64 {
        self.retrain_usd.or(self.investment_usd).unwrap_or_else(|| {
            self.relabel_share * self.labels.usd()
                + self.preparation_usd(market)
                + self.training.usd(self.labels.count)
                + self.evaluation_usd()
        })
    }

    /// Returns the path; `steps` are requests at scheduled prices.
    pub(crate) fn path(
        &self,
        market: &Market,
        prompt_quality: f64,
        steps: Vec<(f64, f64)>,
    ) -> Path {
        Path {
            investment_usd: self.investment(market).total_usd(),
            request_usd: self.request_usd(),
            steps,
            drift_annual: self.request.price_drift_annual,
            quality: self.quality(prompt_quality),
            decay_monthly: self.quality_decay_monthly,
            hosting_usd_per_month: self
                .hosting_usd_per_month
                .unwrap_or_else(|| self.serving.usd_per_month()),
            renew_every: self.retrain_every_months,
            renewal_usd: self.retraining_usd(market),
            life: Some(Life {
                left_months: self.life_left_months,
                next_months: self.model_life_months,
            }),
        }
    }
}
