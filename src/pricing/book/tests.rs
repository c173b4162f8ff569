use std::collections::BTreeSet;

use regex::Regex;
use rust_decimal::Decimal;

use super::*;
use crate::pricing::dated::rates;

fn book() -> &'static Book {
    Book::compiled_in()
}

fn found(part: &str, model: &str) -> Option<(String, String, bool)> {
    let part = book().part(part).expect("a part of the book");
    let found = book().find(part, model)?;
    let row = format!("{}/{}", found.part.id, found.row.id);
    Some((row, found.clause, found.assumed))
}

/// A row found by a clause that names the model.
fn exactly(row: &str, clause: &str) -> (String, String, bool) {
    (row.to_owned(), clause.to_owned(), false)
}

#[test]
fn every_row_has_usable_prices_and_patterns() {
    let rows: Vec<&Row> = book().providers.iter().flat_map(|p| &p.models).collect();
    assert_eq!((book().providers.len(), rows.len()), (36, 1466));
    let mut unknown = 0;
    for row in rows {
        for prices in row.prices.all() {
            rates(prices).expect("usable prices");
            unknown += usize::from(prices.is_empty());
        }
        for pattern in row.clause.patterns() {
            assert!(pattern.regex().is_some(), "{pattern:?}");
        }
    }
    assert_eq!(unknown, 157);
    for part in &book().providers {
        let pattern = part.api_pattern.as_ref().expect("an address pattern");
        assert!(pattern.regex().is_some(), "{pattern:?}");
        let matches = part.provider_match.iter().flat_map(Clause::patterns);
        assert!(matches.into_iter().all(|pattern| pattern.regex().is_some()));
    }
}

#[test]
fn edition_is_the_one_that_the_source_page_names() {
    let edition = book().edition();
    let source = include_str!("../data/SOURCE.md");
    assert!(source.contains(&format!("({})", edition.day)), "{edition}");
    assert_eq!(edition.to_string(), "genai-prices 2026-08-21");
}

#[test]
fn every_literal_of_the_book_survives_the_way_through_a_float() {
    let literal = Regex::new(r#""(?:[a-z0-9_]+_(?:mtok|kcount)|base|price)":([-+.0-9eE]+)"#)
        .expect("a pattern");
    let literals: BTreeSet<&str> = literal
        .captures_iter(DATA)
        .filter_map(|captures| captures.get(1))
        .map(|found| found.as_str())
        .collect();
    assert!(literals.len() > 300, "{}", literals.len());
    for text in literals {
        let float: f64 = serde_json::from_str(text).expect("a number");
        let through = Decimal::from_str_exact(&float.to_string()).expect("a decimal");
        let exact = Decimal::from_str_exact(text).expect("a decimal");
        assert_eq!(through, exact, "{text}");
    }
}

#[test]
fn parts_are_named_by_id_or_meaning() {
    for (id, expected) in [
        ("openai", Some("openai")),
        (" OpenAI ", Some("openai")),
        ("bedrock", Some("aws")),
        ("xai", Some("x-ai")),
        ("huggingface_groq", Some("huggingface_groq")),
        ("dashscope", None),
    ] {
        let part = book().part(id).map(|part| part.id.as_str());
        assert_eq!(part, expected, "{id}");
    }
}

#[test]
fn addresses_are_recognised_at_their_start_only() {
    for (url, expected) in [
        ("https://api.openai.com/v1", Some("openai")),
        ("https://API.OpenAI.com/v1", Some("openai")),
        ("https://openrouter.ai/api/v1", Some("openrouter")),
        ("https://my-res.openai.azure.com/openai/v1", Some("azure")),
        ("https://api.moonshot.cn/v1", Some("moonshotai")),
        ("https://proxy.example/https://api.openai.com", None),
        ("http://127.0.0.1:8080", None),
        ("", None),
    ] {
        let part = book().part_at(url).map(|part| part.id.as_str());
        assert_eq!(part, expected, "{url}");
    }
}

#[test]
fn a_name_from_an_equals_clause_is_not_assumed() {
    assert_eq!(
        found("openai", "gpt-5-mini-2025-08-07"),
        Some(exactly("openai/gpt-5-mini", "equals gpt-5-mini-2025-08-07"))
    );
    assert_eq!(
        found("openai", "GPT-5-mini"),
        Some(exactly("openai/gpt-5-mini", "equals gpt-5-mini"))
    );
}

#[test]
fn a_name_swept_in_by_a_loose_clause_is_assumed() {
    for (part, model, row) in [
        (
            "anthropic",
            "claude-sonnet-5-5",
            "anthropic/claude-sonnet-5",
        ),
        ("anthropic", "claude-opus-5-5", "anthropic/claude-opus-5"),
        ("mistral", "mistral-medium-3.5", "mistral/mistral-medium-3"),
    ] {
        let (found, clause, assumed) = found(part, model).expect(model);
        assert_eq!((found.as_str(), assumed), (row, true), "{clause}");
    }
}

#[test]
fn fallbacks_are_asked_once_nothing_is_found() {
    assert_eq!(
        found("azure", "gpt-5.2"),
        Some(exactly("openai/gpt-5.2", "equals gpt-5.2"))
    );
    assert_eq!(found("openai", "claude-sonnet-5"), None);
}

#[test]
fn nearest_rows_come_first() {
    let part = book().part("openai").expect("openai");
    assert_eq!(
        part.near("gpt-5-minni").first().map(String::as_str),
        Some("gpt-5-mini")
    );
    assert_eq!(part.near("qwertyuiopasdfghjkl"), Vec::<String>::new());
    assert!(book().knowing("gpt-5-mini").contains(&"openai".to_owned()));
}
