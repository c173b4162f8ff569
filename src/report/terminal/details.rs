//! For `-v`: what the table has no column for, a paragraph for each of its rows.

use crate::report::layout::{Fill, fill};
use crate::report::money::dollars;
use crate::report::number::{many, millis};
use crate::report::safe;
use crate::report::style::{DIM, Piece};
use crate::report::terminal::Names;
use crate::report::view::View;
use crate::summary::{Facts, VariantFacts};

pub(super) fn details(facts: &Facts, names: &Names, view: &View) -> Vec<String> {
    if view.verbose == 0 {
        return Vec::new();
    }
    let how = Fill {
        indent: 1,
        hanging: 3,
        ..Fill::dotted(view)
    };
    facts
        .variants
        .iter()
        .flat_map(|row| fill(&pieces(row, names, view), how))
        .collect()
}

fn pieces(row: &VariantFacts, names: &Names, view: &View) -> Vec<Piece> {
    let lang = view.lang;
    let mut texts = vec![format!(
        "{} @{}",
        names.row(&row.variant, &row.model),
        safe::line(row.revision.short())
    )];
    texts.extend(row.iteration.map(|n| lang.iteration(&n.to_string())));
    texts.push(lang.trials_ran(
        &many(row.trials.saturating_sub(row.skipped)),
        &many(row.trials),
    ));
    texts.push(lang.billed(&dollars(row.billed)));
    if !row.imputed.is_zero() {
        texts.push(lang.imputed(&dollars(row.imputed)));
    }
    texts.extend(row.latency_p95_ms.map(|ms| format!("p95 {}", millis(ms))));
    texts.extend(row.interval_method.map(|method| lang.interval_by(method)));
    texts.extend(row.score.map(|score| lang.score(&format!("{score:.3}"))));
    texts.extend(
        row.metrics
            .iter()
            .map(|(name, mean)| format!("{} {mean:.3}", safe::line(name))),
    );
    texts
        .into_iter()
        .map(|text| Piece::new(DIM, text))
        .collect()
}
