//! How sure the decision is, and what knowing more would be worth.

use std::collections::BTreeMap;

use crate::economics::dist::weighted_quantile;
use crate::economics::draws::{Draws, Uncertain};
use crate::economics::world::{Schedules, World};
use crate::stats::{main_effects, real};

/// What the worlds say together. Amounts in US dollars of today; a gain is what fine-tuning saves against the prompt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Uncertainty {
    /// True where all worlds were counted out.
    pub(crate) exact: bool,
    pub(crate) draws: usize,
    pub(crate) p_finetune_wins: f64,
    /// Of that probability, by drawing; 0 where nothing was drawn.
    pub(crate) standard_error: f64,
    pub(crate) mean_gain_usd: f64,
    pub(crate) p5_usd: f64,
    pub(crate) p50_usd: f64,
    pub(crate) p95_usd: f64,
    /// What is lost on average by choosing the prompt, where fine-tuning turns out cheaper.
    pub(crate) regret_prompt_usd: f64,
    /// What is lost by choosing fine-tuning.
    pub(crate) regret_finetune_usd: f64,
    /// What knowing everything before choosing would be worth.
    pub(crate) evpi_usd: f64,
    /// What knowing one number would be worth, dearest first.
    pub(crate) evppi: Vec<(&'static str, f64)>,
    /// What each number alone does to the gain, widest first.
    pub(crate) tornado: Vec<Bar>,
}

/// The gain with one number low and high, all others at their means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bar {
    pub(crate) key: &'static str,
    /// Its 10th percentile.
    pub(crate) low: f64,
    /// Its 90th.
    pub(crate) high: f64,
    pub(crate) gain_low_usd: f64,
    pub(crate) gain_high_usd: f64,
}

impl Bar {
    /// Returns how far it moves the gain.
    pub(crate) fn swing(&self) -> f64 {
        (self.gain_high_usd - self.gain_low_usd).abs()
    }
}

impl Uncertainty {
    /// Sums up the gains of all worlds.
    pub(crate) fn of(
        base: &World,
        uncertain: &[Uncertain],
        schedules: &Schedules,
        draws: &Draws,
        gains: &[f64],
    ) -> Self {
        let mean_of = |f: fn(f64) -> f64| draws.mean(gains.iter().map(|gain| f(*gain)));
        let wins = mean_of(|gain| if gain > 0.0 { 1.0 } else { 0.0 });
        let mean = mean_of(|gain| gain);
        let regret_prompt = mean_of(|gain| gain.max(0.0));
        let evpi = (regret_prompt - mean.max(0.0)).max(0.0);
        let percentile = |p| weighted_quantile(gains, &draws.weights, p);
        let count = gains.len();
        Self {
            exact: draws.exact,
            draws: count,
            p_finetune_wins: wins,
            standard_error: if draws.exact {
                0.0
            } else {
                (wins * (1.0 - wins) / real(count)).sqrt()
            },
            mean_gain_usd: mean,
            p5_usd: percentile(0.05),
            p50_usd: percentile(0.5),
            p95_usd: percentile(0.95),
            regret_prompt_usd: regret_prompt,
            regret_finetune_usd: mean_of(|gain| (-gain).max(0.0)),
            evpi_usd: evpi,
            evppi: evppi(uncertain, draws, gains, mean, evpi),
            tornado: tornado(base, uncertain, schedules),
        }
    }
}

/// Returns what knowing each number is worth: `E[max(E[gain | x], 0)] - max(E[gain], 0)`, never more than knowing all.
fn evppi(
    uncertain: &[Uncertain],
    draws: &Draws,
    gains: &[f64],
    mean: f64,
    evpi: f64,
) -> Vec<(&'static str, f64)> {
    let effects = if draws.exact {
        let exact = |column: &Vec<f64>| conditional_means(column, draws, gains, mean);
        draws.columns.iter().map(exact).collect()
    } else {
        main_effects(&draws.columns, gains)
    };
    let worth = |effect: &Vec<f64>| {
        let informed = draws.mean(effect.iter().map(|effect| (mean + effect).max(0.0)));
        // A mean of rounded terms may pass the mean itself by its last digit.
        let gained = informed - mean.max(0.0);
        if gained <= 1e-12 * mean.abs() {
            0.0
        } else {
            gained.min(evpi)
        }
    };
    let mut all: Vec<(&'static str, f64)> = uncertain
        .iter()
        .zip(&effects)
        .map(|(one, effect)| (one.key.name, worth(effect)))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}

/// Returns, for each world, the mean gain of all worlds with the same value, less the mean.
fn conditional_means(column: &[f64], draws: &Draws, gains: &[f64], mean: f64) -> Vec<f64> {
    let mut groups: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for ((value, weight), gain) in column.iter().zip(&draws.weights).zip(gains) {
        let group = groups.entry(value.to_bits()).or_default();
        group.0 += weight * gain;
        group.1 += weight;
    }
    let of = |value: &f64| {
        let (sum, weight) = groups.get(&value.to_bits()).copied().unwrap_or_default();
        if weight > 0.0 {
            sum / weight - mean
        } else {
            0.0
        }
    };
    column.iter().map(of).collect()
}

fn tornado(base: &World, uncertain: &[Uncertain], schedules: &Schedules) -> Vec<Bar> {
    let bar = |one: &Uncertain| {
        let gain = |value: f64| {
            let mut world = *base;
            one.set(&mut world, value);
            world.gain(schedules)
        };
        let (low, high) = (one.quantile(0.1), one.quantile(0.9));
        Bar {
            key: one.key.name,
            low,
            high,
            gain_low_usd: gain(low),
            gain_high_usd: gain(high),
        }
    };
    let mut bars: Vec<Bar> = uncertain.iter().map(bar).collect();
    bars.sort_by(|a, b| b.swing().total_cmp(&a.swing()));
    bars
}
