//! The two paths side by side: who wins, from which volume on, and when it pays back.

use crate::economics::path::Value;
use crate::economics::world::{Schedules, World};

/// How the winner depends on the volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// Fine-tuning is cheaper at every volume.
    FinetuneDominates,
    /// Prompting is.
    PromptDominates,
    /// Fine-tuning is cheaper above the break-even volume.
    FinetuneAbove,
    /// Below it.
    FinetuneBelow,
}

impl Case {
    /// Its word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::FinetuneDominates => "finetune_dominates",
            Self::PromptDominates => "prompt_dominates",
            Self::FinetuneAbove => "finetune_above",
            Self::FinetuneBelow => "finetune_below",
        }
    }
}

/// What follows from one world.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) prompt: Value,
    pub(crate) finetune: Value,
    /// Prompt total − fine-tune total.
    pub(crate) gain_usd: f64,
    pub(crate) case: Case,
    /// Requests of the first month at which both cost the same.
    pub(crate) break_even_volume: Option<f64>,
    /// The first month at whose end fine-tuning has cost no more; 0 is the start.
    pub(crate) payback_month: Option<usize>,
    /// Discounted cost up to each month's end, month 0 first.
    pub(crate) prompt_flow: Vec<f64>,
    pub(crate) finetune_flow: Vec<f64>,
}

impl Verdict {
    /// Judges a world.
    pub(crate) fn of(world: &World, schedules: &Schedules) -> Self {
        let (prompt_path, finetune_path) =
            (world.prompt_path(schedules), world.finetune_path(schedules));
        let market = &world.market;
        let (prompt, finetune) = (prompt_path.value(market), finetune_path.value(market));
        let (case, break_even_volume) = break_even(&prompt, &finetune, market.volume);
        let prompt_flow = prompt_path.cash_flow(market);
        let finetune_flow = finetune_path.cash_flow(market);
        let mut months = finetune_flow.iter().zip(&prompt_flow);
        Self {
            prompt,
            finetune,
            gain_usd: prompt.total_usd() - finetune.total_usd(),
            case,
            break_even_volume,
            payback_month: months.position(|(finetune, prompt)| finetune <= prompt),
            prompt_flow,
            finetune_flow,
        }
    }
}

/// Returns who wins at which volume. Both totals are affine in it, `Fix + V1·u`, so that they meet at `V* = −ΔFix/Δu`,
/// once at most.
fn break_even(prompt: &Value, finetune: &Value, volume: f64) -> (Case, Option<f64>) {
    let fixed = finetune.fixed_usd() - prompt.fixed_usd();
    let unit = (finetune.variable_usd() - prompt.variable_usd()) / volume;
    if fixed >= 0.0 && unit >= 0.0 {
        (Case::PromptDominates, None)
    } else if fixed <= 0.0 && unit <= 0.0 {
        (Case::FinetuneDominates, None)
    } else {
        let case = if unit < 0.0 {
            Case::FinetuneAbove
        } else {
            Case::FinetuneBelow
        };
        (case, Some(-fixed / unit))
    }
}
