//! Where prices are looked up: what the user declares, then one book.

use std::sync::Arc;

use crate::pricing::book::Book;
use crate::pricing::user::UserPrices;

/// The prices in force; by default those of the compiled-in book.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// What the user declares; comes first.
    pub declared: UserPrices,
    /// The book that stands in the place of the compiled-in one.
    pub imported: Option<Arc<Book>>,
}

impl Prices {
    /// Returns the book in use.
    pub fn book(&self) -> &Book {
        // The compiled-in book is read when it is first asked: a run on a local model never asks.
        let imported = self.imported.as_deref();
        imported.unwrap_or_else(|| Book::compiled_in())
    }
}

impl From<UserPrices> for Prices {
    fn from(declared: UserPrices) -> Self {
        Self {
            declared,
            imported: None,
        }
    }
}
