//! Uncertainty against closed forms, numeric integration and counting.

use statrs::distribution::{Beta, Binomial, Continuous, Discrete};

use super::{example, near, none, within};
use crate::economics::dist::{Dist, weighted_quantile};
use crate::economics::draws::Draws;
use crate::economics::inputs::Inputs;
use crate::economics::measurement::{Stake, finetune_stake};
use crate::economics::uncertainty::Uncertainty;
use crate::stats::{normal_cdf, real};

fn analysed(inputs: &Inputs) -> (Draws, Vec<f64>, Uncertainty) {
    let draws = Draws::of(&inputs.uncertain, inputs.draws, inputs.seed);
    let gains = draws.gains(&inputs.world, &inputs.uncertain, &inputs.schedules);
    let found = Uncertainty::of(
        &inputs.world,
        &inputs.uncertain,
        &inputs.schedules,
        &draws,
        &gains,
    );
    (draws, gains, found)
}

/// Two normal investments, so that the gain is normal; and numbers that are uncertain and take no part.
fn normal_gain(mean_finetune: &str) -> Inputs {
    example(&[
        (
            "iterations = 30",
            "investment_usd = { dist = \"normal\", mean = 400000, sd = 3000 }\niterations = 30",
        ),
        ("cache_hit = 0.85", "cache_hit = 0.85"),
        (
            "preparation_hours = 60",
            &format!(
                "investment_usd = {{ dist = \"normal\", mean = {mean_finetune}, sd = 4000 }}\n\
                 utilisation = {{ dist = \"uniform\", low = 0.2, high = 0.8 }}\n\
                 pilot_labels = {{ dist = \"lognormal\", p5 = 20, p95 = 400 }}"
            ),
        ),
    ])
}

fn density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// σ[φ(z) − |z|Φ(−|z|)], z = μ/σ.
fn loss(mean: f64, sd: f64) -> f64 {
    let z = (mean / sd).abs();
    sd * (density(z) - z * normal_cdf(-z))
}

#[test]
fn a_normal_gain_agrees_with_its_closed_forms() {
    let still = normal_gain("400000");
    // The gain without the investments, found once; then three distances from 0.
    let offset = still.world.gain(&none());
    for away in [0.0, 2500.0, -6000.0] {
        let inputs = normal_gain(&format!("{}", 400_000.0 + offset - away));
        let (_, _, found) = analysed(&inputs);
        let sd = 5000.0;
        assert!(!found.exact && found.draws == 10_000);
        let p = normal_cdf(away / sd);
        assert!(
            (found.p_finetune_wins - p).abs() < 4.0 * found.standard_error,
            "{} {p}",
            found.p_finetune_wins
        );
        near(
            found.standard_error,
            (found.p_finetune_wins * (1.0 - found.p_finetune_wins) / 10_000.0).sqrt(),
        );
        let error = 4.0 * sd / 100.0;
        assert!((found.mean_gain_usd - away).abs() < error);
        assert!((found.p50_usd - away).abs() < 1.3 * error);
        assert!((found.p95_usd - away - 1.645 * sd).abs() < 2.2 * error);
        assert!((found.evpi_usd - loss(away, sd)).abs() < 0.6 * error);
        near(
            found.regret_prompt_usd - found.regret_finetune_usd + 1e6,
            found.mean_gain_usd + 1e6,
        );
        let of = |key: &str| {
            let mut all = found.evppi.iter();
            all.find(|(name, _)| *name == key).expect("a key").1
        };
        assert!((of("prompt.investment_usd") - loss(away, 3000.0)).abs() < 0.6 * error);
        assert!((of("finetune.investment_usd") - loss(away, 4000.0)).abs() < 0.6 * error);
        assert!(
            of("finetune.utilisation") < 1e-6,
            "{}",
            of("finetune.utilisation")
        );
        assert!(of("finetune.pilot_labels") < 1e-6);
        assert!(
            found
                .evppi
                .iter()
                .all(|(_, usd)| (0.0..=found.evpi_usd).contains(usd))
        );
    }
}

/// Where others do take part, and not as a line, one that takes none gets nothing; near a gain of 0, where plain bins
/// would credit it with a tenth of everything.
#[test]
fn an_irrelevant_number_is_worth_nothing_under_noise() {
    let mut credited = 0;
    for seed in 1..=20 {
        let inputs = example(&[
            ("seed = 1", &format!("seed = {seed}")),
            ("draws = 10_000", "draws = 2_000"),
            (
                "volume = 300_000",
                "volume = { dist = \"lognormal\", p5 = 150_000, p95 = 1_500_000 }",
            ),
            (
                "error_cost_usd = 0.05",
                "error_cost_usd = { dist = \"pert\", low = 0, mode = 0.2, high = 0.6 }",
            ),
            (
                "quality = 0.93",
                "quality = { dist = \"beta\", passed = 37, cases = 40 }\nutilisation = { dist = \"uniform\", low = 0.2, high = 0.8 }",
            ),
        ]);
        let (_, _, found) = analysed(&inputs);
        let irrelevant = found
            .evppi
            .iter()
            .find(|(name, _)| *name == "finetune.utilisation")
            .expect("a key")
            .1;
        assert!(irrelevant < 0.02 * found.evpi_usd, "{irrelevant}");
        credited += usize::from(irrelevant > 0.0);
        assert!(found.evppi[0].1 > 0.0);
    }
    assert!(credited <= 1, "{credited}");
}

