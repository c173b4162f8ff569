//! Whether fine-tuning can be had at all.

use jiff::civil::Date;

use crate::economics::inputs::Inputs;

/// Months that a base model must still live for it to be worth beginning.
const LEAST_LIFE: f64 = 3.0;

/// A condition without which the fine-tune path is a thought.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gate {
    pub(crate) kind: GateKind,
    /// `None` where what it takes to judge is not given.
    pub(crate) met: Option<bool>,
}

/// What is asked, with what was found and what is needed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum GateKind {
    /// The provider still takes jobs.
    JobsAccepted { as_of: Date, until: Date },
    /// The base model lives three months more.
    BaseModel { left_months: f64, least: f64 },
    /// The base model outlives the horizon.
    Horizon {
        left_months: f64,
        horizon_months: f64,
    },
    /// Examples, as many as the provider asks for.
    MinimumExamples { examples: f64, least: f64 },
    /// A request fits the context.
    Context { tokens: f64, limit: Option<f64> },
    /// The replicas answer the busiest month.
    Capacity {
        requests: f64,
        capacity: Option<f64>,
    },
    /// The GPUs hold the training.
    Memory { needed: f64, gpus: Option<f64> },
}

impl GateKind {
    /// Its word in JSON.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::JobsAccepted { .. } => "jobs_accepted",
            Self::BaseModel { .. } => "base_model",
            Self::Horizon { .. } => "horizon",
            Self::MinimumExamples { .. } => "minimum_examples",
            Self::Context { .. } => "context",
            Self::Capacity { .. } => "capacity",
            Self::Memory { .. } => "memory",
        }
    }

    fn met(&self) -> Option<bool> {
        Some(match self {
            Self::JobsAccepted { as_of, until } => as_of < until,
            Self::BaseModel { left_months, least } => left_months >= least,
            Self::Horizon {
                left_months,
                horizon_months,
            } => left_months >= horizon_months,
            Self::MinimumExamples { examples, least } => examples >= least,
            Self::Context { tokens, limit } => *tokens <= (*limit)?,
            Self::Capacity { requests, capacity } => *requests <= (*capacity)?,
            Self::Memory { needed, gpus } => *needed <= (*gpus)?,
        })
    }
}

/// Judges all conditions that this case has, at the means of all numbers.
pub(crate) fn judge(inputs: &Inputs) -> Vec<Gate> {
    let (market, finetune) = (&inputs.world.market, &inputs.world.finetune);
    let mut kinds = Vec::new();
    if let Some(until) = inputs.available_until {
        kinds.push(GateKind::JobsAccepted {
            as_of: inputs.as_of,
            until,
        });
    }
    if inputs.base_model_until.is_some() {
        let left_months = finetune.life_left_months;
        kinds.push(GateKind::BaseModel {
            left_months,
            least: LEAST_LIFE,
        });
        kinds.push(GateKind::Horizon {
            left_months,
            horizon_months: market.horizon_months,
        });
    }
    kinds.push(GateKind::MinimumExamples {
        examples: finetune.labels.count,
        least: finetune.provider_minimum_examples,
    });
    kinds.push(GateKind::Context {
        tokens: finetune.request.context_tokens(),
        limit: finetune.context_tokens,
    });
    if finetune.serving.is_dedicated() {
        kinds.push(GateKind::Capacity {
            requests: market.busiest(),
            capacity: finetune.serving.capacity(&finetune.request),
        });
    }
    if let Some(own) = &finetune.training.own {
        kinds.push(GateKind::Memory {
            needed: own.gpus_needed(),
            gpus: own.gpus,
        });
    }
    kinds
        .into_iter()
        .map(|kind| Gate {
            met: kind.met(),
            kind,
        })
        .collect()
}
