//! The whole comparison: from inputs to everything that reports show.

use crate::economics::curve::{Curve, Effort};
use crate::economics::draws::Draws;
use crate::economics::gates::{self, Gate};
use crate::economics::inputs::Inputs;
use crate::economics::investment::Investment;
use crate::economics::keys::{self, Key};
use crate::economics::measurement::{
    Measurement, PILOTS, finetune_stake, pilot_usd, prompt_cases_usd, prompt_stake,
};
use crate::economics::path::Value;
use crate::economics::solve::solve_key;
use crate::economics::uncertainty::Uncertainty;
use crate::economics::verdict::Verdict;
use crate::economics::world::World;

/// What a comparison finds. Amounts in US dollars of today.
#[derive(Debug, Clone)]
pub(crate) struct Comparison {
    pub(crate) verdict: Verdict,
    /// One request, the prompt's first.
    pub(crate) request_usd: [f64; 2],
    /// The equal monthly payment that each path is worth.
    pub(crate) equivalent_monthly_usd: [f64; 2],
    pub(crate) prompt_investment: Investment,
    pub(crate) finetune_investment: Investment,
    pub(crate) prompt_curve: Option<Learning>,
    pub(crate) finetune_curve: Option<Learning>,
    pub(crate) uncertainty: Uncertainty,
    /// What pilots of the fine-tuned quality are worth, by their cases.
    pub(crate) evsi: Vec<(usize, f64)>,
    pub(crate) gates: Vec<Gate>,
    /// Values of single numbers at which the other path would win, nearest first.
    pub(crate) flips: Vec<Flip>,
    pub(crate) next: Option<Next>,
}

/// A learning curve, and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Learning {
    pub(crate) curve: Curve,
    /// Iterations, or labels, until the path is as good as the other one; `None` where it never is, or nobody can say.
    pub(crate) to_target: Option<f64>,
    /// Where one more no longer pays.
    pub(crate) optimum: Option<f64>,
    pub(crate) should_stop: Option<bool>,
    /// Whether the target lies so far out that it is to be doubted.
    pub(crate) far: bool,
}

/// One number, now and where the decision turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Flip {
    pub(crate) key: &'static str,
    pub(crate) now: f64,
    pub(crate) at: f64,
}

/// What to find out before choosing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Next {
    /// Measure a quality; it is worth more than it costs.
    Measure(Measurement),
    /// Find out a number; at what cost, nobody knows.
    FindOut { key: &'static str, worth_usd: f64 },
}

/// Numbers of which a reader asks where the decision turns, beside the uncertain ones.
const ASKED: [&str; 5] = [
    "volume",
    "error_cost_usd",
    "prompt.quality",
    "finetune.quality",
    "finetune.hosting_usd_per_hour",
];

impl Comparison {
    /// Compares.
    pub(crate) fn of(inputs: &Inputs) -> Self {
        let (world, schedules) = (&inputs.world, &inputs.schedules);
        let uncertain = &inputs.uncertain;
        let draws = Draws::of(uncertain, inputs.draws, inputs.seed);
        let gains = draws.gains(world, uncertain, schedules);
        let uncertainty = Uncertainty::of(world, uncertain, schedules, &draws, &gains);
        let finetune = finetune_stake(world, uncertain, schedules, &draws);
        let prompt = prompt_stake(world, uncertain, schedules, &draws);
        let evsi: Vec<(usize, f64)> = finetune.map_or_else(Vec::new, |stake| {
            PILOTS.map(|cases| (cases, stake.evsi(cases))).to_vec()
        });
        let pilots = evsi.iter().map(|(cases, worth_usd)| Measurement {
            key: "finetune.quality",
            cases: *cases,
            worth_usd: *worth_usd,
            cost_usd: pilot_usd(world, *cases),
        });
        let evaluations = prompt.into_iter().flat_map(|stake| {
            PILOTS.map(|cases| Measurement {
                key: "prompt.quality",
                cases,
                worth_usd: stake.evsi(cases),
                cost_usd: prompt_cases_usd(world, cases),
            })
        });
        let next = next(pilots.chain(evaluations), &uncertainty);
        let target = 1.0 - world.finetune.quality(world.prompt.quality);
        let verdict = Verdict::of(world, schedules);
        let totals = [&verdict.prompt, &verdict.finetune].map(Value::total_usd);
        Self {
            request_usd: [world.prompt.request.usd(), world.finetune.request_usd()],
            equivalent_monthly_usd: totals.map(|usd| world.market.equivalent_monthly(usd)),
            verdict,
            prompt_investment: world.prompt.investment(&world.market),
            finetune_investment: world.finetune.investment(&world.market),
            prompt_curve: Curve::fit(&inputs.prompt_points, Effort::Iterations).map(|curve| {
                let step = world.prompt.iteration_usd(&world.market);
                Learning::of(curve, target, world, step)
            }),
            finetune_curve: Curve::fit(&inputs.finetune_points, Effort::Labels).map(|curve| {
                let step = world.finetune.labels.usd_each();
                Learning::of(curve, 1.0 - world.prompt.quality, world, step)
            }),
            uncertainty,
            evsi,
            gates: gates::judge(inputs),
            flips: flips(inputs),
            next,
        }
    }

