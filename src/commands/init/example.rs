//! The example of a new workspace: the repository's own prompts over the head of its suites.
//!
//! They are the shipped files, so that the two cannot drift apart. In English they lose the `-en` of their names: a new
//! workspace has one language.

use std::borrow::Cow;

use crate::config::Language;

/// Cases of the short weather suite: enough for a verdict on an edit that helps most of them, and few enough to read.
const WEATHER_CASES: usize = 24;
/// Cases of the short label suite: five sentences for each of six labels.
const LABEL_CASES: usize = 30;

/// A file's name in a new workspace and its shipped text.
macro_rules! story {
    ($stem:literal, $suffix:literal, $ending:literal) => {
        (
            concat!($stem, $ending),
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/",
                $stem,
                $suffix,
                $ending
            )),
        )
    };
}

/// The files of one language, `$suffix` being the end of their shipped names.
macro_rules! shipped {
    ($suffix:literal) => {
        [
            story!("prompts/weather", $suffix, ".hbs"),
            story!("prompts/weather", $suffix, ".detailed.hbs"),
            story!("prompts/label", $suffix, ".hbs"),
            story!("prompts/label", $suffix, ".instructed.hbs"),
            story!("prompts/label", $suffix, ".fewshot.hbs"),
            story!("evals/weather", $suffix, ".yaml"),
            story!("evals/weather", $suffix, ".csv"),
            story!("evals/label", $suffix, ".yaml"),
            story!("evals/label", $suffix, ".csv"),
        ]
    };
}

const CHINESE: [(&str, &str); 9] = shipped!("");
const ENGLISH: [(&str, &str); 9] = shipped!("-en");

/// Returns name and text of each file of the example.
pub(super) fn files(language: Language) -> impl Iterator<Item = (&'static str, Cow<'static, str>)> {
    let shipped = match language {
        Language::Zh => CHINESE,
        Language::En => ENGLISH,
    };
    shipped
        .into_iter()
        .map(|(name, text)| (name, fitted(name, text)))
}

/// Fits a shipped text to a new workspace: suites name their table without a language, tables are cut.
fn fitted(name: &str, text: &'static str) -> Cow<'static, str> {
    match name {
        "evals/weather.csv" => Cow::Borrowed(head(text, WEATHER_CASES)),
        "evals/label.csv" => Cow::Borrowed(head(text, LABEL_CASES)),
        "evals/weather.yaml" | "evals/label.yaml" => Cow::Owned(text.replace("-en.csv", ".csv")),
        _ => Cow::Borrowed(text),
    }
}

/// Returns a table's header and first records, each of which is one line.
fn head(table: &'static str, records: usize) -> &'static str {
    let end = table.match_indices('\n').nth(records);
    end.map_or(table, |(newline, _)| &table[..=newline])
}
