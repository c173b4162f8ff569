//! How often a verdict is wrong, and how often a real gain is found, on made-up suites.
//!
//! Runs with `PW_SIMULATE=1` only, because it takes half a minute:
//! `PW_SIMULATE=1 cargo test --test it simulation -- --nocapture`. The same seed gives the same rates.

use pw::domain::{
    Answer, AnswerText, CaseId, Cost, FinishReason, ModelRef, Outcome, Revision, TrialKey,
    TrialRow, Variant,
};
use pw::summary::{
    CompareOptions, Comparison, ComparisonKind, PairedRow, Side, SideName, Verdict, compare,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const SUITES: u32 = 2000;
const GAIN: f64 = 0.15;
const SEED: u64 = 20;

/// How likely each case is to pass.
#[derive(Debug, Clone, Copy)]
enum World {
    /// Every case passes now and then: the same prompt asked twice differs a lot.
    Noisy,
    /// Four cases of five always pass or always fail, as near temperature 0.
    Steady,
}

impl World {
    /// Draws one case's chance to pass on either side; the candidate is better by `gain` on average.
    fn case(self, gain: f64, random: &mut ChaCha8Rng) -> (f64, f64) {
        let (draw, again) = (random.random::<f64>(), random.random::<f64>());
        match self {
            Self::Noisy => {
                let chance = 0.25 + 0.6 * draw;
                (chance, chance + gain)
            }
            // Half of all cases fail; a gain turns some of them into passes for good.
            Self::Steady if draw < 0.5 => (0.0, if again < 2.0 * gain { 1.0 } else { 0.0 }),
            Self::Steady if draw < 0.8 => (1.0, 1.0),
            Self::Steady => (0.5, 0.5),
        }
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "its output is what it is run for")]
fn verdicts_on_a_prompt_against_itself_and_against_a_better_one() {
    if std::env::var_os("PW_SIMULATE").is_none_or(|value| value != "1") {
        eprintln!("skipped: set PW_SIMULATE=1 to run it");
        return;
    }
    eprintln!("world   repeats  cases   false verdicts   ADOPT at +15 points");
    for world in [World::Noisy, World::Steady] {
        for (repeats, most) in [(1, 0.05), (3, most_by_chance(0.05))] {
            for cases in [20, 50, 200] {
                let same = verdicts(world, cases, repeats, 0.0);
                let better = verdicts(world, cases, repeats, GAIN);
                let wrong = rate(same.adopt + same.reject);
                eprintln!(
                    "{:<7} {repeats:>7} {cases:>6} {wrong:>16.4} {:>21.4}",
                    format!("{world:?}").to_lowercase(),
                    rate(better.adopt)
                );
                assert!(wrong <= most, "{world:?}, {repeats} × {cases}: {wrong}");
                assert!(rate(better.reject) < 0.005);
            }
        }
    }
}

/// An exact test may not pass 5 % at all; t holds it on average, so its rate may lie three standard errors above.
fn most_by_chance(rate: f64) -> f64 {
    rate + 3.0 * (rate * (1.0 - rate) / f64::from(SUITES)).sqrt()
}

fn rate(count: u32) -> f64 {
    f64::from(count) / f64::from(SUITES)
}

#[derive(Default)]
struct Verdicts {
    adopt: u32,
    reject: u32,
}

fn verdicts(world: World, cases: u32, repeats: u32, gain: f64) -> Verdicts {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut reference = rows(cases, repeats);
    let mut candidate = rows(cases, repeats);
    let mut verdicts = Verdicts::default();
    for _ in 0..SUITES {
        let per_case = usize::try_from(repeats).expect("a small number");
        for (before, after) in reference
            .chunks_mut(per_case)
            .zip(candidate.chunks_mut(per_case))
        {
            let (chance_before, chance_after) = world.case(gain, &mut random);
            draw(before, chance_before, &mut random);
            draw(after, chance_after, &mut random);
        }
        match judged(&reference, &candidate).verdict {
            Some(Verdict::Adopt) => verdicts.adopt += 1,
            Some(Verdict::Reject) => verdicts.reject += 1,
            _ => {}
        }
    }
    verdicts
}

fn draw(rows: &mut [TrialRow], chance: f64, random: &mut ChaCha8Rng) {
    for row in rows {
        let pass = random.random::<f64>() < chance;
        row.pass = Some(pass);
        row.score = Some(if pass { 1.0 } else { 0.0 });
    }
}

fn judged(reference: &[TrialRow], candidate: &[TrialRow]) -> Comparison {
    let options = CompareOptions {
        kind: ComparisonKind::Variant,
        min_gain: 0.0,
        give_verdict: true,
    };
    compare(&side(reference), &side(candidate), &options)
}

fn side(rows: &[TrialRow]) -> Side<'_> {
    Side {
        name: SideName {
            variant: Variant::UNSUFFIXED,
            model: model(),
            revision: Revision("0".repeat(64)),
            run: String::new(),
            iteration: None,
        },
        rows: rows
            .iter()
            .map(|row| PairedRow {
                pair_key: &row.key.case.0,
                cluster: None,
                row,
            })
            .collect(),
    }
}

fn rows(cases: u32, repeats: u32) -> Vec<TrialRow> {
    let repeat = |case: u32| (1..=repeats).map(move |repeat| row(case, repeat));
    (0..cases).flat_map(repeat).collect()
}

fn row(case: u32, repeat: u32) -> TrialRow {
    TrialRow {
        key: TrialKey {
            variant: Variant::UNSUFFIXED,
            model: model(),
            case: CaseId(format!("case-{case}")),
            repeat,
        },
        messages: Vec::new(),
        outcome: Outcome::Answered {
            answer: Box::new(Answer {
                text: None,
                refusal: None,
                reasoning: None,
                tool_calls: Vec::new(),
                finish_reason: Some(FinishReason::Stop),
                model_returned: None,
                tier_returned: None,
                usage: None,
                usage_raw: None,
                response_id: None,
                request_id: None,
                logprobs: None,
                timings: None,
                warnings: Vec::new(),
            }),
        },
        text: AnswerText::Kept,
        scores: Vec::new(),
        pass: None,
        score: None,
        cost: Cost::default(),
        answer_cost: Cost::default(),
        price: None,
        cached: false,
        attempts: 1,
        latency_ms: None,
    }
}

fn model() -> ModelRef {
    ModelRef {
        endpoint: "scripted".to_owned(),
        model: "simulated".to_owned(),
    }
}
