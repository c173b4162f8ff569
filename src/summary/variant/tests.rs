use proptest::prelude::*;

use super::*;
use crate::summary::rows::{billed, cut, identity, repeats, rows, skipped};

fn facts(rows: &[TrialRow]) -> VariantFacts {
    variant_facts(identity(None), &rows.iter().collect::<Vec<_>>())
}

fn near(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn single_trials_give_wilson_over_judged_cases() {
    let found = facts(&rows("+++++++++++-------------"));
    assert_eq!((found.cases, found.trials), (24, 24));
    assert_eq!((found.passed, found.failed), (11, 13));
    near(found.pass_rate, 11.0 / 24.0);
    near(found.score, 11.0 / 24.0);
    assert_eq!(found.interval_method, Some("wilson"));
    let interval = found.interval.expect("an interval");
    near(Some(interval.low), 0.278_913_337_312_11);
    near(Some(interval.high), 0.649_251_346_410_805);
}

#[test]
fn missing_rows_leave_the_rate_and_request_faults_lower_it() {
    let found = facts(&rows("++-?!xs"));
    assert_eq!((found.passed, found.failed), (2, 2));
    assert_eq!((found.unscored, found.errors, found.skipped), (1, 1, 1));
    near(found.pass_rate, 0.5);
    near(found.score, 0.5);
}

#[test]
fn repeats_give_the_mean_share_and_t_over_cases() {
    // Shares 1, 1/2 (one of two judged), 0 and none: the last case is not judged.
    let found = facts(&repeats(&["+++", "+-!", "---", "!!!"]));
    assert_eq!((found.cases, found.trials), (4, 12));
    assert_eq!((found.passed, found.failed, found.errors), (4, 4, 4));
    near(found.pass_rate, 0.5);
    assert_eq!(found.interval_method, Some("t"));
    // scipy: 0.5 ± t.ppf(.975, 2) * 0.5 / sqrt(3), cut to [0, 1]
    assert_eq!(found.interval, Some(Interval::SHARE));
}

#[test]
fn repeats_that_all_pass_keep_a_width() {
    let found = facts(&repeats(&["+++"; 24]));
    near(found.pass_rate, 1.0);
    near(
        found.interval.map(|interval| interval.low),
        0.025_f64.powf(1.0 / 24.0),
    );
}

#[test]
fn cut_answers_fail_and_are_counted() {
    let found = facts(&[cut("a", Some(true)), cut("b", None)]);
    assert_eq!((found.cut, found.passed, found.failed), (2, 0, 2));
    near(found.pass_rate, 0.0);
}

#[test]
fn nothing_judged_gives_no_rate() {
    let found = facts(&rows("!s?"));
    assert_eq!(found.pass_rate, None);
    assert_eq!(found.interval, None);
    assert_eq!(found.interval_method, None);
    assert_eq!(found.score, None);
    assert_eq!(facts(&[]).usd_per_1k_calls, None);
}

#[test]
fn money_paid_and_money_an_answer_costs_are_apart() {
    let mut rows = rows("+-!");
    rows[0].cost = billed(3);
    rows[0].answer_cost = billed(3);
    // A cache hit: nothing paid now, its own cost kept.
    rows[1].answer_cost = billed(4);
    rows[1].answer_cost.imputed = Usd::from_picos(1);
    let found = facts(&rows);
    assert_eq!(found.billed, Usd::from_picos(3));
    assert_eq!(found.imputed, Usd::ZERO);
    // (3 + 4 + 1) * 1000 / 2 answers
    assert_eq!(found.usd_per_1k_calls, Some(Usd::from_picos(4000)));
}

#[test]
fn latency_is_the_nearest_rank_of_answers() {
    let mut rows = rows("++++");
    for (row, latency) in rows.iter_mut().zip([40, 10, 30, 20]) {
        row.latency_ms = Some(latency);
    }
    rows.push(skipped("z"));
    let found = facts(&rows);
    assert_eq!(found.latency_p50_ms, Some(20));
    assert_eq!(found.latency_p95_ms, Some(40));
}

#[test]
fn metrics_are_weighted_means() {
    let mut rows = rows("+-+");
    rows[0].scores[0].weight = 3.0;
    near(facts(&rows).metrics.get("sky").copied(), 0.8);
    for row in &mut rows {
        row.scores[0].weight = 0.0;
    }
    near(facts(&rows).metrics.get("sky").copied(), 2.0 / 3.0);
}

proptest! {
    #[test]
    fn counts_add_up_and_order_does_not_matter(cases in prop::collection::vec("[-+?!xs]{1,3}", 0..20)) {
        let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
        let mut rows = repeats(&cases);
        let found = facts(&rows);
        prop_assert_eq!(found.cases, cases.len());
        prop_assert_eq!(found.trials, found.passed + found.failed + found.unscored + found.errors + found.skipped);
        rows.reverse();
        prop_assert_eq!(facts(&rows), found);
    }
}
