//! `pw log`: iterations in order, on the screen; [`lines`] has them as JSON and as CSV.

mod lines;

use crate::domain::{PromptName, Usd};
use crate::report::layout::{Fill, fill};
use crate::report::money::{digits, dollars, from_float};
use crate::report::number::{duration, many, points};
use crate::report::safe;
use crate::report::style::{BAD, BOLD, DIM, DOUBT, GOOD, Piece, paint};
use crate::report::table::{Align, Table};
use crate::report::terminal::{Delta, aligned, interval, paragraphs, pass};
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::{Course, Iteration, Plateau, Series, course};

pub use lines::{log_csv, log_json};

/// Lays iterations out for a terminal, series by series; `-v` adds the lines that each edit changed.
pub fn log(prompt: &PromptName, series: &[Series], view: &View) -> String {
    let mut groups = Vec::new();
    for one in series {
        let course = course(&one.iterations);
        groups.push(heading(prompt, one, view));
        groups.push(table(one, &course, view));
        if view.verbose > 0 {
            groups.extend(
                one.iterations
                    .iter()
                    .map(|iteration| changes(iteration, view)),
            );
        }
        groups.push(conclusions(one, &course, view));
    }
    paragraphs(&groups)
}

fn heading(prompt: &PromptName, series: &Series, view: &View) -> Vec<String> {
    let mut pieces = vec![Piece::new(BOLD, safe::line(&prompt.0))];
    if !series.variant.as_str().is_empty() {
        pieces.push(safe::line(series.variant.as_str()).into());
    }
    pieces.push(view.lang.iterations(series.iterations.len()).into());
    pieces.push(safe::line(&series.model.to_string()).into());
    fill(&pieces, Fill::dotted(view))
}

fn table(series: &Series, course: &Course, view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut table = Table::new([
        ("#", Align::Right),
        (lang.revision(), Align::Left),
        (lang.pass(), Align::Right),
        ("", Align::Left),
        (lang.confidence(), Align::Right),
        (lang.gain(), Align::Left),
        ("$", Align::Right),
        (lang.working_time(), Align::Right),
        (lang.usd_per_point(), Align::Right),
        (lang.lines_changed(), Align::Right),
    ])
    .yields(1, 8);
    let unscored = || ["-".to_owned(), String::new()];
    let passes = series.iterations.iter().map(|one| one.facts.as_ref().map_or_else(unscored, |facts| pass(facts, view)));
    let passes = aligned(&passes.collect::<Vec<_>>());
    for (at, (one, passed)) in series.iterations.iter().zip(passes).enumerate() {
        let facts = one.facts.as_ref();
        let best = course.best == Some(at) && series.iterations.len() > 1;
        let style = if best { BOLD } else { anstyle::Style::new() };
        table.row(vec![
            Piece::new(style, one.number.to_string()),
            Piece::new(style, format!("@{}", safe::line(one.revision.short()))),
            Piece::new(style, passed),
            Piece::new(
                DIM,
                facts.and_then(|facts| facts.pass_rate)
                    .map_or_else(String::new, bar),
            ),
            Piece::from(facts.map_or_else(|| "-".to_owned(), |facts| interval(facts, view))),
            gain(one, lang),
            digits(one.billed()).into(),
            duration(one.worked, lang).into(),
            per_point(one).map_or_else(|| "-".to_owned(), digits).into(),
            Piece::new(
                DIM,
                format!("+{} -{}", one.change.added, one.change.removed),
            ),
        ]);
    }
    table.lay(view.width, view.styled).lines
}

/// A rate as a bar of eight cells.
fn bar(rate: f64) -> String {
    const CELLS: usize = 8;
    let filled = (1..=CELLS)
        .filter(|cell| rate * 16.0 >= 2.0 * crate::stats::real(*cell) - 1.0)
        .count();
    "█".repeat(filled) + &"░".repeat(CELLS - filled)
}

fn gain(one: &Iteration, lang: Lang) -> Piece {
    let delta = one
        .since_previous
        .as_ref()
        .and_then(|comparison| Delta::of(comparison, lang));
    delta.map_or_else(|| Piece::from("-"), |delta| delta.piece())
}

/// Dollars for each point gained; nothing where nothing was gained, or nothing paid.
fn per_point(one: &Iteration) -> Option<Usd> {
    let gain = one.gain().filter(|gain| *gain > 0.0)?;
    let billed = Some(one.billed()).filter(|billed| !billed.is_zero())?;
    Some(from_float(billed.as_f64() / (gain * 100.0)))
}

fn changes(one: &Iteration, view: &View) -> Vec<String> {
    let title = format!(" {} @{}", one.number, safe::line(one.revision.short()));
    let colour = |text: &String| if text.starts_with('+') { GOOD } else { BAD };
    let lines = one
        .change
        .lines
        .iter()
        .map(|text| format!("   {}", paint(colour(text), &safe::line(text), view.styled)));
    std::iter::once(paint(BOLD, &title, view.styled))
        .chain(lines)
        .collect()
}

fn conclusions(series: &Series, course: &Course, view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut lines = Vec::new();
    if let Some(plateau) = &course.plateau {
        lines.extend(fill(
            &[Piece::new(DOUBT, plateau_says(plateau, lang))],
            Fill::dotted(view),
        ));
    }
    if let (Some(best), Some(flattery)) = (course.best, course.flattery) {
        let number = series
            .iterations
            .get(best)
            .map_or(0, |one| one.number)
            .to_string();
        let scores = series
            .iterations
            .iter()
            .filter(|one| one.facts.is_some())
            .count();
        let points = format!("{:.0}", (flattery * 100.0).ceil());
        lines.extend(fill(
            &[lang.best_of(&number, &many(scores), &points).into()],
            Fill::dotted(view),
        ));
    }
    let total = [
        Piece::from(lang.billed(&dollars(course.billed))),
        lang.worked(&duration(course.worked, lang)).into(),
    ];
    lines.extend(fill(&total, Fill::dotted(view)));
    lines
}

/// What was tried in vain, and what it cost: enough to decide whether to go on.
fn plateau_says(plateau: &Plateau, lang: Lang) -> String {
    let mut numbers = vec![plateau.moved];
    numbers.extend(
        plateau
            .noise
            .iter()
            .flat_map(|noise| [noise.low, noise.high]),
    );
    let shown = points(&numbers);
    let sign = if plateau.moved > 0.0 { "+" } else { "" };
    let moved = match shown.as_slice() {
        [moved, low, high] => format!("{sign}{moved} [{low}, {high}]"),
        _ => format!("{sign}{}", shown.first().map_or("0", String::as_str)),
    };
    lang.plateau(
        &many(plateau.revisions),
        &moved,
        &dollars(plateau.billed),
        &duration(plateau.worked, lang),
    )
}
