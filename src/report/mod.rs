//! Facts into text: the screen, the JSON report, one case in full, two runs side by side, the progress line.
//!
//! Rank 3. It returns strings and prints nothing; it knows no clock, no file and no environment: how wide the terminal is,
//! which language is read and whether colours are wanted stand in a [`View`]. It decides nothing: rates, verdicts and gates
//! are `summary/`'s, money is the ledger's. Whatever a model or a file said goes through [`safe`] on its way to a terminal.
//! Only [`Progress`] draws, on standard error and only where it is told to. Start with [`terminal()`].

pub mod books;
mod braille;
mod compare;
mod cost;
mod csv;
mod diff;
mod estimate;
mod html;
mod json;
mod layout;
mod log;
mod models;
mod money;
mod number;
mod prices;
mod progress;
pub mod safe;
mod settings;
mod show;
mod standing;
mod style;
mod svg;
mod table;
mod terminal;
mod text;
mod view;

#[cfg(test)]
mod fixture;

pub(crate) use compare::{Solved, compare, compare_json};
pub use cost::{
    CapLeft, cost, cost_csv, cost_html, cost_json, repriced, repriced_csv, repriced_json,
};
pub use diff::diff;
pub use estimate::{CapFit, estimate, estimate_json};
pub use json::json;
pub use log::{log, log_csv, log_html, log_json};
pub use models::{KeyState, ModelLine, Price, Reach, models};
pub use money::dollars;
pub use number::{count, duration, millis};
pub use prices::{
    Bill, Changes, bill, bill_json, offer, offer_json, price_changes, price_changes_json, prices,
    prices_imported, prices_in_use, prices_json,
};
pub use progress::Progress;
pub use settings::{SettingLine, settings};
pub use show::{case, failed};
pub use svg::COLOURS as STACK;
pub use terminal::terminal;
pub use text::Lang;
pub use view::{History, View};
