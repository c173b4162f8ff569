//! Every equation by another route: exact decimals, closed forms of sums, counting by hand.

use rust_decimal::Decimal;

use super::{example, example_world, near, none};
use crate::economics::market::Market;
use crate::economics::path::{Life, Path};
use crate::economics::request::{Request, TokenPrices};
use crate::economics::verdict::{Case, Verdict};

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn float(decimal: Decimal) -> f64 {
    decimal.to_string().parse().expect("a number")
}

/// Token by token in exact decimals, attempt by attempt.
#[test]
fn a_request_is_the_sum_of_its_classes_and_attempts() {
    let request = Request {
        price: TokenPrices {
            input: 0.4,
            cached_input: Some(0.1),
            cache_write: Some(0.5),
            output: 1.6,
            reasoning: Some(2.4),
        },
        static_tokens: 2400.0,
        input_tokens: 350.0,
        output_tokens: 60.0,
        reasoning_tokens: 128.0,
        cache_hit: 0.85,
        cache_write_share: 0.25,
        retry: 0.02,
        max_retries: 2.0,
        batch_share: 0.3,
        batch_factor: 0.5,
        addon_usd: 0.0001,
        ..Request::default()
    };
    let cached = decimal("2400") * decimal("0.85") * decimal("0.1");
    let written = decimal("2400") * decimal("0.15") * decimal("0.25") * decimal("0.5");
    let missed = decimal("2400") * decimal("0.15") * decimal("0.75") * decimal("0.4");
    let own = decimal("350") * decimal("0.4");
    let out = decimal("60") * decimal("1.6") + decimal("128") * decimal("2.4");
    let tokens = (cached + written + missed + own + out) / decimal("1000000");
    // Seven of ten at full price, three at half.
    let batched = tokens * decimal("0.7") + tokens * decimal("0.3") * decimal("0.5");
    // The first attempt, and a second and third where the one before failed.
    let attempts = Decimal::ONE + decimal("0.02") + decimal("0.0004");
    near(
        request.usd(),
        float((batched + decimal("0.0001")) * attempts),
    );
}

#[test]
fn classes_without_a_price_cost_what_their_whole_costs() {
    let request = Request {
        price: TokenPrices {
            input: 2.0,
            output: 8.0,
            ..TokenPrices::default()
        },
        static_tokens: 1000.0,
        output_tokens: 10.0,
        reasoning_tokens: 90.0,
        cache_hit: 0.5,
        cache_write_share: 0.5,
        ..Request::default()
    };
    near(request.usd(), (1000.0 * 2.0 + 100.0 * 8.0) / 1e6);
    let hopeless = Request {
        retry: 1.0,
        max_retries: 4.0,
        ..request
    };
    near(hopeless.usd(), 5.0 * request.usd());
}

/// A market whose sums have closed forms.
fn market(growth: f64, discount: f64, horizon: f64) -> Market {
    Market {
        horizon_months: horizon,
        discount_annual: discount,
        volume: 1000.0,
        growth_monthly: growth,
        error_cost_usd: 0.05,
        engineer_usd_per_hour: 92.0,
        with_sunk: false,
    }
}

/// `Σ x^t` for t = 1 … n.
fn powers(x: f64, n: f64) -> f64 {
    if (x - 1.0).abs() < 1e-15 {
        n
    } else {
        x * (1.0 - x.powf(n)) / (1.0 - x)
    }
}

#[test]
fn present_values_are_geometric_sums() {
    for (growth, discount, drift, horizon) in [
        (0.0, 0.1, 0.0, 12.0),
        (0.03, 0.1, -0.04, 24.0),
        (-0.05, 0.0, 0.2, 7.0),
    ] {
        let market = market(growth, discount, horizon);
        let path = Path {
            investment_usd: 700.0,
            request_usd: 0.002,
            drift_annual: drift,
            quality: 0.9,
            hosting_usd_per_month: 40.0,
            ..Path::default()
        };
        let fade = (1.0 + discount).powf(-1.0 / 12.0);
        let moved = (1.0_f64 + drift).powf(1.0 / 12.0);
        let grown = 1.0 + growth;
        let value = path.value(&market);
        near(
            value.tokens_usd,
            1000.0 * 0.002 * powers(grown * moved * fade, horizon) / (grown * moved),
        );
        let requests = 1000.0 * powers(grown * fade, horizon) / grown;
        near(value.error_usd, requests * 0.05 * 0.1);
        near(value.correct, requests * 0.9);
        near(value.hosting_usd, 40.0 * powers(fade, horizon));
        near(
            value.total_usd(),
            700.0 + value.tokens_usd + value.error_usd + value.hosting_usd,
        );
        near(
            value.usd_per_correct().expect("right answers"),
            (700.0 + value.hosting_usd + value.tokens_usd) / (requests * 0.9),
        );
    }
}

