//! `pw log`: iterations in order, on the screen, as JSON and as CSV.

use serde::Serialize;

use crate::domain::{ModelRef, PromptName, Usd, Variant};
use crate::report::csv::csv;
use crate::report::json::pretty;
use crate::report::layout::{Fill, fill};
use crate::report::money::{digits, dollars, from_float};
use crate::report::number::{duration, many, percent, points};
use crate::report::safe;
use crate::report::style::{BAD, BOLD, DIM, DOUBT, GOOD, Piece, paint};
use crate::report::table::{Align, Table};
use crate::report::terminal::{Delta, paragraphs};
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::{Course, Iteration, Plateau, Series, Verdict, course};

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

fn line(view: &View) -> Fill<'static> {
    Fill {
        between: " · ",
        indent: 0,
        hanging: 1,
        width: view.width,
        styled: view.styled,
    }
}

fn heading(prompt: &PromptName, series: &Series, view: &View) -> Vec<String> {
    let mut pieces = vec![Piece::new(BOLD, safe::line(&prompt.0))];
    if !series.variant.as_str().is_empty() {
        pieces.push(safe::line(series.variant.as_str()).into());
    }
    pieces.push(view.lang.iterations(series.iterations.len()).into());
    pieces.push(safe::line(&series.model.to_string()).into());
    fill(&pieces, line(view))
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
    for (at, one) in series.iterations.iter().enumerate() {
        let best = course.best == Some(at) && series.iterations.len() > 1;
        let style = if best { BOLD } else { anstyle::Style::new() };
        table.row(vec![
            Piece::new(style, one.number.to_string()),
            Piece::new(style, format!("@{}", safe::line(one.revision.short()))),
            Piece::new(style, passed(one, lang)),
            Piece::new(
                DIM,
                one.facts
                    .as_ref()
                    .and_then(|facts| facts.pass_rate)
                    .map_or_else(String::new, bar),
            ),
            interval(one, lang).into(),
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

fn passed(one: &Iteration, lang: Lang) -> String {
    let Some(facts) = &one.facts else {
        return "-".to_owned();
    };
    let rate = facts
        .pass_rate
        .map_or_else(|| "-".to_owned(), |rate| lang.percent(&percent(rate)));
    format!(
        "{}/{} {rate:>5}",
        many(facts.passed),
        many(facts.passed + facts.failed)
    )
}

/// A rate as a bar of eight cells.
fn bar(rate: f64) -> String {
    const CELLS: usize = 8;
    let filled = (1..=CELLS)
        .filter(|cell| rate * 16.0 >= 2.0 * crate::stats::real(*cell) - 1.0)
        .count();
    "█".repeat(filled) + &"░".repeat(CELLS - filled)
}

fn interval(one: &Iteration, lang: Lang) -> String {
    let interval = one.facts.as_ref().and_then(|facts| facts.interval);
    interval.map_or_else(
        || "-".to_owned(),
        |i| {
            lang.percent(&format!(
                "{:.0}-{:.0}",
                i.low.max(0.0) * 100.0,
                i.high * 100.0
            ))
        },
    )
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
            line(view),
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
            line(view),
        ));
    }
    let total = [
        Piece::from(lang.billed(&dollars(course.billed))),
        lang.worked(&duration(course.worked, lang)).into(),
    ];
    lines.extend(fill(&total, line(view)));
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

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    prompt: &'a str,
    series: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    variant: &'a Variant,
    model: &'a ModelRef,
    iterations: Vec<Line<'a>>,
    best: Option<u32>,
    best_flattered_by: Option<f64>,
    plateau_revisions: Option<usize>,
    billed_usd: Usd,
    working_seconds: u64,
}

/// One iteration; the fields are those of [`COLUMNS`].
#[derive(Serialize)]
struct Line<'a> {
    variant: &'a str,
    model: String,
    iteration: u32,
    revision: &'a str,
    first: String,
    run: Option<u64>,
    cases: Option<usize>,
    passed: Option<usize>,
    failed: Option<usize>,
    pass_rate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    gain: Option<f64>,
    gain_low: Option<f64>,
    gain_high: Option<f64>,
    verdict: Option<Verdict>,
    target_usd: Usd,
    judges_usd: Usd,
    imputed_usd: Usd,
    working_seconds: u64,
    lines_added: usize,
    lines_removed: usize,
}

const COLUMNS: [&str; 22] = [
    "variant",
    "model",
    "iteration",
    "revision",
    "first",
    "run",
    "cases",
    "passed",
    "failed",
    "pass_rate",
    "low",
    "high",
    "gain",
    "gain_low",
    "gain_high",
    "verdict",
    "target_usd",
    "judges_usd",
    "imputed_usd",
    "working_seconds",
    "lines_added",
    "lines_removed",
];

impl<'a> Line<'a> {
    fn of(series: &'a Series, one: &'a Iteration) -> Self {
        let facts = one.facts.as_ref();
        let gain = one.since_previous.as_ref();
        Self {
            variant: series.variant.as_str(),
            model: series.model.to_string(),
            iteration: one.number,
            revision: &one.revision.0,
            first: one.first.to_string(),
            run: one.run,
            cases: facts.map(|facts| facts.cases),
            passed: facts.map(|facts| facts.passed),
            failed: facts.map(|facts| facts.failed),
            pass_rate: facts.and_then(|facts| facts.pass_rate),
            low: facts
                .and_then(|facts| facts.interval)
                .map(|interval| interval.low),
            high: facts
                .and_then(|facts| facts.interval)
                .map(|interval| interval.high),
            gain: one.gain(),
            gain_low: gain
                .and_then(|gain| gain.interval)
                .map(|interval| interval.low),
            gain_high: gain
                .and_then(|gain| gain.interval)
                .map(|interval| interval.high),
            verdict: gain.and_then(|gain| gain.verdict),
            target_usd: one.target.billed,
            judges_usd: one.judges.billed,
            imputed_usd: one.target.imputed.saturating_add(one.judges.imputed),
            working_seconds: one.worked.as_secs(),
            lines_added: one.change.added,
            lines_removed: one.change.removed,
        }
    }
}

/// Writes iterations as `pw.log/v1`: amounts exact, rates as shares in [0, 1].
pub fn log_json(prompt: &PromptName, series: &[Series]) -> String {
    pretty(&Report {
        schema: "pw.log/v1",
        prompt: &prompt.0,
        series: series.iter().map(listed).collect(),
    })
}

fn listed(one: &Series) -> Listed<'_> {
    let course = course(&one.iterations);
    let best = course.best.and_then(|best| one.iterations.get(best));
    Listed {
        variant: &one.variant,
        model: &one.model,
        iterations: one
            .iterations
            .iter()
            .map(|iteration| Line::of(one, iteration))
            .collect(),
        best: best.map(|best| best.number),
        best_flattered_by: course.flattery,
        plateau_revisions: course.plateau.map(|plateau| plateau.revisions),
        billed_usd: course.billed,
        working_seconds: course.worked.as_secs(),
    }
}

/// Writes iterations as CSV with a header, one a line.
pub fn log_csv(series: &[Series]) -> String {
    let rows = series.iter().flat_map(|one| {
        one.iterations
            .iter()
            .map(move |iteration| Line::of(one, iteration))
    });
    csv(&COLUMNS, rows)
}
