//! The ledger: every attempt's money, append-only.
//!
//! Before a request leaves, its worst case is *held*; the answer *settles* it at its cost, a request that never left is
//! *voided*, one whose answer did not come stays *lost*. A crash at any instant leaves books that add up.
//!
//! Rank 3. It knows `SQLite`, files and locks; it must not know providers, prices, prompts' texts or what a suite means:
//! amounts and texts come in, sums and texts go out. Start with [`Ledger`], then `page.rs` (one transaction), `hold.rs`
//! and `settle.rs` (what a transaction may do), `writer/` (who runs it); [`Reader`] is the other side, [`check`] the audit.

mod anchor;
mod bought;
mod chain;
mod check;
mod copy;
mod error;
mod export;
mod handle;
mod hold;
mod import;
mod keep;
mod lines;
mod lock;
mod mount;
mod names;
mod op;
mod orders;
mod page;
mod payload;
mod places;
mod prices;
mod prune;
mod reader;
mod reconcile;
mod recover;
mod run;
mod schema;
mod settle;
mod spill;
mod trial;
mod walk;
mod writer;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use check::{CheckReport, Finding, check, verify};
pub use copy::backup;
pub use error::LedgerError;
pub use export::export_jsonl;
pub use handle::Ledger;
pub use import::{Imported, import};
pub use keep::{Keep, TextLimits};
pub use mount::network_mount;
pub use orders::{
    Balance, CapScope, Caps, Hold, HoldOutcome, Iteration, NewCall, NewRun, OpenOptions, Price,
    Recorded, Recovered, Refused, Settle, Taken, TrialRecord,
};
pub use prices::{prices_path, read_prices, write_prices};
pub use prune::{Pruned, Unneeded, prune};
pub use reader::{
    CachedAnswer, Days, IterationRecord, LostAttempt, PreviousRun, Reader, RunRecord, RunRef,
};
