//! `latency` (milliseconds) and `cost` (US dollars): limits on the call that bought the answer.
//!
//! A cached answer is judged by what was recorded when it was bought, and the reason says so.

use crate::domain::{Assertion, AssertionKind, Usd};
use crate::scorer::Refusal;
use crate::scorer::check::{Check, Finding};
use crate::scorer::seen::Seen;

/// Compiles a limit.
pub(super) fn compile(assertion: &Assertion) -> Result<Box<dyn Check>, Refusal> {
    let limit = assertion.threshold;
    let refuse = |expected| Refusal::Threshold {
        found: limit.map_or_else(|| "missing".to_owned(), |limit| limit.to_string()),
        expected,
    };
    let positive = limit.filter(|limit| limit.is_finite() && *limit >= 0.0);
    if assertion.kind == AssertionKind::Latency {
        let limit = positive.ok_or_else(|| refuse("milliseconds, at least 0"))?;
        return Ok(Box::new(Latency(limit)));
    }
    // By way of the shortest decimal that is this float: the amount that the author wrote.
    let limit = positive.and_then(|limit| limit.to_string().parse().ok());
    let limit = limit.ok_or_else(|| refuse("US dollars, at least 0, with at most 12 decimals"))?;
    Ok(Box::new(CostLimit(limit)))
}

/// At most so many milliseconds.
#[derive(Debug)]
struct Latency(f64);

impl Check for Latency {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let Some(milliseconds) = seen.facts.latency_ms else {
            return Finding::unknown("no latency is known for this answer");
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds stay far below 2^53"
        )]
        let holds = milliseconds as f64 <= self.0;
        let found = format!("{milliseconds} ms{}", origin(seen));
        Finding::new(
            holds,
            limit_words(holds, negated, &format!("{} ms", self.0), &found),
        )
    }

    fn needs_text(&self) -> bool {
        false
    }
}

/// At most so many dollars, billed and imputed together; the reason names both.
#[derive(Debug)]
struct CostLimit(Usd);

impl Check for CostLimit {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let Some(cost) = seen.facts.cost else {
            return Finding::unknown("no cost is known for this answer");
        };
        let Some(sum) = cost.billed.checked_add(cost.imputed) else {
            return Finding::unknown("the cost is beyond all bounds");
        };
        let holds = sum <= self.0;
        let found = if cost.imputed.is_zero() {
            dollars(cost.billed)
        } else {
            format!(
                "{} billed and {} imputed",
                dollars(cost.billed),
                dollars(cost.imputed)
            )
        };
        let found = format!("{found}{}", origin(seen));
        Finding::new(holds, limit_words(holds, negated, &dollars(self.0), &found))
    }

    fn needs_text(&self) -> bool {
        false
    }
}

fn origin(seen: &Seen<'_>) -> &'static str {
    if seen.facts.cached { " (cached)" } else { "" }
}

fn limit_words(holds: bool, negated: bool, limit: &str, found: &str) -> String {
    match (holds, negated) {
        (true, false) => format!("{found}, at most {limit}"),
        (false, true) => format!("{found}, more than {limit}"),
        (false, false) => format!("expected at most {limit}, found {found}"),
        (true, true) => format!("expected more than {limit}, found {found}"),
    }
}

/// Writes an amount without trailing zeros.
fn dollars(amount: Usd) -> String {
    let text = amount.to_string();
    format!("${}", text.trim_end_matches('0').trim_end_matches('.'))
}
