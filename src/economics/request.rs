//! What one request costs, by token class.

/// Prices in US dollars for a million tokens. A class without a price of its own costs what its whole costs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct TokenPrices {
    pub(crate) input: f64,
    pub(crate) cached_input: Option<f64>,
    pub(crate) cache_write: Option<f64>,
    pub(crate) output: f64,
    pub(crate) reasoning: Option<f64>,
}

/// The expected request of a path: its tokens, what of them is cached, how often it is sent.
#[expect(clippy::struct_field_names, reason = "`request_usd` is its key")]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Request {
    pub(crate) price: TokenPrices,
    /// δ: by how much prices change in a year, where no change is scheduled.
    pub(crate) price_drift_annual: f64,
    /// S: tokens that every request repeats, instructions and examples.
    pub(crate) static_tokens: f64,
    /// D: tokens of the request's own input.
    pub(crate) input_tokens: f64,
    /// O: tokens of the visible answer.
    pub(crate) output_tokens: f64,
    /// R: tokens of reasoning.
    pub(crate) reasoning_tokens: f64,
    /// h: share of static tokens that the cache serves.
    pub(crate) cache_hit: f64,
    /// w: share of the others that are billed as cache writes.
    pub(crate) cache_write_share: f64,
    /// ρ: probability that an attempt is billed and has to be repeated.
    pub(crate) retry: f64,
    /// K: repetitions at most.
    pub(crate) max_retries: f64,
    /// b: share of requests that go by batch.
    pub(crate) batch_share: f64,
    /// β: what a batched token costs, as a share of its price.
    pub(crate) batch_factor: f64,
    /// x: US dollars of each attempt beside tokens, such as tools.
    pub(crate) addon_usd: f64,
    /// What a request costs, where that is given instead of computed.
    pub(crate) request_usd: Option<f64>,
}

impl Request {
    /// Returns the expected number of billed attempts: `(1 - ρ^(K+1)) / (1 - ρ)`.
    pub(crate) fn attempts(&self) -> f64 {
        let again = 1.0 - self.retry;
        if again < 1e-9 {
            // The limit of the quotient, which loses all its digits there.
            self.max_retries + 1.0
        } else {
            (1.0 - self.retry.powf(self.max_retries + 1.0)) / again
        }
    }

    /// Returns the expected US dollars of a request at its own prices.
    pub(crate) fn usd(&self) -> f64 {
        self.request_usd.unwrap_or_else(|| self.usd_at(&self.price))
    }

    /// Returns the expected US dollars of a request at other prices, such as those of a later month.
    ///
    /// Formula: `([S(h·p_cr + (1-h)(w·p_cw + (1-w)·p_in)) + D·p_in + O·p_out + R·p_rs] / 1e6 · (1 - b(1-β)) + x) · attempts`.
    pub(crate) fn usd_at(&self, price: &TokenPrices) -> f64 {
        let cached = price.cached_input.unwrap_or(price.input);
        let written = price.cache_write.unwrap_or(price.input);
        let missed =
            self.cache_write_share * written + (1.0 - self.cache_write_share) * price.input;
        let prefix =
            self.static_tokens * (self.cache_hit * cached + (1.0 - self.cache_hit) * missed);
        let reasoning = self.reasoning_tokens * price.reasoning.unwrap_or(price.output);
        let tokens = prefix
            + self.input_tokens * price.input
            + self.output_tokens * price.output
            + reasoning;
        let batched = 1.0 - self.batch_share * (1.0 - self.batch_factor);
        (tokens / 1e6 * batched + self.addon_usd) * self.attempts()
    }

    /// Returns the tokens that a server has to read and write for one attempt, S + D + O.
    pub(crate) fn served_tokens(&self) -> f64 {
        self.static_tokens + self.input_tokens + self.output_tokens
    }

    /// Returns the tokens that must fit a model's context, S + D + O + R.
    pub(crate) fn context_tokens(&self) -> f64 {
        self.served_tokens() + self.reasoning_tokens
    }
}