/// Discrete numbers are counted out: against nested loops.
#[test]
fn few_discrete_worlds_are_counted_out() {
    let inputs = example(&[
        (
            "volume = 300_000",
            "volume = { dist = \"discrete\", values = [100_000, 300_000, 3_000_000], weights = [1, 2, 1] }",
        ),
        (
            "quality = 0.93",
            "quality = { dist = \"discrete\", values = [0.85, 0.95], weights = [0.3, 0.7] }",
        ),
    ]);
    let (draws, gains, found) = analysed(&inputs);
    assert!(found.exact && gains.len() == 6 && draws.columns.len() == 2);
    near(found.standard_error + 1.0, 1.0);
    let (mut wins, mut mean, mut positive) = (0.0, 0.0, 0.0);
    let mut by_quality = [0.0; 2];
    for (volume, v) in [(100_000.0, 0.25), (300_000.0, 0.5), (3_000_000.0, 0.25)] {
        for (i, (quality, q)) in [(0.85, 0.3), (0.95, 0.7)].into_iter().enumerate() {
            let mut world = inputs.world;
            world.market.volume = volume;
            world.finetune.quality = Some(quality);
            let gain = world.gain(&none());
            wins += if gain > 0.0 { v * q } else { 0.0 };
            mean += v * q * gain;
            positive += v * q * gain.max(0.0);
            by_quality[i] += v * gain;
        }
    }
    near(found.p_finetune_wins, wins);
    near(found.mean_gain_usd, mean);
    near(found.regret_prompt_usd, positive);
    near(found.evpi_usd, positive - mean.max(0.0));
    let informed = 0.3 * by_quality[0].max(0.0) + 0.7 * by_quality[1].max(0.0);
    let of_quality = found
        .evppi
        .iter()
        .find(|(key, _)| *key == "finetune.quality");
    near(
        of_quality.expect("a key").1 + 1.0,
        informed - mean.max(0.0) + 1.0,
    );
}

#[test]
fn too_many_worlds_are_drawn() {
    let values: Vec<String> = (1..=30).map(|i| format!("{i}")).collect();
    let weights = vec!["1"; 30].join(", ");
    let many = format!(
        "{{ dist = \"discrete\", values = [{}], weights = [{weights}] }}",
        values.join(", ")
    );
    let inputs = example(&[
        ("iterations = 30", &format!("iterations = {many}")),
        (
            "preparation_hours = 60",
            &format!("preparation_hours = {many}"),
        ),
        ("training_runs = 4", &format!("training_runs = {many}")),
    ]);
    let (_, gains, found) = analysed(&inputs);
    assert!(!found.exact && gains.len() == 10_000);
}

#[test]
fn draws_follow_their_distribution_and_nothing_else() {
    let dists = [
        Dist::Normal { mean: 0.5, sd: 0.1 },
        Dist::Lognormal { p5: 0.1, p95: 0.6 },
        Dist::Beta {
            passed: 37.0,
            cases: 40.0,
        },
        Dist::Pert {
            low: 0.1,
            mode: 0.2,
            high: 0.9,
        },
        Dist::Uniform {
            low: 0.2,
            high: 0.4,
        },
    ];
    let share = crate::economics::keys::find("finetune.quality").expect("a key");
    let one = |dist: &Dist| crate::economics::draws::Uncertain {
        key: share,
        dist: dist.clone(),
        follower: None,
    };
    for dist in &dists {
        let draws = Draws::of(&[one(dist)], 20_000, 7);
        let column = &draws.columns[0];
        for p in [0.05, 0.1, 0.5, 0.9, 0.95] {
            let bound = dist.quantile(p);
            let below = column.iter().filter(|x| **x <= bound).count();
            let found = real(below) / 20_000.0;
            assert!((found - p).abs() < 0.012, "{dist:?} {p} {found}");
        }
        let mean = column.iter().sum::<f64>() / 20_000.0;
        assert!((mean - dist.mean()).abs() < 0.006, "{dist:?} {mean}");
        let again = Draws::of(&[one(dist)], 20_000, 7);
        assert_eq!(again.columns, draws.columns);
        let other = Draws::of(&[one(dist)], 20_000, 8);
        assert_ne!(other.columns, draws.columns);
    }
}

