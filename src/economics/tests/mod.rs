//! The equations against a second route each, the published cases, the invariants.

mod curves;
mod equations;
mod invariants;
mod published;
mod sampling;
mod solving;
mod written;

use jiff::civil::{Date, date};

use crate::economics::inputs::{Inputs, read};
use crate::economics::world::{Schedules, World};
use crate::pricing::Price;

/// A file that leaves nothing out that must be there; the interface's own example.
pub(super) const EXAMPLE: &str = r#"
as_of = 2026-11-24
horizon_months = 12
discount_annual = 0.10
volume = 300_000
growth_monthly = 0.03
error_cost_usd = 0.05
basis = "forward"
engineer_usd_per_hour = 92
draws = 10_000
seed = 1

[prompt]
price = { input = 0.4, cached_input = 0.1, cache_write = 0.4, output = 1.6, reasoning = 1.6 }
price_drift_annual = 0.0
static_tokens = 2400
input_tokens = 350
output_tokens = 60
reasoning_tokens = 0
cache_hit = 0.85
cache_write_share = 0.0
retry = 0.02
max_retries = 2
batch_share = 0.0
batch_factor = 0.5
addon_usd = 0.0
quality = 0.89
quality_decay_monthly = 0.0
iterations = 30
hours_per_iteration = 0.24
eval_cases = 200
judge_usd_per_case = 0.000479
sunk_usd = 0.0
maintain_every_months = 0
maintain_usd = 0.0

[finetune]
quality = 0.93
static_tokens = 100
labels = { count = 2000, human_share = 1.0, human_usd = 0.80, synthetic_usd = 0.01, reject_share = 0.0 }
tokens_per_example = 560
epochs = 3
training_usd_per_mtok = 0.50
training_runs = 4
preparation_hours = 60
hosting_usd_per_hour = 8.0
replicas = 1
adapters_per_gpu = 1
hosting_hours_per_month = 730
retrain_every_months = 0
retrain_usd = 0.0
"#;

/// Prices that nobody asks for.
pub(super) fn no_book(model: &str, _: Date) -> Result<Price, String> {
    Err(format!("no price of `{model}`"))
}

pub(super) const TODAY: Date = date(2026, 11, 28);

/// Reads a file that has no mistakes.
#[track_caller]
pub(super) fn inputs(text: &str) -> Inputs {
    match read(text, "compare.toml", TODAY, &no_book) {
        Ok(inputs) => inputs,
        Err(error) => panic!("{error}"),
    }
}

/// Reads the example with lines replaced.
#[track_caller]
pub(super) fn example(changes: &[(&str, &str)]) -> Inputs {
    let mut text = EXAMPLE.to_owned();
    for (line, instead) in changes {
        assert_eq!(text.matches(line).count(), 1, "`{line}` once");
        text = text.replace(line, instead);
    }
    inputs(&text)
}

pub(super) fn example_world() -> World {
    example(&[]).world
}

pub(super) fn none() -> Schedules {
    Schedules::default()
}

#[track_caller]
pub(super) fn near(found: f64, expected: f64) {
    within(found, expected, 1e-9);
}

/// Demands a relative distance, absolute below 1.
#[track_caller]
pub(super) fn within(found: f64, expected: f64, tolerance: f64) {
    let size = expected.abs().max(1e-6);
    assert!(
        (found - expected).abs() <= tolerance * size,
        "{found} is not {expected}"
    );
}
