//! What tokens cost: the dated price book, usage into disjoint classes, the worst case of a request.
//!
//! A [`Price`] is looked up once for each call ([`resolve()`]), travels with it, and is stored with it; it answers what a
//! usage costs ([`Price::cost`]) and what a request can cost at most ([`Price::worst_case`]). The book is data compiled
//! into the program (`data/SOURCE.md` gives its origin and its rules), or one that the user imported in its place; what the
//! user declares comes before it: [`Prices`] is both.
//!
//! It must not know where settings come from, what a wire looks like, or what time it is: the time is a parameter.
//! Start reading at `resolve.rs`, then `cost.rs`.

mod amount;
mod book;
mod catalogue;
mod change;
mod class;
mod clause;
mod cost;
mod dated;
mod edition;
mod error;
mod extract;
mod extractor;
mod file;
mod hold;
mod home;
mod limits;
mod overlay;
mod price;
mod prices;
mod reasoning;
mod resolve;
mod tier;
mod unit;
mod user;

pub use book::Book;
pub use catalogue::{ClassPrice, Listed, Offer, list, offer};
pub use change::{Fate, ModelChange, PriceChange};
pub use cost::{Line, Priced};
pub use dated::When;
pub use edition::Edition;
pub use error::{Gap, PricingError};
pub use extract::{ExtractError, Extracted, extract};
pub use extractor::Misfit;
pub use file::{Mistake, PriceFile, PriceFileError};
pub use limits::{Limits, limits};
pub use price::{BookRow, Price};
pub use prices::Prices;
pub use resolve::{resolve, resolve_returned};
pub use tier::Tier;
pub use user::{Declared, Exchange, UserPrice, UserPriceError, UserPrices};
