use super::*;
use crate::domain::{ModelRef, Variant};
use crate::summary::{ComparisonKind, Discordant, SideName, VariantIdentity, variant_facts};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + minute * 60).unwrap()
}

fn name(number: u32) -> SideName {
    SideName {
        variant: Variant(None),
        model: ModelRef {
            endpoint: "e".to_owned(),
            model: "m".to_owned(),
        },
        revision: Revision(format!("r{number}")),
        run: "run".to_owned(),
        iteration: Some(number),
    }
}

fn comparison(difference: f64, verdict: Verdict) -> Comparison {
    Comparison {
        reference: name(1),
        candidate: name(2),
        kind: ComparisonKind::Previous,
        metric: "pass",
        pairs: 100,
        dropped: 0,
        discordant: Discordant {
            better: 1,
            worse: 1,
        },
        difference: Some(difference),
        interval: Some(Interval {
            low: difference - 0.1,
            high: difference + 0.1,
        }),
        method: "mcnemar-exact",
        p_value: Some(0.5),
        p_adjusted: None,
        verdict: Some(verdict),
        cases_more: None,
        usd_more: None,
        flipped: Vec::new(),
        remarks: Vec::new(),
    }
}

fn iteration(number: u32, rate: f64, since_best: Option<Comparison>) -> Iteration {
    let side = name(number);
    let identity = VariantIdentity {
        variant: side.variant,
        revision: side.revision.clone(),
        model: side.model,
        iteration: side.iteration,
    };
    let facts = VariantFacts {
        cases: 100,
        pass_rate: Some(rate),
        ..variant_facts(identity, &[])
    };
    Iteration {
        number,
        revision: side.revision,
        change: Change::default(),
        first: at(i64::from(number)),
        run: Some(u64::from(number)),
        facts: Some(facts),
        held_out: None,
        since_previous: since_best.clone(),
        since_best,
        target: Cost {
            billed: Usd::from_picos(10),
            imputed: Usd::ZERO,
        },
        judges: Cost {
            billed: Usd::from_picos(1),
            imputed: Usd::ZERO,
        },
        worked: Duration::from_mins(2),
    }
}

#[test]
fn a_plateau_is_what_follows_the_last_gain_beyond_noise() {
    let mut list = vec![
        iteration(1, 0.4, None),
        iteration(2, 0.8, Some(comparison(0.4, Verdict::Adopt))),
        iteration(3, 0.8, Some(comparison(0.0, Verdict::Inconclusive))),
        iteration(4, 0.7, Some(comparison(-0.1, Verdict::Reject))),
    ];
    assert_eq!(course(&list).plateau, None, "two revisions are no plateau");
    list.push(iteration(
        5,
        0.82,
        Some(comparison(0.02, Verdict::Inconclusive)),
    ));
    let found = course(&list);
    let plateau = found.plateau.unwrap();
    assert_eq!((plateau.revisions, plateau.billed.picos()), (3, 33));
    assert!((plateau.moved - 0.02).abs() < 1e-12);
    assert_eq!(plateau.worked, Duration::from_mins(6));
    assert_eq!((found.best, found.billed.picos()), (Some(4), 55));
    list.push(iteration(6, 0.95, Some(comparison(0.13, Verdict::Adopt))));
    assert_eq!(course(&list).plateau, None);
}

#[test]
fn small_steps_that_climb_far_are_no_plateau() {
    let step = |n: u32| {
        let unsure = comparison(0.04, Verdict::Inconclusive);
        iteration(n, 0.4 + 0.04 * f64::from(n), Some(unsure))
    };
    let mut list = vec![iteration(0, 0.4, None)];
    list.extend((1..=10).map(step));
    assert_eq!(
        course(&list).plateau,
        None,
        "each three of them gain more than the noise of 10 points"
    );
    let flat = comparison(0.0, Verdict::Inconclusive);
    list.extend((11..=13).map(|n| iteration(n, 0.8, Some(flat.clone()))));
    // The last two steps, of 8 points together, are within the noise of what follows.
    assert_eq!(
        course(&list).plateau.map(|plateau| plateau.revisions),
        Some(5)
    );
}

#[test]
fn the_best_of_several_is_flattered_by_the_expected_maximum_of_its_noise() {
    let list: Vec<Iteration> = (1..=10).map(|n| iteration(n, 0.5, None)).collect();
    let found = course(&list);
    assert_eq!(found.best, Some(0), "the earliest of equal ones");
    // 0.05 of standard error times 1.547 (Blom); the exact expected maximum of ten normals is 1.539.
    let flattery = found.flattery.unwrap();
    assert!((flattery / 0.05 - 1.539).abs() < 0.02, "{flattery}");
    assert_eq!(course(&list[..1]).flattery, None);
    // A perfect score of 100 cases is not beyond flattery.
    let perfect: Vec<Iteration> = (1..=3).map(|n| iteration(n, 1.0, None)).collect();
    assert!(course(&perfect).flattery.unwrap() > 0.005);
    assert_eq!(course(&[]).best, None);
}

#[test]
fn a_session_is_shared_among_the_iterations_that_begin_in_it() {
    let stretch = |from, to, begins: &[usize]| Stretch {
        from: at(from),
        to: at(to),
        begins: begins.to_vec(),
    };
    let minutes = |worked: Vec<Duration>| -> Vec<u64> {
        worked.iter().map(|time| time.as_secs() / 60).collect()
    };
    // 0..30 is one session of iterations 0 and 1; 50 begins another, in which none begins; 200 is the third.
    let list = vec![
        stretch(50, 60, &[]),
        stretch(0, 2, &[0]),
        stretch(21, 30, &[1]),
        stretch(200, 204, &[2]),
    ];
    assert_eq!(minutes(working_time(list, 3)), [15, 25, 4]);
    // Two terminals at once: time is counted once.
    let both = vec![stretch(0, 10, &[0]), stretch(2, 6, &[1])];
    assert_eq!(minutes(working_time(both, 2)), [5, 5]);
    assert!(working_time(Vec::new(), 0).is_empty());
}
