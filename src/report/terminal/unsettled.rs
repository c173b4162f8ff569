//! What is INCONCLUSIVE, and how many more cases and dollars would settle it.

use crate::report::layout::fill;
use crate::report::money::dollars;
use crate::report::style::{DOUBT, Piece};
use crate::report::terminal::Names;
use crate::report::terminal::changes::line;
use crate::report::terminal::wording::title;
use crate::report::view::View;
use crate::summary::{Comparison, Facts, Verdict};

/// Writes a line for each comparison that is open, three at most without `-v`; named where there are several.
pub(super) fn unsettled(facts: &Facts, names: &Names, view: &View) -> Vec<String> {
    let open: Vec<&Comparison> = facts
        .comparisons
        .iter()
        .filter(|comparison| comparison.verdict == Some(Verdict::Inconclusive))
        .collect();
    let most = if view.verbose > 0 { usize::MAX } else { 3 };
    let head = format!(
        "{}{}",
        view.lang.inconclusive_means(),
        view.lang.colon().trim_end()
    );
    let set = |comparison: &&Comparison| {
        let which = if open.len() > 1 {
            title(comparison, names)
        } else {
            String::new()
        };
        let pieces = [
            Piece::new(DOUBT, head.as_str()),
            which.into(),
            needs(comparison, view).into(),
        ];
        fill(&pieces, line(view))
    };
    open.iter().take(most).flat_map(set).collect()
}

fn needs(comparison: &Comparison, view: &View) -> String {
    let Some(cases) = comparison.cases_more.filter(|cases| *cases > 0) else {
        return view.lang.nothing_settles().to_owned();
    };
    let cases = usize::try_from(cases).unwrap_or(usize::MAX);
    match comparison.usd_more {
        Some(usd) => view.lang.settles_at(cases, &dollars(usd)),
        None => view.lang.settles_at_unknown(cases),
    }
}
