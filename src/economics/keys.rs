//! The one table of numbers: how `compare.toml` names them, what they may be, what holds where they are not given.

use crate::economics::gpu::OwnTraining;
use crate::economics::training::Reinforcement;
use crate::economics::world::World;

/// A number.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its dotted name, such as `prompt.cache_hit`.
    pub(crate) name: &'static str,
    pub(crate) range: Range,
    pub(crate) unless_given: UnlessGiven,
    /// Reads it from a world; `None` where it is optional and absent.
    pub(crate) get: fn(&World) -> Option<f64>,
    /// Puts it into a world.
    pub(crate) set: fn(&mut World, f64),
}

/// What a number may be, ends included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Only whole values.
    pub(crate) whole: bool,
    pub(crate) expected: &'static str,
}

/// What holds where a number is not given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum UnlessGiven {
    /// A default that somebody else found: value, source, date.
    Found(f64, &'static str, &'static str),
    /// A default that nobody measured; every report prints it.
    Assumed(f64),
    /// Something that is not there: no batch, no cache, no growth.
    Nothing(f64),
    /// It is worked out from others, or must be given.
    Open,
}

use UnlessGiven::{Assumed, Found, Nothing, Open};

const fn range(low: f64, high: f64, expected: &'static str) -> Range {
    Range {
        low,
        high,
        whole: false,
        expected,
    }
}

const fn whole(low: f64, high: f64, expected: &'static str) -> Range {
    Range {
        low,
        high,
        whole: true,
        expected,
    }
}

const SHARE: Range = range(0.0, 1.0, "a share from 0 to 1");
const PART: Range = range(0.0, 0.99, "a share from 0 to 0.99");
const DIFFERENCE: Range = range(-1.0, 1.0, "a difference of shares from -1 to 1");
const USD: Range = range(0.0, 1e12, "US dollars from 0 to 1e12");
const PRICE: Range = range(
    0.0,
    1e6,
    "US dollars for a million tokens, from 0 to 1,000,000",
);
const HOURLY: Range = range(0.0, 1e5, "US dollars an hour, from 0 to 100,000");
const TOKENS: Range = range(0.0, 1e9, "tokens from 0 to 1e9");
const REQUESTS: Range = range(1.0, 1e12, "requests from 1 to 1e12");
const COUNT: Range = range(0.0, 1e9, "a number from 0 to 1e9");
const SOME: Range = range(0.01, 1e6, "a number from 0.01 to 1,000,000");
const HOURS: Range = range(0.0, 1e6, "hours from 0 to 1,000,000");
const GROWTH: Range = range(-0.99, 1.0, "a rate from -0.99 to 1");
const DRIFT: Range = range(-0.99, 10.0, "a rate from -0.99 to 10");
const YEARLY: Range = range(0.0, 1.0, "a rate from 0 to 1");
const HORIZON: Range = whole(1.0, 240.0, "whole months from 1 to 240");
const EVERY: Range = whole(0.0, 240.0, "whole months from 0 (never) to 240");
const TIMES: Range = whole(0.0, 20.0, "a whole number from 0 to 20");

macro_rules! key {
    ($name:expr, $range:expr, $unless:expr, $($field:ident).+) => {
        Key {
            name: $name,
            range: $range,
            unless_given: $unless,
            get: |world| Some(world.$($field).+),
            set: |world, value| world.$($field).+ = value,
        }
    };
}

/// A number that may be absent.
macro_rules! optional {
    ($name:expr, $range:expr, $($field:ident).+) => {
        Key {
            name: $name,
            range: $range,
            unless_given: Open,
            get: |world| world.$($field).+,
            set: |world, value| world.$($field).+ = Some(value),
        }
    };
}

/// A number of a table that may be absent.
macro_rules! inside {
    ($name:expr, $range:expr, $unless:expr, $table:ident: $kind:ident, $field:ident) => {
        Key {
            name: $name,
            range: $range,
            unless_given: $unless,
            get: |world| world.finetune.training.$table.map(|table| table.$field),
            set: |world, value| {
                let table = &mut world.finetune.training.$table;
                table.get_or_insert($kind::default()).$field = value;
            },
        }
    };
}

