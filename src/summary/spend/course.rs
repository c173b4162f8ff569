//! Spend over time: one entry a day, week or month, also where nothing was spent, in a few groups.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::Usd;
use crate::summary::spend::{SpendBy, SpendRow, names};

/// Days from which weeks are read more easily, and weeks from which months are.
const MANY: i64 = 62;

/// Spend over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendCourse {
    /// What the entries are: day, week or month.
    pub period: SpendBy,
    /// What the groups are.
    pub by: SpendBy,
    /// True where nothing was billed, so that the amounts are imputed ones; else they are billed ones.
    pub imputed: bool,
    /// The groups, the dearest first; the others, if there are any, last.
    pub groups: Vec<StackGroup>,
    /// The entries in time, without gaps; empty where nothing was spent.
    pub entries: Vec<SpendEntry>,
}

/// A group of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StackGroup {
    /// What has this name.
    Named(String),
    /// What has none.
    Nameless,
    /// So many others together.
    Others(usize),
}

/// What was spent in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendEntry {
    /// The period: `2026-11-24`, `2026-W48`, `2026-11`.
    pub name: String,
    /// An amount for each group.
    pub parts: Vec<Usd>,
}

impl SpendEntry {
    /// Returns the sum over the groups.
    pub fn sum(&self) -> Usd {
        self.parts
            .iter()
            .copied()
            .fold(Usd::ZERO, Usd::saturating_add)
    }
}

impl SpendCourse {
    /// Returns what the last `n` entries and the `n` before them came to; `None` where there are not so many.
    pub fn last_against_before(&self, n: usize) -> Option<(Usd, Usd)> {
        let begin = self.entries.len().checked_sub(2 * n)?;
        let (before, last) = self.entries.get(begin..)?.split_at(n);
        let sum = |entries: &[SpendEntry]| {
            let sums = entries.iter().map(SpendEntry::sum);
            sums.fold(Usd::ZERO, Usd::saturating_add)
        };
        Some((sum(last), sum(before)))
    }
}

/// Lays rows out in time, in at most `most` groups.
///
/// The period is `by` itself where that is one, else days, weeks or months, by how long the time is. Groups are `by`, or
/// prompts where `by` is a time or puts a row in two groups.
pub fn spend_course(rows: &[SpendRow], by: SpendBy, most: usize) -> SpendCourse {
    let imputed = rows.iter().all(|row| row.sums.billed.is_zero());
    let amount = |row: &SpendRow| {
        if imputed {
            row.sums.imputed
        } else {
            row.sums.billed
        }
    };
    let days = rows.iter().map(|row| row.day);
    let days = days.clone().min().zip(days.max());
    let period = match by {
        SpendBy::Day | SpendBy::Week | SpendBy::Month => by,
        _ => days.map_or(SpendBy::Day, |(first, last)| period(first, last)),
    };
    let by = match by {
        SpendBy::Tag => SpendBy::Prompt,
        time if time.is_time() => SpendBy::Prompt,
        other => other,
    };
    let group = |row: &SpendRow| names(row.day, &row.source, by).into_iter().next().flatten();
    let mut sums: BTreeMap<Option<String>, Usd> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry(group(row)).or_insert(Usd::ZERO);
        *sum = sum.saturating_add(amount(row));
    }
    let (groups, place) = stacked(sums, most.max(1));
    let mut entries: BTreeMap<String, Vec<Usd>> = BTreeMap::new();
    if let Some((first, last)) = days {
        for name in period_names(first, last, period) {
            entries.insert(name, vec![Usd::ZERO; groups.len()]);
        }
    }
    for row in rows {
        let at = place.get(&group(row)).copied().unwrap_or_default();
        let entry = entries.get_mut(&period_name(row.day, period));
        if let Some(part) = entry.and_then(|parts| parts.get_mut(at)) {
            *part = part.saturating_add(amount(row));
        }
    }
    let entry = |(name, parts)| SpendEntry { name, parts };
    SpendCourse {
        period,
        by,
        imputed,
        groups,
        entries: entries.into_iter().map(entry).collect(),
    }
}

/// The groups of a stack, and which of them each name is in.
type Stacked = (Vec<StackGroup>, BTreeMap<Option<String>, usize>);

/// Keeps the dearest groups and puts the others together.
fn stacked(sums: BTreeMap<Option<String>, Usd>, most: usize) -> Stacked {
    let mut dearest: Vec<(Option<String>, Usd)> = sums.into_iter().collect();
    // Stable: equal ones stay in the order of their names.
    dearest.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let own = if dearest.len() > most {
        most - 1
    } else {
        dearest.len()
    };
    let mut groups: Vec<StackGroup> = dearest[..own]
        .iter()
        .map(|(name, _)| name.clone().map_or(StackGroup::Nameless, StackGroup::Named))
        .collect();
    if dearest.len() > own {
        groups.push(StackGroup::Others(dearest.len() - own));
    }
    let place = dearest.into_iter().enumerate();
    let place = place.map(|(at, (name, _))| (name, at.min(own))).collect();
    (groups, place)
}

