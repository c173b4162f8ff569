//! Endpoints: a request to its wire and back, every failure classified.
//!
//! Responsible for one attempt: the body of its wire, sending it under every limit, reading the answer leniently, and
//! naming whatever goes wrong by a row of the fault table (F1 to F49) with what became of its money. Also the retry policy,
//! as a pure function. It must not know budgets, the ledger, or how many attempts there were: `call/` decides and pays.
//! No library retries here and no redirect is followed, so that one `send` is at most one request on the wire.
//! Two kinds have no wire: `scripted` answers by rules, and [`embedded`] from a small model in this process.
//!
//! Start with [`Provider`]; then `exchange` (one HTTP exchange under limits) and `classify` (faults).

mod answer;
mod body;
mod classify;
mod counts;
pub mod embedded;
mod error;
mod exchange;
mod gather;
mod http;
mod inflate;
mod limit_name;
mod llama;
mod openai;
mod pace;
mod prepared;
mod protocol;
mod reading;
mod recorded;
mod retry;
mod scripted;
mod scrub;
mod sse;
mod tls;

pub use error::ProviderError;
pub use prepared::{Prepared, Reply, ServerInfo, TextSink, Watch};
pub use protocol::Provider;
pub use recorded::{RecordedError, recorded};
pub use retry::{Decision, Policy, decide};
pub use scripted::ScriptError;
