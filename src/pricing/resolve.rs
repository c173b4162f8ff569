//! Which price a model has: the declared one, else the book's for its endpoint.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::Endpoint;
use crate::pricing::book::{Book, Found, Part};
use crate::pricing::dated::{Keyed, rates};
use crate::pricing::error::{Gap, PricingError};
use crate::pricing::home::{Home, home};
use crate::pricing::limits::{context_of, limits};
use crate::pricing::price::{BookRow, Price};
use crate::pricing::prices::Prices;
use crate::pricing::user::UserPrice;

/// The source of a declared price.
const DECLARED: &str = "pw.toml";

/// Returns the price of a model at a moment.
///
/// The declared price of `ENDPOINT/MODEL` comes first, then the part of the book that the endpoint names or, else, that its
/// address belongs to; a llama.cpp server on this machine is free unless one of the first two says otherwise. The name
/// alone gives no price: a local model may carry a public name.
///
/// Errors: [`PricingError::Unknown`] where none of these knows it; a price is never guessed.
pub fn resolve(
    endpoint: &Endpoint,
    model: &str,
    at: Timestamp,
    prices: &Prices,
) -> Result<Price, PricingError> {
    if let Some(price) = declared(endpoint, model, prices)? {
        return Ok(price);
    }
    let price = match home(endpoint, prices.book())? {
        Home::Here(source) => Ok(Price::free(source)),
        Home::Book(part) => of_part(prices.book(), part, model, at),
        Home::Nowhere => Err(nowhere(prices.book(), model)),
    };
    price.map_err(|gap| PricingError::Unknown {
        endpoint: endpoint.name.clone(),
        model: model.to_owned(),
        gap: Box::new(gap),
    })
}

/// Returns the price of the model that an answer names.
///
/// The asked price stands where the answer names the model asked, another name of its row, or nothing; and where it was
/// declared or local, since a declaration for a name covers what answers to it (a deployment, a file of weights), unless
/// the returned name has a declared price of its own.
///
/// Errors: [`PricingError::UnknownReturned`] where it is another model, and not known.
pub fn resolve_returned(
    asked: &Price,
    endpoint: &Endpoint,
    asked_model: &str,
    returned: &str,
    at: Timestamp,
    prices: &Prices,
) -> Result<Price, PricingError> {
    let returned = returned.trim();
    if returned.is_empty() || returned.eq_ignore_ascii_case(asked_model) {
        return Ok(asked.clone());
    }
    if let Some(price) = declared(endpoint, returned, prices)? {
        return Ok(price);
    }
    let Some(asked_row) = asked.row() else {
        return Ok(asked.clone());
    };
    let price = match home(endpoint, prices.book())? {
        Home::Book(part) => of_part(prices.book(), part, returned, at),
        Home::Here(_) | Home::Nowhere => Err(nowhere(prices.book(), returned)),
    };
    match price {
        Ok(price) if price.row().is_some_and(|row| row.is_same(asked_row)) => Ok(asked.clone()),
        Ok(price) => Ok(price),
        Err(gap) => Err(PricingError::UnknownReturned {
            endpoint: endpoint.name.clone(),
            asked: asked_model.to_owned(),
            returned: returned.to_owned(),
            gap: Box::new(gap),
        }),
    }
}

fn nowhere(book: &Book, model: &str) -> Gap {
    Gap::NoBook {
        known_by: book.knowing(model),
    }
}

fn declared(
    endpoint: &Endpoint,
    model: &str,
    prices: &Prices,
) -> Result<Option<Price>, PricingError> {
    let name = format!("{}/{model}", endpoint.name);
    let price = match prices.declared.get(&name) {
        None => return Ok(None),
        Some(UserPrice::Free) => Price::free(DECLARED),
        Some(UserPrice::Declared(declared)) => Price {
            exchange: declared.exchange.clone(),
            rates: declared
                .rates()
                .map_err(|source| PricingError::Declared { name, source })?,
            ..Price::free(DECLARED)
        },
    };
    Ok(Some(Price {
        context_window: limits(endpoint, model, prices).context,
        ..price
    }))
}

/// Returns the price of a model that a part of the book, or one of its fallbacks, names.
pub(super) fn of_part(book: &Book, part: &Part, model: &str, at: Timestamp) -> Result<Price, Gap> {
    let found = book.find(part, model).ok_or_else(|| Gap::NoModel {
        book: part.id.clone(),
        nearest: part.near(model),
    })?;
    match found.row.prices.at(at) {
        Some((prices, from)) => of_found(book, &found, model, prices, from),
        None => Err(Gap::NoPrice { row: found.name() }),
    }
}

/// Makes a price of one entry of a row.
pub(super) fn of_found(
    book: &Book,
    found: &Found<'_>,
    model: &str,
    prices: &Keyed,
    from: Option<Date>,
) -> Result<Price, Gap> {
    let row = found.name();
    if prices.is_empty() {
        return Err(Gap::NoPrice { row });
    }
    let source = format!("{}: {row}", book.edition);
    Ok(Price {
        source,
        from,
        rates: rates(prices).map_err(|keys| Gap::BadRow { row, keys })?,
        exchange: None,
        context_window: context_of(found, model),
        row: Some(BookRow {
            provider: found.part.id.clone(),
            model: found.row.id.clone(),
            clause: found.clause.clone(),
            assumed: found.assumed,
        }),
    })
}

#[cfg(test)]
mod tests;
