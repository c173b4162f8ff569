//! One state of everything that is asked, and what follows from it.

use crate::economics::finetune::FinetunePath;
use crate::economics::market::Market;
use crate::economics::path::{Path, Value};
use crate::economics::prompt::PromptPath;
use crate::economics::request::{Request, TokenPrices};

/// Every number of a comparison at one value each: plain floats, so that ten thousand of them are drawn in no time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct World {
    pub(crate) market: Market,
    pub(crate) prompt: PromptPath,
    pub(crate) finetune: FinetunePath,
}

/// Price changes that the book already announces, by the month from which they hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Schedules {
    pub(crate) prompt: Vec<(f64, TokenPrices)>,
    pub(crate) finetune: Vec<(f64, TokenPrices)>,
}

impl World {
    /// Returns the prompt path.
    pub(crate) fn prompt_path(&self, schedules: &Schedules) -> Path {
        let steps = steps(&self.prompt.request, &schedules.prompt);
        self.prompt.path(&self.market, steps)
    }

    /// Returns the fine-tune path.
    pub(crate) fn finetune_path(&self, schedules: &Schedules) -> Path {
        let steps = if self.finetune.serving.is_dedicated() {
            Vec::new()
        } else {
            steps(&self.finetune.request, &schedules.finetune)
        };
        self.finetune.path(&self.market, self.prompt.quality, steps)
    }

    /// Returns both present values, the prompt's first.
    pub(crate) fn values(&self, schedules: &Schedules) -> (Value, Value) {
        (
            self.prompt_path(schedules).value(&self.market),
            self.finetune_path(schedules).value(&self.market),
        )
    }

    /// Returns by how much the prompt path is dearer, in US dollars of today: what fine-tuning gains.
    pub(crate) fn gain(&self, schedules: &Schedules) -> f64 {
        let (prompt, finetune) = self.values(schedules);
        prompt.total_usd() - finetune.total_usd()
    }
}

/// Prices a request at each scheduled step; one whose cost was given knows no prices.
fn steps(request: &Request, schedule: &[(f64, TokenPrices)]) -> Vec<(f64, f64)> {
    if request.request_usd.is_some() {
        return Vec::new();
    }
    schedule
        .iter()
        .map(|(month, price)| (*month, request.usd_at(price)))
        .collect()
}
