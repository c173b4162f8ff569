//! The worst case of a request: what its hold must cover.

use crate::domain::{Rate, Usd};
use crate::pricing::price::{Price, is_finer_than_a_pico};
use crate::pricing::unit::Unit;

impl Price {
    /// Returns the least amount that surely covers a request of text with at most so many tokens in and out.
    ///
    /// All input at the dearest class it can fall in (cache writes included) and the dearest tier it can reach, all output
    /// at its dearest class (reasoning and images included), and the fee for a request; rounded up. Tools that the
    /// provider runs and charges by themselves, such as web searches, are not in it.
    pub fn worst_case(&self, input_bound: u64, max_output: u64) -> Usd {
        self.worst(input_bound, max_output, |unit| {
            unit.is_input() && !unit.is_media()
        })
    }

    /// Returns the same for a request with images, sound or documents, whose classes count then.
    ///
    /// Bytes say nothing about their tokens: give [`Price::context_window`] as the bound.
    pub fn worst_case_with_media(&self, input_bound: u64, max_output: u64) -> Usd {
        self.worst(input_bound, max_output, Unit::is_input)
    }

    fn worst(&self, input_bound: u64, max_output: u64, is_input: fn(&Unit) -> bool) -> Usd {
        let fee = self
            .rate("requests")
            .map_or(Usd::ZERO, |class| class.rate.times_up(1));
        self.dearest(is_input, input_bound, input_bound)
            .saturating_add(self.dearest(Unit::is_output, max_output, input_bound))
            .saturating_add(fee)
    }

    /// Returns what `count` tokens cost when all are of the dearest class, plus what rounding can add when they are not.
    ///
    /// A line rounds up by half a picodollar at most, and only where its rate is finer than that.
    fn dearest(&self, is: fn(&Unit) -> bool, count: u64, input_bound: u64) -> Usd {
        let mut dearest = Rate::FREE;
        let mut rounded_lines = 0_i64;
        for class in self.classes(is) {
            dearest = class.reachable(input_bound).fold(dearest, Rate::max);
            let rounds = class.reachable(input_bound).any(is_finer_than_a_pico);
            rounded_lines += i64::from(rounds);
        }
        let rounding = Usd::from_picos(rounded_lines / 2);
        dearest.times_up(count).saturating_add(rounding)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Usage, unit};
    use crate::pricing::book::Book;
    use crate::pricing::class::{ClassRate, Tier};
    use crate::pricing::dated::rates;

    fn every_price() -> Vec<Price> {
        let parts = &Book::compiled_in().providers;
        let rows = parts.iter().flat_map(|part| &part.models);
        rows.flat_map(|row| row.prices.all())
            .map(|prices| with(rates(prices).expect("rates")))
            .collect()
    }

    fn with(rates: Vec<ClassRate>) -> Price {
        Price {
            rates,
            ..Price::free("test")
        }
    }

    fn class(unit: &str, attos: i64, tiers: &[(u64, i64)]) -> ClassRate {
        let tier = |&(start, attos): &(u64, i64)| Tier {
            start,
            rate: Rate::from_attos(attos),
        };
        ClassRate {
            unit: Unit::named(unit).expect(unit),
            rate: Rate::from_attos(attos),
            tiers: tiers.iter().map(tier).collect(),
        }
    }

    /// A usage whose disjoint counts are the given ones, dealt to the price's classes in turn.
    fn usage_of(price: &Price, is: fn(&Unit) -> bool, leaves: &[u64], usage: &mut Usage) {
        let classes: Vec<&ClassRate> = price.classes(is).collect();
        if classes.is_empty() {
            return;
        }
        for (leaf, class) in leaves.iter().zip(classes.iter().cycle()) {
            for whole in &classes {
                if whole.unit == class.unit || whole.unit.contains(class.unit) {
                    let name = &whole.unit.name;
                    usage.set(name, usage.get(name) + leaf);
                }
            }
        }
    }

