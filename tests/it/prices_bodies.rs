//! Every recorded body under every extractor of the book, as the book's own authors read it.
//!
//! Origin and meaning of the rows: `fixtures/prices/SOURCE.md`. Differences that are meant: none but one, the last count of
//! [`Tally`]: the book's `{}` is "unknown or free", of which the authors make $0 and this program makes no price.

use std::collections::{BTreeMap, HashMap};

use pw::domain::{Endpoint, EndpointKind, Usage, Usd};
use pw::pricing::{self, Book, Gap, Price, Priced, PricingError};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

const ROWS: &str = include_str!("fixtures/prices/usages.jsonl");
const BOOK: &str = include_str!("../../src/pricing/data/data.json");
/// The moment at which the expected prices hold.
const AT: &str = "2025-11-06T12:00:00Z";

#[derive(Deserialize)]
struct Row {
    body: Value,
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
    api_flavor: String,
    input_price: Option<String>,
    output_price: Option<String>,
    total_price: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    /// Bodies that an extractor must refuse, and does.
    refused: usize,
    /// Usages read as expected.
    read: usize,
    /// Of these, priced as expected, to the last digit.
    priced: usize,
    /// Of these, without a price on either side.
    unpriced: usize,
    /// Of these, $0 for the authors and unknown here.
    free_or_unknown: usize,
}

/// Returns every provider with its flavours.
fn extractors() -> Vec<(String, String)> {
    let book: Vec<Value> = serde_json::from_str(BOOK).unwrap();
    let mut all = Vec::new();
    for part in book {
        for extractor in part["extractors"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            all.push((text(&part["id"]), text(&extractor["api_flavor"])));
        }
    }
    all
}

/// Reads an amount, plain or like `9E-7`; all have at most 12 decimals, so that none is rounded.
fn usd(text: &str) -> Usd {
    let plain = Decimal::from_scientific(text).or_else(|_| Decimal::from_str_exact(text));
    plain.unwrap().to_string().parse().unwrap()
}

type Prices = HashMap<(String, String), Result<Price, PricingError>>;

fn resolved<'a>(
    prices: &'a mut Prices,
    provider: &str,
    model: &str,
) -> &'a Result<Price, PricingError> {
    let pair = (provider.to_owned(), model.to_owned());
    prices.entry(pair).or_insert_with(|| {
        let mut endpoint = Endpoint::new("e", EndpointKind::OpenAi, "");
        endpoint.prices = Some(provider.to_owned());
        pricing::resolve(
            &endpoint,
            model,
            AT.parse().unwrap(),
            &pricing::Prices::default(),
        )
    })
}

/// Compares a price with the expected one; returns what differs.
fn compare(
    price: &Result<Price, PricingError>,
    found: &pricing::Extracted<'_>,
    expected: &Expected,
    tally: &mut Tally,
) -> Option<String> {
    let cost = price.as_ref().map_err(Clone::clone).and_then(|price| {
        price
            .served(found.tier.as_deref(), &found.usage)?
            .cost(&found.usage)
    });
    match (cost, &expected.input_price, &expected.output_price) {
        (Ok(cost), Some(input), Some(output)) => {
            tally.priced += 1;
            let (input, output) = (usd(input), usd(output));
            let total = match &expected.total_price {
                Some(total) => usd(total),
                None => input.checked_add(output).unwrap(),
            };
            let ours = (Priced::input(&cost), Priced::output(&cost), cost.total);
            (ours != (input, output, total)).then(|| format!("{ours:?}, expected {total}"))
        }
        (Err(PricingError::Unknown { gap, .. }), Some(input), _)
            if input == "0" && matches!(*gap, Gap::NoPrice { .. }) =>
        {
            tally.free_or_unknown += 1;
            None
        }
        (Err(PricingError::Unknown { .. }), None, None) => {
            tally.unpriced += 1;
            None
        }
        (cost, _, _) => Some(format!("{cost:?}, expected {:?}", expected.input_price)),
    }
}

#[test]
fn every_body_is_read_and_priced_as_the_authors_of_the_book_do() {
    let (mut prices, mut tally, mut wrong) = (Prices::new(), Tally::default(), Vec::new());
    let all = extractors();
    for text in ROWS.lines() {
        let row: Row = serde_json::from_str(text).unwrap();
        let mut expected = BTreeMap::new();
        for extracted in &row.extracted {
            for extractor in &extracted.extractors {
                let key = (extractor.provider_id.clone(), extractor.api_flavor.clone());
                expected.insert(key, (&extracted.usage, extractor));
            }
        }
        for pair in &all {
            let (provider, flavor) = pair;
            let mut differs =
                |what: String| wrong.push(format!("{provider} {flavor}: {what}\n{text}"));
            match (
                pricing::extract(
                    Book::compiled_in(),
                    provider,
                    Some(flavor.as_str()),
                    &row.body,
                ),
                expected.get(pair),
            ) {
                (Err(_), None) => tally.refused += 1,
                (Err(error), Some(_)) => differs(error.to_string()),
                (Ok(found), None) => differs(format!("read {:?}, expected a refusal", found.usage)),
                (Ok(found), Some((usage, _))) if found.usage != **usage => {
                    differs(format!("read {:?}", found.usage));
                }
                (Ok(found), Some((_, expected))) => {
                    tally.read += 1;
                    match &row.model {
                        Some(model) => {
                            let price = resolved(&mut prices, provider, model);
                            if let Some(what) = compare(price, &found, expected, &mut tally) {
                                differs(what);
                            }
                        }
                        None => tally.unpriced += 1,
                    }
                }
            }
        }
    }
    wrong.truncate(20);
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(tally.free_or_unknown, 1, "{tally:?}");
    assert_eq!(tally.read, tally.priced + tally.unpriced + 1, "{tally:?}");
    assert_eq!(tally.priced, 1748, "{tally:?}");
    assert_eq!(
        tally.refused + tally.read,
        ROWS.lines().count() * all.len(),
        "{tally:?}"
    );
}
