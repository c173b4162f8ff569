//! The words of the house, as plain data: no behaviour beyond construction, parsing and display.
//!
//! Rank 0: every room may import from here, and nothing here imports from another room. Nothing here knows a file, a
//! clock, an endpoint or a terminal. Start with `trial.rs`: one trial is what the whole program exists to run.

mod case;
mod endpoint;
mod event;
mod fault;
mod hash;
mod message;
mod model;
mod money;
mod names;
mod outcome;
mod request;
mod run;
mod score;
mod seams;
mod trial;
mod usage;
mod words;

pub use case::{Assertion, AssertionKind, Case, CaseId, Place, Vars};
pub use endpoint::{Endpoint, EndpointKind};
pub use event::{Event, Progress};
pub use fault::{Fault, FaultCode, MoneyClass};
pub(crate) use hash::sha256_hex;
pub use hash::{Sha256Hex, TextKey, canonical_json};
pub use message::{Media, Message, Part, Role};
pub use model::{ModelRef, ModelRefError};
pub use money::{Cost, Rate, Usd, UsdError};
pub use names::{IterationNumber, PromptName, Revision, Variant};
pub use outcome::{Answer, FinishReason, Outcome, ToolCall};
pub use request::{Request, ToolDef};
pub use run::{Gate, GateSpec, Purpose, RunId, RunStatus};
pub use score::Score;
pub use seams::{Clock, FailPoint};
pub use trial::{AnswerText, TrialKey, TrialRow};
pub use usage::{Usage, unit};
pub(crate) use words::levenshtein;
pub use words::{and_list, count, nearest};