/// Another uncertain number changes no draw of the first: both paths, and every edit of a file, see the same ones.
#[test]
fn each_number_has_its_own_stream() {
    let alone = example(&[(
        "quality = 0.93",
        "quality = { dist = \"beta\", passed = 37, cases = 40 }",
    )]);
    let beside = example(&[
        (
            "volume = 300_000",
            "volume = { dist = \"lognormal\", p5 = 1e5, p95 = 1e6 }",
        ),
        (
            "quality = 0.93",
            "quality = { dist = \"beta\", passed = 37, cases = 40 }",
        ),
    ]);
    let draws = |inputs: &Inputs| Draws::of(&inputs.uncertain, 1000, 1);
    assert_eq!(draws(&alone).columns[0], draws(&beside).columns[1]);
}

/// What lies beyond a key's bounds is never drawn.
#[test]
fn draws_stay_within_bounds() {
    let inputs = example(&[(
        "quality = 0.93",
        "quality = { dist = \"normal\", mean = 0.93, sd = 0.04 }",
    )]);
    let draws = Draws::of(&inputs.uncertain, 10_000, 1);
    assert!(draws.columns[0].iter().all(|q| (0.0..=1.0).contains(q)));
}

#[test]
fn weighted_quantiles_are_values_that_were_seen() {
    let values = [30.0, 10.0, 20.0];
    let weights = [0.25, 0.5, 0.25];
    for (p, expected) in [
        (0.0, 10.0),
        (0.5, 10.0),
        (0.51, 20.0),
        (0.75, 20.0),
        (1.0, 30.0),
    ] {
        near(weighted_quantile(&values, &weights, p), expected);
    }
}

const STAKE: Stake = Stake {
    at_zero: -90_000.0,
    slope: 100_000.0,
    a: 9.0,
    b: 1.5,
};

/// The average over a beta by Simpson's rule.
fn over_beta(stake: &Stake, f: impl Fn(f64) -> f64) -> f64 {
    let beta = Beta::new(stake.a, stake.b).expect("shapes");
    let steps = 20_000_u32;
    let h = 1.0 / f64::from(steps);
    let sum: f64 = (0..=steps)
        .map(|i| {
            let q = f64::from(i) * h;
            let weight = match i {
                0 => 1.0,
                i if i == steps => 1.0,
                i if i % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * beta.pdf(q) * f(q)
        })
        .sum();
    sum * h / 3.0
}

/// Σ_k ∫ Binomial(k | m, q)·beta(q) dq · max(gain at the mean after k, 0), the integral by numbers.
#[test]
fn a_pilot_is_worth_what_integration_says() {
    let stake = STAKE;
    for m in [1_u32, 4, 12] {
        let informed: f64 = (0..=m)
            .map(|k| {
                let likely = over_beta(&stake, |q| {
                    Binomial::new(q, u64::from(m))
                        .expect("a rate")
                        .pmf(u64::from(k))
                });
                let after = (stake.a + f64::from(k)) / (stake.a + stake.b + f64::from(m));
                likely * (stake.at_zero + stake.slope * after).max(0.0)
            })
            .sum();
        let now = stake.at_zero + stake.slope * stake.a / (stake.a + stake.b);
        let expected = informed - now.max(0.0);
        let cases = usize::try_from(m).expect("small");
        within(stake.evsi(cases), expected, 1e-5);
    }
}

/// More cases are worth more, and all the cases there are no more than knowing the quality.
#[test]
fn a_larger_pilot_is_worth_more_and_never_more_than_knowing() {
    let stake = STAKE;
    let mut last = 0.0;
    for cases in [0, 1, 2, 5, 10, 25, 50, 100, 400, 1600, 6400] {
        let worth = stake.evsi(cases);
        assert!(worth >= last - 1e-9, "{cases}: {worth} after {last}");
        last = worth;
    }
    let knowing = over_beta(&stake, |q| (stake.at_zero + stake.slope * q).max(0.0));
    let now = stake.at_zero + stake.slope * stake.a / (stake.a + stake.b);
    let most = knowing - now.max(0.0);
    assert!(last <= most * (1.0 + 1e-6), "{last} {most}");
    assert!(last > 0.97 * most, "{last} {most}");
}

/// The line of the gain in the quality is exact where the gain is one: slope L·ΣV_t·d_t, and a beta keeps its shapes.
#[test]
fn the_stake_is_the_gain_as_a_line() {
    let inputs = example(&[(
        "quality = 0.93",
        "quality = { dist = \"beta\", passed = 37, cases = 40 }",
    )]);
    let draws = Draws::of(&inputs.uncertain, 500, 1);
    let stake = finetune_stake(&inputs.world, &inputs.uncertain, &none(), &draws).expect("a stake");
    let market = &inputs.world.market;
    let requests: f64 = market.months().map(|m| m.requests * m.discount).sum();
    near(stake.slope, 0.05 * requests);
    near(stake.a, 38.0);
    near(stake.b, 4.0);
    let at_mean = stake.at_zero + stake.slope * 38.0 / 42.0;
    near(at_mean, inputs.world.gain(&none()));
    let known = example(&[]);
    let draws = Draws::of(&known.uncertain, 500, 1);
    assert_eq!(
        finetune_stake(&known.world, &known.uncertain, &none(), &draws),
        None
    );
}
