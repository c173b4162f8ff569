//! What a path takes before its first request, by what it is spent on.

use crate::economics::market::Market;

/// US dollars before the first month.
#[expect(clippy::struct_field_names, reason = "the unit is part of each name")]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Investment {
    pub(crate) people_usd: f64,
    pub(crate) labels_usd: f64,
    pub(crate) training_usd: f64,
    pub(crate) evaluation_usd: f64,
    /// Spent before; 0 in a decision that only looks forward.
    pub(crate) sunk_usd: f64,
    /// The whole, where it was given instead of computed.
    pub(crate) given_usd: Option<f64>,
}

impl Investment {
    /// Puts a given sum in the place of the computed parts.
    pub(crate) fn overridden(self, given: Option<f64>) -> Self {
        Self {
            given_usd: given,
            ..self
        }
    }

    /// Counts what is already spent, where the comparison asks for it.
    pub(crate) fn with_sunk(self, sunk_usd: f64, market: &Market) -> Self {
        Self {
            sunk_usd: if market.with_sunk { sunk_usd } else { 0.0 },
            ..self
        }
    }

    /// Returns the sum.
    pub(crate) fn total_usd(&self) -> f64 {
        let computed = self.people_usd + self.labels_usd + self.training_usd + self.evaluation_usd;
        self.given_usd.unwrap_or(computed) + self.sunk_usd
    }
}
