//! What no rate counts: errors, answers that could not be judged, trials never sent; and answers cut at the limit.

use std::collections::BTreeMap;

use crate::domain::{Outcome, TrialRow};
use crate::report::layout::{Fill, cut, fill};
use crate::report::number::many;
use crate::report::safe;
use crate::report::style::{BAD, DOUBT, Piece, paint};
use crate::report::terminal::Names;
use crate::report::view::View;
use crate::summary::{Facts, VariantFacts};

pub(super) fn missing(facts: &Facts, names: &Names, view: &View) -> Vec<String> {
    let mut lines: Vec<String> = facts
        .variants
        .iter()
        .flat_map(|row| counts(row, names, view))
        .collect();
    lines.extend(messages(facts, view));
    lines
}

fn counts(row: &VariantFacts, names: &Names, view: &View) -> Vec<String> {
    let lang = view.lang;
    let kinds = [
        (row.errors, BAD, lang.errors(row.errors)),
        (row.unscored, DOUBT, lang.unscored(row.unscored)),
        (row.skipped, DOUBT, lang.skipped(row.skipped)),
        (row.cut, DOUBT, lang.cut_short(row.cut)),
    ];
    if kinds.iter().all(|(count, ..)| *count == 0) {
        return Vec::new();
    }
    let who = format!(
        "{}{}",
        names.row(&row.variant, &row.model),
        lang.colon().trim_end()
    );
    let mut pieces = vec![Piece::from(who)];
    pieces.extend(
        kinds
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(_, style, text)| Piece::new(style, text)),
    );
    let how = Fill::spaced(view);
    fill(&pieces, how)
}

/// Lists the errors that are missing data: each message once, the most frequent first.
fn messages(facts: &Facts, view: &View) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for text in facts.results.iter().filter_map(message) {
        *counts.entry(text).or_default() += 1;
    }
    let mut ranked: Vec<(usize, String)> = counts.into_iter().map(|(text, n)| (n, text)).collect();
    ranked.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    let most = view.most_cases().min(ranked.len());
    ranked[..most]
        .iter()
        .map(|(n, text)| {
            let text = cut(
                &format!("{}x {text}", many(*n)),
                view.width.saturating_sub(5),
            );
            format!("   {} {text}", paint(BAD, "!", view.styled))
        })
        .collect()
}

fn message(row: &TrialRow) -> Option<String> {
    match &row.outcome {
        Outcome::Error { fault } if !fault.caused_by_request => {
            let status = fault
                .status
                .map(|status| format!(" {status}"))
                .unwrap_or_default();
            Some(format!(
                "{}{status}  {}",
                fault.code,
                safe::line(&fault.message)
            ))
        }
        _ => None,
    }
}
