//! For whom a report is written: how wide, in which language, how much.

use std::time::Duration;

use crate::domain::Usd;
use crate::report::text::Lang;

/// What a text is laid out for; the same facts and the same view give the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Columns of the terminal; `usize::MAX` where nothing limits a line.
    pub width: usize,
    /// The language of everything that is not the user's own.
    pub lang: Lang,
    /// True for ANSI colours.
    pub styled: bool,
    /// True where charts must do without characters beyond ASCII.
    pub ascii: bool,
    /// How often `-v` was given.
    pub verbose: u8,
    /// What the iterations of this prompt have cost so far, where that is known.
    pub history: Option<History>,
}

impl View {
    /// Makes a view of 80 columns, plain, in English.
    pub const fn plain() -> Self {
        Self {
            width: 80,
            lang: Lang::En,
            styled: false,
            ascii: false,
            verbose: 0,
            history: None,
        }
    }

    /// Returns how many cases are told with their reasons: 5, with `-v` 20, with `-vv` all.
    pub(crate) const fn most_cases(&self) -> usize {
        match self.verbose {
            0 => 5,
            1 => 20,
            _ => usize::MAX,
        }
    }
}

/// Where a prompt stands among its iterations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// The number of this run's iteration.
    pub iteration: u32,
    /// Dollars and working time since the first iteration; `None` at the first.
    pub since_first: Option<(Usd, Duration)>,
}
