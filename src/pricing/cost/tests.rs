use std::collections::BTreeMap;

use super::*;
use crate::domain::{Endpoint, EndpointKind};
use crate::pricing::{Prices, UserPrice, UserPrices, resolve};

fn declared(toml: &str) -> Price {
    let price: UserPrice = toml::from_str(toml).expect("a declared price");
    let user = Prices::from(UserPrices::from([("e/m".to_owned(), price)]));
    let endpoint = Endpoint::new("e", EndpointKind::Scripted, "");
    resolve(&endpoint, "m", jiff::Timestamp::UNIX_EPOCH, &user).expect("a price")
}

fn book(part: &str, model: &str) -> Price {
    let mut endpoint = Endpoint::new("e", EndpointKind::OpenAi, "");
    endpoint.prices = Some(part.to_owned());
    let at = "2026-11-24T12:00:00Z".parse().expect("a time");
    resolve(&endpoint, model, at, &Prices::default()).expect("a price")
}

fn usage(counts: &[(&str, u64)]) -> Usage {
    let counts = counts
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count));
    Usage(counts.collect::<BTreeMap<_, _>>())
}

/// Each line as `unit quantity amount`, then the total.
fn bill(price: &Price, counts: &[(&str, u64)]) -> Vec<String> {
    let priced = price.cost(&usage(counts)).expect("a cost");
    let lines = priced.lines.iter();
    lines
        .map(|line| format!("{} {} {}", line.unit, line.quantity, line.amount))
        .chain([priced.total.to_string()])
        .collect()
}

const ALL: &str = r#"
    input = "2"
    cached_input = "0.5"
    cache_write = "2.5"
    output = "8"
    reasoning = "3""#;

#[test]
fn parts_with_a_price_leave_their_whole() {
    assert_eq!(
        bill(
            &declared(ALL),
            &[
                ("input_tokens", 1000),
                ("cache_read_tokens", 600),
                ("cache_write_tokens", 100),
                ("output_tokens", 50),
                ("output_reasoning_tokens", 20),
            ]
        ),
        [
            "cache_read_tokens 600 0.000300000000",
            "cache_write_tokens 100 0.000250000000",
            "input_tokens 300 0.000600000000",
            "output_reasoning_tokens 20 0.000060000000",
            "output_tokens 30 0.000240000000",
            "0.001450000000",
        ]
    );
}

#[test]
fn parts_without_a_price_stay_in_their_whole() {
    let price = declared("input = 2\noutput = 8");
    assert_eq!(
        bill(
            &price,
            &[
                ("input_tokens", 1000),
                ("cache_read_tokens", 600),
                ("cache_write_1h_tokens", 5),
                ("output_tokens", 50),
                ("output_reasoning_tokens", 20),
                ("web_searches", 2),
                ("unheard_of", 7),
            ]
        ),
        [
            "input_tokens 1000 0.002000000000",
            "output_tokens 50 0.000400000000",
            "0.002400000000",
        ]
    );
}

#[test]
fn nested_parts_are_taken_out_once() {
    let price = book("anthropic", "claude-sonnet-5");
    assert_eq!(
        bill(
            &price,
            &[
                ("input_tokens", 1000),
                ("cache_write_tokens", 400),
                ("cache_write_1h_tokens", 300),
                ("web_searches", 2),
            ]
        ),
        [
            "cache_write_1h_tokens 300 0.001800000000",
            "cache_write_tokens 100 0.000375000000",
            "input_tokens 600 0.001800000000",
            "web_searches 2 0.020000000000",
            "0.023975000000",
        ]
    );
}

#[test]
fn a_tier_takes_all_tokens_once_the_whole_input_passes_it() {
    let price = book("google", "gemini-2.5-pro");
    let at = |input, cached| {
        let counts = [
            ("input_tokens", input),
            ("cache_read_tokens", cached),
            ("output_tokens", 10),
        ];
        bill(&price, &counts)
    };
    assert_eq!(
        at(200_000, 150_000),
        [
            "cache_read_tokens 150000 0.018750000000",
            "input_tokens 50000 0.062500000000",
            "output_tokens 10 0.000100000000",
            "0.081350000000",
        ]
    );
    assert_eq!(
        at(200_001, 150_000),
        [
            "cache_read_tokens 150000 0.037500000000",
            "input_tokens 50001 0.125002500000",
            "output_tokens 10 0.000150000000",
            "0.162652500000",
        ]
    );
}

#[test]
fn a_fee_for_each_request_is_counted_once() {
    assert_eq!(
        bill(&book("perplexity", "sonar"), &[("input_tokens", 10)]),
        [
            "input_tokens 10 0.000010000000",
            "requests 1 0.012000000000",
            "0.012010000000",
        ]
    );
}

#[test]
fn each_line_rounds_once_half_to_even() {
    // Half a picodollar a token: 1 → 0, 3 → 2; the sum of the exact amounts would be 2 too, of the upward ones 3.
    let price = declared("input = \"0.0000005\"\noutput = \"0.0000005\"");
    assert_eq!(
        bill(&price, &[("input_tokens", 1), ("output_tokens", 3)]),
        [
            "input_tokens 1 0.000000000000",
            "output_tokens 3 0.000000000002",
            "0.000000000002",
        ]
    );
}

#[test]
fn a_free_price_takes_every_usage_and_keeps_its_tokens() {
    let price = declared("price = \"free\"");
    assert!(price.is_free());
    assert_eq!(
        bill(&price, &[("output_tokens", 7), ("cache_read_tokens", 9)]),
        ["output_tokens 7 0.000000000000", "0.000000000000"]
    );
}

#[test]
fn a_usage_that_contradicts_itself_is_refused() {
    let refused = |price: &Price, counts: &[(&str, u64)]| {
        price
            .cost(&usage(counts))
            .expect_err("a refusal")
            .to_string()
    };
    let price = declared(ALL);
    assert_eq!(
        refused(&price, &[("input_tokens", 10), ("cache_read_tokens", 11)]),
        "found 10 `input_tokens` whose parts are 11, expected parts that fit the whole"
    );
    assert_eq!(
        refused(&price, &[("cache_read_tokens", 11)]),
        "found `cache_read_tokens` without `input_tokens`, expected both"
    );
    assert_eq!(
        refused(&price, &[("input_tokens", u64::MAX)]),
        format!(
            "found {} `input_tokens`, whose cost passes the largest amount that can be booked",
            u64::MAX
        )
    );
    assert_eq!(
        refused(
            &book("openai", "text-embedding-3-small"),
            &[("output_tokens", 3)]
        ),
        "found 3 `output_tokens`, which the price from genai-prices 2026-08-21: openai/text-embedding-3-small does not cover"
    );
    assert!(price.cost(&usage(&[("cache_read_tokens", 0)])).is_ok());
}
