//! From trial rows to what a person decides by: rates with intervals, paired comparisons, verdicts, gates.
//!
//! Rank 2, pure: rows in, plain structs out, no clock, no file, no ledger. The structs are the facts of every report; the
//! formats are `report/`'s. Start with [`facts`].

mod facts;

pub use crate::stats::Interval;
pub use facts::{
    BudgetLeft, Comparison, ComparisonKind, Discordant, Facts, Flip, Git, SideName, Totals,
    VariantFacts, Verdict,
};
