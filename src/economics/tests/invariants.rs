//! What holds whatever the numbers are.

use proptest::prelude::*;

use super::none;
use crate::economics::keys;
use crate::economics::path::Path;
use crate::economics::world::World;

/// Worlds with every number somewhere in a plausible part of its range.
fn worlds() -> impl Strategy<Value = World> {
    let count = keys::all().count();
    (
        proptest::collection::vec(0.0_f64..1.0, count..=count),
        any::<bool>(),
    )
        .prop_map(|(shares, dedicated)| {
            let mut world = World::default();
            for (key, share) in keys::all().zip(shares) {
                let skipped = key.name.ends_with("_usd_per_month")
                    || key.name.ends_with("request_usd")
                    || key.name.ends_with("investment_usd")
                    || key.name.contains("own_training")
                    || key.name.contains("reinforcement");
                if skipped {
                    continue;
                }
                let range = &key.range;
                let high = range.high.min(range.low.max(1.0) * 1000.0);
                let value = match key.name {
                    "horizon_months" => 1.0 + (share * 35.0).floor(),
                    "growth_monthly" => share * 0.2 - 0.1,
                    "finetune.adapters_per_gpu" => 1.0 + share * 9.0,
                    "finetune.model_life_months" => 1.0 + share * 30.0,
                    "finetune.life_left_months" => share * 40.0,
                    _ if range.whole => (share * 12.0).floor(),
                    _ if key.name.ends_with("drift_annual") => share - 0.5,
                    _ => range.low + share * (high - range.low),
                };
                (key.set)(&mut world, value);
            }
            if !dedicated {
                world.finetune.serving.usd_per_hour = 0.0;
            }
            world
        })
}

fn close(a: f64, b: f64, size: f64) -> bool {
    (a - b).abs() <= 1e-9 * size.abs().max(1e-9)
}

proptest! {
    #[test]
    fn totals_are_affine_in_the_volume(world in worlds(), more in 1.5_f64..50.0) {
        let total = |volume: f64| {
            let mut world = world;
            world.market.volume = volume;
            let (prompt, finetune) = world.values(&none());
            [prompt.total_usd(), finetune.total_usd()]
        };
        let volume = world.market.volume;
        let (one, two, far) = (total(volume), total(2.0 * volume), total(more * volume));
        for i in 0..2 {
            let expected = one[i] + (two[i] - one[i]) * (more - 1.0);
            prop_assert!(close(far[i], expected, far[i].abs() + one[i].abs()), "{} {expected}", far[i]);
        }
    }

    #[test]
    fn the_gain_is_zero_at_the_break_even(world in worlds()) {
        let verdict = crate::economics::verdict::Verdict::of(&world, &none());
        if let Some(volume) = verdict.break_even_volume {
            let mut there = world;
            there.market.volume = volume;
            let (prompt, finetune) = there.values(&none());
            let size = prompt.total_usd().max(finetune.total_usd());
            prop_assert!(close(prompt.total_usd(), finetune.total_usd(), size));
        }
    }

    /// A path's parts sum up, its flow ends at its total and never falls, and scaling all money scales it.
    #[test]
    fn parts_sum_up_and_money_scales(world in worlds(), times in 0.1_f64..10.0) {
        let market = world.market;
        for path in [world.prompt_path(&none()), world.finetune_path(&none())] {
            let value = path.value(&market);
            let sum = value.investment_usd + value.tokens_usd + value.error_usd
                + value.hosting_usd + value.maintenance_usd;
            prop_assert!(close(sum, value.total_usd(), sum));
            prop_assert!(close(value.fixed_usd() + value.variable_usd(), value.total_usd(), sum));
            let flow = path.cash_flow(&market);
            prop_assert!(close(*flow.last().unwrap_or(&0.0), value.total_usd(), sum));
            prop_assert!(flow.windows(2).all(|pair| pair[0] <= pair[1]));
            let mut dearer_market = market;
            dearer_market.error_cost_usd *= times;
            let dearer = Path {
                investment_usd: path.investment_usd * times,
                request_usd: path.request_usd * times,
                hosting_usd_per_month: path.hosting_usd_per_month * times,
                renewal_usd: path.renewal_usd * times,
                ..path.clone()
            };
            prop_assert!(close(dearer.value(&dearer_market).total_usd(), times * sum, times * sum));
        }
    }

    /// The two paths are of one kind: put in each other's place, they negate the gain.
    #[test]
    fn swapping_the_paths_negates_the_gain(world in worlds()) {
        let (prompt, finetune) = (world.prompt_path(&none()), world.finetune_path(&none()));
        let total = |path: &Path| path.value(&world.market).total_usd();
        let gain = world.gain(&none());
        let swapped = total(&finetune) - total(&prompt);
        prop_assert!(close(gain, -swapped, total(&prompt) + total(&finetune)));
    }

    /// Dearer prices, more tokens, more errors never make a path cheaper.
    #[test]
    fn costs_rise_with_what_they_are_made_of(world in worlds()) {
        let total = |world: &World| world.prompt_path(&none()).value(&world.market).total_usd();
        let before = total(&world);
        for name in ["prompt.price.input", "prompt.output_tokens", "error_cost_usd", "prompt.iterations", "prompt.addon_usd", "volume"] {
            let key = keys::find(name).expect("a key");
            let mut dearer = world;
            let now = (key.get)(&world).expect("a number");
            (key.set)(&mut dearer, now * 1.5 + 0.01);
            prop_assert!(total(&dearer) >= before * (1.0 - 1e-12), "{name}");
        }
        let mut better = world;
        better.prompt.quality = 1.0;
        prop_assert!(total(&better) <= before * (1.0 + 1e-12));
    }
}
