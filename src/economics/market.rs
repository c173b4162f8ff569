//! What both paths share: time, volume, the value of money and of people's hours.

/// The setting in which paths are compared.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Market {
    /// H: months that are looked at, whole.
    pub(crate) horizon_months: f64,
    /// r: what a dollar loses in a year by coming later.
    pub(crate) discount_annual: f64,
    /// V1: requests of the first month.
    pub(crate) volume: f64,
    /// g: growth of the requests from month to month.
    pub(crate) growth_monthly: f64,
    /// L: US dollars that a wrong answer costs.
    pub(crate) error_cost_usd: f64,
    /// w: US dollars of an engineer's hour, all included.
    pub(crate) engineer_usd_per_hour: f64,
    /// Whether what is already spent counts.
    pub(crate) with_sunk: bool,
}

/// One month: its number from 1, its requests and what a dollar at its end is worth today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Month {
    pub(crate) number: f64,
    pub(crate) requests: f64,
    pub(crate) discount: f64,
}

impl Market {
    /// Returns the months in order: `V_t = V1(1+g)^(t-1)`, `d_t = (1+r)^(-t/12)`.
    pub(crate) fn months(&self) -> impl Iterator<Item = Month> + use<> {
        let (horizon, growth) = (self.horizon_months, 1.0 + self.growth_monthly);
        let fade = (1.0 + self.discount_annual).powf(-1.0 / 12.0);
        let first = Month {
            number: 1.0,
            requests: self.volume,
            discount: fade,
        };
        std::iter::successors(Some(first), move |month| {
            Some(Month {
                number: month.number + 1.0,
                requests: month.requests * growth,
                discount: month.discount * fade,
            })
        })
        .take_while(move |month| month.number <= horizon)
    }

    /// Returns the requests of the busiest month.
    pub(crate) fn busiest(&self) -> f64 {
        self.months()
            .map(|month| month.requests)
            .fold(0.0, f64::max)
    }

    /// Returns the equal payment at each month's end that is worth an amount today: `PV·r_m / (1 - (1+r_m)^-H)`.
    pub(crate) fn equivalent_monthly(&self, present_usd: f64) -> f64 {
        let rate = (1.0 + self.discount_annual).powf(1.0 / 12.0) - 1.0;
        if rate.abs() < 1e-12 {
            return present_usd / self.horizon_months;
        }
        present_usd * rate / (1.0 - (1.0 + rate).powf(-self.horizon_months))
    }
}
