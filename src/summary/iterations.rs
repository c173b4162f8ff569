//! Iterations in order: what each revision scored, what it gained, what it cost, and whether the last ones moved anything.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{Cost, ModelRef, Revision, Usd, Variant};
use crate::stats::{Interval, normal_quantile, real};
use crate::summary::{Change, Comparison, VariantFacts, Verdict};

/// Calls and edits closer than this are one session of work (design, section 7).
pub const SESSION_GAP: Duration = Duration::from_mins(20);

/// Revisions without a gain beyond noise from which a plateau is spoken of.
const PLATEAU: usize = 3;

/// The iterations of one prompt × variant on one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The variant.
    pub variant: Variant,
    /// The model.
    pub model: ModelRef,
    /// In order; never empty.
    pub iterations: Vec<Iteration>,
}

impl Series {
    /// Returns what had been billed when each iteration was done, in order.
    pub fn billed_so_far(&self) -> Vec<Usd> {
        let add = |sum: &mut Usd, one: &Iteration| {
            *sum = sum.saturating_add(one.billed());
            Some(*sum)
        };
        self.iterations.iter().scan(Usd::ZERO, add).collect()
    }

    /// Tells whether any iteration was scored on held-out cases.
    pub fn has_held_out(&self) -> bool {
        self.iterations.iter().any(|one| one.held_out.is_some())
    }
}

/// One revision of a prompt × variant on one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Iteration {
    /// Its number.
    pub number: u32,
    /// Its revision.
    pub revision: Revision,
    /// What it changed in the file before it; everything, for the first.
    pub change: Change,
    /// When it was first evaluated.
    pub first: Timestamp,
    /// Number of the run that its score comes from; `None` where no whole run of it ended on this model.
    pub run: Option<u64>,
    /// What it scored there, on the cases that it may be chosen by: all but the held-out ones.
    pub facts: Option<VariantFacts>,
    /// What it scored there on cases of `split: holdout`, where the suite has them.
    pub held_out: Option<VariantFacts>,
    /// Against the iteration before it that has a score.
    pub since_previous: Option<Comparison>,
    /// Against the best before it.
    pub since_best: Option<Comparison>,
    /// Billed and imputed by all its evaluations, filtered and failed ones too; without judges.
    pub target: Cost,
    /// The same for judges.
    pub judges: Cost,
    /// Its share of the working time.
    pub worked: Duration,
}

impl Iteration {
    /// What it cost, judges included.
    pub fn billed(&self) -> Usd {
        self.target.billed.saturating_add(self.judges.billed)
    }

    fn rate(&self) -> Option<f64> {
        self.facts.as_ref()?.pass_rate
    }

    /// Points of pass rate gained on the one before it, where that is known.
    pub fn gain(&self) -> Option<f64> {
        self.since_previous.as_ref()?.difference
    }
}

/// What a list of iterations says as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    /// Position of the highest pass rate; the earliest of equal ones.
    pub best: Option<usize>,
    /// By how much choosing the best of so many may flatter it, as a share; `None` for fewer than two scores.
    pub flattery: Option<f64>,
    /// The revisions at the end that moved nothing, if there are enough of them.
    pub plateau: Option<Plateau>,
    /// Billed by all of them.
    pub billed: Usd,
    /// Working time of all of them.
    pub worked: Duration,
}

/// Revisions at the end, none of which was better than the best before it by more than noise, nor are all of them together:
/// steps that are each too small to be seen may climb far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plateau {
    /// How many.
    pub revisions: usize,
    /// By how much the last differs from the best before it, as a share.
    pub moved: f64,
    /// The interval of that difference.
    pub noise: Option<Interval>,
    /// What they were billed.
    pub billed: Usd,
    /// What they took.
    pub worked: Duration,
}

/// Reads a list of iterations as a whole.
pub fn course(iterations: &[Iteration]) -> Course {
    let scored = || {
        iterations
            .iter()
            .enumerate()
            .filter_map(|(at, one)| Some((at, one.rate()?)))
    };
    let best = scored().fold(None, |best: Option<(usize, f64)>, (at, rate)| match best {
        Some((_, high)) if high >= rate => best,
        _ => Some((at, rate)),
    });
    let best = best.map(|(at, _)| at);
    Course {
        best,
        flattery: best.and_then(|at| flattery(iterations.get(at)?, scored().count())),
        plateau: plateau(iterations),
        billed: billed(iterations),
        worked: iterations.iter().map(|one| one.worked).sum(),
    }
}

