//! What it would take to settle an undecided comparison.

use crate::domain::{Outcome, Usd};

use super::sample::Sample;
use super::verdict::Rule;
use super::{PairedRow, Side};

/// Cases beyond the judged ones; an undecided comparison needs at least one.
pub(super) fn cases_more(sample: &Sample, rule: Rule) -> Option<u64> {
    let needed = sample.cases_needed(rule.min_gain, rule.alpha)?;
    let seen = u64::try_from(sample.pairs).ok()?;
    Some(needed.saturating_sub(seen).max(1))
}

/// What so many further cases would cost on both sides, at the mean cost of the answers so far; `None` without answers on a
/// side or past the range.
pub(super) fn cost_of(reference: &Side<'_>, candidate: &Side<'_>, cases: u64) -> Option<Usd> {
    side_cost(&reference.rows, cases)?.checked_add(side_cost(&candidate.rows, cases)?)
}

/// Mean answer cost × trials a case × cases, rounded up.
fn side_cost(rows: &[PairedRow<'_>], cases: u64) -> Option<Usd> {
    let costs: Vec<i128> = rows
        .iter()
        .filter(|row| matches!(row.row.outcome, Outcome::Answered { .. }))
        .map(|row| &row.row.answer_cost)
        .map(|cost| i128::from(cost.billed.picos()) + i128::from(cost.imputed.picos()))
        .collect();
    let answers = i128::try_from(costs.len()).ok().filter(|n| *n > 0)?;
    let repeats = rows.iter().map(|row| row.row.key.repeat).max()?;
    let total = costs.iter().sum::<i128>();
    let product = total
        .checked_mul(i128::from(repeats))?
        .checked_mul(i128::from(cases))?;
    let up = product.div_euclid(answers) + i128::from(product.rem_euclid(answers) != 0);
    i64::try_from(up).ok().map(Usd::from_picos)
}
