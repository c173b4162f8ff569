//! Settings in layers that know where each value came from; the only reader of the environment.
//!
//! Reads the embedded `default.toml`, the user's own file, `pw.toml`, `.env`, the environment and flags, lays them over each
//! other and resolves endpoints: address, key, headers, proxy. Decides which key may go to which host. It must not know
//! prompts, suites, prices of the book or the wire: it opens no connection, and no file but those of settings, `.env`, the
//! store of trust and the key of hashes.
//!
//! Start with [`load()`], then `keys.rs`, the one table of what can be set. Every value of every layer is a `Setting`: a path
//! in TOML, a typed value and its [`Source`]; [`Settings`] are read from the overlay of them.

mod address;
mod document;
mod dotenv;
mod endpoints;
mod environment;
mod error;
mod files;
mod keys;
mod kind;
mod layers;
mod load;
mod model;
mod prices;
mod proxy;
mod references;
mod seams;
mod settings;
mod source;
mod text_key;
pub mod trust;

pub use environment::Environment;
pub use error::{ConfigError, Problem};
pub use load::{Entry, Flag, Loaded, load};
pub use model::ModelNameError;
pub use seams::Seams;
pub use settings::{Budget, Color, Language, Settings, Store};
pub use source::{Layer, Source};
pub use text_key::text_key;
pub use trust::{KeyUse, Pair, Standing};

#[cfg(test)]
mod tests;