/// Without growth and drift, all of it is an annuity.
#[test]
fn the_equivalent_payment_is_worth_the_present_value() {
    let market = market(0.0, 0.1, 18.0);
    let payment = market.equivalent_monthly(5000.0);
    let worth: f64 = market.months().map(|month| payment * month.discount).sum();
    near(worth, 5000.0);
    let undiscounted = Market {
        discount_annual: 0.0,
        ..market
    };
    near(undiscounted.equivalent_monthly(5400.0), 300.0);
}

#[test]
fn quality_decays_until_the_next_renewal() {
    let market = Market {
        discount_annual: 0.0,
        ..market(0.0, 0.0, 8.0)
    };
    let path = Path {
        quality: 0.9,
        decay_monthly: 0.01,
        renew_every: 3.0,
        renewal_usd: 100.0,
        ..Path::default()
    };
    // Ages of the months 1 to 8, with renewals at the ends of 3 and 6.
    let ages = [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0];
    let correct: f64 = ages.iter().map(|age| 1000.0 * (0.9 - 0.01 * age)).sum();
    let value = path.value(&market);
    near(value.correct, correct);
    near(value.maintenance_usd, 200.0);
    // Renewals lie strictly inside the horizon: one at its end is none.
    let at_the_end = Path {
        renew_every: 8.0,
        ..path
    };
    near(at_the_end.value(&market).maintenance_usd + 1.0, 1.0);
}

#[test]
fn withdrawn_models_are_replaced_as_often_as_the_formula_says() {
    for (left, next, horizon) in [
        (1.7, 18.0, 12.0),
        (12.0, 18.0, 12.0),
        (11.9, 18.0, 12.0),
        (3.0, 4.0, 24.0),
        (0.0, 6.0, 12.0),
        (30.0, 18.0, 12.0),
        (2.0, 0.5, 6.0),
    ] {
        let path = Path {
            renewal_usd: 1.0,
            life: Some(Life {
                left_months: left,
                next_months: next,
            }),
            ..Path::default()
        };
        let market = Market {
            discount_annual: 0.0,
            ..market(0.0, 0.0, horizon)
        };
        let expected: f64 = ((horizon - left) / next).ceil().max(0.0);
        let found = path.value(&market).maintenance_usd;
        assert!(
            (found - expected).abs() < 1e-9,
            "{left} {next} {horizon}: {found}"
        );
    }
}

#[test]
fn a_scheduled_price_takes_the_place_of_drift() {
    let market = Market {
        discount_annual: 0.0,
        ..market(0.0, 0.0, 4.0)
    };
    let path = Path {
        request_usd: 0.01,
        steps: vec![(3.0, 0.03)],
        drift_annual: 0.5,
        ..Path::default()
    };
    let drifted = 0.01 * 1.5_f64.powf(1.0 / 12.0);
    near(
        path.value(&market).tokens_usd,
        1000.0 * (0.01 + drifted + 0.03 + 0.03),
    );
}

#[test]
fn the_prompt_path_is_its_iterations() {
    let mut world = example_world();
    let c = world.prompt.request.usd();
    let each = 0.24 * 92.0 + 200.0 * (c + 0.000_479);
    near(world.prompt.iteration_usd(&world.market), each);
    near(
        world.prompt.investment(&world.market).total_usd(),
        30.0 * each,
    );
    world.prompt.sunk_usd = 500.0;
    near(
        world.prompt.investment(&world.market).total_usd(),
        30.0 * each,
    );
    world.market.with_sunk = true;
    near(
        world.prompt.investment(&world.market).total_usd(),
        30.0 * each + 500.0,
    );
}

