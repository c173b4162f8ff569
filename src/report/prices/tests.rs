use super::*;
use crate::pricing::{self, Book};
use crate::report::layout::width;

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().expect("a time")
}

fn fits(text: &str) {
    for line in text.lines() {
        assert!(width(line) <= 80, "{line}");
    }
}

#[test]
fn an_offer_shows_every_price_with_its_origin() {
    let sonnet = pricing::offer(Book::compiled_in(), "claude-sonnet-5", now()).expect("an offer");
    let text = offer(
        &sonnet,
        Book::compiled_in().edition(),
        now(),
        &View::plain(),
    );
    fits(&text);
    for words in [
        "anthropic/claude-sonnet-5",
        "price: genai-prices 2026-08-21",
        "from 2026-09-01 · in force",
        "otherwise · not in force",
        "batch tier",
        "litellm 1.109.1",
        "cache_write_1h_tokens",
    ] {
        assert!(text.contains(words), "lacks `{words}`\n{text}");
    }
}

#[test]
fn times_of_day_and_long_inputs_are_shown_in_both_languages() {
    let chat =
        pricing::offer(Book::compiled_in(), "deepseek/deepseek-chat", now()).expect("an offer");
    let zh = View {
        lang: Lang::Zh,
        ..View::plain()
    };
    let text = offer(&chat, Book::compiled_in().edition(), now(), &zh);
    fits(&text);
    assert!(text.contains("UTC 00:30–16:30 · 当前有效"), "{text}");
    let gemini =
        pricing::offer(Book::compiled_in(), "google/gemini-2.5-pro", now()).expect("an offer");
    let text = offer(
        &gemini,
        Book::compiled_in().edition(),
        now(),
        &View::plain(),
    );
    fits(&text);
    assert!(text.contains("above 200,000 input: 2.50"), "{text}");
}

#[test]
fn a_list_shows_dollars_for_a_million() {
    let rows = pricing::list(Book::compiled_in(), "openai/gpt-5-mini", now());
    let text = prices(&rows, Book::compiled_in().edition(), &View::plain());
    fits(&text);
    assert!(text.contains("0.25") && text.contains("2.00"), "{text}");
    assert_eq!(
        prices(&[], Book::compiled_in().edition(), &View::plain()),
        "no model matches\n"
    );
}

#[test]
fn an_unknown_cost_is_said_and_never_shown_as_nothing() {
    let body = serde_json::json!({"model": "nobody/knows",
        "usage": {"prompt_tokens": 1200, "completion_tokens": 30, "cost": 0.01}});
    let extracted =
        pricing::extract(Book::compiled_in(), "openrouter", None, &body).expect("a usage");
    let shown = Bill {
        at: now(),
        model: extracted.model.as_deref(),
        extracted: &extracted,
        priced: None,
    };
    let text = bill(&shown, &View::plain());
    fits(&text);
    for words in [
        "1,200",
        "unknown",
        "cost unknown",
        "the provider reports $0.01",
    ] {
        assert!(text.contains(words), "lacks `{words}`\n{text}");
    }
    assert!(!text.contains("$0 "), "{text}");
    assert!(bill_json(&shown).contains("\"total_price\": null"));
}
