//! From the text of a `compare.toml` to a world, with where each number came from.
//!
//! `document.rs` reads the text, `resolve.rs` fills what it leaves out. Mistakes are all found at once, each with its line.

mod book;
mod dist_table;
mod document;
mod error;
mod open;
mod resolve;
mod words;

use jiff::civil::Date;

use crate::economics::curve::Point;
use crate::economics::dist::Dist;
use crate::economics::draws::Uncertain;
use crate::economics::world::{Schedules, World};

pub(crate) use error::InputsError;
pub(crate) use resolve::read;

/// Everything that a comparison starts from.
#[derive(Debug, Clone)]
pub(crate) struct Inputs {
    /// The day from which months are counted.
    pub(crate) as_of: Date,
    pub(crate) seed: u64,
    /// Worlds to draw, where they cannot be counted out.
    pub(crate) draws: usize,
    /// Every number at its mean.
    pub(crate) world: World,
    pub(crate) schedules: Schedules,
    pub(crate) uncertain: Vec<Uncertain>,
    /// The last day but one on which a job is accepted.
    pub(crate) available_until: Option<Date>,
    /// The day on which the base model goes.
    pub(crate) base_model_until: Option<Date>,
    pub(crate) prompt_points: Vec<Point>,
    pub(crate) finetune_points: Vec<Point>,
    /// Each number in the order of the table of keys, then words.
    pub(crate) lines: Vec<InputLine>,
}

/// One input as reports show it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InputLine {
    pub(crate) key: String,
    pub(crate) value: Shown,
    pub(crate) dist: Option<Dist>,
    pub(crate) provenance: Provenance,
    pub(crate) source: String,
    pub(crate) date: Option<String>,
}

/// A value as reports show it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    Number(f64),
    Text(String),
}

/// Where an input came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// The file.
    Yours,
    /// A default with a source.
    Default,
    /// A default that nobody measured.
    Assumed,
    /// Not given, and so not there.
    Nothing,
    /// The price book.
    Book,
    /// Worked out from other inputs.
    Derived,
}

impl Provenance {
    /// Its word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Yours => "yours",
            Self::Default => "default",
            Self::Assumed => "assumption",
            Self::Nothing => "none",
            Self::Book => "book",
            Self::Derived => "derived",
        }
    }
}
