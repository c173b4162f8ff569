//! What it costs to have a tuned model served.

use crate::economics::request::Request;

/// Seconds of a month, a twelfth of a year of 365 days.
const SECONDS_OF_A_MONTH: f64 = 2.628e6;

/// A deployment that is paid by the hour, whether it is asked or not.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Serving {
    /// 0 where requests are paid by the token.
    pub(crate) usd_per_hour: f64,
    pub(crate) replicas: f64,
    /// Adapters that share a deployment, and its price.
    pub(crate) adapters_per_gpu: f64,
    pub(crate) hours_per_month: f64,
    pub(crate) storage_usd_per_month: f64,
    /// What one replica reads and writes.
    pub(crate) tokens_per_second: Option<f64>,
    pub(crate) utilisation: f64,
}

impl Serving {
    /// Tells whether the deployment is dedicated: then tokens cost nothing.
    pub(crate) fn is_dedicated(&self) -> bool {
        self.usd_per_hour > 0.0
    }

    /// Returns US dollars of a month: `hours·$/h·replicas / adapters + storage`.
    pub(crate) fn usd_per_month(&self) -> f64 {
        self.hours_per_month * self.usd_per_hour * self.replicas / self.adapters_per_gpu
            + self.storage_usd_per_month
    }

    /// Returns the requests of a month that the replicas can answer; `None` where their speed is not known.
    pub(crate) fn capacity(&self, request: &Request) -> Option<f64> {
        let speed = self.tokens_per_second? * self.replicas * self.utilisation;
        Some(speed * SECONDS_OF_A_MONTH / request.served_tokens())
    }
}
