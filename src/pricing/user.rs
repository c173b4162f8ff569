//! Prices that the user declares: the first to be believed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::{and_list, unit};
use crate::pricing::amount::Amount;
use crate::pricing::class::ClassRate;
use crate::pricing::unit::Unit;

/// Declared prices by `ENDPOINT/MODEL`, as in `[prices."openai/my-deployment"]`.
pub type UserPrices = BTreeMap<String, UserPrice>;

/// A price that the user declares.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum UserPrice {
    /// Costs nothing: `price = "free"`.
    Free,
    /// Costs what its keys say.
    Declared(Declared),
}

/// A declared price: for a million tokens, in US dollars or in the currency of `exchange`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Tokens read.
    pub input: Decimal,
    /// Tokens read from the cache; priced as input where it is absent.
    pub cached_input: Option<Decimal>,
    /// Tokens written to the cache; priced as input where it is absent.
    pub cache_write: Option<Decimal>,
    /// Tokens written.
    pub output: Decimal,
    /// Tokens of hidden reasoning; priced as output where it is absent.
    pub reasoning: Option<Decimal>,
    /// How the currency becomes US dollars.
    pub exchange: Option<Exchange>,
}

/// The rate at which a declared price became US dollars; stored with each call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The currency's code, such as `CNY`.
    pub currency: String,
    /// US dollars for one unit of it, as a decimal.
    pub usd_rate: String,
    /// The day of that rate.
    pub date: Date,
}

/// A declaration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserPriceError {
    /// `price` says something else than `free`.
    #[error("found `price = \"{found}\"`, expected `free`, or `input` and `output` instead")]
    Word {
        /// What it says.
        found: String,
    },
    /// A price that is free has further keys.
    #[error(
        "found `price = \"free\"` beside {}, expected one or the other",
        and_list(keys, 9)
    )]
    FreeAndMore {
        /// The further keys.
        keys: Vec<&'static str>,
    },
    /// Needed keys are absent.
    #[error("expected {} as well", and_list(keys, 9))]
    Missing {
        /// The keys.
        keys: Vec<&'static str>,
    },
    /// Amounts are negative or too large.
    #[error("found amounts that are negative or too large: {}", and_list(keys, 9))]
    Amount {
        /// Their keys.
        keys: Vec<&'static str>,
    },
    /// A currency is no code.
    #[error("found `currency = \"{found}\"`, expected a code such as `CNY`")]
    Currency {
        /// What it says.
        found: String,
    },
    /// A rate to the dollar stands beside dollars.
    #[error(
        "found {} for a price in US dollars, expected them only with another `currency`",
        and_list(keys, 9)
    )]
    RateOfDollars {
        /// The keys of the rate.
        keys: Vec<&'static str>,
    },
}

/// The keys as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    price: Option<String>,
    input: Option<Amount>,
    cached_input: Option<Amount>,
    cache_write: Option<Amount>,
    output: Option<Amount>,
    reasoning: Option<Amount>,
    currency: Option<String>,
    /// US dollars for one unit of the currency.
    usd_rate: Option<Amount>,
    usd_rate_date: Option<Day>,
}

/// A date as a text, or as TOML's own.
#[derive(Deserialize)]
#[serde(untagged)]
enum Day {
    Text(Date),
    Toml(toml::value::Datetime),
}

impl Day {
    fn date(&self) -> Option<Date> {
        match self {
            Self::Text(date) => Some(*date),
            Self::Toml(datetime) => datetime.date?.to_string().parse().ok(),
        }
    }
}

impl TryFrom<Written> for UserPrice {
    type Error = UserPriceError;

    fn try_from(written: Written) -> Result<Self, UserPriceError> {
        match written.price.as_deref() {
            Some("free") => match written.keys() {
                keys if keys.is_empty() => Ok(Self::Free),
                keys => Err(UserPriceError::FreeAndMore { keys }),
            },
            Some(found) => Err(UserPriceError::Word {
                found: found.to_owned(),
            }),
            None => written.declared().map(Self::Declared),
        }
    }
}

