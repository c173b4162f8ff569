//! The only payer: no other room sends a request that costs money.
//!
//! Rank 4. One call: is its answer in the ledger? Else a permit of the endpoint, a durable hold, one try on the wire, and a
//! settle, a void or a loss; then perhaps another attempt with a hold of its own. One retry layer, one limiter for each
//! endpoint. Nothing here knows a suite or a score. Start with [`Payer::ask`].

mod attempt;
mod counter;
mod lane;
mod limiter;
mod money;
mod payer;
mod share;
mod stop;

pub use limiter::{Limiter, Limits, Permit};
pub use payer::{Answered, Ask, Payer, PayerError, PayerOptions, Reply};
pub use stop::{Brake, StopReason};
