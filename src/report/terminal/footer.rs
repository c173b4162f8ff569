//! The last lines: the money, the calls, the iteration.

use crate::domain::unit;
use crate::report::layout::{Fill, fill};
use crate::report::money::dollars;
use crate::report::number::{count, duration, many, millis};
use crate::report::safe;
use crate::report::style::{BAD, DIM, DOUBT, PLAIN, Piece};
use crate::report::terminal::Names;
use crate::report::view::View;
use crate::summary::{Facts, VariantFacts};

pub(super) fn footer(facts: &Facts, view: &View) -> Vec<String> {
    let how = Fill {
        between: " · ",
        indent: 0,
        hanging: 1,
        width: view.width,
        styled: view.styled,
    };
    let mut lines = Vec::new();
    if view.verbose > 0 {
        let names = Names::of(facts, view.lang);
        for row in &facts.variants {
            lines.extend(fill(
                &details(row, &names, view),
                Fill {
                    indent: 1,
                    hanging: 3,
                    ..how
                },
            ));
        }
    }
    let mut pieces = money(facts, view);
    pieces.push(calls(facts, view).into());
    pieces.push(budget(facts, view));
    pieces.extend(iteration(facts, view));
    lines.extend(fill(&pieces, how));
    lines
}

/// Writes what is owed always, and everything else where it is not nothing; two kinds of money are never added up.
fn money(facts: &Facts, view: &View) -> Vec<Piece> {
    let (totals, lang) = (&facts.totals, view.lang);
    let mut pieces = vec![Piece::from(lang.billed(&dollars(totals.billed)))];
    if totals.by_purpose.len() > 1 {
        let parts: Vec<String> = totals
            .by_purpose
            .iter()
            .map(|(purpose, amount)| format!("{} {}", safe::line(purpose), dollars(*amount)))
            .collect();
        pieces[0].text.push_str(&format!(" ({})", parts.join(", ")));
    }
    let others = [
        (
            totals.imputed,
            PLAIN,
            lang.imputed(&dollars(totals.imputed)),
        ),
        (totals.lost, BAD, lang.lost(&dollars(totals.lost))),
        (totals.held, DOUBT, lang.held(&dollars(totals.held))),
    ];
    pieces.extend(
        others
            .into_iter()
            .filter(|(amount, ..)| !amount.is_zero())
            .map(|(_, style, text)| Piece::new(style, text)),
    );
    pieces
}

fn calls(facts: &Facts, view: &View) -> String {
    let (totals, lang) = (&facts.totals, view.lang);
    let tokens = totals
        .usage
        .get(unit::INPUT)
        .saturating_add(totals.usage.get(unit::OUTPUT));
    let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let mut parts = vec![lang.calls(whole(totals.calls))];
    if totals.attempts > totals.calls {
        parts.push(lang.attempts(whole(totals.attempts)));
    }
    parts.push(lang.tokens(whole(tokens)));
    if totals.cached > 0 {
        let cached = count(totals.cached);
        parts.push(if totals.saved.is_zero() {
            lang.from_cache(&cached)
        } else {
            lang.from_cache_saved(&cached, &dollars(totals.saved))
        });
    }
    parts.join(lang.comma())
}

fn budget(facts: &Facts, view: &View) -> Piece {
    match facts.budget {
        None => Piece::new(DIM, view.lang.no_cap()),
        Some(budget) => view
            .lang
            .left_of(&dollars(budget.left), &dollars(budget.run))
            .into(),
    }
}

fn iteration(facts: &Facts, view: &View) -> Vec<Piece> {
    let lang = view.lang;
    let number = view
        .history
        .map(|history| history.iteration)
        .or_else(|| facts.variants.first().and_then(|row| row.iteration));
    let mut pieces: Vec<Piece> = number
        .iter()
        .map(|n| lang.iteration(&n.to_string()).into())
        .collect();
    if let Some((usd, time)) = view.history.and_then(|history| history.since_first) {
        pieces.push(
            lang.since_first(&dollars(usd), &duration(time, lang))
                .into(),
        );
    }
    pieces
}

/// Writes, for `-v`, what the table has no column for.
fn details(row: &VariantFacts, names: &Names, view: &View) -> Vec<Piece> {
    let lang = view.lang;
    let mut texts = vec![
        names.row(&row.variant, &row.model),
        format!("@{}", safe::line(row.revision.short())),
    ];
    texts.extend(row.iteration.map(|n| lang.iteration(&n.to_string())));
    texts.extend(row.score.map(|score| lang.score(&format!("{score:.3}"))));
    texts.extend(row.latency_p95_ms.map(|ms| format!("p95 {}", millis(ms))));
    texts.extend(row.interval_method.map(|method| lang.interval_by(method)));
    texts.push(lang.billed(&dollars(row.billed)));
    if !row.imputed.is_zero() {
        texts.push(lang.imputed(&dollars(row.imputed)));
    }
    texts.extend(
        row.metrics
            .iter()
            .map(|(name, mean)| format!("{} {mean:.3}", safe::line(name))),
    );
    texts.push(lang.trials_ran(
        &many(row.trials - row.skipped.min(row.trials)),
        &many(row.trials),
    ));
    texts
        .into_iter()
        .map(|text| Piece::new(DIM, text))
        .collect()
}
