//! A price file: the feed of genai-prices, or the form in which an imported one is kept.

mod check;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::pricing::book::{Book, Part};
use crate::pricing::edition::Edition;

pub use check::Mistake;

/// What a kept file calls itself.
const SCHEMA: &str = "pw.book/1";

/// Mistakes that an error names; there may be thousands.
const NAMED: usize = 5;

/// A price file of which every price can be used.
#[derive(Debug)]
pub struct PriceFile {
    /// The day of its prices, where it says so: a kept file does, the feed does not.
    pub day: Option<Date>,
    providers: Value,
    parts: Vec<Part>,
}

/// A text that is no price file.
#[derive(Debug, thiserror::Error)]
pub enum PriceFileError {
    /// There is nothing in it.
    #[error("it is empty, expected a JSON list of providers")]
    Empty,
    /// It is something else than JSON.
    #[error("it is not JSON: {0}")]
    NotJson(serde_json::Error),
    /// It is JSON of another shape.
    #[error(
        "found {found}, expected a JSON list of providers with their models, as genai-prices publishes it"
    )]
    Shape {
        /// What stands there instead.
        found: String,
    },
    /// It has no model.
    #[error("found no model in it, expected a JSON list of providers with their models")]
    NoModels,
    /// Some of its entries cannot be used.
    #[error("{}", told(mistakes))]
    Mistakes {
        /// All of them, in the file's order.
        mistakes: Vec<Mistake>,
    },
    /// A kept file that was changed since it was written.
    #[error("it was changed since it was imported: {0}")]
    Kept(serde_json::Error),
}

fn told(mistakes: &[Mistake]) -> String {
    let lines = mistakes.iter().take(NAMED).map(|one| format!("\n  {one}"));
    let more = match mistakes.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    let entries = if mistakes.len() == 1 {
        "entry"
    } else {
        "entries"
    };
    format!(
        "found {} {entries} that cannot be used:{}{more}",
        mistakes.len(),
        lines.collect::<String>()
    )
}

/// The form in which an imported file is kept.
#[derive(Serialize, Deserialize)]
struct Kept<P> {
    schema: String,
    edition: Date,
    imported_at: Timestamp,
    providers: P,
}

impl PriceFile {
    /// Reads a price file and checks every entry of it.
    ///
    /// Errors: what [`PriceFileError`] lists; all mistakes at once, each with its place.
    pub fn read(text: &str) -> Result<Self, PriceFileError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(PriceFileError::Empty);
        }
        let (providers, day) = match serde_json::from_str(text).map_err(PriceFileError::NotJson)? {
            Value::Object(fields) => of_kept(fields)?,
            list => (list, None),
        };
        let Value::Array(list) = &providers else {
            let found = check::kind(&providers);
            return Err(PriceFileError::Shape { found });
        };
        let parts = check::parts(list).map_err(|mistakes| PriceFileError::Mistakes { mistakes })?;
        if parts.iter().all(|part| part.models.is_empty()) {
            return Err(PriceFileError::NoModels);
        }
        Ok(Self {
            day,
            providers,
            parts,
        })
    }

    /// Makes the book that it is as an edition of this day, and the text to be kept, which [`Book::of_kept`] reads.
    pub fn into_book(self, day: Date, imported_at: Timestamp) -> (Book, String) {
        let kept = Kept {
            schema: SCHEMA.to_owned(),
            edition: day,
            imported_at,
            providers: self.providers,
        };
        let book = Book {
            edition: Edition::of_import(day, imported_at),
            providers: self.parts,
        };
        (book, serde_json::json!(kept).to_string())
    }
}

/// Takes the providers and their day out of a kept file.
fn of_kept(mut fields: Map<String, Value>) -> Result<(Value, Option<Date>), PriceFileError> {
    let kept = fields.get("schema").is_some_and(|schema| schema == SCHEMA);
    let day = fields
        .get("edition")
        .and_then(|day| day.as_str()?.parse().ok());
    let found = || PriceFileError::Shape {
        found: check::kind(&Value::Object(Map::new())),
    };
    let providers = fields
        .remove("providers")
        .filter(|_| kept)
        .ok_or_else(found)?;
    Ok((providers, day))
}

impl Book {
    /// Reads the text that [`PriceFile::into_book`] made.
    ///
    /// Errors: [`PriceFileError::Kept`].
    pub fn of_kept(text: &str) -> Result<Self, PriceFileError> {
        let kept: Kept<Vec<Part>> = serde_json::from_str(text).map_err(PriceFileError::Kept)?;
        Ok(Self {
            edition: Edition::of_import(kept.edition, kept.imported_at),
            providers: kept.providers,
        })
    }
}
