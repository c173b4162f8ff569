//! From prompts and cases to recorded rows.
//!
//! Rank 6. [`plan()`] is pure: it renders everything and finds every mistake before anything is sent. [`execute()`] is the one
//! concurrent place of the program. Neither prints; what they tell goes out as events and rows.

mod error;
mod execute;
mod pair;
mod plan;
mod request;

pub use error::{MissingVariable, PlanError, PlanProblem};
pub use execute::{Execution, Job, execute, trial_record};
pub use pair::pair_keys;
pub use plan::{PlannedTrial, plan};
pub use request::{RequestOptions, request};
