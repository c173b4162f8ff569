//! A provider's response body to a usage: the book says where each provider writes its counts.
//!
//! One function for streamed and whole answers: a stream is folded into one body before it comes here.

use serde_json::Value;

use crate::domain::{Usage, and_list};
use crate::pricing::book::{Book, Part};
use crate::pricing::extractor::{Extractor, Misfit};

/// More than this of anything is no count of one answer: 10,000 times the longest context window there is.
const MOST: u64 = 10_000_000_000;

/// What a response body says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted<'a> {
    /// The provider's part of the book.
    pub provider: &'a str,
    /// The flavour of its API whose body this is.
    pub flavor: &'a str,
    /// The model that answered, where the body names one.
    pub model: Option<String>,
    /// The tier of service that answered, in the provider's word.
    pub tier: Option<String>,
    /// What it counted, in the book's units; zeros are left out.
    pub usage: Usage,
    /// What the provider itself says the answer cost, in US dollars, as it writes it.
    pub reported_cost: Option<String>,
}

/// Why a body gives no usage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// No part of the book has this name.
    #[error("no provider `{found}` in the price book, expected one of {}", and_list(known, known.len()))]
    Provider {
        /// What was named.
        found: String,
        /// The providers whose bodies can be read.
        known: Vec<String>,
    },
    /// The provider has no such flavour, or none at all.
    #[error(
        "`{provider}` has no flavour `{found}`, expected {}",
        flavors_or_none(known)
    )]
    Flavor {
        /// The provider.
        provider: String,
        /// What was named.
        found: String,
        /// Its flavours.
        known: Vec<String>,
    },
    /// The body is not one of the provider's.
    #[error("the body has no usage of `{provider}`, flavour {}: {misfit}", and_list(tried, tried.len()))]
    Body {
        /// The provider.
        provider: String,
        /// The flavours that were tried.
        tried: Vec<String>,
        /// What the last of them missed.
        misfit: Misfit,
    },
    /// A count that no answer can reach.
    #[error("found {count} `{unit}`, expected at most {MOST} in one answer")]
    TooMany {
        /// The unit.
        unit: String,
        /// Its count.
        count: u64,
    },
}

fn flavors_or_none(known: &[String]) -> String {
    match known {
        [] => "none: the book does not say how to read its bodies".to_owned(),
        _ => format!("one of {}", and_list(known, known.len())),
    }
}

/// Reads the usage of a provider's response body.
///
/// Without a flavour, the provider's flavours are tried in the book's order: the first place where the body keeps counts is
/// taken, and of the flavours that read this place the one that finds most of them.
///
/// Errors: a provider or flavour that the book lacks; a body without the counts that this provider must give, with null,
/// negative, fractional or impossible ones.
pub fn extract<'a>(
    book: &'a Book,
    provider: &str,
    flavor: Option<&str>,
    body: &Value,
) -> Result<Extracted<'a>, ExtractError> {
    let part = book.part(provider).ok_or_else(|| ExtractError::Provider {
        found: provider.to_owned(),
        known: readable(book),
    })?;
    let candidates: Vec<&Extractor> = part
        .extractors
        .iter()
        .filter(|extractor| flavor.is_none_or(|flavor| extractor.flavor == flavor))
        .collect();
    if candidates.is_empty() {
        return Err(ExtractError::Flavor {
            provider: part.id.clone(),
            found: flavor.unwrap_or("default").to_owned(),
            known: flavors(&part.extractors),
        });
    }
    let (extractor, usage) = best(part, &candidates, body)?;
    if let Some((unit, count)) = usage.0.iter().find(|(_, count)| **count > MOST) {
        return Err(ExtractError::TooMany {
            unit: unit.clone(),
            count: *count,
        });
    }
    Ok(Extracted {
        provider: &part.id,
        flavor: &extractor.flavor,
        model: extractor.model(body),
        tier: tier(body),
        usage,
        reported_cost: reported_cost(body),
    })
}

fn best<'a>(
    part: &Part,
    candidates: &[&'a Extractor],
    body: &Value,
) -> Result<(&'a Extractor, Usage), ExtractError> {
    let mut best: Option<(&Extractor, Usage)> = None;
    let mut misfit = Misfit::Nothing;
    for &extractor in candidates {
        match extractor.usage(body) {
            Err(found) => misfit = found,
            Ok(usage) => {
                let better = best.as_ref().is_none_or(|(first, found)| {
                    first.root == extractor.root && usage.0.len() > found.0.len()
                });
                if better {
                    best = Some((extractor, usage));
                }
            }
        }
    }
    best.ok_or_else(|| ExtractError::Body {
        provider: part.id.clone(),
        tried: candidates
            .iter()
            .map(|extractor| extractor.flavor.clone())
            .collect(),
        misfit,
    })
}

fn readable(book: &Book) -> Vec<String> {
    let read = |part: &&Part| !part.extractors.is_empty();
    let parts = book.providers.iter().filter(read);
    parts.map(|part| part.id.clone()).collect()
}

fn flavors(extractors: &[Extractor]) -> Vec<String> {
    extractors
        .iter()
        .map(|extractor| extractor.flavor.clone())
        .collect()
}

/// Returns the tier of service: beside the model (`OpenAI`), in the usage (Anthropic) or in Google's two words for it.
fn tier(body: &Value) -> Option<String> {
    let places = [
        "/service_tier",
        "/usage/service_tier",
        "/usageMetadata/serviceTier",
        "/usageMetadata/trafficType",
    ];
    places
        .iter()
        .find_map(|place| body.pointer(place)?.as_str())
        .map(str::to_owned)
}

/// Returns what a provider says it charged, in dollars: `OpenRouter`'s `usage.cost`.
fn reported_cost(body: &Value) -> Option<String> {
    let cost = body.pointer("/usage/cost")?;
    cost.is_number().then(|| cost.to_string())
}
