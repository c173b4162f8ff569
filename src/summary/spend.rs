//! Where the money went: rows of the ledger's rollup, grouped by what a person asks for.
//!
//! Sums are exact: integers, added once. An amount is *billed* (a provider asks for it), *imputed* (a machine's own cost),
//! *held* (in flight), *lost* (perhaps billed, at its worst case) or *saved* (what recorded answers would have cost again);
//! the five are never added to each other.

mod course;
mod repriced;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::{ModelRef, PromptName, Revision, Usd, Variant};

pub use course::{SpendCourse, SpendEntry, StackGroup, spend_course};
pub use repriced::{Repriced, RepricedSums, Unpriced};

/// Spend of one day (UTC) by calls that have everything else in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendRow {
    /// The day on which its calls were held, UTC.
    pub day: Date,
    /// What its calls have in common.
    pub source: Arc<SpendSource>,
    /// The amounts.
    pub sums: SpendSums,
}

/// Who spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendSource {
    /// Why: `eval`, `judge`, `play`.
    pub purpose: String,
    /// The workspace, as the ledger names it.
    pub workspace: String,
    /// The prompt.
    pub prompt: Option<PromptName>,
    /// Its variant.
    pub variant: Variant,
    /// The prompt's revision.
    pub revision: Option<Revision>,
    /// The run's number.
    pub run: Option<u64>,
    /// Who was asked.
    pub model: ModelRef,
    /// The run's labels.
    pub tags: BTreeMap<String, String>,
}

/// Amounts and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpendSums {
    /// Owed to providers.
    pub billed: Usd,
    /// Cost of one's own machines.
    pub imputed: Usd,
    /// In flight, at its worst case.
    pub held: Usd,
    /// Perhaps billed, at its worst case.
    pub lost: Usd,
    /// What answers of the cache cost when they were bought.
    pub saved: Usd,
    /// Answers paid for.
    pub answers: u64,
    /// Answers taken from the cache.
    pub cached: u64,
    /// Answers that a run took over from the one it goes on from, or scored again.
    pub carried: u64,
    /// Attempts in flight.
    pub open: u64,
    /// Attempts lost.
    pub losses: u64,
}

impl SpendSums {
    /// Adds each amount to its like.
    pub fn add(&mut self, other: &Self) {
        self.billed = self.billed.saturating_add(other.billed);
        self.imputed = self.imputed.saturating_add(other.imputed);
        self.held = self.held.saturating_add(other.held);
        self.lost = self.lost.saturating_add(other.lost);
        self.saved = self.saved.saturating_add(other.saved);
        self.answers += other.answers;
        self.cached += other.cached;
        self.carried += other.carried;
        self.open += other.open;
        self.losses += other.losses;
    }
}

/// What spend is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendBy {
    /// Prompt name; calls without one stand together.
    Prompt,
    /// Prompt and variant.
    Variant,
    /// Endpoint and model.
    Model,
    /// Endpoint.
    Endpoint,
    /// Purpose.
    Purpose,
    /// Day, UTC.
    Day,
    /// ISO week, UTC: `2026-W48`.
    Week,
    /// Month, UTC: `2026-11`.
    Month,
    /// Run number; calls outside of runs stand together.
    Run,
    /// Each label of a run: a run of two labels is in two groups.
    Tag,
    /// Workspace.
    Workspace,
}

impl SpendBy {
    /// All of them with the words by which commands and files name them.
    pub const WORDS: [(Self, &str); 11] = [
        (Self::Prompt, "prompt"),
        (Self::Variant, "variant"),
        (Self::Model, "model"),
        (Self::Endpoint, "endpoint"),
        (Self::Purpose, "purpose"),
        (Self::Day, "day"),
        (Self::Week, "week"),
        (Self::Month, "month"),
        (Self::Run, "run"),
        (Self::Tag, "tag"),
        (Self::Workspace, "workspace"),
    ];

    /// Returns its word.
    pub fn word(self) -> &'static str {
        let own = |(by, _): &&(Self, &str)| *by == self;
        Self::WORDS.iter().find(own).map_or("", |(_, word)| *word)
    }

    /// Reads a word.
    pub fn of_word(word: &str) -> Option<Self> {
        let own = |(_, known): &&(Self, &str)| *known == word;
        Self::WORDS.iter().find(own).map(|(by, _)| *by)
    }

    /// True where groups follow each other in time.
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month | Self::Run)
    }
}

/// Spend of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendGroup {
    /// Its name; `None` for what has none (no prompt, no run, no label).
    pub name: Option<String>,
    /// Its sums.
    pub sums: SpendSums,
}

/// Spend of a period, in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spend {
    /// What the groups are.
    pub by: SpendBy,
    /// First and last day with any amount or count.
    pub days: Option<(Date, Date)>,
    /// The groups: in time where they follow each other in time, else the dearest first.
    pub groups: Vec<SpendGroup>,
    /// Sums over all rows. Less than the sum of the groups where a row is in two of them ([`SpendBy::Tag`]).
    pub total: SpendSums,
}

/// Groups rows.
pub fn spend(rows: &[SpendRow], by: SpendBy) -> Spend {
    let mut groups: BTreeMap<(u64, Option<String>), SpendSums> = BTreeMap::new();
    let mut total = SpendSums::default();
    for row in rows {
        total.add(&row.sums);
        for name in names(row.day, &row.source, by) {
            let group = groups.entry((order(&row.source, by), name));
            group.or_default().add(&row.sums);
        }
    }
    let mut groups: Vec<SpendGroup> = groups
        .into_iter()
        .map(|((_, name), sums)| SpendGroup { name, sums })
        .collect();
    if !by.is_time() {
        // Stable: equal ones stay in the order of their names.
        groups.sort_by_key(|group| std::cmp::Reverse((group.sums.billed, group.sums.imputed)));
    }
    let days = rows.iter().map(|row| row.day);
    Spend {
        by,
        days: days.clone().min().zip(days.max()),
        groups,
        total,
    }
}

/// Runs stand in the order of their numbers, everything else in that of its name.
fn order(source: &SpendSource, by: SpendBy) -> u64 {
    match by {
        SpendBy::Run => source.run.unwrap_or(0),
        _ => 0,
    }
}

fn names(day: Date, source: &SpendSource, by: SpendBy) -> Vec<Option<String>> {
    let prompt = source.prompt.as_ref().map(|prompt| prompt.0.clone());
    let one = match by {
        SpendBy::Prompt => prompt,
        SpendBy::Variant => prompt.map(|prompt| match source.variant.as_str() {
            "" => prompt,
            variant => format!("{prompt}.{variant}"),
        }),
        SpendBy::Model => Some(source.model.to_string()),
        SpendBy::Endpoint => Some(source.model.endpoint.clone()),
        SpendBy::Purpose => Some(source.purpose.clone()),
        SpendBy::Day | SpendBy::Week | SpendBy::Month => Some(course::period_name(day, by)),
        SpendBy::Run => source.run.map(|run| run.to_string()),
        SpendBy::Workspace => Some(source.workspace.clone()),
        SpendBy::Tag if !source.tags.is_empty() => {
            let label = |(key, value): (&String, &String)| Some(format!("{key}={value}"));
            return source.tags.iter().map(label).collect();
        }
        SpendBy::Tag => None,
    };
    vec![one]
}

#[cfg(test)]
mod tests;
