//! Values at which both paths cost the same, put back.

use super::{example, example_world, near, none};
use crate::economics::solve::{NoSolution, solve};
use crate::economics::verdict::Verdict;

#[test]
fn what_is_solved_for_leaves_no_gain() {
    // Dear labels and a dear server: every one of these can turn the decision.
    let world = example_world();
    for key in [
        "volume",
        "error_cost_usd",
        "finetune.hosting_usd_per_hour",
        "prompt.price.input",
        "prompt.static_tokens",
        "growth_monthly",
        "prompt.cache_hit",
        "prompt.hours_per_iteration",
        "finetune.hosting_hours_per_month",
        "finetune.adapters_per_gpu",
        "engineer_usd_per_hour",
    ] {
        let mut there = world;
        match solve(key, &world, &none()) {
            Ok(value) => {
                let set = crate::economics::keys::find(key).expect("a key").set;
                set(&mut there, value);
                let size = there.values(&none()).0.total_usd();
                let gain = there.gain(&none());
                assert!(gain.abs() < 1e-6 * size, "{key} = {value}: {gain}");
            }
            Err(NoSolution::OutOfRange { .. }) => {
                assert!(
                    ["prompt.cache_hit", "prompt.hours_per_iteration"].contains(&key)
                        || key == "engineer_usd_per_hour",
                    "{key}"
                );
            }
            Err(other) => panic!("{key}: {other}"),
        }
    }
}

#[test]
fn the_volume_is_the_break_even_volume() {
    let world = example_world();
    let found = solve("volume", &world, &none()).expect("a volume");
    let verdict = Verdict::of(&world, &none());
    near(found, verdict.break_even_volume.expect("a volume"));
}

/// By hand: where L·(q_F - q_P)·Σ V_t·d_t makes up for all else.
#[test]
fn the_quality_is_where_errors_make_up_for_the_rest() {
    let world = example(&[("error_cost_usd = 0.05", "error_cost_usd = 0.30")]).world;
    let market = &world.market;
    let requests: f64 = market.months().map(|m| m.requests * m.discount).sum();
    let (prompt, finetune) = world.values(&none());
    let rest =
        (finetune.fixed_usd() + finetune.tokens_usd) - (prompt.fixed_usd() + prompt.tokens_usd);
    let expected = 0.89 + rest / (0.30 * requests);
    let found = solve("finetune.quality", &world, &none()).expect("a quality");
    near(found, expected);
}

#[test]
fn what_has_no_solution_says_why() {
    let world = example_world();
    let says = |key: &str| solve(key, &world, &none()).expect_err("none").to_string();
    assert_eq!(
        says("finetune.qualty"),
        "no number `finetune.qualty`; did you mean `finetune.quality`?"
    );
    assert!(says("horizon_months").contains("takes whole values only"));
    assert!(says("finetune.utilisation").contains("does not change by how much"));
    // Free labels would not make up for the server.
    assert!(says("finetune.labels.human_usd").contains("it is US dollars from 0 to 1e12"));
}
