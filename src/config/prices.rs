//! Prices that the user declares in `[prices."ENDPOINT/MODEL"]`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::domain::ModelRef;

use crate::config::error::Problem;
use crate::config::keys::{dotted, path};
use crate::config::layers::Layers;
use crate::config::source::Source;

/// Declared prices, by `ENDPOINT/MODEL`.
pub type PriceTable = BTreeMap<String, DeclaredPrice>;

/// The price of one model, as declared.
///
/// Units: amounts of `currency` for a million tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredPrice {
    /// True for `price = "free"`; no amount is given then.
    pub free: bool,
    /// Tokens read.
    pub input: Option<Decimal>,
    /// Tokens read from the provider's cache.
    pub cached_input: Option<Decimal>,
    /// Tokens written to the provider's cache.
    pub cache_write: Option<Decimal>,
    /// Tokens written.
    pub output: Option<Decimal>,
    /// Tokens of hidden reasoning.
    pub reasoning: Option<Decimal>,
    /// The currency of the amounts (ISO 4217).
    pub currency: String,
    /// Dollars for one unit of the currency; always there unless it is USD.
    pub usd_rate: Option<Decimal>,
    /// The day of that rate; always there unless the currency is USD.
    pub usd_rate_date: Option<Date>,
    /// Where it is declared.
    pub source: Source,
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
pub(super) fn read(layers: &Layers, problems: &mut Vec<Problem>) -> PriceTable {
    let mut table = PriceTable::new();
    for name in layers.names("prices") {
        let Some(at) = layers.first_source(&["prices", &name]) else {
            continue;
        };
        let price = declared(layers, &name, at);
        check(layers, &name, &price, problems);
        table.insert(name, price);
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
