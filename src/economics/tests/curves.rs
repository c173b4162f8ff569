//! Learning curves against curves whose numbers are known, and against their own definitions.

use proptest::prelude::*;

use super::{near, within};
use crate::economics::curve::{Curve, Effort, Point};

/// Points that lie on a curve exactly, up to rounding of counts.
fn points(efforts: &[f64], cases: f64, error: impl Fn(f64) -> f64) -> Vec<Point> {
    efforts
        .iter()
        .map(|effort| Point {
            effort: *effort,
            passed: cases * (1.0 - error(*effort)),
            cases,
        })
        .collect()
}

const SIX: [f64; 6] = [0.0, 1.0, 3.0, 7.0, 15.0, 31.0];

#[test]
fn a_curve_is_found_again() {
    let truth = |n: f64| 0.05 + 0.25 * (n + 1.0).powf(-0.7);
    let curve = Curve::fit(&points(&SIX, 400.0, truth), Effort::Iterations).expect("points");
    within(curve.a, 0.05, 1e-7);
    within(curve.b, 0.25, 1e-7);
    near(curve.c, 0.7);
    assert!(curve.chi2 < 1e-12 && curve.extrapolates());
    let labels = |n: f64| 0.02 + 1.5 * n.powf(-0.4);
    let counts = [50.0, 100.0, 200.0, 400.0, 800.0];
    let curve = Curve::fit(&points(&counts, 1000.0, labels), Effort::Labels).expect("points");
    within(curve.a, 0.02, 1e-6);
    near(curve.c, 0.4);
    near(curve.error(3200.0), labels(3200.0));
}

#[test]
fn the_target_is_reached_there_and_not_before() {
    let truth = |n: f64| 0.05 + 0.25 * (n + 1.0).powf(-0.7);
    let curve = Curve::fit(&points(&SIX, 400.0, truth), Effort::Iterations).expect("points");
    for target in [0.25, 0.12, 0.08, 0.06] {
        let n = curve.effort_to(target).expect("within reach");
        assert!(curve.error(n) <= target + 1e-9, "{target} {n}");
        assert!(n < 0.5 || curve.error(n - 1.0) > target, "{target} {n}");
        near(
            n,
            ((0.25_f64 / (target - 0.05)).powf(1.0 / 0.7) - 1.0).ceil(),
        );
    }
    assert_eq!(curve.effort_to(0.05), None);
    assert_eq!(curve.effort_to(0.01), None);
}

#[test]
fn at_the_optimum_one_more_saves_what_it_costs() {
    let truth = |n: f64| 0.05 + 0.25 * (n + 1.0).powf(-0.7);
    let curve = Curve::fit(&points(&SIX, 400.0, truth), Effort::Iterations).expect("points");
    let (errors_usd, step_usd) = (200_000.0, 30.0);
    let best = curve.optimum(errors_usd, step_usd);
    // By numbers: the total of errors and steps is smallest there.
    let total = |n: f64| errors_usd * curve.error(n) + step_usd * n;
    assert!(total(best) < total(best - 0.5) && total(best) < total(best + 0.5));
    assert!(!curve.should_stop(best.floor() - 2.0, errors_usd, step_usd));
    assert!(curve.should_stop(best.ceil() + 1.0, errors_usd, step_usd));
    // Labels: the same, without the 1.
    let labels = Curve {
        effort: Effort::Labels,
        ..curve
    };
    near(labels.optimum(errors_usd, step_usd), best + 1.0);
}

#[test]
fn flat_few_and_rising_points_are_not_believed() {
    let flat = Curve::fit(&points(&SIX, 200.0, |_| 0.2), Effort::Iterations).expect("points");
    assert!(!flat.extrapolates());
    let four = Curve::fit(
        &points(&SIX[..4], 4000.0, |n| 0.3 / (n + 1.0)),
        Effort::Iterations,
    )
    .expect("points");
    assert!(!four.extrapolates());
    let worse = Curve::fit(
        &points(&SIX, 400.0, |n| 0.1 + 0.005 * n),
        Effort::Iterations,
    )
    .expect("points");
    assert!(worse.b < 1e-12 && !worse.extrapolates());
    assert_eq!(Curve::fit(&[], Effort::Labels), None);
    assert!(flat.is_far(94.0) && !flat.is_far(93.0));
}

proptest! {
    /// No a and b near the fitted ones, neither negative, fit better; whatever the points.
    #[test]
    fn the_fit_is_the_least_of_squares(
        failed in proptest::collection::vec(1_u32..100, 5..9),
        da in -0.01_f64..0.01,
        db in -0.01_f64..0.01,
    ) {
        let rows: Vec<Point> = (0_u32..)
            .zip(&failed)
            .map(|(n, failed)| Point {
                effort: f64::from(n),
                passed: f64::from(100 - failed),
                cases: 100.0,
            })
            .collect();
        let curve = Curve::fit(&rows, Effort::Iterations).expect("points");
        let chi2 = |a: f64, b: f64| -> f64 {
            rows.iter()
                .map(|row| {
                    let error = 1.0 - row.passed / 100.0;
                    let fitted = a + b * (row.effort + 1.0).powf(-curve.c);
                    100.0 / (error * (1.0 - error)) * (error - fitted).powi(2)
                })
                .sum()
        };
        let own = chi2(curve.a, curve.b);
        prop_assert!((own - curve.chi2).abs() <= 1e-9 * own.max(1.0));
        prop_assert!(curve.a >= 0.0 && curve.b >= 0.0);
        let (a, b) = ((curve.a + da).max(0.0), (curve.b + db).max(0.0));
        prop_assert!(chi2(a, b) >= own - 1e-9 * own.max(1.0));
        prop_assert!(curve.chi2 <= curve.flat_chi2 + 1e-9);
    }
}
