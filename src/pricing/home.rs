//! Where the prices of an endpoint's models are found.

use crate::domain::{Endpoint, EndpointKind};
use crate::pricing::book::{Book, Part};
use crate::pricing::error::PricingError;

/// Where an endpoint's prices are found.
pub(super) enum Home<'a> {
    /// In a part of the book.
    Book(&'a Part),
    /// On this machine, which sends no bill; the name of that as the source of a price.
    Here(&'static str),
    /// In no part of the book.
    Nowhere,
}

/// Returns where an endpoint's prices are found: by its `prices`, its kind and its address, in this order.
///
/// Errors: [`PricingError::UnknownBook`] where `prices` names no part of the book.
pub(super) fn home<'a>(endpoint: &Endpoint, book: &'a Book) -> Result<Home<'a>, PricingError> {
    if let Some(id) = &endpoint.prices {
        let unknown = || PricingError::UnknownBook {
            endpoint: endpoint.name.clone(),
            found: id.clone(),
            known: book.ids(),
        };
        return book.part(id).map(Home::Book).ok_or_else(unknown);
    }
    Ok(match endpoint.kind {
        EndpointKind::Embedded => Home::Here("embedded model"),
        EndpointKind::LlamaCpp if endpoint.is_loopback() => Home::Here("local server"),
        _ => book
            .part_at(&endpoint.base_url)
            .map_or(Home::Nowhere, Home::Book),
    })
}
