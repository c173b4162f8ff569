//! What no row may hold: the cases of the suites that are shipped.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

use crate::train::corpus::Row;

/// Sentences, notes and facts of the suites.
#[derive(Debug, Default)]
pub struct HeldOut {
    texts: HashSet<String>,
    facts: HashSet<[String; 4]>,
}

impl HeldOut {
    /// Holds out the cases of a suite in CSV: what stands under `sentence` and `observation`, and the facts under `city`,
    /// `weather`, `low` and `high`.
    ///
    /// Errors: a file that is no CSV.
    pub fn add(&mut self, suite: &str) -> Result<(), csv::Error> {
        let mut reader = csv::Reader::from_reader(suite.as_bytes());
        let heads = reader.headers()?.clone();
        for record in reader.records() {
            let record = record?;
            let field = |name: &str| {
                let column = heads.iter().position(|head| head == name)?;
                record
                    .get(column)
                    .map(normal)
                    .filter(|field| !field.is_empty())
            };
            self.texts
                .extend(["sentence", "observation"].into_iter().filter_map(field));
            if let [Some(city), Some(weather), Some(low), Some(high)] =
                ["city", "weather", "low", "high"].map(field)
            {
                self.facts.insert([city, weather, low, high]);
            }
        }
        Ok(())
    }

    /// Returns how many texts and how many facts are held out.
    pub fn count(&self) -> (usize, usize) {
        (self.texts.len(), self.facts.len())
    }

    /// Says whether a row holds any of it: a text anywhere in its words, or the facts in whatever words.
    pub fn refuses(&self, row: &Row) -> bool {
        let facts = row
            .facts
            .iter()
            .map(|facts| facts.each_ref().map(|field| normal(field)));
        let turns = row.turns.iter().map(|(_, text)| text);
        facts.into_iter().any(|facts| self.facts.contains(&facts))
            || turns.chain(row.more.iter().flatten()).any(|text| {
                let text = normal(text);
                self.texts.iter().any(|held| text.contains(held.as_str()))
            })
    }
}

/// Takes away what does not make another sentence: forms of characters (NFKC), case, spaces and punctuation; a sign stays.
pub(super) fn normal(text: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || *letter == '-';
    text.nfkc()
        .filter(kept)
        .flat_map(char::to_lowercase)
        .collect()
}