fn period(first: Date, last: Date) -> SpendBy {
    let days = (last.duration_since(first)).as_hours() / 24;
    match days {
        0..=MANY => SpendBy::Day,
        _ if days <= MANY * 7 => SpendBy::Week,
        _ => SpendBy::Month,
    }
}

/// Returns the name of the period that a day is in; names of one kind sort as their times do.
pub(super) fn period_name(day: Date, period: SpendBy) -> String {
    match period {
        SpendBy::Week => {
            let week = day.iso_week_date();
            format!("{:04}-W{:02}", week.year(), week.week())
        }
        SpendBy::Month => day.strftime("%Y-%m").to_string(),
        _ => day.to_string(),
    }
}

/// Returns the names of all periods from one day to another.
fn period_names(first: Date, last: Date, period: SpendBy) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut day = first;
    loop {
        let name = period_name(day.min(last), period);
        if names.last() != Some(&name) {
            names.push(name);
        }
        let next = match period {
            // From the first of a month, or a short one would be jumped over.
            SpendBy::Month => day
                .first_of_month()
                .checked_add(jiff::Span::new().months(1)),
            SpendBy::Week => day.checked_add(jiff::Span::new().weeks(1)),
            _ => day.tomorrow(),
        };
        match next {
            Ok(next) if day < last => day = next,
            _ => return names,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{ModelRef, PromptName, Variant};
    use crate::summary::spend::{SpendSource, SpendSums};

    fn row(day: Date, prompt: &str, picos: i64) -> SpendRow {
        SpendRow {
            day,
            source: Arc::new(SpendSource {
                purpose: "eval".to_owned(),
                workspace: "/w".to_owned(),
                prompt: (!prompt.is_empty()).then(|| PromptName(prompt.to_owned())),
                variant: Variant(None),
                revision: None,
                run: None,
                model: ModelRef {
                    endpoint: "e".to_owned(),
                    model: "m".to_owned(),
                },
                tags: BTreeMap::new(),
            }),
            sums: SpendSums {
                billed: Usd::from_picos(picos),
                ..SpendSums::default()
            },
        }
    }

    fn shown(course: &SpendCourse) -> Vec<(&str, Vec<i64>)> {
        let parts = |entry: &SpendEntry| entry.parts.iter().map(|part| part.picos()).collect();
        let entries = course.entries.iter();
        entries
            .map(|entry| (entry.name.as_str(), parts(entry)))
            .collect()
    }

    #[test]
    fn days_without_spend_are_there_and_small_groups_stand_together() {
        let rows = [
            row(date(2026, 2, 27), "a", 5),
            row(date(2026, 3, 1), "b", 7),
            row(date(2026, 3, 1), "c", 2),
            row(date(2026, 3, 1), "", 1),
        ];
        let course = spend_course(&rows, SpendBy::Prompt, 3);
        assert_eq!(
            course.groups,
            [
                StackGroup::Named("b".to_owned()),
                StackGroup::Named("a".to_owned()),
                StackGroup::Others(2)
            ]
        );
        assert_eq!(
            shown(&course),
            [
                ("2026-02-27", vec![0, 5, 0]),
                ("2026-02-28", vec![0, 0, 0]),
                ("2026-03-01", vec![7, 0, 3])
            ]
        );
        let usd = Usd::from_picos;
        assert_eq!(course.last_against_before(1), Some((usd(10), usd(0))));
        assert_eq!(course.last_against_before(2), None);
        assert!(spend_course(&[], SpendBy::Day, 6).entries.is_empty());
    }

    #[test]
    fn long_times_are_read_in_weeks_and_months_and_none_is_jumped_over() {
        let over = |last: Date| {
            let rows = [row(date(2026, 1, 31), "a", 5), row(last, "a", 5)];
            let course = spend_course(&rows, SpendBy::Model, 6);
            (course.period, course.entries.len())
        };
        assert_eq!(over(date(2026, 3, 1)), (SpendBy::Day, 30));
        assert_eq!(over(date(2026, 6, 1)), (SpendBy::Week, 19));
        assert_eq!(over(date(2028, 1, 1)), (SpendBy::Month, 25));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_whatever_the_period(
            spent in proptest::collection::vec((0_i32..2_000, 0_usize..9, 0_i64..1_000), 0..40),
            by in 0_usize..11,
            most in 0_usize..8,
        ) {
            let first = date(2026, 1, 1);
            let rows: Vec<SpendRow> = spent.iter().map(|(days, prompt, picos)| {
                let day = first.checked_add(jiff::Span::new().days(*days)).unwrap();
                row(day, &"abcdefghi"[*prompt..=*prompt], *picos)
            }).collect();
            let course = spend_course(&rows, SpendBy::WORDS[by].0, most);
            let sum: i64 = course.entries.iter().map(|entry| entry.sum().picos()).sum();
            let expected: i64 = if course.imputed { 0 } else { spent.iter().map(|(_, _, picos)| picos).sum() };
            prop_assert_eq!(sum, expected);
            prop_assert!(course.groups.len() <= most.max(1));
            prop_assert!(course.entries.is_sorted_by(|a, b| a.name < b.name));
        }
    }
}
