//! What to find out next: measurements that cost less than what they are worth.

use crate::economics::dist::Dist;
use crate::economics::draws::{Draws, Uncertain};
use crate::economics::world::{Schedules, World};
use crate::stats::{beta_binomial, real};

/// Sizes of a pilot that are tried.
pub(crate) const PILOTS: [usize; 7] = [25, 50, 100, 200, 400, 800, 1600];

/// A measurement of one of the two qualities on so many cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measurement {
    pub(crate) key: &'static str,
    pub(crate) cases: usize,
    /// EVSI: what choosing after it gains on average.
    pub(crate) worth_usd: f64,
    pub(crate) cost_usd: f64,
}

impl Measurement {
    /// Returns what is left of its worth.
    pub(crate) fn net_usd(&self) -> f64 {
        self.worth_usd - self.cost_usd
    }
}

/// The gain as a line in one quality, `at_zero + slope·q`, whose prior is Beta(a, b).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stake {
    pub(crate) at_zero: f64,
    pub(crate) slope: f64,
    pub(crate) a: f64,
    pub(crate) b: f64,
}

impl Stake {
    /// Returns what so many cases are worth, by the exact sum over what they may show:
    /// `Σ_k BetaBin(k)·max(gain at (a+k)/(a+b+m), 0) - max(gain at a/(a+b), 0)`.
    pub(crate) fn evsi(&self, cases: usize) -> f64 {
        let gain = |q: f64| self.at_zero + self.slope * q;
        let m = real(cases);
        let informed: f64 = beta_binomial(cases, self.a, self.b)
            .iter()
            .enumerate()
            .map(|(k, p)| p * gain((self.a + real(k)) / (self.a + self.b + m)).max(0.0))
            .sum();
        let now = gain(self.a / (self.a + self.b));
        let gained = informed - now.max(0.0);
        // What is lost in the last digits of two sums is no worth.
        if gained <= 1e-9 * now.abs() {
            0.0
        } else {
            gained
        }
    }
}

/// Returns what is at stake in the fine-tuned quality; `None` where it is taken for known.
pub(crate) fn finetune_stake(
    base: &World,
    uncertain: &[Uncertain],
    schedules: &Schedules,
    draws: &Draws,
) -> Option<Stake> {
    let named = |name: &str| uncertain.iter().find(|one| one.key.name == name);
    let prior = match (
        named("finetune.quality"),
        named("finetune.quality_gain").filter(|_| base.finetune.quality.is_none()),
    ) {
        (Some(one), _) => Some(&one.dist),
        (None, Some(_)) => None,
        (None, None) => return None,
    };
    let quality = |world: &World| world.finetune.quality(world.prompt.quality);
    let qualities = draws.map(base, uncertain, quality);
    let set = |world: &mut World, q: f64| world.finetune.quality = Some(q);
    stake(base, uncertain, schedules, draws, (prior, &qualities), set)
}

/// Returns what is at stake in the prompt's quality; `None` where it is taken for known, or where the fine-tuned one is
/// only known by its distance from it: then both move together, and measuring the prompt decides nothing.
pub(crate) fn prompt_stake(
    base: &World,
    uncertain: &[Uncertain],
    schedules: &Schedules,
    draws: &Draws,
) -> Option<Stake> {
    base.finetune.quality?;
    let one = uncertain
        .iter()
        .find(|one| one.key.name == "prompt.quality")?;
    let qualities = draws.map(base, uncertain, |world| world.prompt.quality);
    let set = |world: &mut World, q: f64| world.prompt.quality = q;
    stake(
        base,
        uncertain,
        schedules,
        draws,
        (Some(&one.dist), &qualities),
        set,
    )
}

/// Averages the gain over all else at two values of a quality, and finds the beta that its prior is, or has the moments of.
fn stake(
    base: &World,
    uncertain: &[Uncertain],
    schedules: &Schedules,
    draws: &Draws,
    (prior, qualities): (Option<&Dist>, &[f64]),
    set: impl Fn(&mut World, f64),
) -> Option<Stake> {
    let mean = draws.mean(qualities.iter().copied());
    let variance = draws.mean(qualities.iter().map(|q| (q - mean).powi(2)));
    let (a, b) = match prior {
        Some(beta @ Dist::Beta { .. }) => beta.shapes(),
        _ if variance <= 0.0 => return None,
        _ => {
            let size = mean * (1.0 - mean) / variance - 1.0;
            (mean * size, (1.0 - mean) * size)
        }
    };
    if a <= 0.0 || b <= 0.0 {
        return None;
    }
    // Near the prior's middle: at 0 and 1 a decaying quality would be cut off.
    let reach = variance.sqrt().min(mean).min(1.0 - mean);
    let (low, high) = (mean - reach, mean + reach);
    let average = |q: f64| {
        let gain = |world: &World| {
            let mut world = *world;
            set(&mut world, q);
            world.gain(schedules)
        };
        draws.mean(draws.map(base, uncertain, gain))
    };
    let (at_low, at_high) = (average(low), average(high));
    let slope = (at_high - at_low) / (high - low);
    slope.is_finite().then_some(Stake {
        at_zero: at_low - slope * low,
        slope,
        a,
        b,
    })
}

/// Returns what a pilot costs: labels to train on, one run, and labelled cases that are answered and judged.
pub(crate) fn pilot_usd(world: &World, cases: usize) -> f64 {
    let finetune = &world.finetune;
    let label = finetune.labels.usd_each();
    let trained = finetune.pilot_labels.min(finetune.labels.count);
    trained * label
        + finetune.training.run_usd(trained)
        + real(cases) * (label + finetune.case_usd())
}

/// Returns what it costs to judge the prompt on more cases.
pub(crate) fn prompt_cases_usd(world: &World, cases: usize) -> f64 {
    let prompt = &world.prompt;
    let label = world.finetune.labels.usd_each();
    real(cases) * (label + prompt.request.usd() + prompt.judge_usd_per_case)
}
