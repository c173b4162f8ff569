use proptest::prelude::*;

use super::*;
use crate::domain::TrialRow;
use crate::summary::Interval;
use crate::summary::rows::{graded, repeats, rows, side};

const OPTIONS: CompareOptions = CompareOptions {
    kind: ComparisonKind::Variant,
    min_gain: 0.0,
    give_verdict: true,
};

fn compared(reference: &[TrialRow], candidate: &[TrialRow]) -> Comparison {
    compared_with(reference, candidate, &OPTIONS)
}

fn compared_with(
    reference: &[TrialRow],
    candidate: &[TrialRow],
    options: &CompareOptions,
) -> Comparison {
    compare(
        &side(None, reference, |_| None),
        &side(Some("b"), candidate, |_| None),
        options,
    )
}

fn marks(reference: &str, candidate: &str) -> Comparison {
    compared(&rows(reference), &rows(candidate))
}

fn near(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn the_example_of_the_interface_adopts() {
    let found = marks("+++++++++++-------------", &"+".repeat(24));
    assert_eq!((found.pairs, found.dropped), (24, 0));
    assert_eq!((found.discordant.better, found.discordant.worse), (13, 0));
    assert_eq!((found.metric, found.method), ("pass", "mcnemar-exact"));
    near(found.difference, 13.0 / 24.0);
    near(found.p_value, 0.000_244_140_625);
    let interval = found.interval.expect("an interval");
    near(Some(interval.low), 0.328_953_351_126_072);
    near(Some(interval.high), 0.721_086_662_687_89);
    assert_eq!(found.verdict, Some(Verdict::Adopt));
    assert_eq!(
        (found.cases_more, found.usd_more),
        (Some(0), Some(Usd::ZERO))
    );
    assert_eq!(found.flipped.len(), 13);
    assert_eq!(found.remarks, Vec::<String>::new());
    assert_eq!(found.p_adjusted, None);
}

#[test]
fn too_few_cases_are_inconclusive_and_say_what_would_settle_it() {
    let found = marks("++++++++++--------------", "+++++++++-++------------");
    assert_eq!((found.discordant.better, found.discordant.worse), (2, 1));
    assert_eq!(found.verdict, Some(Verdict::Inconclusive));
    assert_eq!(found.cases_more, Some(610 - 24));
    // 586 cases on two sides at a tenth of a cent each.
    assert_eq!(found.usd_more, Some("1.172".parse().expect("an amount")));
    assert_eq!(found.flipped[0].now, "fail");
}

#[test]
fn significantly_worse_is_rejected() {
    let found = marks(&"+".repeat(24), "+++++++++++-------------");
    assert_eq!(found.verdict, Some(Verdict::Reject));
    near(
        found.interval.map(|interval| interval.high),
        -0.328_953_351_126_072,
    );
}

#[test]
fn where_test_and_interval_disagree_p_is_said_and_nothing_decided() {
    // Five better, none worse: Tango's interval excludes 0, the exact test does not (0.0625).
    let found = marks(&"-".repeat(20), "+++++---------------");
    assert!(found.interval.expect("an interval").low > 0.0);
    assert_eq!(found.verdict, Some(Verdict::Inconclusive));
    assert_eq!(
        found.remarks,
        ["the exact test and the interval disagree: p = 0.0625"]
    );
    assert!(found.cases_more.expect("a forecast") > 0);
}

#[test]
fn a_minimal_gain_moves_both_verdicts() {
    let (reference, candidate) = (rows("+++++++++++-------------"), rows(&"+".repeat(24)));
    let verdict = |min_gain| {
        let options = CompareOptions {
            min_gain,
            ..OPTIONS
        };
        compared_with(&reference, &candidate, &options).verdict
    };
    // The interval is [0.329, 0.721].
    assert_eq!(verdict(0.32), Some(Verdict::Adopt));
    assert_eq!(verdict(0.33), Some(Verdict::Inconclusive));
    assert_eq!(verdict(0.72), Some(Verdict::Inconclusive));
    assert_eq!(verdict(0.73), Some(Verdict::Reject));
}

#[test]
fn no_difference_is_inconclusive_and_no_number_of_cases_is_named() {
    let found = marks("+-+-", "+-+-");
    near(found.difference, 0.0);
    near(found.p_value, 1.0);
    assert_eq!(found.verdict, Some(Verdict::Inconclusive));
    assert_eq!((found.cases_more, found.usd_more), (None, None));
}

#[test]
fn cancelled_runs_and_empty_pairings_get_no_verdict() {
    let options = CompareOptions {
        give_verdict: false,
        ..OPTIONS
    };
    let found = compared_with(&rows("----------"), &rows("++++++++++"), &options);
    assert_eq!((found.verdict, found.cases_more), (None, None));
    near(found.difference, 1.0);
    let found = marks("!!", "++");
    assert_eq!((found.pairs, found.dropped, found.verdict), (0, 2, None));
    assert_eq!(
        (found.difference, found.interval, found.p_value),
        (None, None, None)
    );
    assert_eq!(compared(&[], &[]).pairs, 0);
}

#[test]
fn changed_cases_are_dropped_and_counted() {
    let reference = rows("+-+-");
    let mut candidate = rows("+-+-");
    candidate[3].key.case.0 = "renamed".to_owned();
    let found = compared(&reference, &candidate);
    assert_eq!((found.pairs, found.dropped), (3, 2));
}

#[test]
fn missing_rows_are_dropped_but_can_take_an_adopt_back() {
    let adopted = marks("--------++++", "++++++++++++");
    assert_eq!(adopted.verdict, Some(Verdict::Adopt));
    // One missing row of twelve: 8 better, 1 worse at worst, p = 0.039, still adopted.
    let robust = marks("--------++++", "+++++++++++!");
    assert_eq!((robust.pairs, robust.dropped), (11, 1));
    assert_eq!(robust.verdict, Some(Verdict::Adopt));
    for missing in ["++++++++++!!", "++++++++++??", "++++++++++ss"] {
        let overturned = marks("--------++++", missing);
        assert_eq!(overturned.pairs, 10);
        assert_eq!(overturned.verdict, Some(Verdict::Inconclusive));
        assert_eq!(overturned.remarks, [remark::MISSING_COULD_OVERTURN]);
        assert_eq!((overturned.cases_more, overturned.usd_more), (None, None));
    }
    // Missing on the reference's side counts as passed there.
    let overturned = marks("--------!!++", "++++++++--++");
    assert_eq!(overturned.verdict, Some(Verdict::Inconclusive));
    assert_eq!(overturned.remarks, [remark::MISSING_COULD_OVERTURN]);
    // A content filter is a failure, not missing: it counts from the start.
    assert_eq!(marks("--------++++", "++++++++++xx").discordant.worse, 2);
}

#[test]
fn repeats_are_compared_by_case_means() {
    let reference = repeats(&["+++", "+--", "---", "---", "+--", "++-"]);
    let candidate = repeats(&["+++", "+++", "++-", "+--", "+++", "+++"]);
    let found = compared(&reference, &candidate);
    assert_eq!((found.pairs, found.method), (6, "paired-t"));
    // scipy: ttest_1samp([0, 2/3, 2/3, 1/3, 2/3, 1/3], 0): p = 0.010323415480831
    near(found.difference, 4.0 / 9.0);
    near(found.p_value, 0.010_323_415_480_831);
    assert_eq!(found.verdict, Some(Verdict::Adopt));
    assert_eq!((found.discordant.better, found.discordant.worse), (5, 0));
}

#[test]
fn repeats_cost_their_number() {
    let found = compared(
        &repeats(&["+-", "+-", "++", "--"]),
        &repeats(&["++", "+-", "+-", "+-"]),
    );
    let more = found.cases_more.expect("a forecast");
    // Two sides, two repeats, a tenth of a cent each.
    assert_eq!(
        found.usd_more,
        Some(Usd::from_picos(4_000_000_000).saturating_mul(more))
    );
}

#[test]
fn equal_differences_divide_by_nothing() {
    let all_better = compared(&repeats(&["---"; 24]), &repeats(&["+++"; 24]));
    assert_eq!(all_better.remarks, [remark::ALL_EQUAL]);
    assert_eq!(all_better.verdict, Some(Verdict::Adopt));
    let interval = all_better.interval.expect("an interval");
    near(Some(interval.low), 2.0 * 0.025_f64.powf(1.0 / 24.0) - 1.0);
    near(Some(interval.high), 1.0);
    let few = compared(&repeats(&["--"; 3]), &repeats(&["++"; 3]));
    assert_eq!(few.verdict, Some(Verdict::Inconclusive));
    // 2 * 0.5 ** 6 is the first below 0.05.
    assert_eq!(few.cases_more, Some(3));
    let same = compared(&repeats(&["+-"; 9]), &repeats(&["+-"; 9]));
    near(same.p_value, 1.0);
    assert_eq!(
        (same.verdict, same.cases_more),
        (Some(Verdict::Inconclusive), None)
    );
}

#[test]
fn clusters_are_the_unit_where_they_are_given() {
    let (reference, candidate) = (rows(&"-".repeat(20)), rows("+++++++++++---------"));
    let halves = |case: &str| Some(if case < "case-010" { "first" } else { "second" });
    let found = compare(
        &side(None, &reference, halves),
        &side(Some("b"), &candidate, halves),
        &OPTIONS,
    );
    assert_eq!(found.method, "paired-t-clustered");
    assert_eq!(found.remarks, [remark::TOO_FEW_CLUSTERS]);
    assert_eq!(found.verdict, Some(Verdict::Inconclusive));
    assert_eq!((found.discordant.better, found.pairs), (11, 20));
    // Clusters of one case each are no clusters.
    let alone = compare(
        &side(None, &reference, Some),
        &side(Some("b"), &candidate, Some),
        &OPTIONS,
    );
    assert_eq!(
        (alone.method, alone.verdict),
        ("mcnemar-exact", Some(Verdict::Adopt))
    );
}

#[test]
fn scores_are_compared_where_no_row_is_all_or_nothing() {
    let scored = |values: &[f64]| -> Vec<TrialRow> {
        let rows = values.iter().enumerate();
        rows.map(|(i, value)| graded(&format!("case-{i}"), *value))
            .collect()
    };
    let (reference, candidate) = (scored(&[0.2, 0.4, 0.3, 0.5]), scored(&[0.4, 0.7, 0.4, 0.9]));
    let found = compared(&reference, &candidate);
    assert_eq!((found.metric, found.method), ("score", "paired-t"));
    near(found.difference, 0.25);
    assert_eq!(found.flipped, Vec::new());
    let mixed = compared(&reference, &rows("++++"));
    assert_eq!(mixed.metric, "pass");
}

#[test]
fn several_candidates_are_held_to_holms_levels() {
    let reference = rows(&"-".repeat(20));
    // p = 0.03125 alone, 0.0625 adjusted; and p = 0.00195, 0.0039 adjusted.
    let (six, ten) = (rows("++++++--------------"), rows("++++++++++----------"));
    let alone = compared(&reference, &six);
    assert_eq!(alone.verdict, Some(Verdict::Adopt));
    let sides = [
        side(Some("six"), &six, |_| None),
        side(Some("ten"), &ten, |_| None),
    ];
    let found = compare_all(&side(None, &reference, |_| None), &sides, &OPTIONS);
    // The better one is tested at 0.025 and rejected, so the other is tested at 0.05.
    near(found[0].p_adjusted, 0.03125);
    near(found[1].p_adjusted, 0.003_906_25);
    assert_eq!(found[0].verdict, Some(Verdict::Adopt));
    assert_eq!(found[0].interval, alone.interval);
    assert_eq!(
        found[1].remarks,
        ["interval at 97.5 % (Holm, 2 candidates)"]
    );

    let sides = [
        side(Some("six"), &six, |_| None),
        side(Some("none"), &reference, |_| None),
    ];
    let found = compare_all(&side(None, &reference, |_| None), &sides, &OPTIONS);
    near(found[0].p_adjusted, 0.0625);
    assert_eq!(found[0].verdict, Some(Verdict::Inconclusive));
    assert_eq!(found[1].verdict, Some(Verdict::Inconclusive));
    assert!(found[0].interval.expect("an interval").low < alone.interval.expect("an interval").low);
}

#[test]
fn a_candidate_without_pairs_is_no_test() {
    let (reference, six) = (rows(&"-".repeat(20)), rows("++++++--------------"));
    let lost = rows(&"!".repeat(20));
    let sides = [
        side(Some("lost"), &lost, |_| None),
        side(Some("six"), &six, |_| None),
    ];
    let found = compare_all(&side(None, &reference, |_| None), &sides, &OPTIONS);
    assert_eq!((found[0].pairs, found[0].verdict), (0, None));
    assert_eq!(
        (found[1].verdict, found[1].p_adjusted),
        (Some(Verdict::Adopt), None)
    );
}

fn mirrored(one: Option<Interval>, other: Option<Interval>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            (one.low + other.high).abs() < 1e-9 && (one.high + other.low).abs() < 1e-9
        }
        (one, other) => one == other,
    }
}

