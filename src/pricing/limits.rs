//! What a model can read and write, as far as the book knows.

use crate::domain::{Endpoint, unit};
use crate::pricing::book::Found;
use crate::pricing::dated::Dated;
use crate::pricing::home::{Home, home};
use crate::pricing::overlay::{Extra, extra};
use crate::pricing::prices::Prices;
use crate::pricing::reasoning;
use crate::pricing::unit::Unit;

/// Limits of a model; what is not known is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// The most tokens that it reads, else the size of its context window.
    pub context: Option<u64>,
    /// The most tokens that it writes.
    pub max_output: Option<u64>,
    /// It reasons before it answers: the book prices its reasoning, or its name says so.
    pub reasons: bool,
    /// The date on which it is withdrawn, such as `2026-12-11`, or `date unknown`.
    pub deprecated: Option<String>,
}

/// Returns the limits of a model.
///
/// Numbers and dates come from the endpoint's part of the book, as prices do; whether it reasons is told by its name on
/// every endpoint, a local one too.
pub fn limits(endpoint: &Endpoint, model: &str, prices: &Prices) -> Limits {
    let book = prices.book();
    let found = match home(endpoint, book) {
        Ok(Home::Book(part)) => book.find(part, model),
        _ => None,
    };
    let by_name = reasoning::named(model);
    let Some(found) = found else {
        return Limits {
            reasons: by_name,
            ..Limits::default()
        };
    };
    let extra = extra_of(&found, model);
    let withdrawn = extra.and_then(|extra| extra.deprecation_date.clone());
    let unknown_date = found.row.deprecated.then(|| "date unknown".to_owned());
    Limits {
        context: context_of(&found, model),
        max_output: extra.and_then(|extra| extra.max_output_tokens),
        reasons: by_name || prices_reasoning(&found.row.prices),
        deprecated: withdrawn.or(unknown_date),
    }
}

/// Returns the most tokens that a found model reads.
pub(super) fn context_of(found: &Found<'_>, model: &str) -> Option<u64> {
    extra_of(found, model)
        .and_then(|extra| extra.max_input_tokens)
        .or(found.row.context_window)
}

fn extra_of(found: &Found<'_>, model: &str) -> Option<&'static Extra> {
    extra(&found.part.id, &found.row.id, model.trim())
}

fn prices_reasoning(prices: &Dated) -> bool {
    let mut keys = prices.all().into_iter().flat_map(|keyed| keyed.keys());
    keys.any(|key| Unit::priced_by(key).is_some_and(|priced| priced.name == unit::REASONING))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EndpointKind;

    fn of(part: &str, model: &str) -> Limits {
        let mut endpoint = Endpoint::new("e", EndpointKind::OpenAi, "");
        endpoint.prices = Some(part.to_owned());
        limits(&endpoint, model, &Prices::default())
    }

    #[test]
    fn overlay_comes_before_the_window_of_the_book() {
        assert_eq!(
            of("openai", "gpt-5-mini-2025-08-07"),
            Limits {
                context: Some(272_000),
                max_output: Some(128_000),
                reasons: true,
                deprecated: Some("2026-12-11".to_owned()),
            }
        );
        assert_eq!(
            of("mistral", "mistral-tiny").deprecated.as_deref(),
            Some("date unknown")
        );
        assert!(of("perplexity", "sonar-deep-research").reasons);
        assert_eq!(of("nobody", "gpt-5-mini").context, None);
    }

    #[test]
    fn a_local_server_borrows_no_numbers_from_a_public_name() {
        let local = Endpoint::new("local", EndpointKind::LlamaCpp, "http://127.0.0.1:8080");
        assert_eq!(
            limits(&local, "gpt-oss-20b", &Prices::default()),
            Limits {
                reasons: true,
                ..Limits::default()
            }
        );
    }
}
