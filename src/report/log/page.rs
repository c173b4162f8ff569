//! Iterations as a page: the score with its interval as a curve, dollars as bars, the list, what each edit changed.

use crate::domain::{PromptName, Usd};
use crate::report::html::{
    Cell, Column, Markup, facts, figure, page, paragraph, section, table, tag,
};
use crate::report::log::says::sentences;
use crate::report::log::{gain, held_out, lines_changed, per_point};
use crate::report::money::{digits, dollars};
use crate::report::number::{duration, percent};
use crate::report::style::{BAD, DOUBT, GOOD};
use crate::report::svg::{self, BarChart, Bars, Chart, LineChart, Point, Unit};
use crate::report::table::Align;
use crate::report::terminal::{interval, pass};
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::{Course, Iteration, Series, VariantFacts, course};

/// Writes iterations as one self-contained page, series by series.
pub fn log_html(prompt: &PromptName, series: &[Series], lang: Lang) -> String {
    let parts = series.iter().map(|one| {
        let variant = match one.variant.as_str() {
            "" => lang.unnamed(),
            variant => variant,
        };
        section(&format!("{variant} · {}", one.model), body(one, lang))
    });
    page(lang, &lang.log_title(&prompt.0), parts)
}

fn body(series: &Series, lang: Lang) -> Vec<Markup> {
    let course = course(&series.iterations);
    let mut parts = vec![totals(series, &course, lang)];
    let said = sentences(series, &course, lang);
    parts.extend(said.iter().map(|(_, text)| paragraph(text)));
    parts.push(scores(series, &course, lang));
    parts.extend(spent(series, lang));
    parts.push(list(series, &course, lang));
    parts.push(changes(series, lang));
    parts
}

fn totals(series: &Series, course: &Course, lang: Lang) -> Markup {
    let best = course.best.and_then(|best| series.iterations.get(best));
    let count = crate::report::number::many(series.iterations.len());
    let mut totals = vec![(lang.iterations_word().to_owned(), count)];
    if let Some((one, rate)) = best.and_then(|one| Some((one, one.facts.as_ref()?.pass_rate?))) {
        let rate = lang.percent(&percent(rate));
        totals.push((lang.best().to_owned(), format!("{rate} (#{})", one.number)));
    }
    totals.push((lang.billed_usd().to_owned(), digits(course.billed)));
    let time = duration(course.worked, lang);
    totals.push((lang.working_time().to_owned(), time));
    facts(&totals)
}

fn scores(series: &Series, course: &Course, lang: Lang) -> Markup {
    let line = |facts: fn(&Iteration) -> Option<&VariantFacts>| {
        let point = |one: &Iteration| {
            let facts = facts(one)?;
            let rate = lang.percent(&percent(facts.pass_rate?));
            let [count, _] = pass(facts, &plain(lang));
            let range = interval(facts, &plain(lang));
            Some(Point {
                value: facts.pass_rate?,
                band: facts.interval,
                title: format!("#{}: {rate} ({count}), {range}", one.number),
            })
        };
        series.iterations.iter().map(point).collect::<Vec<_>>()
    };
    let mut lines = vec![line(|one| one.facts.as_ref())];
    let mut names = vec![lang.on_others().to_owned()];
    if series.has_held_out() {
        lines.push(line(|one| one.held_out.as_ref()));
        names.push(lang.on_held_out().to_owned());
    }
    let title = lang.pass_rate_chart();
    let chart = svg::lines(&LineChart {
        chart: Chart {
            title,
            unit: Unit::Share,
            lang,
        },
        labels: numbers(series),
        lines,
        best: course.best,
    });
    figure(title, &names, chart)
}

