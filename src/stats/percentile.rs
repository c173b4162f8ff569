//! Percentiles by nearest rank.

/// Returns the value of which at least `percent` % of all values are no larger; `None` without values or beyond 100 %.
///
/// Formula: the `ceil(percent·n/100)`-th smallest, so that it is always one of the values.
/// Source: Hyndman and Fan 1996, The American Statistician 50:361, definition 1.
pub fn nearest_rank<T: Copy + Ord>(values: &[T], percent: usize) -> Option<T> {
    if percent > 100 {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (percent * sorted.len()).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_value_that_was_seen() {
        let values = [50, 15, 40, 20, 35];
        for (percent, expected) in [(0, 15), (5, 15), (30, 20), (40, 20), (50, 35), (100, 50)] {
            assert_eq!(nearest_rank(&values, percent), Some(expected));
        }
        assert_eq!(nearest_rank(&[7], 95), Some(7));
        assert_eq!(nearest_rank::<u64>(&[], 50), None);
        assert_eq!(nearest_rank(&values, 101), None);
    }
}
