//! Roots by halving: slow, and it cannot diverge.

/// Returns where `inside` turns from true to false between `from` (where it holds) and `to`, to the last bit.
///
/// Works in both directions. The midpoint of two numbers of one size stops moving after about sixty halvings; two hundred
/// are the bound.
pub(crate) fn edge(from: f64, to: f64, inside: impl Fn(f64) -> bool) -> f64 {
    let (mut held, mut lost) = (from, to);
    for _ in 0..200 {
        let middle = f64::midpoint(held, lost);
        let moved = if inside(middle) { &mut held } else { &mut lost };
        if moved.to_bits() == middle.to_bits() {
            break;
        }
        *moved = middle;
    }
    f64::midpoint(held, lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_root_from_either_side() {
        assert!((edge(0.0, 2.0, |x| x * x < 2.0) - 2.0_f64.sqrt()).abs() < 1e-15);
        assert!((edge(2.0, 0.0, |x| x * x > 2.0) - 2.0_f64.sqrt()).abs() < 1e-15);
    }
}
