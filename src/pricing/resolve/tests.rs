use super::*;
use crate::domain::{EndpointKind, Usage, Usd, unit};
use crate::pricing::UserPrices;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    at("2026-11-24T12:00:00Z")
}

fn openai() -> Endpoint {
    Endpoint::new("openai", EndpointKind::OpenAi, "https://api.openai.com/v1")
}

fn local(kind: EndpointKind, url: &str) -> Endpoint {
    Endpoint::new("local", kind, url)
}

fn of_part(part: &str) -> Endpoint {
    let mut endpoint = Endpoint::new("e", EndpointKind::OpenAi, "");
    endpoint.prices = Some(part.to_owned());
    endpoint
}

fn prices(name: &str, toml: &str) -> Prices {
    let price = toml::from_str(toml).expect("a declared price");
    Prices::from(UserPrices::from([(name.to_owned(), price)]))
}

fn none() -> Prices {
    Prices::default()
}

/// Dollars for a million tokens in and out.
fn in_and_out(price: &Price) -> (String, String) {
    let of = |unit| price.per_million(unit).expect("a price").to_string();
    (of(unit::INPUT), of(unit::OUTPUT))
}

fn refused(endpoint: &Endpoint, model: &str) -> PricingError {
    resolve(endpoint, model, now(), &none()).expect_err("no price")
}

#[test]
fn an_address_gives_the_part_of_the_book() {
    let price = resolve(&openai(), "gpt-5-mini", now(), &none()).expect("a price");
    assert_eq!(
        in_and_out(&price),
        ("0.250000000000".to_owned(), "2.000000000000".to_owned())
    );
    assert_eq!(price.source(), "genai-prices 2026-08-21: openai/gpt-5-mini");
    assert_eq!((price.from_date(), price.assumed()), (None, false));
    assert_eq!(price.context_window(), Some(272_000));
}

#[test]
fn a_declared_price_comes_first() {
    let user = prices(
        "openai/gpt-5-mini",
        "input = \"0.20\"\ncached_input = \"0.02\"\noutput = \"0.80\"",
    );
    let price = resolve(&openai(), "gpt-5-mini", now(), &user).expect("a price");
    let mut usage = Usage::of(1_000_000, 1_000_000);
    usage.set(unit::CACHE_READ, 500_000);
    let cost = price.cost(&usage).expect("a cost");
    assert_eq!(cost.total, "0.91".parse::<Usd>().expect("an amount"));
    assert_eq!((price.source(), price.row()), ("pw.toml", None));
    assert_eq!(price.context_window(), Some(272_000));
    let other = resolve(&openai(), "gpt-5", now(), &user).expect("a price");
    assert_eq!(other.source(), "genai-prices 2026-08-21: openai/gpt-5");
}

#[test]
fn another_currency_is_kept_with_its_rate() {
    let toml = "input = 2\noutput = 8\ncurrency = \"CNY\"\nusd_rate = \"0.14\"\nusd_rate_date = \"2026-11-20\"";
    let endpoint = Endpoint::new("dashscope", EndpointKind::OpenAi, "https://d.example");
    let user = prices("dashscope/qwen-plus", toml);
    let price = resolve(&endpoint, "qwen-plus", now(), &user).expect("a price");
    assert_eq!(
        in_and_out(&price),
        ("0.280000000000".to_owned(), "1.120000000000".to_owned())
    );
    let exchange = price.exchange().expect("an exchange");
    assert_eq!(
        (exchange.currency.as_str(), exchange.usd_rate.as_str()),
        ("CNY", "0.14")
    );
}

#[test]
fn only_what_runs_on_this_machine_is_free_unasked() {
    use EndpointKind::{Embedded, LlamaCpp, OpenAi, Scripted};
    let inside = resolve(&local(Embedded, ""), "weather", now(), &none()).expect("a price");
    assert_eq!(
        (inside.is_free(), inside.source()),
        (true, "embedded model")
    );
    let here = local(LlamaCpp, "http://127.0.0.1:8080");
    let price = resolve(&here, "gpt-5-mini", now(), &none()).expect("a price");
    assert_eq!((price.is_free(), price.source()), (true, "local server"));
    let user = prices("local/gpt-5-mini", "input = 1\noutput = 1");
    let paid = resolve(&here, "gpt-5-mini", now(), &user).expect("a price");
    assert!(!paid.is_free());
    for (kind, url) in [
        (LlamaCpp, "http://10.0.0.7:8080"),
        (OpenAi, "http://127.0.0.1:8080/v1"),
        (Scripted, ""),
    ] {
        let error = refused(&local(kind, url), "gpt-5-mini");
        let PricingError::Unknown { gap, .. } = &error else {
            panic!("{error}");
        };
        let Gap::NoBook { known_by } = gap.as_ref() else {
            panic!("{error}");
        };
        assert!(known_by.contains(&"openai".to_owned()), "{error}");
    }
    let free = prices("local/m", "price = \"free\"");
    let scripted = resolve(&local(Scripted, ""), "m", now(), &free).expect("a price");
    assert_eq!((scripted.is_free(), scripted.source()), (true, "pw.toml"));
}