#[test]
fn the_finetune_path_is_labels_people_training_and_evaluation() {
    let mut world = example_world();
    // Dedicated: tokens cost nothing, and neither does an evaluation without a judge.
    let training = 4.0 * 2000.0 * 560.0 * 3.0 / 1e6 * 0.5;
    near(
        world.finetune.investment(&world.market).total_usd(),
        2000.0 * 0.8 + 60.0 * 92.0 + training,
    );
    near(world.finetune.request_usd() + 1.0, 1.0);
    world.finetune.labels.human_share = 0.25;
    world.finetune.labels.reject_share = 0.2;
    near(
        world.finetune.labels.usd(),
        2000.0 * (0.25 * 0.8 + 0.75 * 0.01) / 0.8,
    );
    world.finetune.serving.usd_per_hour = 0.0;
    world.finetune.request.price = TokenPrices {
        input: 0.2,
        output: 0.2,
        ..TokenPrices::default()
    };
    let c = world.finetune.request.usd();
    near(
        world.finetune.investment(&world.market).evaluation_usd,
        4.0 * 200.0 * c,
    );
    world.finetune.deploy_hours = 5.0;
    world.finetune.eval_runs = Some(1.0);
    let investment = world.finetune.investment(&world.market);
    near(investment.evaluation_usd, 200.0 * c);
    near(investment.people_usd, 65.0 * 92.0);
    world.finetune.retrain_usd = None;
    world.finetune.relabel_share = 0.5;
    near(
        world.finetune.retraining_usd(&world.market),
        0.5 * world.finetune.labels.usd() + 60.0 * 92.0 + training + 200.0 * c,
    );
}

#[test]
fn hosting_is_shared_by_adapters_and_bounded_by_speed() {
    let mut world = example_world();
    let serving = &mut world.finetune.serving;
    near(serving.usd_per_month(), 5840.0);
    serving.replicas = 2.0;
    serving.adapters_per_gpu = 100.0;
    serving.storage_usd_per_month = 1.5;
    near(serving.usd_per_month(), 5840.0 * 2.0 / 100.0 + 1.5);
    assert_eq!(serving.capacity(&world.finetune.request), None);
    serving.tokens_per_second = Some(1000.0);
    serving.utilisation = 0.5;
    // 100 static, 350 in, 60 out.
    near(
        serving
            .capacity(&world.finetune.request)
            .expect("a capacity"),
        2.0 * 1000.0 * 0.5 * 2.628e6 / 510.0,
    );
}

#[test]
fn all_four_cases_of_the_break_even_are_told_apart() {
    let gpu = "hosting_usd_per_hour = 8.0";
    let prompt = "iterations = 30";
    for (changes, case) in [
        (vec![], Case::FinetuneAbove),
        (
            vec![(prompt, "investment_usd = 1e6"), (gpu, "request_usd = 0.0")],
            Case::FinetuneDominates,
        ),
        (vec![(gpu, "request_usd = 1.0")], Case::PromptDominates),
        (
            vec![(prompt, "investment_usd = 1e6"), (gpu, "request_usd = 1.0")],
            Case::FinetuneBelow,
        ),
    ] {
        let inputs = example(&changes);
        let verdict = Verdict::of(&inputs.world, &none());
        assert_eq!(verdict.case, case, "{changes:?}");
        let crossed = matches!(case, Case::FinetuneAbove | Case::FinetuneBelow);
        assert_eq!(verdict.break_even_volume.is_some(), crossed);
        if let Some(volume) = verdict.break_even_volume {
            let mut world = inputs.world;
            world.market.volume = volume;
            let gain = world.gain(&none());
            assert!(gain.abs() < 1e-9 * verdict.prompt.total_usd(), "{gain}");
            world.market.volume = volume * 1.5;
            assert_eq!(world.gain(&none()) > 0.0, case == Case::FinetuneAbove);
        }
    }
}

#[test]
fn it_pays_back_when_the_flows_cross() {
    let inputs = example(&[
        ("volume = 300_000", "volume = 9_000_000"),
        ("preparation_hours = 60", "preparation_hours = 600"),
    ]);
    let verdict = Verdict::of(&inputs.world, &none());
    assert_eq!(verdict.prompt_flow.len(), 13);
    near(verdict.prompt_flow[0], verdict.prompt.investment_usd);
    near(verdict.prompt_flow[12], verdict.prompt.total_usd());
    near(verdict.finetune_flow[12], verdict.finetune.total_usd());
    let month = verdict.payback_month.expect("it pays back");
    assert!(verdict.finetune_flow[month] <= verdict.prompt_flow[month]);
    assert!(verdict.finetune_flow[month - 1] > verdict.prompt_flow[month - 1]);
    let never = Verdict::of(&example_world(), &none());
    assert_eq!(never.payback_month, None);
}
