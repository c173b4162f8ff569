//! What labelled examples cost.

/// Examples to train on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Labels {
    /// N: examples that are kept.
    pub(crate) count: f64,
    /// s_h: share labelled by people.
    pub(crate) human_share: f64,
    pub(crate) human_usd: f64,
    pub(crate) synthetic_usd: f64,
    /// Share that is thrown away and paid for all the same.
    pub(crate) reject_share: f64,
}

impl Labels {
    /// Returns US dollars of one example that is kept: `[s_h·c_human + (1-s_h)·c_synth] / (1 - reject)`.
    pub(crate) fn usd_each(&self) -> f64 {
        let made =
            self.human_share * self.human_usd + (1.0 - self.human_share) * self.synthetic_usd;
        made / (1.0 - self.reject_share)
    }

    /// Returns US dollars of all of them.
    pub(crate) fn usd(&self) -> f64 {
        self.count * self.usd_each()
    }
}
