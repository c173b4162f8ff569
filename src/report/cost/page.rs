//! Spend as a page: the amounts apart from each other, bars over time, the groups.

use crate::report::cost::CapLeft;
use crate::report::html::{Cell, Column, Markup, facts, figure, page, paragraph, table};
use crate::report::money::{digits, dollars};
use crate::report::number::count;
use crate::report::svg::{self, BarChart, Bars, Chart, Unit};
use crate::report::table::Align;
use crate::report::text::Lang;
use crate::summary::{Spend, SpendBy, SpendCourse, SpendEntry, SpendSums, StackGroup};

/// Writes spend as one self-contained page.
pub fn cost_html(spend: &Spend, course: &SpendCourse, caps: &[CapLeft], lang: Lang) -> String {
    let mut body = Vec::new();
    if let Some((first, last)) = spend.days {
        body.push(paragraph(&format!("{first} – {last} UTC")));
    }
    if spend.groups.is_empty() {
        body.push(paragraph(lang.nothing_spent()));
    } else {
        body.push(amounts(&spend.total, caps, lang));
        body.push(over_time(course, lang));
        body.push(groups(spend, lang));
    }
    page(lang, lang.spend_title(), body)
}

/// Five kinds of amounts, never added to each other; those that are nothing are left out, but for what was billed.
fn amounts(total: &SpendSums, caps: &[CapLeft], lang: Lang) -> Markup {
    let mut all = vec![(lang.billed_usd().to_owned(), digits(total.billed))];
    let others = [
        (lang.imputed_usd(), total.imputed),
        (lang.held_usd(), total.held),
        (lang.lost_usd(), total.lost),
        (lang.saved_usd(), total.saved),
    ];
    let others = others.iter().filter(|(_, amount)| !amount.is_zero());
    all.extend(others.map(|(name, amount)| ((*name).to_owned(), digits(*amount))));
    for cap in caps {
        let left = lang.left_of(&dollars(cap.left), &dollars(cap.cap));
        all.push((lang.period(cap.period).to_owned(), left));
    }
    Markup::all([
        facts(&all),
        if caps.is_empty() {
            paragraph(lang.no_period_cap())
        } else {
            Markup::default()
        },
    ])
}

fn over_time(course: &SpendCourse, lang: Lang) -> Markup {
    let period = lang.spend_group(course.period);
    let title = if course.imputed {
        lang.imputed_per(period)
    } else {
        lang.billed_per(period)
    };
    let groups: Vec<String> = course.groups.iter().map(|one| name(one, lang)).collect();
    let year = year(course);
    let bar = |entry: &SpendEntry| Bars {
        label: entry
            .name
            .strip_prefix(year)
            .unwrap_or(&entry.name)
            .to_owned(),
        parts: entry.parts.iter().map(|part| part.as_f64()).collect(),
    };
    let chart = svg::bars(&BarChart {
        chart: Chart {
            title: &title,
            unit: Unit::Usd,
            lang,
        },
        groups: &groups,
        bars: course.entries.iter().map(bar).collect(),
    });
    figure(&title, &groups, chart)
}

/// The year that all days or weeks begin with: it stands above the chart, and short labels leave room for each other.
fn year(course: &SpendCourse) -> &str {
    const YEAR: usize = "2026-".len();
    let first = course.entries.first().and_then(|one| one.name.get(..YEAR));
    let year = first.filter(|_| course.period != SpendBy::Month);
    let common = |year: &&str| course.entries.iter().all(|one| one.name.starts_with(year));
    year.filter(common).unwrap_or_default()
}

fn name(group: &StackGroup, lang: Lang) -> String {
    match group {
        StackGroup::Named(name) => name.clone(),
        StackGroup::Nameless => lang.none().to_owned(),
        StackGroup::Others(n) => lang.others(*n),
    }
}

fn groups(spend: &Spend, lang: Lang) -> Markup {
    let title = lang.spend_group(spend.by);
    let columns: [Column<'_>; 8] = [
        (title, Align::Left),
        (lang.billed_usd(), Align::Right),
        (lang.imputed_usd(), Align::Right),
        (lang.held_usd(), Align::Right),
        (lang.lost_usd(), Align::Right),
        (lang.saved_usd(), Align::Right),
        (lang.answers(), Align::Right),
        (lang.taken_again(), Align::Right),
    ];
    let row = |name: Cell, class: &'static str, sums: &SpendSums| {
        let money = [sums.billed, sums.imputed, sums.held, sums.lost, sums.saved];
        let mut cells = vec![name];
        cells.extend(money.map(|amount| Cell::new(class, digits(amount))));
        cells.extend([sums.answers, sums.cached].map(|n| Cell::new(class, count(n))));
        cells
    };
    let mut rows: Vec<Vec<Cell>> = spend
        .groups
        .iter()
        .map(|group| {
            let name = group.name.as_deref();
            let name = name.map_or_else(|| Cell::new("dim", lang.none()), Cell::from);
            row(name, "", &group.sums)
        })
        .collect();
    if rows.len() > 1 {
        let name = Cell::new("strong", lang.total());
        rows.push(row(name, "strong", &spend.total));
    }
    table(&lang.spend_by(title), &columns, &rows)
}
