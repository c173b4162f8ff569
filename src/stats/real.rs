//! Counts as real numbers and back.

/// Returns a count as a float; exact up to 2⁵³.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of cases stay far below 2^53"
)]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

/// Rounds a non-negative amount up to a count; `None` when it is no number or beyond any use (10¹⁵).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to lie in 0..=1e15"
)]
pub(super) fn count_up(amount: f64) -> Option<u64> {
    // An amount that is whole but for rounding must not gain a case.
    let up = (amount - 1e-9).ceil();
    (0.0..=1e15).contains(&up).then_some(up as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_round_up_and_nonsense_is_refused() {
        assert_eq!(count_up(3.0), Some(3));
        assert_eq!(count_up(3.000_000_000_01), Some(3));
        assert_eq!(count_up(3.01), Some(4));
        for bad in [f64::NAN, f64::INFINITY, -2.0, 1e16] {
            assert_eq!(count_up(bad), None, "{bad}");
        }
    }
}
