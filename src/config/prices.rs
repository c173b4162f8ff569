//! Prices that the user declares in `[prices."ENDPOINT/MODEL"]`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::domain::ModelRef;

use super::error::Problem;
use super::keys::{dotted, path};
use super::layers::Layers;
use super::source::Source;

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
    let table = dotted(&path(&["prices", name]));
    let at = price.source.clone();
    if name.parse::<ModelRef>().is_err() {
        problems.push(Problem::WrongValue {
            key: table.clone(),
            at: at.clone(),
            found: "no model".to_owned(),
            expected: "a table named `ENDPOINT/MODEL`".to_owned(),
        });
    }
    let absent = |keys: &[&'static str]| -> Vec<&'static str> {
        let lacks = |key: &&&str| layers.get(&["prices", name, key]).is_none();
        keys.iter().filter(lacks).copied().collect()
    };
    if price.free {
        let missing = absent(&AMOUNTS);
        let others: Vec<_> = AMOUNTS
            .into_iter()
            .filter(|key| !missing.contains(key))
            .collect();
        if !others.is_empty() {
            let key = format!("{table}.price");
            problems.push(Problem::FreeAndPriced { key, at, others });
        }
        return;
    }
    let foreign = price.currency != "USD";
    let needs: [(bool, &[&'static str], &'static str); 2] = [
        (
            true,
            &["input", "output"],
            "which every price needs, or `price = \"free\"`",
        ),
        (
            foreign,
            &["usd_rate", "usd_rate_date"],
            "which another currency than USD needs",
        ),
    ];
    for (_, keys, reason) in needs.into_iter().filter(|(needed, ..)| *needed) {
        let missing = absent(keys);
        if !missing.is_empty() {
            problems.push(Problem::Missing {
                table: table.clone(),
                at: at.clone(),
                missing,
                reason,
            });
        }
    }
    let senseless = if foreign {
        price.usd_rate.is_some_and(|rate| rate.is_zero())
    } else {
        price.usd_rate.is_some_and(|rate| rate != Decimal::ONE)
    };
    if senseless {
        problems.push(Problem::WrongValue {
            key: format!("{table}.usd_rate"),
            at,
            found: format!("`{}`", price.usd_rate.unwrap_or_default()),
            expected: format!("the dollars that one {} is worth", price.currency),
        });
    }
}
