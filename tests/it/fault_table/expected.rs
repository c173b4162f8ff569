//! What must come of a run, worked out of what comes of one attempt.

use std::ops::Range;

use super::postings::{Attempt, Posting, Trial};
use super::{TRIALS, Where};
use crate::provider_faults::Row;

/// 北京天气? in bytes, 16 for the message and 256 of slack at one microdollar, 16 tokens out at a hundred.
const HOLD: i64 = (13 + 16 + 256) * MICRO + 16 * 100 * MICRO;

/// A microdollar in picodollars.
const MICRO: i64 = 1_000_000;

/// Requests that a fault bounded by waiting alone meets where it shall pass.
const PASSING: usize = 2;

/// Attempts of a call at most, where waits alone do not bound them.
const ATTEMPTS: usize = 3;

/// Requests without end.
const ALL: usize = usize::MAX;

/// What becomes of an attempt's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Void,
    Lost,
    /// At this many picodollars.
    Settled(i64),
}

impl End {
    /// Returns the postings of an attempt: kind, held, lost, spent, overrun.
    fn postings(self) -> Vec<Posting> {
        let end = match self {
            Self::Void => ("void", [-HOLD, 0, 0, 0]),
            Self::Lost => ("lost", [-HOLD, HOLD, 0, 0]),
            Self::Settled(spent) => ("settle", [-HOLD, 0, spent, (spent - HOLD).max(0)]),
        };
        [("hold", [HOLD, 0, 0, 0]), end]
            .map(|(kind, amounts)| (kind.to_owned(), amounts))
            .to_vec()
    }
}

const GOOD: End = End::Settled((9 + 3 * 100) * MICRO);

/// What comes of one faulty attempt, read from a row's line.
struct Fate {
    /// The fault's code, or `None` for an answer.
    fault: Option<String>,
    end: End,
    /// Attempts of a call that meets nothing else; `None`: as many as the waits allow.
    attempts: Option<usize>,
    /// Nothing further is sent afterwards.
    stops: bool,
}

impl Fate {
    fn of(row: &Row) -> Self {
        let words: Vec<&str> = row.expected.split(' ').collect();
        let has = |word: &str| words.contains(&word);
        if words[0] == "ok" {
            return Self::answer(row, &words);
        }
        let most = words.iter().find_map(|word| word.strip_prefix("max="));
        let waits = has("429") || has("503") || has("529");
        let attempts = match (has("retry"), most) {
            (false, _) => Some(1),
            (true, Some(most)) => most.parse().ok(),
            (true, None) if waits => None,
            (true, None) => Some(ATTEMPTS),
        };
        let end = match words[1] {
            // The count is that of the row.
            "A" if has("settled") && row.code == 36 => End::Settled((9 + 100) * MICRO),
            "A" if has("settled") => GOOD,
            "A" => End::Lost,
            _ => End::Void,
        };
        Self {
            fault: Some(words[0].to_owned()),
            end,
            attempts,
            stops: has("stops"),
        }
    }

    fn answer(row: &Row, words: &[&str]) -> Self {
        let usage = words.iter().find_map(|word| word.strip_prefix("usage="));
        let count = usage.and_then(|usage| usage.split_once('/'));
        let end = match count {
            Some((input, output)) => {
                let [input, output] = [input, output].map(|n| n.parse::<i64>().unwrap());
                // The model that answers in another's place is declared at twice the price.
                let dearer = if row.code == 44 { 2 } else { 1 };
                End::Settled((input + output * 100) * dearer * MICRO)
            }
            None => End::Lost,
        };
        Self {
            fault: None,
            end,
            attempts: Some(1),
            // More than the hold: the next one could pass the cap.
            stops: matches!(end, End::Settled(spent) if spent > HOLD),
        }
    }
}

/// What a run must leave.
pub(super) struct Want {
    pub(super) faulty: Range<usize>,
    pub(super) exit: i32,
    pub(super) trials: Vec<Trial>,
    /// Number within the call and postings, in the order of the holds.
    pub(super) attempts: Vec<(i64, Vec<Posting>)>,
    /// True where the attempts reach the server.
    pub(super) reaches: bool,
    /// True where only the waits bound the attempts: their number is open, not their kind.
    open: bool,
}

impl Want {
    pub(super) fn trials_are(&self, found: &[Trial]) -> bool {
        let known = |trial: &Trial| Trial {
            attempts: if self.open { 0 } else { trial.attempts },
            ..trial.clone()
        };
        found.iter().map(known).eq(self.trials.iter().map(known))
            && (!self.open || found.iter().all(|trial| trial.attempts > ATTEMPTS))
    }

    pub(super) fn attempts_are(&self, found: &[Attempt]) -> bool {
        if self.open {
            let (_, postings) = &self.attempts[0];
            return found.iter().all(|attempt| attempt.postings == *postings)
                && found.iter().filter(|attempt| attempt.number == 1).count() == TRIALS;
        }
        let found = found.iter().map(|a| (a.number, &a.postings));
        found.eq(self.attempts.iter().map(|(number, all)| (*number, all)))
    }
}

/// Works out what a row's fault does to a run.
pub(super) fn want(row: &Row, place: Where) -> Want {
    let fate = Fate::of(row);
    let each = fate.attempts.unwrap_or(PASSING);
    let faulty = match place {
        Where::Once => 0..1,
        Where::First => 0..each,
        Where::Last => TRIALS - 1..TRIALS - 1 + each,
        Where::Every => 0..ALL,
    };
    let mut want = Want {
        open: place == Where::Every && fate.attempts.is_none(),
        exit: 0,
        trials: Vec::new(),
        attempts: Vec::new(),
        reaches: true,
        faulty,
    };
    let (mut request, mut stopped) = (0, false);
    for _ in 0..TRIALS {
        if stopped {
            want.trials.push(Trial::new("skipped", None, 0));
            continue;
        }
        // A call bounded by its waits alone stands for one attempt where it never ends well.
        let most = if want.open {
            1
        } else {
            fate.attempts.unwrap_or(PASSING + 1)
        };
        let trial = call(&fate, most, &mut request, &mut want);
        stopped = fate.stops
            && (trial.outcome == "error"
                || fate.fault.is_none() && want.faulty.contains(&(request - 1)));
        want.trials.push(trial);
    }
    let answered = want.trials.iter().any(|trial| trial.outcome == "answered");
    want.exit = i32::from(stopped || !answered);
    want
}

/// Works out one call.
fn call(fate: &Fate, most: usize, request: &mut usize, want: &mut Want) -> Trial {
    for number in 1..=most {
        let faulty = want.faulty.contains(request);
        *request += 1;
        let end = if faulty { fate.end } else { GOOD };
        want.attempts
            .push((i64::try_from(number).unwrap(), end.postings()));
        if !faulty || fate.fault.is_none() {
            return Trial::new("answered", None, number);
        }
    }
    Trial::new("error", fate.fault.clone(), most)
}
