//! `pw prices` on the screen; [`lines`] has it as JSON.

mod bill;
mod changes;
mod lines;

use jiff::Timestamp;

use crate::domain::{Usd, unit};
use crate::pricing::{ClassPrice, Edition, Listed, Offer, Price, When};
use crate::report::layout::{Fill, fill};
use crate::report::money::digits;
use crate::report::number::count;
use crate::report::safe;
use crate::report::style::{BOLD, DIM, DOUBT, Piece};
use crate::report::table::{Align, Table};
use crate::report::terminal::paragraphs;
use crate::report::text::Lang;
use crate::report::view::View;

pub(crate) use bill::reported;
pub use bill::{Bill, bill};
pub use changes::{Changes, price_changes, price_changes_json, prices_imported, prices_in_use};
pub use lines::{bill_json, offer_json, prices_json};

/// Lays out rows of a book: which edition it is, then a line a model, the provider's name once.
pub fn prices(rows: &[Listed<'_>], edition: &Edition, view: &View) -> String {
    let lang = view.lang;
    if rows.is_empty() {
        return format!("{}\n", lang.no_such_price());
    }
    let mut table = Table::new([
        (lang.provider(), Align::Left),
        (lang.model(), Align::Left),
        (lang.in_million(), Align::Right),
        (lang.cached_million(), Align::Right),
        (lang.out_million(), Align::Right),
        (lang.context(), Align::Right),
        (lang.from(), Align::Left),
    ])
    .yields(1, 16);
    let mut last = None;
    for row in rows {
        let provider = if last == Some(row.provider) {
            ""
        } else {
            row.provider
        };
        last = Some(row.provider);
        let price = row.price.as_ref();
        let million = |unit| match price {
            None => Piece::new(DOUBT, lang.unknown()),
            Some(price) => price
                .per_million(unit)
                .map_or_else(|| "-".into(), |usd| digits(usd).into()),
        };
        table.row(vec![
            safe::line(provider).into(),
            safe::line(row.model).into(),
            million(unit::INPUT),
            million(unit::CACHE_READ),
            million(unit::OUTPUT),
            price
                .and_then(Price::context_window)
                .map_or_else(|| "-".to_owned(), count)
                .into(),
            Piece::new(
                DIM,
                price
                    .and_then(Price::from_date)
                    .unwrap_or_else(|| "-".to_owned()),
            ),
        ]);
    }
    paragraphs(&[
        fill(&in_use(edition, lang), Fill::dotted(view)),
        table.lay(view.width, view.styled).lines,
    ])
}

/// Which edition prices are of, and how it came here.
fn in_use(edition: &Edition, lang: Lang) -> Vec<Piece> {
    let how = match edition.imported {
        None => lang.compiled_in().to_owned(),
        Some(at) => lang.imported_on(&second(at)),
    };
    vec![
        Piece::new(BOLD, safe::line(&edition.to_string())),
        Piece::new(DIM, how),
    ]
}

/// Lays out all prices of a model: the one in force, the others of its row with their days and hours, then its tiers.
pub fn offer(offer: &Offer, edition: &Edition, at: Timestamp, view: &View) -> String {
    let lang = view.lang;
    let mut title = vec![Piece::new(BOLD, name(&offer.price))];
    title.extend(provenance(&offer.price, lang));
    title.extend(
        edition
            .imported
            .map(|at| Piece::new(DIM, lang.imported_on(&second(at)))),
    );
    title.push(Piece::new(DIM, lang.at_time(&second(at))));
    let mut groups = vec![fill(&title, Fill::dotted(view))];
    if offer.dated.is_empty() {
        groups.push(classes(&offer.price, view));
    }
    for (when, price, in_force) in &offer.dated {
        let state = if *in_force {
            Piece::from(lang.in_force())
        } else {
            Piece::new(DIM, lang.not_in_force())
        };
        groups.push(headed(&[moment(*when, lang).into(), state], price, view));
    }
    for (tier, price) in &offer.tiers {
        let heading = [
            Piece::from(lang.tier_of(tier.word())),
            Piece::new(DIM, safe::line(price.source())),
        ];
        groups.push(headed(&heading, price, view));
    }
    paragraphs(&groups)
}

/// Writes a time to the second: prices know no finer one.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn headed(heading: &[Piece], price: &Price, view: &View) -> Vec<String> {
    let mut lines = fill(heading, Fill::dotted(view));
    lines.extend(classes(price, view));
    lines
}

fn name(price: &Price) -> String {
    match price.row() {
        Some(row) => safe::line(&format!("{}/{}", row.provider, row.model)),
        None => safe::line(price.source()),
    }
}

/// Where a price comes from: its source, its day, and the clause that assumed it.
fn provenance(price: &Price, lang: Lang) -> Vec<Piece> {
    let mut pieces = vec![Piece::new(DIM, lang.priced_by(&safe::line(price.source())))];
    if let Some(day) = price.from_date() {
        pieces.push(Piece::new(DIM, lang.since_day(&day)));
    }
    if let Some(row) = price.row().filter(|row| row.assumed) {
        pieces.push(Piece::new(DOUBT, lang.assumed_by(&safe::line(&row.clause))));
    }
    pieces
}

fn moment(when: When, lang: Lang) -> String {
    match when {
        When::Always => lang.otherwise().to_owned(),
        When::From(day) => lang.since_day(&day.to_string()),
        When::Hours(from, to) => {
            let short = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
            lang.between_hours(&short(from), &short(to))
        }
    }
}

fn classes(price: &Price, view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut table = Table::new([
        (lang.class(), Align::Left),
        (lang.price_per(), Align::Right),
        (lang.usd(), Align::Right),
        ("", Align::Left),
    ]);
    for class in price.classes_priced() {
        let above = |(start, usd): &(u64, Usd)| {
            format!("{}: {}", lang.above_input(&count(*start)), digits(*usd))
        };
        let ClassPrice { unit, per, usd, .. } = &class;
        table.row(vec![
            safe::line(unit).into(),
            Piece::new(DIM, count(u64::from(*per))),
            digits(*usd).into(),
            class
                .above
                .iter()
                .map(above)
                .collect::<Vec<_>>()
                .join(lang.comma())
                .into(),
        ]);
    }
    table.lay(view.width, view.styled).lines
}

#[cfg(test)]
mod tests;
