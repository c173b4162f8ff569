use super::*;

fn read(toml: &str) -> Result<UserPrice, String> {
    toml::from_str(toml).map_err(|error: toml::de::Error| error.message().to_owned())
}

/// Each rate as `unit attodollars`.
fn rates(toml: &str) -> Vec<String> {
    let Ok(UserPrice::Declared(declared)) = read(toml) else {
        panic!("expected a declared price: {toml}");
    };
    let rates = declared.rates().expect("rates");
    let written = rates.iter();
    written
        .map(|class| format!("{} {}", class.unit.name, class.rate.attos()))
        .collect()
}

#[test]
fn amounts_are_dollars_for_a_million_tokens() {
    assert_eq!(
        rates("input = \"0.20\"\ncached_input = 0.02\noutput = 1"),
        [
            "cache_read_tokens 20000000000",
            "input_tokens 200000000000",
            "output_tokens 1000000000000",
        ]
    );
    assert_eq!(read("price = \"free\""), Ok(UserPrice::Free));
}

#[test]
fn another_currency_needs_a_dated_rate_and_keeps_it() {
    for date in ["2026-11-20", "\"2026-11-20\""] {
        let toml = format!(
            "input = \"2\"\noutput = \"8\"\ncurrency = \"CNY\"\nusd_rate = \"0.1405\"\nusd_rate_date = {date}"
        );
        assert_eq!(
            rates(&toml),
            ["input_tokens 281000000000", "output_tokens 1124000000000"]
        );
        let Ok(UserPrice::Declared(declared)) = read(&toml) else {
            panic!("expected a declared price");
        };
        let exchange = declared.exchange.expect("an exchange");
        assert_eq!(
            serde_json::to_string(&exchange).expect("json"),
            r#"{"currency":"CNY","usd_rate":"0.1405","date":"2026-11-20"}"#
        );
    }
}

#[test]
fn declarations_that_cannot_be_used_say_why() {
    for (toml, expected) in [
        ("", "expected `input` and `output` as well"),
        ("input = 1", "expected `output` as well"),
        (
            "price = \"cheap\"",
            "found `price = \"cheap\"`, expected `free`, or `input` and `output` instead",
        ),
        (
            "price = \"free\"\ninput = 1",
            "found `price = \"free\"` beside `input`, expected one or the other",
        ),
        (
            "input = -1\noutput = 99999999999",
            "found amounts that are negative or too large: `input` and `output`",
        ),
        (
            "input = \"\"\noutput = 1",
            "found ``, expected a decimal such as `0.25`",
        ),
        (
            "input = 1\noutput = 1\ncurrency = \"yuan\"",
            "found `currency = \"yuan\"`, expected a code such as `CNY`",
        ),
        (
            "input = 1\noutput = 1\ncurrency = \"CNY\"",
            "expected `usd_rate` and `usd_rate_date` as well",
        ),
        (
            "input = 1\noutput = 1\ncurrency = \"CNY\"\nusd_rate = 0\nusd_rate_date = \"2026-11-20\"",
            "found amounts that are negative or too large: `usd_rate`",
        ),
        (
            "input = 1\noutput = 1\nusd_rate = 1",
            "found `usd_rate` for a price in US dollars, expected them only with another `currency`",
        ),
    ] {
        assert_eq!(read(toml), Err(expected.to_owned()), "{toml}");
    }
    let unknown = read("input = 1\noutput = 1\ncahced_input = 1").expect_err("an unknown key");
    assert!(
        unknown.contains("unknown field `cahced_input`"),
        "{unknown}"
    );
}
