//! A price: what a hold and a settle carry, and what is stored with a call.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::{Rate, Usd, unit};
use crate::pricing::class::ClassRate;
use crate::pricing::unit::Unit;
use crate::pricing::user::Exchange;

/// What the tokens of one model cost at one moment, complete in itself: it prices a usage without the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub(super) source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) row: Option<BookRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exchange: Option<Exchange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) context_window: Option<u64>,
    pub(super) rates: Vec<ClassRate>,
}

/// The row of the price book that gave a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookRow {
    /// The provider that the row belongs to; with a fallback, not the one asked.
    pub provider: String,
    /// The row's model.
    pub model: String,
    /// The clause that recognised the name, such as `starts_with claude-sonnet-5`.
    pub clause: String,
    /// The name is neither the row's id nor in an `equals` clause: a name that the book may never have seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assumed: bool,
}

impl BookRow {
    /// Tells whether it is the same row, whatever name led to it.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (&self.provider, &self.model) == (&other.provider, &other.model)
    }
}

impl Price {
    /// Makes the price of a model that costs nothing, by declaration or because it runs here.
    pub fn free(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            from: None,
            row: None,
            exchange: None,
            context_window: None,
            rates: Vec::new(),
        }
    }

    /// Tells whether nothing it covers costs anything.
    pub fn is_free(&self) -> bool {
        self.rates.iter().all(ClassRate::is_free)
    }

    /// Returns where it comes from: `pw.toml`, `local server`, `embedded model`, or the book's edition and row.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the date from which it holds, such as `2026-09-01`, where the book gives one.
    pub fn from_date(&self) -> Option<String> {
        self.from.map(|date| date.to_string())
    }

    /// Tells whether a loose clause gave it, so that it may be another model's price.
    pub fn assumed(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.assumed)
    }

    /// Returns the row of the book that gave it; `None` for a declared price and a free one.
    pub fn row(&self) -> Option<&BookRow> {
        self.row.as_ref()
    }

    /// Returns the currency in which it was declared, with its rate, where that is not the US dollar.
    pub fn exchange(&self) -> Option<&Exchange> {
        self.exchange.as_ref()
    }

    /// Returns the most tokens that the model can read, where the book knows: the bound of a request with media.
    pub fn context_window(&self) -> Option<u64> {
        self.context_window
    }

    /// Returns what a million of a unit costs below every tier; `None` where the unit has no price of its own.
    ///
    /// Exact: an attodollar a token is a picodollar for a million.
    pub fn per_million(&self, unit: &str) -> Option<Usd> {
        self.rate(unit)
            .map(|class| Usd::from_picos(class.rate.attos()))
    }

    /// Writes it for a person: `$0.25 in, $0.025 cached, $2 out for a million tokens`.
    pub fn describe(&self) -> String {
        if self.is_free() {
            return "free".to_owned();
        }
        let named = [
            (unit::INPUT, "in"),
            (unit::CACHE_READ, "cached"),
            (unit::CACHE_WRITE, "cache write"),
            (unit::OUTPUT, "out"),
            (unit::REASONING, "reasoning"),
        ];
        let parts: Vec<String> = named
            .iter()
            .filter_map(|(unit, word)| Some(format!("${} {word}", short(self.per_million(unit)?))))
            .collect();
        let tiers = match self.rate(unit::INPUT).map(|class| class.tiers.as_slice()) {
            Some([tier, ..]) => format!(", other prices above {} input tokens", tier.start),
            _ => String::new(),
        };
        format!("{} for a million tokens{tiers}", parts.join(", "))
    }

    pub(super) fn rate(&self, unit: &str) -> Option<&ClassRate> {
        self.rates.iter().find(|class| class.unit.name == unit)
    }

    /// Returns the classes of which `is` holds, with their rates.
    pub(super) fn classes(&self, is: fn(&Unit) -> bool) -> impl Iterator<Item = &ClassRate> {
        self.rates.iter().filter(move |class| is(class.unit))
    }
}

/// Writes an amount without the zeros at its end.
fn short(amount: Usd) -> String {
    let text = amount.to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Rates of which one token costs a fraction of a picodollar: only their lines are rounded.
pub(super) fn is_finer_than_a_pico(rate: Rate) -> bool {
    rate.attos() % 1_000_000 != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::{Prices, resolve};

    fn book(model: &str) -> Price {
        let mut endpoint = crate::domain::Endpoint::new(
            "e",
            crate::domain::EndpointKind::OpenAi,
            "https://api.openai.com/v1",
        );
        endpoint.prices = model.split_once('/').map(|(part, _)| part.to_owned());
        let name = model.split_once('/').map_or(model, |(_, name)| name);
        let at = "2026-11-24T12:00:00Z".parse().expect("a time");
        resolve(&endpoint, name, at, &Prices::default()).expect("a price")
    }

    #[test]
    fn describes_itself_in_dollars_for_a_million() {
        for (model, expected) in [
            (
                "openai/gpt-5-mini",
                "$0.25 in, $0.025 cached, $2 out for a million tokens",
            ),
            (
                "perplexity/sonar-deep-research",
                "$2 in, $8 out, $3 reasoning for a million tokens",
            ),
            (
                "google/gemini-2.5-pro",
                "$1.25 in, $0.125 cached, $10 out for a million tokens, other prices above 200000 input tokens",
            ),
        ] {
            assert_eq!(book(model).describe(), expected, "{model}");
        }
        assert_eq!(Price::free("pw.toml").describe(), "free");
    }

    #[test]
    fn survives_json_and_refuses_units_that_it_does_not_know() {
        let price = book("anthropic/claude-sonnet-5-5");
        let json = serde_json::to_string(&price).expect("json");
        assert_eq!(
            serde_json::from_str::<Price>(&json).expect("a price"),
            price
        );
        assert_eq!(price.from_date().as_deref(), Some("2026-09-01"));
        assert!(json.contains(r#""from":"2026-09-01""#), "{json}");
        assert!(price.assumed());
        let unknown = json.replace("cache_read_tokens", "pancakes");
        let error = serde_json::from_str::<Price>(&unknown).expect_err("an unknown unit");
        assert!(
            error.to_string().contains("found unit `pancakes`"),
            "{error}"
        );
    }
}
