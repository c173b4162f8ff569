//! The price book: its typed form, and how it recognises a provider and a model.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use serde::Deserialize;

use crate::domain::levenshtein;
use crate::pricing::clause::{Clause, Pattern};
use crate::pricing::dated::Dated;
use crate::pricing::edition::Edition;
use crate::pricing::extractor::Extractor;

/// The day of the compiled-in book; changes with `data/`.
const DAY: Date = date(2026, 8, 21);

const DATA: &str = include_str!("data/data.json");

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the text is compiled in, and tests read it"
    )]
    let providers = serde_json::from_str(DATA).expect("the compiled-in price book is well-formed");
    Book {
        edition: Edition {
            origin: "genai-prices".to_owned(),
            day: DAY,
            imported: None,
        },
        providers,
    }
});

/// All prices of one edition, by provider.
#[derive(Debug)]
pub struct Book {
    pub(super) edition: Edition,
    /// All providers, in the order in which they are tried.
    pub(super) providers: Vec<Part>,
}

/// The part of the book that belongs to one provider.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Part {
    pub(super) id: String,
    pub(super) api_pattern: Option<Pattern>,
    pub(super) provider_match: Option<Clause>,
    pub(super) model_match: Option<Clause>,
    #[serde(default)]
    fallback_model_providers: Vec<String>,
    #[serde(default)]
    pub(super) extractors: Vec<Extractor>,
    pub(super) models: Vec<Row>,
}

/// One model of a provider.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Row {
    pub(super) id: String,
    #[serde(rename = "match")]
    pub(super) clause: Clause,
    pub(super) prices: Dated,
    pub(super) context_window: Option<u64>,
    #[serde(default)]
    pub(super) deprecated: bool,
}

/// A row found for a name.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    /// The part that holds it: the one asked, or one of its fallbacks.
    pub(super) part: &'a Part,
    pub(super) row: &'a Row,
    /// The clause that gave it.
    pub(super) clause: String,
    /// The name is neither the row's id nor in an `equals` clause: it was swept in by a looser one.
    pub(super) assumed: bool,
}

impl Book {
    /// Returns the compiled-in book, read at the first call.
    pub fn compiled_in() -> &'static Self {
        &BOOK
    }

    /// Tells whether another book gives every model the same prices, by the same names.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.providers == other.providers
    }

    /// Returns which edition it is.
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    /// Returns the part with an id, or the first that the id is meant for, such as `bedrock` for `aws`.
    pub(super) fn part(&self, id: &str) -> Option<&Part> {
        let id = id.trim().to_lowercase();
        let meant = |part: &&Part| part.provider_match.as_ref().is_some_and(|c| c.matches(&id));
        self.providers
            .iter()
            .find(|part| part.id == id)
            .or_else(|| self.providers.iter().find(meant))
    }

    /// Returns the first part whose address pattern matches at the start of a URL.
    ///
    /// Hosts have no case, and no pattern of the book has capitals; so the URL is lower-cased.
    pub(super) fn part_at(&self, url: &str) -> Option<&Part> {
        let url = url.to_ascii_lowercase();
        self.providers.iter().find(|part| {
            part.api_pattern
                .as_ref()
                .is_some_and(|pattern| pattern.starts(&url))
        })
    }

    /// Returns the first part that a model's bare name is meant for, such as `openai` for `gpt-5`.
    ///
    /// For looking things up only: a call's price never comes from its model's name alone.
    pub(super) fn part_of_model(&self, model: &str) -> Option<&Part> {
        let name = model.trim().to_lowercase();
        let meant = |part: &&Part| part.model_match.as_ref().is_some_and(|c| c.matches(&name));
        self.providers.iter().find(meant)
    }

    /// Returns the ids of all parts.
    pub(super) fn ids(&self) -> Vec<String> {
        self.providers.iter().map(|part| part.id.clone()).collect()
    }

    /// Returns the first row that recognises a model: of the part, else of its fallbacks, one step only.
    pub(super) fn find<'a>(&'a self, part: &'a Part, model: &str) -> Option<Found<'a>> {
        let name = model.trim().to_lowercase();
        part.find(&name).or_else(|| {
            part.fallback_model_providers
                .iter()
                .filter_map(|id| self.providers.iter().find(|part| part.id == *id))
                .find_map(|part| part.find(&name))
        })
    }

    /// Returns the ids of the parts that know a name exactly.
    pub(super) fn knowing(&self, model: &str) -> Vec<String> {
        let name = model.trim().to_lowercase();
        self.providers
            .iter()
            .filter(|part| part.find(&name).is_some_and(|found| !found.assumed))
            .map(|part| part.id.clone())
            .collect()
    }
}

impl Found<'_> {
    /// Returns the row's name, `PROVIDER/MODEL`.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.part.id, self.row.id)
    }
}

impl Part {
    fn find(&self, name: &str) -> Option<Found<'_>> {
        self.models.iter().find_map(|row| {
            let clause = row.clause.matching(name)?;
            let is_id = row.id.to_lowercase() == name;
            Some(Found {
                part: self,
                row,
                clause: clause.to_string(),
                assumed: !is_id && !clause.is_exact(),
            })
        })
    }

    /// Returns at most three known names near a mistyped one, nearest first, one a row.
    ///
    /// Near: at most a third of the longer name's characters differ, as in [`crate::domain::nearest`].
    pub(super) fn near(&self, model: &str) -> Vec<String> {
        let name = model.trim().to_lowercase();
        let mut near: Vec<(usize, String)> = self
            .models
            .iter()
            .filter_map(|row| row.nearest_name(&name))
            .collect();
        near.sort_unstable();
        near.into_iter().take(3).map(|(_, known)| known).collect()
    }
}

impl Row {
    /// Returns the nearest of the names that it recognises exactly, with its distance, if it is near.
    fn nearest_name(&self, name: &str) -> Option<(usize, String)> {
        let letters = name.chars().count();
        let near = |known: String| {
            let most = letters.max(known.chars().count()).div_ceil(3);
            let distance = levenshtein(name, &known);
            (distance <= most).then_some((distance, known))
        };
        let id = Some(self.id.to_lowercase()).filter(|id| self.clause.matches(id));
        let names = self.clause.exact_names().into_iter().map(str::to_owned);
        names.chain(id).filter_map(near).min()
    }
}

#[cfg(test)]
mod tests;
