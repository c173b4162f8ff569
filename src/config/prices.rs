//! Prices that the user declares in `[prices."ENDPOINT/MODEL"]`.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::domain::ModelRef;
use crate::pricing::{Declared, Exchange, UserPrice, UserPrices};

use crate::config::error::Problem;
use crate::config::keys::{dotted, path};
use crate::config::layers::Layers;
use crate::config::source::Source;

/// The price of one model, as its table gives it.
///
/// Units: amounts of `currency` for a million tokens.
struct DeclaredPrice {
    /// True for `price = "free"`; no amount is given then.
    free: bool,
    /// Tokens read.
    input: Option<Decimal>,
    /// Tokens read from the provider's cache.
    cached_input: Option<Decimal>,
    /// Tokens written to the provider's cache.
    cache_write: Option<Decimal>,
    /// Tokens written.
    output: Option<Decimal>,
    /// Tokens of hidden reasoning.
    reasoning: Option<Decimal>,
    /// The currency of the amounts (ISO 4217).
    currency: String,
    /// Dollars for one unit of the currency; always there unless it is USD.
    usd_rate: Option<Decimal>,
    /// The day of that rate; always there unless the currency is USD.
    usd_rate_date: Option<Date>,
    /// Where it is declared.
    source: Source,
}

impl DeclaredPrice {
    /// Returns the price, or `None` where something that it needs is absent.
    fn whole(&self) -> Option<UserPrice> {
        if self.free {
            return Some(UserPrice::Free);
        }
        let exchange = match self.currency.as_str() {
            "USD" => None,
            currency => Some(Exchange {
                currency: currency.to_owned(),
                usd_rate: self.usd_rate?.to_string(),
                date: self.usd_rate_date?,
            }),
        };
        let (cached_input, cache_write, reasoning) =
            (self.cached_input, self.cache_write, self.reasoning);
        Some(UserPrice::Declared(Declared {
            input: self.input?,
            cached_input,
            cache_write,
            output: self.output?,
            reasoning,
            exchange,
        }))
    }
}

const AMOUNTS: [&str; 5] = [
    "input",
    "cached_input",
    "cache_write",
    "output",
    "reasoning",
];
const RATE: [&str; 2] = ["usd_rate", "usd_rate_date"];

/// Reads every declared price; incomplete ones are mistakes.
pub(super) fn read(layers: &Layers, problems: &mut Vec<Problem>) -> UserPrices {
    let mut table = UserPrices::new();
    for name in layers.names("prices") {
        let Some(at) = layers.first_source(&["prices", &name]) else {
            continue;
        };
        let price = declared(layers, &name, at);
        check(layers, &name, &price, problems);
        if let Some(price) = price.whole() {
            table.insert(name, price);
        }
    }
    table
}

fn declared(layers: &Layers, name: &str, at: &Source) -> DeclaredPrice {
    let amount = |key: &str| layers.decimal(&["prices", name, key]);
    let date = layers.get(&["prices", name, "usd_rate_date"]);
    DeclaredPrice {
        free: layers.text(&["prices", name, "price"]).is_some(),
        input: amount("input"),
        cached_input: amount("cached_input"),
        cache_write: amount("cache_write"),
        output: amount("output"),
        reasoning: amount("reasoning"),
        currency: layers
            .text(&["prices", name, "currency"])
            .unwrap_or("USD")
            .to_owned(),
        usd_rate: amount("usd_rate"),
        usd_rate_date: date.and_then(|setting| setting.value.as_date()),
        source: at.clone(),
    }
}

fn check(layers: &Layers, name: &str, price: &DeclaredPrice, problems: &mut Vec<Problem>) {
    let table = Table {
        layers,
        name,
        at: &price.source,
    };
    if name.parse::<ModelRef>().is_err() {
        problems.push(Problem::WrongValue {
            key: table.dotted(),
            at: table.at.clone(),
            found: "no model".to_owned(),
            expected: "a table named `ENDPOINT/MODEL`".to_owned(),
        });
    }
    if price.free {
        problems.extend(table.only_free());
        return;
    }
    let prices = "which every price needs, or `price = \"free\"`";
    problems.extend(table.need(&["input", "output"], prices));
    if price.currency == "USD" {
        let rate = RATE.iter().any(|key| table.source(key).is_some());
        let missing = table.need(&["currency"], "which a rate to the dollar belongs to");
        problems.extend(missing.filter(|_| rate));
    } else {
        problems.extend(table.need(&RATE, "which another currency than USD needs"));
    }
}

/// One table of `[prices]`.
struct Table<'a> {
    layers: &'a Layers,
    name: &'a str,
    at: &'a Source,
}

impl Table<'_> {
    fn need(&self, keys: &[&'static str], reason: &'static str) -> Option<Problem> {
        let absent = |key: &&&'static str| self.source(key).is_none();
        let missing: Vec<_> = keys.iter().filter(absent).copied().collect();
        (!missing.is_empty()).then(|| Problem::Missing {
            table: self.dotted(),
            at: self.at.clone(),
            missing,
            reason,
        })
    }

    fn only_free(&self) -> Option<Problem> {
        let keys = AMOUNTS.iter().chain(&["currency"]).chain(&RATE);
        let others: Vec<_> = keys
            .filter(|key| self.source(key).is_some())
            .copied()
            .collect();
        (!others.is_empty()).then(|| Problem::FreeAndPriced {
            key: format!("{}.price", self.dotted()),
            at: self.source("price").unwrap_or(self.at).clone(),
            others,
        })
    }

    fn source(&self, key: &str) -> Option<&Source> {
        let setting = self.layers.get(&["prices", self.name, key])?;
        Some(&setting.source)
    }

    fn dotted(&self) -> String {
        dotted(&path(&["prices", self.name]))
    }
}