/// Dollars of each iteration, judges apart; nothing where nothing was billed.
fn spent(series: &Series, lang: Lang) -> Option<Markup> {
    let paid = series.iterations.iter().any(|one| !one.billed().is_zero());
    let judged = |one: &Iteration| one.judges.billed != Usd::ZERO;
    let mut groups = vec![lang.target().to_owned()];
    if series.iterations.iter().any(judged) {
        groups.push(lang.judges().to_owned());
    }
    let title = lang.usd_chart();
    let bars = numbers(series).into_iter().zip(&series.iterations);
    let chart = BarChart {
        chart: Chart {
            title,
            unit: Unit::Usd,
            lang,
        },
        groups: &groups,
        bars: bars
            .map(|(label, one)| Bars {
                label,
                parts: vec![one.target.billed.as_f64(), one.judges.billed.as_f64()],
            })
            .collect(),
    };
    paid.then(|| figure(title, &groups, svg::bars(&chart)))
}

fn numbers(series: &Series) -> Vec<String> {
    let numbers = series.iterations.iter();
    numbers.map(|one| one.number.to_string()).collect()
}

/// Place of the column of held-out cases.
const HELD_OUT: usize = 5;

fn list(series: &Series, course: &Course, lang: Lang) -> Markup {
    let mut columns: Vec<Column<'_>> = vec![
        ("#", Align::Right),
        (lang.revision(), Align::Left),
        (lang.first_run(), Align::Left),
        (lang.pass(), Align::Right),
        (lang.confidence(), Align::Right),
        (lang.held_out(), Align::Right),
        (lang.gain(), Align::Left),
        ("$", Align::Right),
        (lang.sum_usd(), Align::Right),
        (lang.working_time(), Align::Right),
        (lang.usd_per_point(), Align::Right),
        (lang.lines_changed(), Align::Right),
    ];
    let iterations = series.iterations.iter().zip(series.billed_so_far());
    let mut rows: Vec<Vec<Cell>> = iterations
        .enumerate()
        .map(|(at, (one, so_far))| row(one, so_far, course.best == Some(at), lang))
        .collect();
    if !series.has_held_out() {
        columns.remove(HELD_OUT);
        for row in &mut rows {
            row.remove(HELD_OUT);
        }
    }
    table(&lang.iterations(rows.len()), &columns, &rows)
}

fn row(one: &Iteration, so_far: Usd, best: bool, lang: Lang) -> Vec<Cell> {
    let class = if best { "strong" } else { "" };
    let passed = one.facts.as_ref().map_or_else(
        || "-".to_owned(),
        |facts| pass(facts, &plain(lang)).join("  "),
    );
    let range = one
        .facts
        .as_ref()
        .map_or_else(|| "-".to_owned(), |facts| interval(facts, &plain(lang)));
    let gained = gain(one, lang);
    let colour = match gained.style {
        style if style == GOOD => "good",
        style if style == BAD => "bad",
        style if style == DOUBT => "doubt",
        _ => "",
    };
    vec![
        Cell::new(class, one.number.to_string()),
        Cell::new(class, format!("@{}", one.revision.short())),
        Cell::new("dim", one.first.strftime("%Y-%m-%d").to_string()),
        Cell::new(class, passed),
        range.into(),
        held_out(one.held_out.as_ref(), lang).into(),
        Cell::new(colour, gained.text),
        digits(one.billed()).into(),
        digits(so_far).into(),
        duration(one.worked, lang).into(),
        per_point(one).map_or_else(|| "-".to_owned(), digits).into(),
        Cell::new("dim", lines_changed(one)),
    ]
}

/// The lines of each edit, folded: a browser opens them without a script.
fn changes(series: &Series, lang: Lang) -> Markup {
    let edits = series.iterations.iter().map(|one| {
        let money = dollars(one.billed());
        let title = format!(
            "#{} @{} · {} · {money}",
            one.number,
            one.revision.short(),
            lines_changed(one)
        );
        let lines = one.change.lines.iter().flat_map(|line| {
            let name = if line.starts_with('+') { "ins" } else { "del" };
            [tag(name).text(line), Markup::text("\n")]
        });
        tag("details").hold([tag("summary").text(&title), tag("pre").hold(lines)])
    });
    let heading = tag("p").set("class", "dim").text(lang.what_changed());
    Markup::all(std::iter::once(heading).chain(edits))
}

/// The words of the screen, without its limits.
fn plain(lang: Lang) -> View {
    View {
        lang,
        width: usize::MAX,
        ..View::plain()
    }
}