impl Written {
    /// Returns the keys that are present, `price` apart.
    fn keys(&self) -> Vec<&'static str> {
        let all = [
            ("input", self.input.is_some()),
            ("cached_input", self.cached_input.is_some()),
            ("cache_write", self.cache_write.is_some()),
            ("output", self.output.is_some()),
            ("reasoning", self.reasoning.is_some()),
            ("currency", self.currency.is_some()),
            ("usd_rate", self.usd_rate.is_some()),
            ("usd_rate_date", self.usd_rate_date.is_some()),
        ];
        let present = all.into_iter().filter(|(_, present)| *present);
        present.map(|(key, _)| key).collect()
    }

    fn require(&self, keys: [&'static str; 2]) -> Result<(), UserPriceError> {
        let present = self.keys();
        let mut absent = keys.to_vec();
        absent.retain(|key| !present.contains(key));
        if absent.is_empty() {
            return Ok(());
        }
        Err(UserPriceError::Missing { keys: absent })
    }

    fn declared(&self) -> Result<Declared, UserPriceError> {
        self.require(["input", "output"])?;
        let optional = |amount: Option<Amount>| amount.map(|amount| amount.0);
        let declared = Declared {
            input: optional(self.input).unwrap_or_default(),
            cached_input: optional(self.cached_input),
            cache_write: optional(self.cache_write),
            output: optional(self.output).unwrap_or_default(),
            reasoning: optional(self.reasoning),
            exchange: self.exchange()?,
        };
        declared.rates().map(|_| declared)
    }

    fn exchange(&self) -> Result<Option<Exchange>, UserPriceError> {
        let currency = match self.currency.as_deref() {
            None | Some("USD") => return self.refuse_rate().map(|()| None),
            Some(code) => code,
        };
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let found = currency.to_owned();
            return Err(UserPriceError::Currency { found });
        }
        self.require(["usd_rate", "usd_rate_date"])?;
        let positive = |rate: &Amount| rate.0 > Decimal::ZERO;
        let rate = self.usd_rate.filter(positive);
        let date = self.usd_rate_date.as_ref().and_then(Day::date);
        match (rate, date) {
            (Some(rate), Some(date)) => Ok(Some(Exchange {
                currency: currency.to_owned(),
                usd_rate: rate.0.normalize().to_string(),
                date,
            })),
            (None, _) => Err(UserPriceError::Amount {
                keys: vec!["usd_rate"],
            }),
            (_, None) => Err(UserPriceError::Missing {
                keys: vec!["usd_rate_date"],
            }),
        }
    }

    fn refuse_rate(&self) -> Result<(), UserPriceError> {
        let mut keys = self.keys();
        keys.retain(|key| key.starts_with("usd_rate"));
        if keys.is_empty() {
            return Ok(());
        }
        Err(UserPriceError::RateOfDollars { keys })
    }
}

impl Declared {
    /// Makes rates in US dollars, ordered by unit.
    ///
    /// Errors: [`UserPriceError::Amount`] with every key that is negative or out of range.
    pub(super) fn rates(&self) -> Result<Vec<ClassRate>, UserPriceError> {
        let (mut rates, mut keys) = (Vec::new(), Vec::new());
        for (key, unit, amount) in [
            ("cached_input", unit::CACHE_READ, self.cached_input),
            ("cache_write", unit::CACHE_WRITE, self.cache_write),
            ("input", unit::INPUT, Some(self.input)),
            ("reasoning", unit::REASONING, self.reasoning),
            ("output", unit::OUTPUT, Some(self.output)),
        ] {
            let Some(amount) = amount else { continue };
            let dollars = self.dollars(amount);
            match dollars.and_then(|dollars| ClassRate::flat(Unit::named(unit)?, dollars)) {
                Some(rate) => rates.push(rate),
                None => keys.push(key),
            }
        }
        if keys.is_empty() {
            return Ok(rates);
        }
        Err(UserPriceError::Amount { keys })
    }

    fn dollars(&self, amount: Decimal) -> Option<Decimal> {
        match &self.exchange {
            None => Some(amount),
            Some(exchange) => amount.checked_mul(exchange.usd_rate.parse().ok()?),
        }
    }
}

#[cfg(test)]
mod tests;
