//! Statistics as pure functions over plain numbers; every formula cites its source and says when it does not hold.
//!
//! Rank 1: nothing here knows a trial, a prompt or a verdict; what the numbers mean is `summary/`'s matter. `alpha` is always
//! the two-sided error: 0.05 gives a 95 % interval. Start with [`Mean`], the workhorse of everything that is not a plain
//! count, and [`tango`], its counterpart for paired yes and no.
#![expect(clippy::doc_markdown, reason = "McNemar and DasGupta are people")]

mod additive;
mod beta_binomial;
mod bisection;
mod holm;
mod interval;
mod mcnemar;
mod mean;
mod percentile;
mod power;
mod quantile;
mod real;
mod tango;
mod wilson;

pub(crate) use additive::main_effects;
pub(crate) use beta_binomial::beta_binomial;
pub(crate) use bisection::edge;
pub use holm::{holm, holm_levels};
pub use interval::Interval;
pub use mcnemar::mcnemar_exact;
pub use mean::Mean;
pub use percentile::nearest_rank;
pub use power::{pairs_for_mcnemar, units_for_mean};
pub(crate) use quantile::normal_cdf;
pub use quantile::{beta_quantile, normal_quantile, t_quantile, t_two_sided_p};
pub(crate) use real::real;
pub use tango::{tango, tango_p};
pub use wilson::wilson;
