//! Two bounds.

use serde::{Deserialize, Serialize};

/// A confidence interval, two-sided; bounds in the unit of what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Interval {
    /// Where a share can lie.
    pub const SHARE: Self = Self {
        low: 0.0,
        high: 1.0,
    };
    /// Where a difference of two shares can lie.
    pub const DIFFERENCE: Self = Self {
        low: -1.0,
        high: 1.0,
    };

    /// Cuts both bounds to where the quantity can lie.
    pub(super) fn within(self, range: Self) -> Self {
        Self {
            low: self.low.clamp(range.low, range.high),
            high: self.high.clamp(range.low, range.high),
        }
    }
}