proptest! {
    #[test]
    fn exchanging_the_sides_mirrors_the_comparison(cases in prop::collection::vec(("[-+?!x]{1,3}", "[-+?!x]{1,3}"), 0..30)) {
        let reference = repeats(&cases.iter().map(|case| case.0.as_str()).collect::<Vec<_>>());
        let candidate = repeats(&cases.iter().map(|case| case.1.as_str()).collect::<Vec<_>>());
        let there = compared(&reference, &candidate);
        let back = compared(&candidate, &reference);
        prop_assert_eq!((there.pairs, there.dropped, there.method), (back.pairs, back.dropped, back.method));
        prop_assert_eq!(there.pairs + there.dropped, cases.len());
        prop_assert_eq!((there.discordant.better, there.discordant.worse), (back.discordant.worse, back.discordant.better));
        prop_assert!((there.difference.unwrap_or(0.0) + back.difference.unwrap_or(0.0)).abs() < 1e-12);
        prop_assert!(mirrored(there.interval, back.interval));
        prop_assert!((there.p_value.unwrap_or(0.0) - back.p_value.unwrap_or(0.0)).abs() < 1e-9);
        prop_assert_eq!(there.flipped.len(), back.flipped.len());
        // What both ways judge alike is opposite; only an ADOPT can be taken back for missing rows.
        if there.verdict == Some(Verdict::Adopt) {
            prop_assert_eq!(back.verdict, Some(Verdict::Reject));
        }
    }

    #[test]
    fn missing_rows_on_the_candidates_side_never_help_it(marks in "[-+]{5,30}", other in "[-+!]{30}") {
        let reference = rows(&marks);
        let candidate = rows(&other[..marks.len()]);
        let filled = rows(&other[..marks.len()].replace('!', "-"));
        if compared(&reference, &candidate).verdict == Some(Verdict::Adopt) {
            prop_assert_eq!(compared(&reference, &filled).verdict, Some(Verdict::Adopt));
        }
    }
}
