//! A usage into disjoint token classes, and their cost.

use serde::{Deserialize, Serialize};

use crate::domain::{Rate, Usage, Usd, unit};
use crate::pricing::class::ClassRate;
use crate::pricing::error::PricingError;
use crate::pricing::price::Price;
use crate::pricing::unit::Unit;

/// What a usage costs: disjoint lines and their sum.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Priced {
    /// The sum of the lines.
    pub total: Usd,
    /// One line for each class that was used, ordered by unit.
    pub lines: Vec<Line>,
}

impl Priced {
    /// Returns the sum of what was read, caches included.
    pub fn input(&self) -> Usd {
        self.sum("input")
    }

    /// Returns the sum of what was written, reasoning included.
    pub fn output(&self) -> Usd {
        self.sum("output")
    }

    /// Sums the lines of a direction; web searches and requests have none.
    fn sum(&self, direction: &str) -> Usd {
        let of_it = self
            .lines
            .iter()
            .filter(|line| Unit::named(&line.unit).is_some_and(|unit| unit.goes(direction)));
        of_it.fold(Usd::ZERO, |sum, line| sum.saturating_add(line.amount))
    }
}

/// What one token class costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The class's unit; its count leaves out the parts that have a line of their own.
    pub unit: String,
    /// How many.
    pub quantity: u64,
    /// What one costs.
    pub rate: Rate,
    /// What all cost, rounded once, half to even, to a picodollar.
    pub amount: Usd,
}

/// The unit that every call counts once, whatever its usage says.
const REQUESTS: &str = "requests";

impl Price {
    /// Returns what a usage costs.
    ///
    /// Each priced unit counts what no priced part of it counts: cached tokens are taken out of the input where they have
    /// a price of their own, and stay in it where they have none; so with reasoning and the output.
    ///
    /// Errors: a usage whose parts exceed the whole, that reports a part without its priced whole, or that holds tokens
    /// of which no class is priced. Units other than tokens (web searches) that have no price are not counted.
    /// A price that is free takes every usage.
    pub fn cost(&self, usage: &Usage) -> Result<Priced, PricingError> {
        if self.is_free() {
            return Ok(without_charge(usage));
        }
        self.refuse_uncovered(usage)?;
        let mut lines = Vec::new();
        for (class, quantity) in self.leaves(usage)? {
            if quantity > 0 {
                lines.push(line(class, quantity, usage.get(unit::INPUT))?);
            }
        }
        lines.sort_by(|a, b| a.unit.cmp(&b.unit));
        let total = lines
            .iter()
            .try_fold(Usd::ZERO, |sum, line| sum.checked_add(line.amount));
        let total = total.ok_or_else(|| too_much(unit::INPUT, usage.get(unit::INPUT)))?;
        Ok(Priced { total, lines })
    }

    /// Returns the disjoint count of each priced unit, the most specific units first.
    fn leaves(&self, usage: &Usage) -> Result<Vec<(&ClassRate, u64)>, PricingError> {
        let mut classes: Vec<&ClassRate> = self.rates.iter().collect();
        classes.sort_by_key(|class| std::cmp::Reverse(class.unit.depth()));
        let mut leaves: Vec<(&ClassRate, u64)> = Vec::with_capacity(classes.len());
        for class in classes {
            let count = reported(class.unit, usage)?;
            let parts = leaves
                .iter()
                .filter(|(part, _)| class.unit.contains(part.unit))
                .fold(0_u64, |sum, (_, leaf)| sum.saturating_add(*leaf));
            let leaf = count
                .checked_sub(parts)
                .ok_or_else(|| PricingError::Overlap {
                    unit: class.unit.name.clone(),
                    count,
                    parts,
                })?;
            leaves.push((class, leaf));
        }
        Ok(leaves)
    }

    /// Refuses tokens of which neither the unit nor a whole that contains it has a price.
    fn refuse_uncovered(&self, usage: &Usage) -> Result<(), PricingError> {
        let covers =
            |class: &ClassRate, unit: &Unit| class.unit == unit || class.unit.contains(unit);
        for (name, &count) in usage.0.iter().filter(|(_, count)| **count > 0) {
            let tokens = Unit::named(name).filter(|unit| unit.is_tokens());
            if tokens.is_some_and(|unit| !self.rates.iter().any(|class| covers(class, unit))) {
                return Err(PricingError::Uncovered {
                    unit: name.clone(),
                    count,
                    origin: self.source.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Returns a unit's count; absent is zero only as long as none of its parts was used.
fn reported(unit: &Unit, usage: &Usage) -> Result<u64, PricingError> {
    if let Some(count) = usage.0.get(&unit.name) {
        return Ok(*count);
    }
    if unit.name == REQUESTS {
        return Ok(1);
    }
    let used = usage.0.iter().filter(|(_, count)| **count > 0);
    let part = used
        .filter_map(|(name, _)| Unit::named(name))
        .find(|part| unit.contains(part));
    match part {
        None => Ok(0),
        Some(part) => Err(PricingError::MissingWhole {
            unit: unit.name.clone(),
            part: part.name.clone(),
        }),
    }
}

fn line(class: &ClassRate, quantity: u64, input: u64) -> Result<Line, PricingError> {
    let rate = class.at(input);
    let amount = rate
        .times(quantity)
        .ok_or_else(|| too_much(&class.unit.name, quantity))?;
    Ok(Line {
        unit: class.unit.name.clone(),
        quantity,
        rate,
        amount,
    })
}

fn too_much(unit: &str, count: u64) -> PricingError {
    PricingError::TooMuch {
        unit: unit.to_owned(),
        count,
    }
}

/// Makes the lines of a call that costs nothing: the two wholes, so that its tokens are booked.
fn without_charge(usage: &Usage) -> Priced {
    let line = |unit: &str| Line {
        unit: unit.to_owned(),
        quantity: usage.get(unit),
        rate: Rate::FREE,
        amount: Usd::ZERO,
    };
    let lines = [unit::INPUT, unit::OUTPUT].map(line);
    Priced {
        total: Usd::ZERO,
        lines: lines.into_iter().filter(|line| line.quantity > 0).collect(),
    }
}

#[cfg(test)]
mod tests;
