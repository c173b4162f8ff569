use super::*;

const THIRD: f64 = 1.0 / 3.0;
const DIFFERENCES: [f64; 12] = [
    THIRD,
    0.0,
    0.0,
    -THIRD,
    2.0 * THIRD,
    THIRD,
    0.0,
    1.0,
    0.0,
    THIRD,
    -2.0 * THIRD,
    THIRD,
];

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

// scipy 1.17: r = stats.ttest_1samp(d, 0); r.pvalue; r.confidence_interval(.95); (.975); stats.ttest_1samp(d, .1).pvalue
#[test]
fn paired_t_matches_the_reference() {
    let found = Mean::of(&DIFFERENCES).expect("values");
    near(found.mean, 0.166_666_666_666_667);
    near(found.standard_error, 0.126_464_485_106_554_7);
    near(found.p(0.0, Interval::DIFFERENCE), 0.214_325_675_092_654);
    near(found.p(0.1, Interval::DIFFERENCE), 0.608_551_780_801_89);
    let interval = found.interval(Interval::DIFFERENCE, 0.05);
    near(interval.low, -0.111_679_788_331_490_2);
    near(interval.high, 0.445_013_121_664_823_65);
    let wider = found.interval(Interval::DIFFERENCE, 0.025);
    near(wider.low, -0.161_267_464_264_248_3);
    near(wider.high, 0.494_600_797_597_582);
}

// statsmodels 0.15: OLS(d, ones).fit(cov_type="cluster", cov_kwds={"groups": g}, use_t=True).bse, pvalues, conf_int()
#[test]
fn clustered_t_matches_the_reference() {
    let clusters = [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4];
    let found = Mean::clustered(&DIFFERENCES, &clusters).expect("values");
    assert_eq!(found.units, 5);
    near(found.standard_error, 0.100_634_560_737_426_65);
    near(found.p(0.0, Interval::DIFFERENCE), 0.173_031_364_119_305_45);
    let interval = found.interval(Interval::DIFFERENCE, 0.05);
    near(interval.low, -0.112_739_666_906_491_54);
    near(interval.high, 0.446_073_000_239_825);
}

#[test]
fn equal_values_keep_a_width_that_shrinks_with_their_number() {
    let many = Mean::of(&[THIRD; 24]).expect("values");
    assert!(!many.has_spread());
    // u = 1 - 0.025 ** (1 / 24); low = 1/3 + u * (-1 - 1/3)
    let unseen = 1.0 - 0.025_f64.powf(1.0 / 24.0);
    let interval = many.interval(Interval::DIFFERENCE, 0.05);
    near(interval.low, THIRD - unseen * 4.0 / 3.0);
    near(interval.high, THIRD + unseen * 2.0 / 3.0);
    near(many.p(0.0, Interval::DIFFERENCE), 2.0 * 0.75_f64.powi(24));
    let one = Mean::of(&[1.0]).expect("a value");
    near(one.interval(Interval::DIFFERENCE, 0.05).low, -0.95);
    near(one.interval(Interval::SHARE, 0.05).low, 0.025);
    near(one.p(0.0, Interval::DIFFERENCE), 1.0);
    // The sign test: 2 * 0.5 ** 6, as McNemar's exact test of six better and none worse.
    let six = Mean::of(&[1.0; 6]).expect("values");
    near(six.p(0.0, Interval::DIFFERENCE), 0.031_25);
    let none = Mean::of(&[0.0; 10]).expect("values");
    near(none.p(0.0, Interval::DIFFERENCE), 1.0);
    assert_eq!(none.units_needed(0.0, Interval::DIFFERENCE, 0.05), None);
}

#[test]
fn equal_values_say_how_many_would_do() {
    // 2 * 0.75 ** 12 = 0.0634, 2 * 0.75 ** 13 = 0.0475
    let few = Mean::of(&[THIRD; 4]).expect("values");
    assert_eq!(few.units_needed(0.0, Interval::DIFFERENCE, 0.05), Some(13));
    let enough = Mean::of(&[THIRD; 13]).expect("values");
    assert!(enough.interval(Interval::DIFFERENCE, 0.05).low > 0.0);
    let short = Mean::of(&[THIRD; 12]).expect("values");
    assert!(short.interval(Interval::DIFFERENCE, 0.05).low < 0.0);
}

#[test]
fn rounding_is_no_spread() {
    // The mean of ten times 0.1 is not 0.1 to the last bit.
    assert!(!Mean::of(&[0.1; 10]).expect("values").has_spread());
    assert!(
        !Mean::clustered(&[0.1; 10], &[0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
            .expect("values")
            .has_spread()
    );
}

#[test]
fn impossible_inputs_give_nothing() {
    assert_eq!(Mean::of(&[]), None);
    assert_eq!(Mean::clustered(&[1.0], &[0, 1]), None);
    assert_eq!(Mean::clustered(&[1.0, 0.0], &[0, 7]), None);
    assert_eq!(Mean::clustered(&[1.0], &[usize::MAX]), None);
}
