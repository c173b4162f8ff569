//! Tiers of service: what an answer costs that was served by batch, flex or priority.

use crate::domain::Usage;
use crate::pricing::dated::rates;
use crate::pricing::error::PricingError;
use crate::pricing::overlay::{self, Extra};
use crate::pricing::price::Price;

/// A tier that has prices of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Answered within a day.
    Batch,
    /// Answered when there is room.
    Flex,
    /// Answered first.
    Priority,
}

impl Tier {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Batch, Self::Flex, Self::Priority];

    /// Returns its word, as in `service_tier`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
        }
    }
}

/// Words of the tier that has the book's own prices: `OpenAI`'s, Anthropic's, Groq's and Google's.
const STANDARD: [&str; 5] = ["", "auto", "default", "on_demand", "standard"];

impl Price {
    /// Returns the price of the tier that served an answer, by the provider's word for it.
    ///
    /// A declared price and a free one cover every tier. Of the book's, the overlay knows what the other tiers cost; web
    /// searches and other things that are no tokens cost the same on all.
    ///
    /// Errors: [`PricingError::UnknownTier`] for one whose price is not known, and [`PricingError::Uncovered`] for a usage of
    /// tokens that have a price of their own on the standard tier and none on this one: it would be charged too low.
    pub fn served(&self, tier: Option<&str>, usage: &Usage) -> Result<Self, PricingError> {
        let word = tier.unwrap_or_default().trim().to_lowercase();
        let plain = word.strip_prefix("on_demand_").unwrap_or(&word);
        if self.row.is_none() || STANDARD.contains(&plain) {
            return Ok(self.clone());
        }
        let known = Tier::ALL.into_iter().find(|tier| tier.word() == plain);
        let price = known.and_then(|tier| self.on(tier));
        let price = price.ok_or_else(|| PricingError::UnknownTier {
            tier: tier.unwrap_or_default().to_owned(),
            origin: self.source.clone(),
        })?;
        self.refuse_uncovered_by(&price, usage)?;
        Ok(price)
    }

    /// Returns the price on another tier, where the overlay knows it.
    pub fn on(&self, tier: Tier) -> Option<Self> {
        let row = self.row.as_ref()?;
        let extra = overlay::extra(&row.provider, &row.model, &row.model);
        let extra = extra.filter(|extra| extra.is_of(&row.model))?;
        let mut other = rates(extra.tier(tier)?).ok()?;
        other.extend(self.classes(|unit| !unit.is_tokens()).cloned());
        other.sort_by(|a, b| a.unit.name.cmp(&b.unit.name));
        Some(Self {
            source: format!(
                "{}: {}/{}, {}",
                overlay::EDITION,
                row.provider,
                row.model,
                tier.word()
            ),
            from: None,
            rates: other,
            ..self.clone()
        })
    }

    fn refuse_uncovered_by(&self, other: &Self, usage: &Usage) -> Result<(), PricingError> {
        let missing = self.rates.iter().map(|class| class.unit);
        let mut missing = missing.filter(|unit| other.rate(&unit.name).is_none());
        match missing.find(|unit| usage.get(&unit.name) > 0) {
            None => Ok(()),
            Some(unit) => Err(PricingError::Uncovered {
                unit: unit.name.clone(),
                count: usage.get(&unit.name),
                origin: other.source.clone(),
            }),
        }
    }
}

impl Extra {
    fn tier(&self, tier: Tier) -> Option<&crate::pricing::dated::Keyed> {
        match tier {
            Tier::Batch => self.batch.as_ref(),
            Tier::Flex => self.flex.as_ref(),
            Tier::Priority => self.priority.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Endpoint, EndpointKind, Usd};
    use crate::pricing::{Prices, resolve};

    fn price(provider: &str, model: &str) -> Price {
        let mut endpoint = Endpoint::new("e", EndpointKind::OpenAi, "");
        endpoint.prices = Some(provider.to_owned());
        let at = "2026-11-24T12:00:00Z".parse().expect("a time");
        resolve(&endpoint, model, at, &Prices::default()).expect("a price")
    }

    #[test]
    fn tiers_are_priced_by_the_word_returned() {
        let asked = price("openai", "gpt-5-mini");
        let usage = Usage::of(1_000_000, 1_000_000);
        let total = |tier| {
            let served = asked.served(tier, &usage).expect("a price");
            served.cost(&usage).expect("a cost").total.to_string()
        };
        assert_eq!(total(None), "2.250000000000");
        assert_eq!(total(Some("default")), "2.250000000000");
        assert_eq!(total(Some("flex")), "1.125000000000");
        assert_eq!(total(Some("priority")), "4.050000000000");
        let served = asked.served(Some("flex"), &usage).expect("a price");
        assert_eq!(served.source(), "litellm 1.109.1: openai/gpt-5-mini, flex");
    }

    #[test]
    fn a_tier_without_a_price_is_refused_and_never_the_standard_one() {
        let usage = Usage::of(10, 10);
        let served = |model: &str, tier| price("openai", model).served(Some(tier), &usage);
        for (model, tier) in [
            ("gpt-5-mini", "scale"),
            ("gpt-4.1", "flex"),
            ("gpt-5-nano", "priority"),
        ] {
            let error = served(model, tier).expect_err("no price");
            assert!(
                matches!(&error, PricingError::UnknownTier { tier: found, .. } if found == tier),
                "{error}"
            );
        }
    }

    #[test]
    fn tokens_that_a_tier_does_not_name_are_not_charged_as_others() {
        let price = price("anthropic", "claude-haiku-4-5");
        let mut usage = Usage::of(100, 10);
        usage.set("cache_write_tokens", 50);
        usage.set("web_searches", 2);
        let batch = price.served(Some("batch"), &usage).expect("a price");
        let searches = batch.cost(&usage).expect("a cost");
        let line = searches
            .lines
            .iter()
            .find(|line| line.unit == "web_searches");
        let amount = line.map(|line| line.amount);
        assert_eq!(amount, Some(Usd::from_picos(20_000_000_000)));
        usage.set("cache_write_1h_tokens", 50);
        let error = price
            .served(Some("batch"), &usage)
            .expect_err("not covered");
        assert!(
            error.to_string().contains("50 `cache_write_1h_tokens`"),
            "{error}"
        );
    }
}
