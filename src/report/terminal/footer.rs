//! The last lines: the money, the calls, the iteration.

use crate::domain::{Usd, unit};
use crate::report::layout::{Fill, fill};
use crate::report::money::dollars;
use crate::report::number::{count, duration};
use crate::report::safe;
use crate::report::style::{BAD, DIM, DOUBT, PLAIN, Piece};
use crate::report::view::View;
use crate::summary::Facts;

pub(super) fn footer(facts: &Facts, view: &View) -> Vec<String> {
    let how = Fill {
        hanging: 0,
        ..Fill::dotted(view)
    };
    let mut pieces = money(facts, view);
    pieces.extend(calls(facts, view));
    pieces.push(budget(facts, view));
    pieces.extend(unkept(facts, view));
    pieces.extend(iteration(facts, view));
    fill(&pieces, how)
}

/// Writes what is owed always, and everything else where it is not nothing; two kinds of money are never added up.
fn money(facts: &Facts, view: &View) -> Vec<Piece> {
    let (totals, lang) = (&facts.totals, view.lang);
    let mut billed = lang.billed(&dollars(totals.billed));
    if totals.by_purpose.len() > 1 {
        let part = |(purpose, amount): (&String, &Usd)| {
            format!("{} {}", safe::line(purpose), dollars(*amount))
        };
        let parts: Vec<String> = totals.by_purpose.iter().map(part).collect();
        billed = format!("{billed} ({})", parts.join(", "));
    }
    let mut pieces = vec![Piece::from(billed)];
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

fn calls(facts: &Facts, view: &View) -> Vec<Piece> {
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
    let mut pieces = vec![Piece::from(parts.join(lang.comma()))];
    let cached = count(totals.cached);
    match (totals.cached, totals.saved.is_zero()) {
        (0, _) => {}
        (_, true) => pieces.push(lang.cache_hits(&cached).into()),
        (_, false) => pieces.push(lang.cache_saved(&cached, &dollars(totals.saved)).into()),
    }
    if totals.carried > 0 {
        pieces.push(lang.carried(&count(totals.carried)).into());
    }
    pieces
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

/// Says once that texts are not kept: their answers are bought again.
fn unkept(facts: &Facts, view: &View) -> Option<Piece> {
    let unkept = facts.unkept;
    if unkept.all {
        return Some(Piece::new(DIM, view.lang.hashes_only()));
    }
    let texts = usize::try_from(unkept.texts).unwrap_or(usize::MAX);
    let text = view.lang.unkept(texts, &count(unkept.bytes));
    (texts > 0).then(|| Piece::new(DOUBT, text))
}

/// Writes where the prompt stands among its iterations, as one piece, so that it stays on one line.
fn iteration(facts: &Facts, view: &View) -> Option<Piece> {
    let lang = view.lang;
    let number = view
        .history
        .map(|history| history.iteration)
        .or_else(|| facts.variants.first().and_then(|row| row.iteration))?;
    let mut text = lang.iteration(&number.to_string());
    if let Some((usd, time)) = view.history.and_then(|history| history.since_first) {
        text.push_str(lang.comma());
        text.push_str(&lang.since_first(&dollars(usd), &duration(time, lang)));
    }
    Some(text.into())
}
