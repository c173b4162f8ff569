//! Prices of real answers, as the price book's own authors computed them.
//!
//! Origin and meaning of the rows: `fixtures/prices/SOURCE.md`.

use std::collections::{BTreeMap, HashMap};

use pw::domain::{Endpoint, EndpointKind, Usage, Usd};
use pw::pricing::{Gap, Price, Priced, PricingError, UserPrices, resolve};
use rust_decimal::Decimal;
use serde::Deserialize;

const ROWS: &str = include_str!("fixtures/prices/usages.jsonl");
/// The moment at which the expected prices hold.
const AT: &str = "2025-11-06T12:00:00Z";

#[derive(Deserialize)]
struct Row {
    model: Option<String>,
    extracted: Vec<Extracted>,
}

#[derive(Deserialize)]
struct Extracted {
    usage: Usage,
    extractors: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    provider_id: String,
    input_price: Option<String>,
    output_price: Option<String>,
    total_price: Option<String>,
}

/// Resolved prices by provider and model: the rows hold few pairs, many times each.
type Prices = HashMap<(String, String), Result<Price, PricingError>>;

fn look_up(prices: &mut Prices, provider: &str, model: &str) -> Result<Price, PricingError> {
    let pair = (provider.to_owned(), model.to_owned());
    let resolved = prices.entry(pair).or_insert_with(|| {
        let mut endpoint = Endpoint::new("e", EndpointKind::OpenAi, "");
        endpoint.prices = Some(provider.to_owned());
        let at = AT.parse().expect("a time");
        resolve(&endpoint, model, at, &UserPrices::new())
    });
    resolved.clone()
}

/// Reads an amount, plain or like `9E-7`; all have at most 12 decimals, so that none is rounded.
fn usd(text: &str) -> Usd {
    let plain = Decimal::from_scientific(text).or_else(|_| Decimal::from_str_exact(text));
    let plain = plain.expect("a decimal").to_string();
    plain.parse().expect("an amount in dollars")
}

/// Sums the lines by what their unit's name starts with: input (caches included), output, and neither.
fn directions(priced: &Priced) -> BTreeMap<&'static str, Usd> {
    let mut sums = BTreeMap::from([
        ("input", Usd::ZERO),
        ("neither", Usd::ZERO),
        ("output", Usd::ZERO),
    ]);
    for line in &priced.lines {
        let direction = match line.unit.split('_').next() {
            Some("input" | "cache") => "input",
            Some("output") => "output",
            _ => "neither",
        };
        let sum = sums.entry(direction).or_default();
        *sum = sum.checked_add(line.amount).expect("in range");
    }
    sums
}

/// Returns what differs, or nothing.
fn difference(price: &Price, usage: &Usage, expected: &Expected) -> Option<String> {
    let input = usd(expected.input_price.as_deref()?);
    let output = usd(expected.output_price.as_deref()?);
    let sum = input.checked_add(output)?;
    let total = expected.total_price.as_deref().map_or(sum, usd);
    let priced = match price.cost(usage) {
        Ok(priced) => priced,
        Err(error) => return Some(error.to_string()),
    };
    let sums = directions(&priced);
    let found = (sums["input"], sums["output"], priced.total);
    (found != (input, output, total))
        .then(|| format!("{found:?}, expected {input}, {output}, {total}"))
}

#[test]
fn real_answers_cost_what_the_book_s_authors_say() {
    let mut prices = Prices::new();
    let mut mismatches = Vec::new();
    let (mut equal, mut unknown, mut without_price, mut unnamed) = (0, 0, 0, 0);
    for text in ROWS.lines() {
        let row: Row = serde_json::from_str(text).expect("a row");
        for extracted in &row.extracted {
            for expected in &extracted.extractors {
                let Some(model) = &row.model else {
                    unnamed += 1;
                    assert_eq!(expected.input_price, None, "{text}");
                    continue;
                };
                let provider = &expected.provider_id;
                let wrong = match look_up(&mut prices, provider, model) {
                    Ok(price) if expected.input_price.is_some() => {
                        equal += 1;
                        difference(&price, &extracted.usage, expected)
                    }
                    Ok(price) => Some(format!("a price from {}, expected none", price.source())),
                    // The book's `{}` is "unknown or free": the authors say $0, this program refuses.
                    Err(PricingError::Unknown { gap, .. })
                        if matches!(*gap, Gap::NoPrice { .. }) =>
                    {
                        without_price += 1;
                        let free = expected
                            .input_price
                            .as_deref()
                            .is_none_or(|price| price == "0");
                        (!free).then(|| "no price".to_owned())
                    }
                    Err(_) if expected.input_price.is_none() => {
                        unknown += 1;
                        None
                    }
                    Err(error) => Some(error.to_string()),
                };
                mismatches.extend(wrong.map(|wrong| format!("{provider}/{model}: {wrong}")));
            }
        }
    }
    assert_eq!(mismatches, Vec::<String>::new());
    assert_eq!(
        (equal, unknown, without_price, unnamed),
        (1748, 7923, 1, 156)
    );
}
