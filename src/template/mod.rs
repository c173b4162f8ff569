//! Dotprompt: a prompt's file becomes front matter, the variables it needs, and the messages of a case.
//!
//! The room reads text and gives text: files, partials included, are read by others and handed in. Nothing here knows a case's
//! expectations, a model or a price. Strict where Dotprompt is lenient: a variable without a value is an error with its place,
//! because a prompt with a hole in it is paid like any other. Values are never rendered again and can form no marker.
//!
//! Start with [`Template`] in `prompt.rs`. On the way of a text: `source` cuts the file, `front` and `picoschema` read what it
//! says of itself, `scan` lets only what is safe and matched reach the engine, `walk` finds variables and flaws before any value
//! is known, `rewrite` puts our helpers into the engine's tree, `program` renders it, `marker` and `messages` make messages.

mod blocks;
mod compile;
mod error;
mod explain;
mod fill;
mod flaw;
mod front;
mod front_place;
mod json_text;
mod marker;
mod messages;
mod path;
mod picoschema;
mod program;
mod prompt;
mod revision;
mod rewrite;
mod run;
mod scan;
mod scan_tag;
mod schema;
mod scope;
mod signature;
mod source;
mod values;
mod walk;
mod walk_partial;
pub mod yaml;

#[cfg(test)]
mod tests;

pub use error::{
    InputProblem, Located, Spot, TemplateError, UnknownVariable, VariableUse, Warning,
};
pub use fill::fill;
pub use flaw::{BodyFlaw, FrontFlaw, RenderFlaw, SchemaFlaw};
pub use front::FrontMatter;
pub use picoschema::Schemas;
pub use prompt::{ParseOptions, PartialSource, Partials, RenderContext, Template};
pub use revision::RevisionText;