    /// Tells whether a gate is missed, so that fine-tuning cannot be had.
    pub(crate) fn is_hypothetical(&self) -> bool {
        self.gates.iter().any(|gate| gate.met == Some(false))
    }

    /// Tells whether fine-tuning is the better choice: cheaper on average, and to be had.
    pub(crate) fn recommends_finetune(&self) -> bool {
        self.uncertainty.mean_gain_usd > 0.0 && !self.is_hypothetical()
    }
}

impl Learning {
    fn of(curve: Curve, target: f64, world: &World, step_usd: f64) -> Self {
        let believed = curve.extrapolates();
        let to_target = believed.then(|| curve.effort_to(target)).flatten();
        let requests: f64 = world
            .market
            .months()
            .map(|month| month.requests * month.discount)
            .sum();
        let errors_usd = requests * world.market.error_cost_usd;
        let priced = believed && errors_usd > 0.0 && step_usd > 0.0;
        Self {
            to_target,
            optimum: priced.then(|| curve.optimum(errors_usd, step_usd)),
            should_stop: priced.then(|| curve.should_stop(curve.seen, errors_usd, step_usd)),
            far: to_target.is_some_and(|effort| curve.is_far(effort)),
            curve,
        }
    }
}

fn next(
    measurements: impl Iterator<Item = Measurement>,
    uncertainty: &Uncertainty,
) -> Option<Next> {
    let best = measurements
        .filter(|one| one.net_usd() > 0.0)
        .max_by(|a, b| a.net_usd().total_cmp(&b.net_usd()));
    if let Some(best) = best {
        return Some(Next::Measure(best));
    }
    let (key, worth_usd) = uncertainty.evppi.first().copied()?;
    (worth_usd > 0.0).then_some(Next::FindOut { key, worth_usd })
}

/// Returns where single numbers turn the decision, by how little each would have to move for what is known of it.
fn flips(inputs: &Inputs) -> Vec<Flip> {
    let (world, schedules) = (&inputs.world, &inputs.schedules);
    let uncertain = inputs.uncertain.iter().map(|one| one.key);
    let mut asked: Vec<&'static Key> = uncertain
        .chain(ASKED.iter().filter_map(|name| keys::find(name)))
        .collect();
    asked.sort_by_key(|key| key.name);
    asked.dedup_by_key(|key| key.name);
    let mut flips: Vec<(f64, Flip)> = asked
        .into_iter()
        .filter_map(|key| {
            let at = solve_key(key, world, schedules).ok()?;
            let now = match key.name {
                "finetune.quality" => world.finetune.quality(world.prompt.quality),
                _ => (key.get)(world)?,
            };
            let distance = (at - now).abs() / reach(inputs, key, now);
            let name = key.name;
            distance
                .is_finite()
                .then_some((distance, Flip { key: name, now, at }))
        })
        .collect();
    flips.sort_by(|a, b| a.0.total_cmp(&b.0));
    flips.into_iter().map(|(_, flip)| flip).collect()
}

/// Returns how far a number may well move: its spread where it is uncertain, else half of it, or five points of a share.
fn reach(inputs: &Inputs, key: &Key, now: f64) -> f64 {
    let mut uncertain = inputs.uncertain.iter();
    match uncertain.find(|one| one.key.name == key.name) {
        Some(one) => one.quantile(0.9) - one.quantile(0.1),
        None if key.range.high <= 1.0 => 0.05,
        None => 0.5 * now.abs(),
    }
}