/// What both paths say of their requests.
macro_rules! request {
    ($table:literal, $path:ident) => {
        [
            key!(
                concat!($table, ".price.input"),
                PRICE,
                Open,
                $path.request.price.input
            ),
            optional!(
                concat!($table, ".price.cached_input"),
                PRICE,
                $path.request.price.cached_input
            ),
            optional!(
                concat!($table, ".price.cache_write"),
                PRICE,
                $path.request.price.cache_write
            ),
            key!(
                concat!($table, ".price.output"),
                PRICE,
                Open,
                $path.request.price.output
            ),
            optional!(
                concat!($table, ".price.reasoning"),
                PRICE,
                $path.request.price.reasoning
            ),
            key!(
                concat!($table, ".price_drift_annual"),
                DRIFT,
                Open,
                $path.request.price_drift_annual
            ),
            key!(
                concat!($table, ".static_tokens"),
                TOKENS,
                Nothing(0.0),
                $path.request.static_tokens
            ),
            key!(
                concat!($table, ".input_tokens"),
                TOKENS,
                Open,
                $path.request.input_tokens
            ),
            key!(
                concat!($table, ".output_tokens"),
                TOKENS,
                Open,
                $path.request.output_tokens
            ),
            key!(
                concat!($table, ".reasoning_tokens"),
                TOKENS,
                Open,
                $path.request.reasoning_tokens
            ),
            key!(
                concat!($table, ".cache_hit"),
                SHARE,
                Nothing(0.0),
                $path.request.cache_hit
            ),
            key!(
                concat!($table, ".cache_write_share"),
                SHARE,
                Nothing(0.0),
                $path.request.cache_write_share
            ),
            key!(
                concat!($table, ".retry"),
                SHARE,
                Assumed(0.01),
                $path.request.retry
            ),
            key!(
                concat!($table, ".max_retries"),
                TIMES,
                Assumed(2.0),
                $path.request.max_retries
            ),
            key!(
                concat!($table, ".batch_share"),
                SHARE,
                Nothing(0.0),
                $path.request.batch_share
            ),
            key!(
                concat!($table, ".batch_factor"),
                SHARE,
                Found(0.5, "LiteLLM's list of prices", "2026-11-23"),
                $path.request.batch_factor
            ),
            key!(
                concat!($table, ".addon_usd"),
                USD,
                Nothing(0.0),
                $path.request.addon_usd
            ),
            optional!(
                concat!($table, ".request_usd"),
                USD,
                $path.request.request_usd
            ),
            optional!(
                concat!($table, ".investment_usd"),
                USD,
                $path.investment_usd
            ),
            optional!(
                concat!($table, ".hosting_usd_per_month"),
                USD,
                $path.hosting_usd_per_month
            ),
            key!(
                concat!($table, ".quality_decay_monthly"),
                SHARE,
                Nothing(0.0),
                $path.quality_decay_monthly
            ),
            key!(
                concat!($table, ".eval_cases"),
                COUNT,
                Assumed(200.0),
                $path.eval_cases
            ),
            key!(
                concat!($table, ".judge_usd_per_case"),
                USD,
                Nothing(0.0),
                $path.judge_usd_per_case
            ),
            key!(
                concat!($table, ".sunk_usd"),
                USD,
                Nothing(0.0),
                $path.sunk_usd
            ),
        ]
    };
}

#[rustfmt::skip]
static MARKET: [Key; 6] = [
    key!("horizon_months", HORIZON, Open, market.horizon_months),
    key!("discount_annual", YEARLY, Found(0.10, "cost of capital of software firms, Damodaran, 9.34 % rounded", "2026-01"), market.discount_annual),
    key!("volume", REQUESTS, Open, market.volume),
    key!("growth_monthly", GROWTH, Nothing(0.0), market.growth_monthly),
    key!("error_cost_usd", USD, Nothing(0.0), market.error_cost_usd),
    key!("engineer_usd_per_hour", HOURLY, Found(92.0, "BLS median of software developers over 2,080 hours, wages 70 % of cost (ECEC)", "2026-09-09"), market.engineer_usd_per_hour),
];