    #[test]
    fn takes_the_dearest_class_and_the_dearest_reachable_tier() {
        const PICO: i64 = 1_000_000;
        let price = with(vec![
            class(unit::INPUT, 2 * PICO, &[(100, 4 * PICO)]),
            class(unit::CACHE_WRITE, 3 * PICO, &[(100, 5 * PICO)]),
            class(unit::INPUT_AUDIO, 40 * PICO, &[]),
            class(unit::OUTPUT, 8 * PICO, &[(100, 7 * PICO)]),
            class(unit::REASONING, 9 * PICO, &[]),
            class("requests", 1000 * PICO, &[]),
            class("web_searches", 5000 * PICO, &[]),
        ]);
        assert_eq!(price.worst_case(100, 10).picos(), 300 + 90 + 1000);
        assert_eq!(price.worst_case(101, 10).picos(), 505 + 90 + 1000);
        assert_eq!(
            price.worst_case_with_media(100, 10).picos(),
            4000 + 90 + 1000
        );
        assert_eq!(price.worst_case(u64::MAX, 1), Usd::MAX);
        assert_eq!(Price::free("x").worst_case(10, 10), Usd::ZERO);
    }

    #[test]
    fn covers_lines_that_all_round_up() {
        // Three lines of 0.6 picodollars are 3 picodollars, though three tokens at 0.6 are 1.8.
        let price = with(vec![
            class(unit::INPUT, 600_000, &[]),
            class(unit::CACHE_READ, 600_000, &[]),
            class(unit::CACHE_WRITE, 600_000, &[]),
        ]);
        let mut usage = Usage::default();
        usage_of(&price, Unit::is_input, &[1, 1, 1], &mut usage);
        assert_eq!(price.cost(&usage).expect("a cost").total.picos(), 3);
        assert_eq!(price.worst_case(3, 0).picos(), 3);
    }

    proptest! {
        #[test]
        fn covers_every_usage_within_its_bounds(
            pick in any::<prop::sample::Index>(),
            input in prop::collection::vec(0_u64..100_000, 1..8),
            output in prop::collection::vec(0_u64..5_000, 1..5),
            spare in 0_u64..1_000,
            scale in prop_oneof![Just(1_u64), Just(50_000)],
        ) {
            let prices = every_price();
            let price = pick.get(&prices);
            let input: Vec<u64> = input.iter().map(|leaf| leaf / scale).collect();
            let mut usage = Usage::default();
            usage_of(price, Unit::is_input, &input, &mut usage);
            usage_of(price, Unit::is_output, &output, &mut usage);
            let (read, written) = (input.iter().sum::<u64>() + spare, output.iter().sum());
            let cost = price.cost(&usage).expect("a cost").total;
            prop_assert!(price.worst_case_with_media(read, written) >= cost);
        }

        #[test]
        fn covers_text_at_odd_rates(
            attos in prop::collection::vec(0_i64..3_000_000, 6),
            tier in 0_u64..50,
            input in prop::collection::vec(0_u64..20, 1..8),
            output in prop::collection::vec(0_u64..20, 1..5),
        ) {
            let price = with(vec![
                class(unit::INPUT, attos[0], &[(tier, attos[1])]),
                class(unit::CACHE_READ, attos[2], &[]),
                class(unit::CACHE_WRITE, attos[3], &[(tier, attos[0])]),
                class(unit::OUTPUT, attos[4], &[(tier, attos[2])]),
                class(unit::REASONING, attos[5], &[]),
            ]);
            let mut usage = Usage::default();
            usage_of(&price, Unit::is_input, &input, &mut usage);
            usage_of(&price, Unit::is_output, &output, &mut usage);
            let cost = price.cost(&usage).expect("a cost").total;
            prop_assert!(price.worst_case(input.iter().sum(), output.iter().sum()) >= cost);
        }
    }
}
