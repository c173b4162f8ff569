//! What training costs: tokens by the vendors' billing rules, hours by the vendors' price, or hours of one's own GPUs.

use crate::economics::gpu::OwnTraining;

/// One training run, and how many of them it takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Training {
    pub(crate) tokens_per_example: f64,
    /// Passes over the examples; where it is not given, OpenAI's rule says how many.
    pub(crate) epochs: Option<f64>,
    /// Tokens at which an example is cut.
    pub(crate) max_tokens_per_example: Option<f64>,
    /// Whether short examples share a sequence. Where they do not, each is billed at its full length (Together).
    pub(crate) packing: bool,
    /// Tokens of the validation file, billed at each evaluation on it (Together; OpenAI and Azure bill none).
    pub(crate) validation_tokens: f64,
    pub(crate) validation_runs: f64,
    pub(crate) usd_per_mtok: f64,
    /// Reinforcement training, billed by the hour.
    pub(crate) reinforcement: Option<Reinforcement>,
    pub(crate) own: Option<OwnTraining>,
    /// k_hp: runs until the settings are right.
    pub(crate) runs: f64,
}

/// Training that is billed by the hour, with a cap on each job.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Reinforcement {
    pub(crate) hours: f64,
    pub(crate) usd_per_hour: f64,
    pub(crate) grader_usd: f64,
    pub(crate) cap_usd: f64,
}

/// Returns how often OpenAI's service passes over `examples` unless told otherwise: three times, more often over few, less
/// often over many.
///
/// Rule: 3; where 3N < 100, `min(25, 100 div N)`; where 3N > 25,000, `max(1, 25000 div N)`. Source: OpenAI's cookbook,
/// "Data preparation and analysis for chat model fine-tuning".
pub(crate) fn openai_epochs(examples: f64) -> f64 {
    if examples * 3.0 < 100.0 {
        (100.0 / examples.max(1.0)).floor().min(25.0)
    } else if examples * 3.0 > 25_000.0 {
        (25_000.0 / examples).floor().max(1.0)
    } else {
        3.0
    }
}

impl Training {
    /// Returns the tokens that a run over `examples` is billed for.
    pub(crate) fn billed_tokens(&self, examples: f64) -> f64 {
        let each = match self.max_tokens_per_example {
            Some(most) if self.packing => self.tokens_per_example.min(most),
            Some(most) => most,
            None => self.tokens_per_example,
        };
        let epochs = self.epochs.unwrap_or_else(|| openai_epochs(examples));
        epochs * examples * each + self.validation_runs * self.validation_tokens
    }

    /// Returns US dollars of one run.
    pub(crate) fn run_usd(&self, examples: f64) -> f64 {
        if let Some(own) = &self.own {
            return own.usd(self.billed_tokens(examples));
        }
        if let Some(hourly) = &self.reinforcement {
            let billed = hourly.hours * hourly.usd_per_hour + hourly.grader_usd;
            return billed.min(hourly.cap_usd);
        }
        self.billed_tokens(examples) / 1e6 * self.usd_per_mtok
    }

    /// Returns US dollars of all runs.
    pub(crate) fn usd(&self, examples: f64) -> f64 {
        self.runs * self.run_usd(examples)
    }
}
