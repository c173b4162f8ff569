//! What tokens cost: the dated price book, usage into disjoint classes, the worst case of a request.
//!
//! A [`Price`] is looked up once for each call ([`resolve()`]), travels with it, and is stored with it; it answers what a
//! usage costs ([`Price::cost`]) and what a request can cost at most ([`Price::worst_case`]). The book is data compiled
//! into the program (`data/SOURCE.md` gives its origin and its rules); what the user declares comes before it.
//!
//! It must not know where settings come from, what a wire looks like, or what time it is: the time is a parameter.
//! Start reading at `resolve.rs`, then `cost.rs`.

mod amount;
mod book;
mod class;
mod clause;
mod cost;
mod dated;
mod error;
mod hold;
mod home;
mod limits;
mod overlay;
mod price;
mod reasoning;
mod resolve;
mod unit;
mod user;

pub use cost::{Line, Priced};
pub use error::{Gap, PricingError};
pub use limits::{Limits, limits};
pub use price::{BookRow, Price};
pub use resolve::{resolve, resolve_returned};
pub use user::{Declared, Exchange, UserPrice, UserPriceError, UserPrices};
