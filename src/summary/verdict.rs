//! The word at the end of a comparison.

use super::Verdict;
use super::sample::Sample;

/// The two-sided error that every verdict and interval is held to.
pub(super) const ALPHA: f64 = 0.05;

/// What a verdict demands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    /// The least gain worth adopting, in [0, 1].
    pub(super) min_gain: f64,
    /// The two-sided error: [`ALPHA`], or what Holm's procedure leaves of it.
    pub(super) alpha: f64,
}

impl Rule {
    /// Judges a sample: ADOPT with the whole interval above the gain, REJECT with it below; at a gain of 0 the method's own
    /// test must agree, because Tango's interval is approximate where McNemar's test is exact.
    pub(super) fn judge(self, sample: &Sample) -> Verdict {
        let interval = sample.interval(self.alpha);
        if !self.test_agrees(sample) {
            Verdict::Inconclusive
        } else if interval.low > self.min_gain {
            Verdict::Adopt
        } else if interval.high < self.min_gain {
            Verdict::Reject
        } else {
            Verdict::Inconclusive
        }
    }

    /// The p at which Holm's procedure orders candidates: the exact test's without a gain, else the interval's at the gain.
    pub(super) fn p(self, sample: &Sample) -> f64 {
        if self.is_about_zero() {
            sample.p_value()
        } else {
            sample.p_at(self.min_gain)
        }
    }

    /// Tells whether the interval excludes no difference while the test does not, or the other way round.
    pub(super) fn disagrees(self, sample: &Sample) -> bool {
        let interval = sample.interval(self.alpha);
        let excluded = interval.low > 0.0 || interval.high < 0.0;
        self.is_about_zero() && excluded != (sample.p_value() < self.alpha)
    }

    fn test_agrees(self, sample: &Sample) -> bool {
        !self.is_about_zero() || sample.p_value() < self.alpha
    }

    fn is_about_zero(self) -> bool {
        self.min_gain.abs() < 1e-12
    }
}
