//! From trial rows to what a person decides by: rates with intervals, paired comparisons, verdicts, gates.
//!
//! Rank 2, pure: rows in, plain structs out, no clock, no file, no ledger. The structs are the facts of every report; the
//! formats are `report/`'s. Start with [`Facts`] for what comes out, then [`compare_all`] for how a verdict is reached:
//! `pairing` → `sample` → `verdict`.
#![expect(
    clippy::doc_markdown,
    reason = "McNemar is a person, UUIDv7 a plain word"
)]

mod books;
mod change;
mod compare;
mod estimate;
mod facts;
mod flips;
mod forecast;
mod gates;
mod iterations;
mod pairing;
pub mod remark;
mod sample;
mod spend;
mod standing;
mod variant;
mod verdict;

#[cfg(test)]
mod rows;

pub use crate::stats::Interval;
pub use books::{AttemptEnd, BookedCall, BookedPosting};
pub use change::Change;
pub use compare::{CompareOptions, compare, compare_all};
pub use estimate::{ENOUGH_CALLS, Estimate, EstimatePart, Fit, Forecast, PastCall, fit, forecast};
pub use facts::{
    BudgetLeft, Comparison, ComparisonKind, Discordant, Facts, Flip, Git, SideName, Totals, Unkept,
    VariantFacts, Verdict,
};
pub use gates::judge_gates;
pub use iterations::{
    Course, Iteration, Plateau, SESSION_GAP, Series, Stretch, course, working_time,
};
pub use pairing::{PairedRow, Side};
pub use spend::{
    Repriced, RepricedSums, Spend, SpendBy, SpendCourse, SpendEntry, SpendGroup, SpendRow,
    SpendSource, SpendSums, StackGroup, Unpriced, spend, spend_course,
};
pub use standing::passes;
pub use variant::{VariantIdentity, variant_facts};
