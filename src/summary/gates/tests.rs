use super::*;
use crate::domain::TrialRow;
use crate::summary::rows::{identity, repeats, rows, side};
use crate::summary::{CompareOptions, compare, variant_facts};
use ComparisonKind::{Previous, Variant as Beside};
use GateSpec::{FailOnInconclusive, FailOnRegression, FailOnReject};

fn facts(rows: &[TrialRow]) -> VariantFacts {
    variant_facts(identity(None), &rows.iter().collect::<Vec<_>>())
}

fn met(spec: GateSpec, facts: &[VariantFacts]) -> Option<bool> {
    judge_gates(&[spec], &Variant::UNSUFFIXED, facts, &[])[0].met
}

#[test]
fn a_rate_is_judged_by_worst_and_best_case_over_missing_rows() {
    let gate = |required| GateSpec::Rate { required };
    let full = [facts(&rows("+++++++++-"))];
    assert_eq!(met(gate(0.9), &full), Some(true));
    assert_eq!(met(gate(0.91), &full), Some(false));
    // Nine pass, one is missing: 0.9 at worst, 1 at best, though the rate shown is 1.
    for missing in ["!", "?", "s"] {
        let open = [facts(&rows(&format!("+++++++++{missing}")))];
        assert_eq!(met(gate(0.9), &open), Some(true));
        assert_eq!(met(gate(0.95), &open), None);
        assert_eq!(met(gate(1.1), &open), Some(false));
    }
    let thirds = [facts(&repeats(&["++-"; 7]))];
    assert_eq!(met(gate(2.0 / 3.0), &thirds), Some(true));
    assert_eq!(met(gate(0.5), &[]), None);
    assert_eq!(met(gate(0.5), &[facts(&rows("!!"))]), None);
}

#[test]
fn a_lower_bound_is_judged_the_same_way() {
    let gate = |required| GateSpec::LowerBound { required };
    // Wilson's low of 24 of 24 is 0.862, of 23 of 24 0.798.
    let full = [facts(&rows(&"+".repeat(24)))];
    assert_eq!(met(gate(0.86), &full), Some(true));
    assert_eq!(met(gate(0.87), &full), Some(false));
    let open = [facts(&rows(&format!("{}!", "+".repeat(23))))];
    assert_eq!(met(gate(0.79), &open), Some(true));
    assert_eq!(met(gate(0.85), &open), None);
    assert_eq!(met(gate(0.87), &open), Some(false));
    let repeated = [facts(&repeats(&["++", "+!"]))];
    assert_eq!(met(gate(0.1), &repeated), None);
    assert_eq!(met(gate(1.1), &repeated), Some(false));
}

#[test]
fn a_cost_is_judged_by_the_dearest_model() {
    let gate = |required| GateSpec::MaxCostPerCall { required };
    let cheap = facts(&rows("++"));
    let mut dear = cheap.clone();
    dear.usd_per_1k_calls = Some("3".parse().expect("an amount"));
    // A row of the tests costs a tenth of a cent.
    assert_eq!(met(gate(0.001), std::slice::from_ref(&cheap)), Some(true));
    assert_eq!(
        met(gate(0.000_9), std::slice::from_ref(&cheap)),
        Some(false)
    );
    assert_eq!(met(gate(0.001), &[cheap, dear.clone()]), Some(false));
    let found = judge_gates(&[gate(1.0)], &Variant::UNSUFFIXED, &[dear], &[]);
    assert!((found[0].found.expect("a cost") - 0.003).abs() < 1e-12);
    assert_eq!(met(gate(1.0), &[facts(&rows("!"))]), None);
}

#[test]
fn other_variants_do_not_count() {
    let mut other = facts(&rows("--"));
    other.variant = Variant(Some("short".to_owned()));
    let own = facts(&rows("++"));
    assert_eq!(
        met(GateSpec::Rate { required: 1.0 }, &[own, other]),
        Some(true)
    );
}

fn comparison(candidate: &str, kind: ComparisonKind, give_verdict: bool) -> Comparison {
    let (reference, candidate) = (rows("+++++-----"), rows(candidate));
    let options = CompareOptions {
        kind,
        min_gain: 0.0,
        give_verdict,
    };
    compare(
        &side(None, &reference, |_| None),
        &side(Some("b"), &candidate, |_| None),
        &options,
    )
}

#[test]
fn verdict_gates_count_their_offenders() {
    let judged = |spec, comparisons: &[Comparison]| {
        let gate = judge_gates(&[spec], &Variant::UNSUFFIXED, &[], comparisons).remove(0);
        (gate.found, gate.met)
    };
    let worse = "----------";
    // Five of five worse is no REJECT yet (p = 0.0625), so the word is put in.
    let reject = {
        let mut one = comparison(worse, Beside, true);
        assert_eq!(one.verdict, Some(Verdict::Inconclusive));
        one.verdict = Some(Verdict::Reject);
        one
    };
    let open = comparison("+++++----+", Previous, true);
    let adopt = Comparison {
        verdict: Some(Verdict::Adopt),
        ..open.clone()
    };
    let unjudged = comparison("+++++----+", Previous, false);
    let unpaired = Comparison {
        pairs: 0,
        ..unjudged.clone()
    };
    for (spec, comparisons, expected) in [
        (FailOnReject, vec![], (Some(0.0), Some(true))),
        (
            FailOnReject,
            vec![reject.clone(), open.clone()],
            (Some(1.0), Some(false)),
        ),
        (FailOnReject, vec![open.clone()], (Some(0.0), Some(true))),
        (FailOnReject, vec![unjudged.clone()], (Some(0.0), None)),
        (FailOnReject, vec![unpaired], (Some(0.0), Some(true))),
        (
            FailOnInconclusive,
            vec![adopt.clone()],
            (Some(0.0), Some(true)),
        ),
        (
            FailOnInconclusive,
            vec![adopt, open, reject.clone()],
            (Some(2.0), Some(false)),
        ),
        (
            FailOnRegression,
            vec![reject.clone()],
            (Some(0.0), Some(true)),
        ),
        (
            FailOnRegression,
            vec![Comparison {
                kind: Previous,
                ..reject
            }],
            (Some(1.0), Some(false)),
        ),
    ] {
        assert_eq!(judged(spec, &comparisons), expected, "{spec:?}");
    }
}