#[rustfmt::skip]
static PROMPT_REQUEST: [Key; 24] = request!("prompt", prompt);

#[rustfmt::skip]
static PROMPT: [Key; 5] = [
    key!("prompt.quality", SHARE, Open, prompt.quality),
    key!("prompt.iterations", COUNT, Nothing(0.0), prompt.iterations),
    key!("prompt.hours_per_iteration", HOURS, Found(0.24, "sessions of 0.72 h (arXiv 2403.08950) among three revisions", "2024-03"), prompt.hours_per_iteration),
    key!("prompt.maintain_every_months", EVERY, Nothing(0.0), prompt.maintain_every_months),
    key!("prompt.maintain_usd", USD, Nothing(0.0), prompt.maintain_usd),
];

#[rustfmt::skip]
static FINETUNE_REQUEST: [Key; 24] = request!("finetune", finetune);

#[rustfmt::skip]
static FINETUNE: [Key; 33] = [
    optional!("finetune.quality", SHARE, finetune.quality),
    key!("finetune.quality_gain", DIFFERENCE, Open, finetune.quality_gain),
    key!("finetune.labels.count", COUNT, Found(500.0, "OpenAI's and Fireworks' documentation: 50 to 100 show a gain", "2026-11"), finetune.labels.count),
    key!("finetune.labels.human_share", SHARE, Assumed(1.0), finetune.labels.human_share),
    key!("finetune.labels.human_usd", USD, Assumed(0.80), finetune.labels.human_usd),
    key!("finetune.labels.synthetic_usd", USD, Found(0.01, "Alpaca: 52,000 examples below $500", "2023-03"), finetune.labels.synthetic_usd),
    key!("finetune.labels.reject_share", PART, Nothing(0.0), finetune.labels.reject_share),
    key!("finetune.tokens_per_example", TOKENS, Open, finetune.training.tokens_per_example),
    optional!("finetune.epochs", COUNT, finetune.training.epochs),
    optional!("finetune.max_tokens_per_example", TOKENS, finetune.training.max_tokens_per_example),
    key!("finetune.validation_tokens", COUNT, Nothing(0.0), finetune.training.validation_tokens),
    key!("finetune.validation_runs", COUNT, Nothing(0.0), finetune.training.validation_runs),
    key!("finetune.training_usd_per_mtok", PRICE, Open, finetune.training.usd_per_mtok),
    key!("finetune.training_runs", COUNT, Assumed(4.0), finetune.training.runs),
    key!("finetune.preparation_hours", HOURS, Nothing(0.0), finetune.preparation_hours),
    key!("finetune.deploy_hours", HOURS, Nothing(0.0), finetune.deploy_hours),
    optional!("finetune.eval_runs", COUNT, finetune.eval_runs),
    key!("finetune.hosting_usd_per_hour", HOURLY, Nothing(0.0), finetune.serving.usd_per_hour),
    key!("finetune.replicas", COUNT, Assumed(1.0), finetune.serving.replicas),
    key!("finetune.adapters_per_gpu", SOME, Assumed(1.0), finetune.serving.adapters_per_gpu),
    key!("finetune.hosting_hours_per_month", range(0.0, 744.0, "hours of a month, from 0 to 744"), Found(730.0, "8,760 hours of a year over 12", "-"), finetune.serving.hours_per_month),
    key!("finetune.storage_usd_per_month", USD, Nothing(0.0), finetune.serving.storage_usd_per_month),
    optional!("finetune.tokens_per_second", SOME, finetune.serving.tokens_per_second),
    key!("finetune.utilisation", SHARE, Assumed(0.5), finetune.serving.utilisation),
    key!("finetune.retrain_every_months", EVERY, Nothing(0.0), finetune.retrain_every_months),
    optional!("finetune.retrain_usd", USD, finetune.retrain_usd),
    key!("finetune.relabel_share", SHARE, Assumed(1.0), finetune.relabel_share),
    key!("finetune.model_life_months", range(0.1, 600.0, "months from 0.1 to 600"), Found(18.0, "median announced life of 39 OpenAI snapshots in LiteLLM", "2026-11"), finetune.model_life_months),
    key!("finetune.life_left_months", range(0.0, 600.0, "months from 0 to 600"), Open, finetune.life_left_months),
    key!("finetune.provider_minimum_examples", COUNT, Found(10.0, "OpenAI's documentation", "2026-11"), finetune.provider_minimum_examples),
    optional!("finetune.context_tokens", TOKENS, finetune.context_tokens),
    key!("finetune.pilot_labels", COUNT, Found(100.0, "OpenAI's documentation: 50 to 100 show a gain", "2026-11"), finetune.pilot_labels),
    inside!("finetune.own_training.params", range(1.0, 1e14, "parameters from 1 to 1e14"), Open, own: OwnTraining, params),
];

