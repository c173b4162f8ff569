//! Prompt engineering against fine-tuning: what both cost over a horizon, which wins, and how sure that is.
//!
//! Rank 2, pure: the text of a `compare.toml` and a way to ask for prices in, plain numbers out. Forecasts are floats; money
//! that was spent is never computed here. The equations are those of the comparison's specification, by their names there:
//! H months, V requests, c dollars of a request, q share of right answers, L dollars of a wrong one, d discount.
//!
//! In reading order: `request` (what one costs), `prompt` and `finetune` (what each path takes), `path` (its present value),
//! `world` (one state of all numbers), `verdict` (both side by side), then `draws`, `uncertainty` and `measurement` (many
//! worlds). `keys` is the one table of numbers with their names, ranges and defaults; to add an input, add a line there.
#![expect(
    clippy::doc_markdown,
    reason = "LiteLLM and LoRA are plain words, EVPPI and EVSI are names"
)]

mod comparison;
mod curve;
mod dist;
mod draws;
mod finetune;
mod gates;
mod gpu;
mod inputs;
mod investment;
mod keys;
mod labels;
mod market;
mod measurement;
mod path;
mod prompt;
mod request;
mod serving;
mod solve;
mod training;
mod uncertainty;
mod verdict;
mod world;

#[cfg(test)]
mod tests;

pub(crate) use comparison::{Comparison, Learning, Next};
pub(crate) use dist::Dist;
pub(crate) use gates::{Gate, GateKind};
pub(crate) use gpu::OwnTraining;
pub(crate) use inputs::{InputLine, Inputs, InputsError, Provenance, Shown, read};
pub(crate) use investment::Investment;
pub(crate) use path::Value;
pub(crate) use solve::{NoSolution, solve};
pub(crate) use uncertainty::Bar;
pub(crate) use verdict::Case;
