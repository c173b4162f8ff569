//! Prices as JSON: exact amounts for programs.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{Usage, Usd};
use crate::pricing::{Edition, Listed, Offer, Price, Priced, When};
use crate::report::json::pretty;
use crate::report::prices::bill::Bill;
use crate::report::prices::changes::EditionLine;

/// A price with where it comes from.
#[derive(Serialize)]
struct PriceLine {
    source: String,
    from: Option<String>,
    clause: Option<String>,
    assumed: bool,
    context_window: Option<u64>,
    classes: Vec<ClassLine>,
}

#[derive(Serialize)]
struct ClassLine {
    unit: String,
    per: u32,
    usd: Usd,
    above: Vec<AboveLine>,
}

#[derive(Serialize)]
struct AboveLine {
    input_tokens: u64,
    usd: Usd,
}

impl PriceLine {
    fn of(price: &Price) -> Self {
        let class = |class: crate::pricing::ClassPrice| ClassLine {
            unit: class.unit,
            per: class.per,
            usd: class.usd,
            above: class
                .above
                .into_iter()
                .map(|(input_tokens, usd)| AboveLine { input_tokens, usd })
                .collect(),
        };
        Self {
            source: price.source().to_owned(),
            from: price.from_date(),
            clause: price.row().map(|row| row.clause.clone()),
            assumed: price.assumed(),
            context_window: price.context_window(),
            classes: price.classes_priced().into_iter().map(class).collect(),
        }
    }
}

#[derive(Serialize)]
struct ListReport<'a> {
    schema: &'static str,
    book: EditionLine,
    at: Timestamp,
    models: Vec<ModelRow<'a>>,
}

#[derive(Serialize)]
struct ModelRow<'a> {
    provider: &'a str,
    model: &'a str,
    price: Option<PriceLine>,
}

impl<'a> ModelRow<'a> {
    fn of(row: &'a Listed<'a>) -> Self {
        Self {
            provider: row.provider,
            model: row.model,
            price: row.price.as_ref().map(PriceLine::of),
        }
    }
}

/// Writes rows of the book with all their classes.
pub fn prices_json(rows: &[Listed<'_>], edition: &Edition, at: Timestamp) -> String {
    pretty(&ListReport {
        schema: "pw.prices/1",
        book: EditionLine::of(edition),
        at,
        models: rows.iter().map(ModelRow::of).collect(),
    })
}

#[derive(Serialize)]
struct OfferReport {
    schema: &'static str,
    book: EditionLine,
    at: Timestamp,
    provider: Option<String>,
    model: Option<String>,
    price: PriceLine,
    dated: Vec<DatedLine>,
    tiers: Vec<TierLine>,
}

#[derive(Serialize)]
struct DatedLine {
    from: Option<String>,
    hours_utc: Option<[String; 2]>,
    in_force: bool,
    price: PriceLine,
}

#[derive(Serialize)]
struct TierLine {
    tier: &'static str,
    price: PriceLine,
}

/// Writes all prices of a model.
pub fn offer_json(offer: &Offer, edition: &Edition, at: Timestamp) -> String {
    let dated = |(when, price, in_force): &(When, Price, bool)| DatedLine {
        from: match when {
            When::From(day) => Some(day.to_string()),
            When::Always | When::Hours(..) => None,
        },
        hours_utc: match when {
            When::Hours(from, to) => Some([from.to_string(), to.to_string()]),
            When::Always | When::From(_) => None,
        },
        in_force: *in_force,
        price: PriceLine::of(price),
    };
    let row = offer.price.row();
    pretty(&OfferReport {
        schema: "pw.price/1",
        book: EditionLine::of(edition),
        at,
        provider: row.map(|row| row.provider.clone()),
        model: row.map(|row| row.model.clone()),
        price: PriceLine::of(&offer.price),
        dated: offer.dated.iter().map(dated).collect(),
        tiers: offer
            .tiers
            .iter()
            .map(|(tier, price)| TierLine {
                tier: tier.word(),
                price: PriceLine::of(price),
            })
            .collect(),
    })
}

#[derive(Serialize)]
struct BillReport<'a> {
    schema: &'static str,
    provider: &'a str,
    flavor: &'a str,
    model: Option<&'a str>,
    tier: Option<&'a str>,
    at: Timestamp,
    /// As the provider counts: parts are within their wholes.
    usage: &'a Usage,
    input_price: Option<Usd>,
    output_price: Option<Usd>,
    total_price: Option<Usd>,
    /// Disjoint: what no other line counts.
    lines: Option<Vec<BillLine<'a>>>,
    price: Option<PriceLine>,
    reported_price: Option<&'a str>,
    reported_minus_total: Option<Usd>,
}

#[derive(Serialize)]
struct BillLine<'a> {
    unit: &'a str,
    quantity: u64,
    usd: Usd,
}

/// Writes a response's usage and cost; a cost that is not known is null, never zero.
pub fn bill_json(bill: &Bill<'_>) -> String {
    let cost = bill.priced.map(|(_, priced)| priced);
    pretty(&BillReport {
        schema: "pw.bill/1",
        provider: bill.extracted.provider,
        flavor: bill.extracted.flavor,
        model: bill.model,
        tier: bill.extracted.tier.as_deref(),
        at: bill.at,
        usage: &bill.extracted.usage,
        input_price: cost.map(Priced::input),
        output_price: cost.map(Priced::output),
        total_price: cost.map(|priced| priced.total),
        lines: cost.map(bill_lines),
        price: bill.priced.map(|(price, _)| PriceLine::of(price)),
        reported_price: bill.extracted.reported_cost.as_deref(),
        reported_minus_total: bill.difference(),
    })
}

fn bill_lines(priced: &Priced) -> Vec<BillLine<'_>> {
    let lines = priced.lines.iter();
    lines
        .map(|line| BillLine {
            unit: &line.unit,
            quantity: line.quantity,
            usd: line.amount,
        })
        .collect()
}