#[rustfmt::skip]
static OWN_TRAINING: [Key; 5] = [
    inside!("finetune.own_training.mfu", range(0.001, 1.0, "a share from 0.001 to 1"), Found(0.40, "torchtune's README: 0.27 to 0.60", "2025"), own: OwnTraining, mfu),
    inside!("finetune.own_training.peak_flops", range(1e9, 1e18, "operations a second from 1e9 to 1e18"), Found(989e12, "NVIDIA's data sheet, H100 in 16 bits", "2023"), own: OwnTraining, peak_flops),
    inside!("finetune.own_training.usd_per_hour", HOURLY, Found(3.0, "Lambda, Modal, Replicate: an H100 by the hour", "2026-05-07"), own: OwnTraining, usd_per_hour),
    inside!("finetune.own_training.overhead", range(0.0, 10.0, "a share from 0 to 10"), Assumed(0.3), own: OwnTraining, overhead),
    inside!("finetune.own_training.gpu_gb", range(1.0, 1e4, "gigabytes from 1 to 10,000"), Found(80.0, "NVIDIA's data sheet, H100", "2023"), own: OwnTraining, gpu_gb),
];

static OWN_GPUS: [Key; 1] = [Key {
    name: "finetune.own_training.gpus",
    range: COUNT,
    unless_given: Open,
    get: |world| world.finetune.training.own.and_then(|own| own.gpus),
    set: |world, value| {
        let own = &mut world.finetune.training.own;
        own.get_or_insert(OwnTraining::default()).gpus = Some(value);
    },
}];

#[rustfmt::skip]
static REINFORCEMENT: [Key; 4] = [
    inside!("finetune.reinforcement.hours", HOURS, Open, reinforcement: Reinforcement, hours),
    inside!("finetune.reinforcement.usd_per_hour", HOURLY, Found(100.0, "Azure's and OpenAI's price of reinforcement training", "2026-02-11"), reinforcement: Reinforcement, usd_per_hour),
    inside!("finetune.reinforcement.grader_usd", USD, Nothing(0.0), reinforcement: Reinforcement, grader_usd),
    inside!("finetune.reinforcement.cap_usd", USD, Found(5000.0, "Azure's cap on a job", "2026-02-11"), reinforcement: Reinforcement, cap_usd),
];

/// Returns every number, in the order of reports.
pub(crate) fn all() -> impl Iterator<Item = &'static Key> {
    let tables: [&'static [Key]; 8] = [
        &MARKET,
        &PROMPT_REQUEST,
        &PROMPT,
        &FINETUNE_REQUEST,
        &FINETUNE,
        &OWN_TRAINING,
        &OWN_GPUS,
        &REINFORCEMENT,
    ];
    tables.into_iter().flatten()
}

/// Returns the number with a name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    all().find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out_and_no_name_stands_twice() {
        let mut world = World::default();
        for (i, key) in (1_u32..).zip(all()) {
            (key.set)(&mut world, f64::from(i));
        }
        for (i, key) in (1_u32..).zip(all()) {
            assert_eq!((key.get)(&world), Some(f64::from(i)), "{}", key.name);
        }
    }

    #[test]
    fn defaults_lie_within_their_ranges() {
        for key in all() {
            if let Found(value, ..) | Assumed(value) | Nothing(value) = key.unless_given {
                let range = &key.range;
                assert!((range.low..=range.high).contains(&value), "{}", key.name);
            }
        }
    }
}
