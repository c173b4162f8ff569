//! A bill that names no calls: what it asks beyond the booked answers is the lost calls' together.

use jiff::civil::Date;

use crate::commands::failure::Failure;
use crate::domain::Usd;
use crate::ledger::{LostAttempt, Reader};
use crate::report::dollars;

/// What a bill covers: days in UTC, both counted in, and one endpoint or all.
pub(super) struct Period {
    pub(super) since: Date,
    pub(super) until: Date,
    pub(super) endpoint: Option<String>,
}

impl Period {
    fn covers(&self, day: Date, endpoint: &str) -> bool {
        (self.since..=self.until).contains(&day)
            && self.endpoint.as_deref().is_none_or(|name| name == endpoint)
    }

    /// Tells whether a lost call is on the bill, if it was billed.
    pub(super) fn has(&self, lost: &LostAttempt) -> bool {
        let day = lost.held_at.get(..10).and_then(|day| day.parse().ok());
        let endpoint = lost.model.split('/').next().unwrap_or_default();
        day.is_some_and(|day| self.covers(day, endpoint))
    }
}

/// Returns what each lost call of a period is booked at, in their order: its part of the bill's total less what is booked,
/// in proportion to its worst case.
///
/// Errors: nothing is lost in it; a total below what is booked, or above all worst cases together.
pub(super) fn amounts(
    reader: &Reader,
    lost: &[&LostAttempt],
    total: Usd,
    period: &Period,
) -> Result<Vec<Usd>, Failure> {
    let booked = reader
        .spend()?
        .iter()
        .filter(|row| period.covers(row.day, &row.source.model.endpoint))
        .map(|row| row.sums.billed)
        .fold(Usd::ZERO, Usd::saturating_add);
    let most = lost
        .iter()
        .map(|one| one.worst)
        .fold(Usd::ZERO, Usd::saturating_add);
    let days = format!("{} to {}", period.since, period.until);
    if lost.is_empty() {
        return Err(Failure::usage(format!("no call is lost from {days}"))
            .hint("`pw ledger reconcile` lists what is lost, with its days in UTC"));
    }
    let rest = total.picos() - booked.picos();
    if rest < 0 || rest > most.picos() {
        return Err(Failure::usage(format!(
            "from {days} the bill's {} and the booked {} differ by more than the lost calls explain, which cost from $0 to {}; nothing was booked",
            dollars(total),
            dollars(booked),
            dollars(most)
        ))
        .hint("does the bill cover other days, endpoints or programs? days are UTC; --endpoint NAME narrows it"));
    }
    Ok(shares(
        rest,
        &lost.iter().map(|one| one.worst.picos()).collect::<Vec<_>>(),
    ))
}

/// Divides an amount by weights whose sum is no smaller; the parts add up to it exactly, and none passes its weight.
fn shares(amount: i64, weights: &[i64]) -> Vec<Usd> {
    let whole: i128 = weights.iter().copied().map(i128::from).sum();
    let (mut weighed, mut given) = (0_i128, 0_i128);
    weights
        .iter()
        .map(|weight| {
            weighed += i128::from(*weight);
            // What all up to this one get together, less what those before it got.
            let until_here = (i128::from(amount) * weighed)
                .checked_div(whole)
                .unwrap_or(0);
            let part = until_here - given;
            given = until_here;
            Usd::from_picos(i64::try_from(part).unwrap_or(i64::MAX))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_stay_below_their_worst_case() {
        let weights = [3, 7, 1, 1, 0, 88];
        for amount in 0..=100 {
            let parts: Vec<i64> = shares(amount, &weights).iter().map(|p| p.picos()).collect();
            assert_eq!(parts.iter().sum::<i64>(), amount);
            assert!(
                parts
                    .iter()
                    .zip(weights)
                    .all(|(part, weight)| (0..=weight).contains(part))
            );
        }
        assert_eq!(shares(0, &[0, 0]), [Usd::ZERO, Usd::ZERO]);
    }
}
