//! What a list of iterations says as a whole, in sentences that screen and page share.

use anstyle::Style;

use crate::domain::Usd;
use crate::report::money::{dollars, from_float};
use crate::report::number::{duration, many, percent, points};
use crate::report::style::{DOUBT, PLAIN};
use crate::report::text::Lang;
use crate::summary::{Course, Plateau, Series};

/// Returns the sentences in order: whether it still moves, how far the best one is to be believed.
pub(super) fn sentences(series: &Series, course: &Course, lang: Lang) -> Vec<(Style, String)> {
    let mut said = Vec::new();
    if let Some(plateau) = &course.plateau {
        said.push((DOUBT, plateau_says(plateau, lang)));
    }
    let Some(best) = course.best.and_then(|best| series.iterations.get(best)) else {
        return said;
    };
    let number = best.number.to_string();
    if let Some(flattery) = course.flattery {
        let scores = series.iterations.iter().filter(|one| one.facts.is_some());
        let points = format!("{:.0}", (flattery * 100.0).ceil());
        said.push((PLAIN, lang.best_of(&number, &many(scores.count()), &points)));
    }
    let held_out = best.held_out.as_ref();
    if let Some((facts, rate)) = held_out.and_then(|facts| Some((facts, facts.pass_rate?))) {
        let cases = lang.cases(facts.cases);
        let interval = facts.interval.map_or_else(String::new, |interval| {
            format!("{:.0}-{:.0}", interval.low * 100.0, interval.high * 100.0)
        });
        let rate = lang.percent(&percent(rate));
        said.push((
            PLAIN,
            lang.held_out_says(&number, &cases, &rate, &lang.percent(&interval)),
        ));
    }
    said
}

/// What was tried in vain, what it cost, and what the next point costs at best: enough to decide whether to go on.
fn plateau_says(plateau: &Plateau, lang: Lang) -> String {
    let mut numbers = vec![plateau.moved];
    let noise = plateau.noise.iter();
    numbers.extend(noise.flat_map(|noise| [noise.low, noise.high]));
    let shown = points(&numbers);
    let sign = if plateau.moved > 0.0 { "+" } else { "" };
    let moved = match shown.as_slice() {
        [moved, low, high] => format!("{sign}{moved} [{low}, {high}]"),
        _ => format!("{sign}{}", shown.first().map_or("0", String::as_str)),
    };
    let said = lang.plateau(
        &many(plateau.revisions),
        &moved,
        &dollars(plateau.billed),
        &duration(plateau.worked, lang),
    );
    match next_point(plateau) {
        Some(usd) => format!("{said}{}", lang.next_point(&dollars(usd))),
        None => said,
    }
}

/// What a point costs if the plateau's revisions gained as much as their interval still allows; the truth is dearer.
fn next_point(plateau: &Plateau) -> Option<Usd> {
    let most = plateau.noise?.high * 100.0;
    let paid = plateau.billed.as_f64();
    (most > 0.0 && paid > 0.0).then(|| from_float(paid / most))
}