/// The expected maximum of as many draws of noise as there are scores: the standard error of the best one's rate times
/// Blom's score. An upper bound: revisions measured on the same cases share part of their noise.
///
/// Source: Blom (1958), *Statistical Estimates and Transformed Beta-Variables*: E[max of n] ≈ Φ⁻¹((n − 0.375)/(n + 0.25)).
fn flattery(best: &Iteration, scores: usize) -> Option<f64> {
    let facts = best.facts.as_ref()?;
    let rate = facts.pass_rate?;
    if scores < 2 || facts.cases == 0 {
        return None;
    }
    // At 0 and 1 the plain error is nothing, which no finite sample says: one case of each kind is added (Laplace).
    let cases = real(facts.cases);
    let smooth = (rate * cases + 1.0) / (cases + 2.0);
    let error = (smooth * (1.0 - smooth) / cases).sqrt();
    let n = real(scores);
    Some(error * normal_quantile((n - 0.375) / (n + 0.25)))
}

fn plateau(iterations: &[Iteration]) -> Option<Plateau> {
    let stuck = |one: &&Iteration| {
        let verdict = one
            .since_best
            .as_ref()
            .and_then(|comparison| comparison.verdict);
        one.since_best.is_some() && verdict != Some(Verdict::Adopt)
    };
    let last = iterations.last()?.since_best.as_ref()?;
    let noise = last
        .interval
        .map_or(0.0, |noise| (noise.high - noise.low) / 2.0);
    let best = |part: &[Iteration]| part.iter().filter_map(Iteration::rate).fold(0.0, f64::max);
    let together = |revisions: &usize| {
        let (before, tail) = iterations.split_at(iterations.len() - revisions);
        best(tail) - best(before) <= noise
    };
    let stuck = iterations.iter().rev().take_while(stuck).count();
    let revisions = (PLATEAU..=stuck).take_while(together).last()?;
    let tail = iterations.get(iterations.len() - revisions..)?;
    Some(Plateau {
        revisions,
        moved: last.difference.unwrap_or(0.0),
        noise: last.interval,
        billed: billed(tail),
        worked: tail.iter().map(|one| one.worked).sum(),
    })
}

fn billed(iterations: &[Iteration]) -> Usd {
    iterations
        .iter()
        .fold(Usd::ZERO, |sum, one| sum.saturating_add(one.billed()))
}

/// A stretch of evaluation: from when to when, and the positions of the iterations that were first evaluated in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Begin.
    pub from: Timestamp,
    /// End.
    pub to: Timestamp,
    /// Positions of iterations that begin here.
    pub begins: Vec<usize>,
}

/// Shares working time among iterations: stretches closer than [`SESSION_GAP`] are one session, and a session's time is
/// shared equally among the iterations that begin in it. Time of a session in which none begins goes to the iteration that
/// began last before it.
pub fn working_time(mut stretches: Vec<Stretch>, iterations: usize) -> Vec<Duration> {
    stretches.sort_by_key(|stretch| (stretch.from, stretch.to));
    let mut sessions: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        let gap = i64::try_from(SESSION_GAP.as_millis()).unwrap_or(i64::MAX);
        match sessions.last_mut() {
            Some(open) if stretch.from.as_millisecond() - open.to.as_millisecond() < gap => {
                open.to = open.to.max(stretch.to);
                open.begins.extend(stretch.begins);
            }
            _ => sessions.push(stretch),
        }
    }
    let mut worked = vec![Duration::ZERO; iterations];
    let mut last = None;
    for session in sessions {
        let millis = session.to.as_millisecond() - session.from.as_millisecond();
        let time = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        let begins = if session.begins.is_empty() {
            last.into_iter().collect()
        } else {
            session.begins
        };
        let share = time / u32::try_from(begins.len().max(1)).unwrap_or(u32::MAX);
        for at in &begins {
            if let Some(worked) = worked.get_mut(*at) {
                *worked += share;
            }
        }
        last = begins.into_iter().max().or(last);
    }
    worked
}

#[cfg(test)]
mod tests;
