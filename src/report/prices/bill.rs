//! What one response used and cost.

use jiff::Timestamp;

use crate::domain::{Usd, unit};
use crate::pricing::{Extracted, Price, Priced};
use crate::report::layout::{Fill, fill};
use crate::report::money::{digits, dollars};
use crate::report::number::count;
use crate::report::prices::{provenance, second};
use crate::report::safe;
use crate::report::style::{BAD, BOLD, DIM, DOUBT, Piece};
use crate::report::table::{Align, Table};
use crate::report::terminal::paragraphs;
use crate::report::text::Lang;
use crate::report::view::View;

/// A response's usage with its price, as far as that is known.
#[derive(Debug, Clone, Copy)]
pub struct Bill<'a> {
    /// When it was asked.
    pub at: Timestamp,
    /// The model that answered.
    pub model: Option<&'a str>,
    /// What the response says.
    pub extracted: &'a Extracted<'a>,
    /// Its price and its cost; `None` where none is known.
    pub priced: Option<(&'a Price, &'a Priced)>,
}

impl Bill<'_> {
    /// Returns what the provider says it charged, where it says it in whole picodollars.
    pub(super) fn reported(&self) -> Option<Usd> {
        self.extracted.reported_cost.as_deref()?.parse().ok()
    }

    /// Returns by how much the provider's figure passes ours.
    pub(super) fn difference(&self) -> Option<Usd> {
        self.reported()?.checked_sub(self.priced?.1.total)
    }

    /// Returns the model's window where the tokens of the response pass it.
    fn window_passed(&self) -> Option<u64> {
        let window = self.priced?.0.context_window()?;
        (self.extracted.usage.get(unit::INPUT) > window).then_some(window)
    }
}

/// Lays out a response's classes with their cost, where the price comes from, and what the provider itself reports.
pub fn bill(bill: &Bill<'_>, view: &View) -> String {
    let lang = view.lang;
    let title = [
        Piece::new(
            BOLD,
            bill.model
                .map_or_else(|| lang.no_model_named().to_owned(), safe::line),
        ),
        format!("{}, {}", bill.extracted.provider, bill.extracted.flavor).into(),
        match &bill.extracted.tier {
            Some(tier) => lang.tier_of(&safe::line(tier)),
            None => lang.standard_tier().to_owned(),
        }
        .into(),
        Piece::new(DIM, second(bill.at)),
    ];
    paragraphs(&[
        fill(&title, Fill::dotted(view)),
        table(bill, view),
        footer(bill, view),
    ])
}

fn table(bill: &Bill<'_>, view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut table = Table::new([
        (lang.class(), Align::Left),
        (lang.quantity(), Align::Right),
        (lang.usd(), Align::Right),
    ]);
    let Some((_, priced)) = bill.priced else {
        for (unit, quantity) in &bill.extracted.usage.0 {
            let unknown = Piece::new(DOUBT, lang.unknown());
            table.row(vec![
                safe::line(unit).into(),
                count(*quantity).into(),
                unknown,
            ]);
        }
        return table.lay(view.width, view.styled).lines;
    };
    for line in &priced.lines {
        table.row(vec![
            safe::line(&line.unit).into(),
            count(line.quantity).into(),
            digits(line.amount).into(),
        ]);
    }
    table.row(vec![
        lang.total().into(),
        "".into(),
        digits(priced.total).into(),
    ]);
    table.lay(view.width, view.styled).lines
}

fn footer(bill: &Bill<'_>, view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut facts = match bill.priced {
        Some((price, _)) => provenance(price, lang),
        None => vec![Piece::new(DOUBT, lang.cost_unknown())],
    };
    if let Some(window) = bill.window_passed() {
        facts.push(Piece::new(BAD, lang.beyond_window(&count(window))));
    }
    if let Some(cost) = bill.reported() {
        facts.extend(reported(cost, bill.difference(), lang));
    }
    fill(&facts, Fill::dotted(view))
}

/// Says what a provider reports, and by how much that passes our own figure, where they differ.
pub(crate) fn reported(cost: Usd, difference: Option<Usd>, lang: Lang) -> Vec<Piece> {
    let mut pieces = vec![Piece::from(lang.provider_reported(&dollars(cost)))];
    if let Some(apart) = difference.filter(|apart| !apart.is_zero()) {
        let amount = dollars(Usd::from_picos(apart.picos().saturating_abs()));
        let said = if apart.picos() > 0 {
            lang.ours_less(&amount)
        } else {
            lang.ours_more(&amount)
        };
        pieces.push(Piece::new(DOUBT, said));
    }
    pieces
}
