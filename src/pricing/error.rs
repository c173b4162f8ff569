//! What can be wrong with a price or with a usage.

use std::fmt;

use crate::domain::and_list;
use crate::pricing::user::UserPriceError;

/// Why something cannot be priced. Nothing is ever priced by a guess, and an unknown price is never zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricingError {
    /// No price is known for a model.
    #[error("no price is known for `{endpoint}/{model}`: {gap}")]
    Unknown {
        /// The endpoint's name.
        endpoint: String,
        /// The model's name on its wire.
        model: String,
        /// Where the search ended.
        gap: Box<Gap>,
    },
    /// The answer names another model than was asked, and that one has no known price.
    #[error(
        "the answer of `{endpoint}/{asked}` comes from `{returned}`, whose price is not known: {gap}"
    )]
    UnknownReturned {
        /// The endpoint's name.
        endpoint: String,
        /// The model that was asked.
        asked: String,
        /// The model that the answer names.
        returned: String,
        /// Where the search ended.
        gap: Box<Gap>,
    },
    /// An endpoint names a part of the price book that does not exist.
    #[error("endpoint `{endpoint}` has `prices = \"{found}\"`, expected one of {}", and_list(known, known.len()))]
    UnknownBook {
        /// The endpoint's name.
        endpoint: String,
        /// What it names.
        found: String,
        /// All parts of the book.
        known: Vec<String>,
    },
    /// A declared price cannot be used.
    #[error("the price declared for `{name}` cannot be used")]
    Declared {
        /// `ENDPOINT/MODEL`.
        name: String,
        /// What is wrong with it.
        #[source]
        source: UserPriceError,
    },
    /// The parts of a unit add up to more than the unit.
    #[error("found {count} `{unit}` whose parts are {parts}, expected parts that fit the whole")]
    Overlap {
        /// The unit.
        unit: String,
        /// Its count.
        count: u64,
        /// The sum of its parts.
        parts: u64,
    },
    /// A part of a unit was reported, and the unit itself was not.
    #[error("found `{part}` without `{unit}`, expected both")]
    MissingWhole {
        /// The unit that is priced and missing.
        unit: String,
        /// The part that was reported.
        part: String,
    },
    /// Tokens were used of a class that the price does not cover.
    #[error("found {count} `{unit}`, which the price from {origin} does not cover")]
    Uncovered {
        /// The unit.
        unit: String,
        /// Its count.
        count: u64,
        /// The price's source.
        origin: String,
    },
    /// An answer was served on a tier whose price is not known.
    #[error(
        "the answer was served on tier `{tier}`, whose price is not known beside that from {origin}"
    )]
    UnknownTier {
        /// The provider's word for it.
        tier: String,
        /// The source of the standard tier's price.
        origin: String,
    },
    /// An amount passes the range of dollars that can be booked.
    #[error("found {count} `{unit}`, whose cost passes the largest amount that can be booked")]
    TooMuch {
        /// The unit.
        unit: String,
        /// Its count.
        count: u64,
    },
}

/// Where the search for a price ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// The endpoint belongs to no part of the book.
    NoBook {
        /// The parts of the book that know the name; any of them may be what the endpoint serves.
        known_by: Vec<String>,
    },
    /// The endpoint's part of the book does not name the model.
    NoModel {
        /// The part.
        book: String,
        /// The nearest names in it.
        nearest: Vec<String>,
    },
    /// The book names the model and gives no price: unknown, or free for some.
    NoPrice {
        /// The row, `PROVIDER/MODEL`.
        row: String,
    },
    /// The book's row holds prices that are none.
    BadRow {
        /// The row, `PROVIDER/MODEL`.
        row: String,
        /// The keys at fault.
        keys: Vec<String>,
    },
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBook { known_by } if known_by.is_empty() => f.write_str(
                "none is declared, and its endpoint belongs to no part of the price book",
            ),
            Self::NoBook { known_by } => write!(
                f,
                "none is declared, and its endpoint names no part of the price book; the name is known to {}",
                and_list(known_by, 5)
            ),
            Self::NoModel { book, nearest } => {
                write!(f, "the price book's part `{book}` has no such model")?;
                match nearest.as_slice() {
                    [] => Ok(()),
                    names => write!(f, "; did you mean {}?", or_list(names)),
                }
            }
            Self::NoPrice { row } => write!(f, "the price book lists `{row}` without a price"),
            Self::BadRow { row, keys } => write!(
                f,
                "the price book's row `{row}` has prices that cannot be used: {}",
                and_list(keys, keys.len())
            ),
        }
    }
}

fn or_list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" or ")
}

impl PricingError {
    /// Returns the lines that would declare the missing price in `pw.toml`; `None` where no price is missing.
    pub fn lines_to_paste(&self) -> Option<String> {
        let (endpoint, model) = match self {
            Self::Unknown {
                endpoint, model, ..
            } => (endpoint, model),
            Self::UnknownReturned {
                endpoint, returned, ..
            } => (endpoint, returned),
            _ => return None,
        };
        // A JSON string is a TOML key in quotes.
        let name = serde_json::Value::String(format!("{endpoint}/{model}"));
        Some(format!(
            "[prices.{name}]  # US dollars for a million tokens; or only: price = \"free\"\ninput = \"\"\noutput = \"\""
        ))
    }
}
