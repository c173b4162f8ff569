//! `pw log`: iterations in order, on the screen; [`lines`] has them as JSON and as CSV.

mod chart;
mod lines;
mod page;
mod says;

use crate::domain::{PromptName, Usd};
use crate::report::layout::{Fill, fill};
use crate::report::money::{digits, dollars, from_float};
use crate::report::number::{duration, percent};
use crate::report::safe;
use crate::report::style::{BAD, BOLD, DIM, GOOD, Piece, paint};
use crate::report::table::{Align, Table};
use crate::report::terminal::{Delta, aligned, interval, paragraphs, pass};
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::{Course, Iteration, Series, VariantFacts, course};

pub use lines::{log_csv, log_json};
pub use page::log_html;

/// Lays iterations out for a terminal, series by series; `-v` adds the lines that each edit changed.
pub fn log(prompt: &PromptName, series: &[Series], view: &View) -> String {
    let mut groups = Vec::new();
    for one in series {
        let course = course(&one.iterations);
        groups.push(heading(prompt, one, view));
        groups.push(chart::chart(one, view));
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
        (lang.held_out(), Align::Right),
        (lang.confidence(), Align::Right),
        (lang.gain(), Align::Left),
        ("$", Align::Right),
        (lang.sum_usd(), Align::Right),
        (lang.working_time(), Align::Right),
        (lang.usd_per_point(), Align::Right),
        (lang.lines_changed(), Align::Right),
    ])
    .yields(1, 8);
    let unscored = || ["-".to_owned(), String::new()];
    let passes = series
        .iterations
        .iter()
        .map(|one| {
            one.facts
                .as_ref()
                .map_or_else(unscored, |facts| pass(facts, view))
        })
        .collect::<Vec<_>>();
    let rows = series
        .iterations
        .iter()
        .zip(aligned(&passes))
        .zip(series.billed_so_far());
    for (at, ((one, passed), so_far)) in rows.enumerate() {
        let best = course.best == Some(at) && series.iterations.len() > 1;
        let style = if best { BOLD } else { anstyle::Style::new() };
        table.row(vec![
            Piece::new(style, one.number.to_string()),
            Piece::new(style, format!("@{}", safe::line(one.revision.short()))),
            Piece::new(style, passed),
            held_out(one.held_out.as_ref(), lang).into(),
            one.facts
                .as_ref()
                .map_or_else(|| "-".to_owned(), |facts| interval(facts, view))
                .into(),
            gain(one, lang),
            digits(one.billed()).into(),
            digits(so_far).into(),
            duration(one.worked, lang).into(),
            per_point(one).map_or_else(|| "-".to_owned(), digits).into(),
            Piece::new(DIM, lines_changed(one)),
        ]);
    }
    let table = if series.has_held_out() {
        table
    } else {
        table.without(3)
    };
    table.lay(view.width, view.styled).lines
}

/// The rate on held-out cases.
fn held_out(facts: Option<&VariantFacts>, lang: Lang) -> String {
    facts
        .and_then(|facts| facts.pass_rate)
        .map_or_else(|| "-".to_owned(), |rate| lang.percent(&percent(rate)))
}

fn lines_changed(one: &Iteration) -> String {
    format!("+{} -{}", one.change.added, one.change.removed)
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
    let said = says::sentences(series, course, lang);
    let mut lines: Vec<String> = said
        .into_iter()
        .flat_map(|(style, text)| fill(&[Piece::new(style, text)], Fill::dotted(view)))
        .collect();
    let total = [
        Piece::from(lang.billed(&dollars(course.billed))),
        lang.worked(&duration(course.worked, lang)).into(),
    ];
    lines.extend(fill(&total, Fill::dotted(view)));
    lines
}
