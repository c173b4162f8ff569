//! How spend moves: a line of small bars, and the last stretch against the one before it.

use crate::report::braille::spark;
use crate::report::layout::{Fill, fill, width};
use crate::report::money::dollars;
use crate::report::style::{DIM, Piece};
use crate::report::view::View;
use crate::summary::{SpendBy, SpendCourse, SpendEntry};

/// Lays the trend out; nothing for fewer than three periods, which the table tells already.
pub(super) fn trend(course: &SpendCourse, view: &View) -> Vec<String> {
    let lang = view.lang;
    let entries = &course.entries;
    if entries.len() < 3 {
        return Vec::new();
    }
    let what = lang.spend_group(course.period);
    let title = if course.imputed {
        lang.imputed_per(what)
    } else {
        lang.billed_per(what)
    };
    let (per_column, indent) = (if view.ascii { 1 } else { 2 }, 2);
    // What does not fit lies furthest in the past.
    let room = (view.width.saturating_sub(indent + width(&title)) * per_column).max(1);
    let shown = &entries[entries.len().saturating_sub(room)..];
    let amounts: Vec<f64> = shown.iter().map(|entry| entry.sum().as_f64()).collect();
    let most = shown.iter().max_by_key(|entry| entry.sum());
    let mut pieces = vec![Piece::new(DIM, title), spark(&amounts, view.ascii).into()];
    pieces.extend(
        most.map(|entry: &SpendEntry| {
            Piece::from(lang.most_on(&dollars(entry.sum()), &entry.name))
        }),
    );
    let n = stretch(course.period);
    pieces.extend(course.last_against_before(n).map(|(last, before)| {
        let what = lang.periods(course.period);
        let (last, before) = (dollars(last), dollars(before));
        Piece::from(lang.last_entries(&n.to_string(), what, &last, &before))
    }));
    fill(&pieces, Fill::spaced(view))
}

/// A week of days, a month of weeks, a quarter of months.
const fn stretch(period: SpendBy) -> usize {
    match period {
        SpendBy::Week => 4,
        SpendBy::Month => 3,
        _ => 7,
    }
}
