//! What the book holds, to be looked at: lists of models, and all prices of one.

use jiff::Timestamp;

use crate::domain::Usd;
use crate::pricing::book::{Book, Found};
use crate::pricing::dated::{Dated, When};
use crate::pricing::error::Gap;
use crate::pricing::price::Price;
use crate::pricing::resolve::{of_found, of_part};
use crate::pricing::tier::Tier;

/// A row of the book at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Its provider.
    pub provider: &'a str,
    /// Its model.
    pub model: &'a str,
    /// What it costs; `None` where the book gives no price.
    pub price: Option<Price>,
}

/// All prices of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The one in force.
    pub price: Price,
    /// Every dated price of the row, in the book's order, if there is more than one; with whether it is the one in force.
    pub dated: Vec<(When, Price, bool)>,
    /// Those of other tiers of service.
    pub tiers: Vec<(Tier, Price)>,
}

/// What one class costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassPrice {
    /// The class's unit.
    pub unit: String,
    /// How many of it the prices are for.
    pub per: u32,
    /// Below every tier.
    pub usd: Usd,
    /// Above so many input tokens.
    pub above: Vec<(u64, Usd)>,
}

impl Price {
    /// Returns what each class costs, ordered by unit.
    pub fn classes_priced(&self) -> Vec<ClassPrice> {
        let class = |class: &crate::pricing::class::ClassRate| {
            let per = class.unit.per;
            let usd = |rate: crate::domain::Rate| rate.times(per.into()).unwrap_or(Usd::MAX);
            ClassPrice {
                unit: class.unit.name.clone(),
                per,
                usd: usd(class.rate),
                above: class
                    .tiers
                    .iter()
                    .map(|tier| (tier.start, usd(tier.rate)))
                    .collect(),
            }
        };
        self.classes(|_| true).map(class).collect()
    }
}

/// Lists the rows whose `PROVIDER/MODEL` contains a text, in the book's order.
pub fn list<'a>(book: &'a Book, filter: &str, at: Timestamp) -> Vec<Listed<'a>> {
    let filter = filter.trim().to_lowercase();
    let mut rows = Vec::new();
    for part in &book.providers {
        for row in &part.models {
            let name = format!("{}/{}", part.id, row.id);
            if name.to_lowercase().contains(&filter) {
                let price = of_part(book, part, &row.id, at).ok();
                rows.push(Listed {
                    provider: &part.id,
                    model: &row.id,
                    // A clause of an earlier row may claim the name: then this row prices nothing.
                    price: price.filter(|price| price.row().is_some_and(|r| r.model == row.id)),
                });
            }
        }
    }
    rows
}

/// Returns all prices of `PROVIDER/MODEL`, or of a bare name that tells its provider, such as `gpt-5`.
///
/// Errors: what the search for a price ended with.
pub fn offer(book: &Book, name: &str, at: Timestamp) -> Result<Offer, Gap> {
    let name = name.trim();
    let (part, model) = match name.split_once('/') {
        Some((provider, model)) if book.part(provider).is_some() => (book.part(provider), model),
        _ => (book.part_of_model(name), name),
    };
    let part = part.ok_or_else(|| Gap::NoBook {
        known_by: book.knowing(name),
    })?;
    let price = of_part(book, part, model, at)?;
    let found = book.find(part, model).ok_or_else(|| Gap::NoModel {
        book: part.id.clone(),
        nearest: part.near(model),
    })?;
    let tiers = Tier::ALL.into_iter();
    Ok(Offer {
        dated: dated(book, &found, model, at)?,
        tiers: tiers
            .filter_map(|tier| Some((tier, price.on(tier)?)))
            .collect(),
        price,
    })
}

fn dated(
    book: &Book,
    found: &Found<'_>,
    model: &str,
    at: Timestamp,
) -> Result<Vec<(When, Price, bool)>, Gap> {
    let Dated::List(entries) = &found.row.prices else {
        return Ok(Vec::new());
    };
    let now = found.row.prices.in_force(at);
    let mut dated = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let when = entry.when();
        let from = match when {
            When::From(date) => Some(date),
            When::Always | When::Hours(..) => None,
        };
        let price = of_found(book, found, model, &entry.prices, from)?;
        dated.push((when, price, now == Some(i)));
    }
    Ok(dated)
}
