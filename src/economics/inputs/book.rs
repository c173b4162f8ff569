//! Prices of the book as a forecast needs them: floats at each month.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::domain::unit;
use crate::economics::request::TokenPrices;
use crate::pricing::Price;

/// Finds the price of `ENDPOINT/MODEL` at a day, or says why there is none.
pub(crate) type Prices<'a> = dyn Fn(&str, Date) -> Result<Price, String> + 'a;

/// What the book says of a model over a horizon.
#[derive(Debug, Clone)]
pub(super) struct Quote {
    pub(super) now: TokenPrices,
    pub(super) source: String,
    pub(super) date: Option<String>,
    pub(super) context_tokens: Option<u64>,
    /// Later prices by the month from which they hold.
    pub(super) steps: Vec<(f64, TokenPrices)>,
}

/// Looks a model up at the first day of each month.
pub(super) fn quote(
    prices: &Prices<'_>,
    model: &str,
    as_of: Date,
    horizon_months: f64,
    input_tokens: f64,
) -> Result<Quote, String> {
    let first = prices(model, as_of)?;
    let now = token_prices(&first, input_tokens);
    let mut steps = Vec::new();
    let mut last = now;
    let mut month = 2.0;
    let mut later = 1_i64;
    while month <= horizon_months {
        let day = as_of
            .checked_add(later.months())
            .map_err(|error| error.to_string())?;
        let then = token_prices(&prices(model, day)?, input_tokens);
        if then != last {
            steps.push((month, then));
            last = then;
        }
        month += 1.0;
        later += 1;
    }
    Ok(Quote {
        now,
        source: first.source().to_owned(),
        date: first.from_date(),
        context_tokens: first.context_window(),
        steps,
    })
}

/// Returns dollars for a million tokens; above a threshold (strictly) every class takes the price of its tier.
fn token_prices(price: &Price, input_tokens: f64) -> TokenPrices {
    let classes = price.classes_priced();
    let of = |name: &str| {
        let class = classes.iter().find(|class| class.unit == name)?;
        let tier = class
            .above
            .iter()
            .rfind(|(start, _)| input_tokens > real(*start));
        let usd = tier.map_or(class.usd, |(_, usd)| *usd);
        Some(usd.as_f64() / f64::from(class.per) * 1e6)
    };
    TokenPrices {
        input: of(unit::INPUT).unwrap_or(0.0),
        cached_input: of(unit::CACHE_READ),
        cache_write: of(unit::CACHE_WRITE),
        output: of(unit::OUTPUT).unwrap_or(0.0),
        reasoning: of(unit::REASONING),
    }
}

/// A threshold of tokens as a float.
#[expect(
    clippy::cast_precision_loss,
    reason = "thresholds and windows stay far below 2^53"
)]
pub(super) fn real(tokens: u64) -> f64 {
    tokens as f64
}
