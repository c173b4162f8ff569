//! Which edition a price book is: where its prices come from, and of which day they are.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

/// Origin and day of a book, as recorded with each price: `genai-prices 2026-08-21`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Whose prices they are: `genai-prices` for the compiled-in book, `imported` for one that the user brought.
    pub origin: String,
    /// The day of the prices; a later one is newer.
    pub day: Date,
    /// When it was imported; `None` for the compiled-in book.
    pub imported: Option<Timestamp>,
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.origin, self.day)
    }
}

impl Edition {
    /// Makes the edition of a file that the user imported.
    pub(super) fn of_import(day: Date, imported: Timestamp) -> Self {
        Self {
            origin: "imported".to_owned(),
            day,
            imported: Some(imported),
        }
    }
}