#[test]
fn a_named_part_comes_before_the_address() {
    let mut endpoint = openai();
    endpoint.prices = Some("bedrock".to_owned());
    let price = resolve(&endpoint, "openai.gpt-5.6-luna", now(), &none()).expect("a price");
    assert_eq!(price.row().map(|row| row.provider.as_str()), Some("aws"));
    endpoint.prices = Some("dashscope".to_owned());
    let error = refused(&endpoint, "gpt-5-mini").to_string();
    assert!(
        error.starts_with(
            "endpoint `openai` has `prices = \"dashscope\"`, expected one of `anthropic`, `avian`"
        ),
        "{error}"
    );
}

#[test]
fn dated_prices_follow_the_calendar_and_the_clock() {
    for (part, model, when, input, from) in [
        (
            "anthropic",
            "claude-sonnet-5",
            "2026-08-31T23:59:59Z",
            "2.000000000000",
            None,
        ),
        (
            "anthropic",
            "claude-sonnet-5",
            "2026-09-01T00:00:00Z",
            "3.000000000000",
            Some("2026-09-01"),
        ),
        (
            "google",
            "gemini-3.6-flash",
            "2026-12-31T23:59:59Z",
            "0.750000000000",
            None,
        ),
        (
            "google",
            "gemini-3.6-flash",
            "2027-01-01T00:00:00Z",
            "1.500000000000",
            Some("2027-01-01"),
        ),
        (
            "deepseek",
            "deepseek-chat",
            "2026-01-01T00:29:59Z",
            "0.135000000000",
            None,
        ),
        (
            "deepseek",
            "deepseek-chat",
            "2026-01-01T00:30:00Z",
            "0.270000000000",
            None,
        ),
        (
            "deepseek",
            "deepseek-chat",
            "2026-01-01T16:29:59Z",
            "0.270000000000",
            None,
        ),
        (
            "deepseek",
            "deepseek-chat",
            "2026-01-01T16:30:00Z",
            "0.135000000000",
            None,
        ),
    ] {
        let price = resolve(&of_part(part), model, at(when), &none()).expect(model);
        let found = (in_and_out(&price).0, price.from_date());
        assert_eq!(
            found,
            (input.to_owned(), from.map(str::to_owned)),
            "{model} {when}"
        );
    }
}

#[test]
fn an_unknown_price_says_where_the_search_ended_and_what_to_paste() {
    let error = refused(&openai(), "gpt-5-minni");
    assert_eq!(
        error.to_string(),
        "no price is known for `openai/gpt-5-minni`: the price book's part `openai` has no such model; \
         did you mean `gpt-5-mini` or `gpt-4o-mini` or `gpt-5-1-mini`?"
    );
    assert_eq!(
        error.lines_to_paste().as_deref(),
        Some(
            "[prices.\"openai/gpt-5-minni\"]  # US dollars for a million tokens; or only: price = \"free\"\n\
             input = \"\"\noutput = \"\""
        )
    );
    let dashscope = Endpoint::new("dashscope", EndpointKind::OpenAi, "https://d.example/v1");
    assert_eq!(
        refused(&dashscope, "晴天-\"1\"")
            .lines_to_paste()
            .as_deref()
            .and_then(|text| text.lines().next()),
        Some(
            "[prices.\"dashscope/晴天-\\\"1\\\"\"]  # US dollars for a million tokens; or only: price = \"free\""
        )
    );
    assert_eq!(
        refused(&dashscope, "晴天").to_string(),
        "no price is known for `dashscope/晴天`: none is declared, and its endpoint belongs to no part of the price book"
    );
}

#[test]
fn an_empty_row_of_the_book_is_unknown_and_not_free() {
    assert_eq!(
        refused(&of_part("cerebras"), "qwen-3-coder-480b").to_string(),
        "no price is known for `e/qwen-3-coder-480b`: the price book lists `cerebras/qwen-3-coder-480b` without a price"
    );
}

#[test]
fn the_returned_model_is_priced_by_its_own_row() {
    let returned = |name: &str| {
        let asked = resolve(&openai(), "gpt-5-mini", now(), &none()).expect("a price");
        resolve_returned(&asked, &openai(), "gpt-5-mini", name, now(), &none())
    };
    let model = |name| {
        let price = returned(name).expect(name);
        price
            .row()
            .map(|row| (row.model.clone(), row.clause.clone()))
    };
    let row = |model: &str, clause: &str| Some((model.to_owned(), clause.to_owned()));
    for same in ["gpt-5-mini", "GPT-5-mini", "", "gpt-5-mini-2025-08-07"] {
        assert_eq!(
            model(same),
            row("gpt-5-mini", "equals gpt-5-mini"),
            "{same}"
        );
    }
    assert_eq!(model("gpt-5-nano"), row("gpt-5-nano", "equals gpt-5-nano"));
    assert_eq!(
        returned("mystery").expect_err("no price").to_string(),
        "the answer of `openai/gpt-5-mini` comes from `mystery`, whose price is not known: \
         the price book's part `openai` has no such model"
    );
}

#[test]
fn a_declared_price_covers_what_answers_to_its_name() {
    let user = prices("openai/my-deployment", "input = 1\noutput = 1");
    let asked = resolve(&openai(), "my-deployment", now(), &user).expect("a price");
    let price = |user: &Prices| {
        resolve_returned(&asked, &openai(), "my-deployment", "gpt-5", now(), user).expect("a price")
    };
    assert_eq!(price(&user), asked);
    let mut both = user.clone();
    both.declared
        .extend(prices("openai/gpt-5", "input = 3\noutput = 3").declared);
    assert_eq!(in_and_out(&price(&both)).0, "3.000000000000");
}
