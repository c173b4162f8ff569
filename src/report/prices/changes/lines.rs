//! What a newer price file changes, as JSON: exact amounts for programs.

use serde::Serialize;

use crate::domain::Usd;
use crate::pricing::{Edition, ModelChange, PriceChange, When};
use crate::report::json::pretty;
use crate::report::prices::changes::Changes;

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    before: EditionLine,
    after: EditionLine,
    large: usize,
    declared: &'a [String],
    models: Vec<Line<'a>>,
}

/// Which edition a book is.
#[derive(Serialize)]
pub(in crate::report::prices) struct EditionLine {
    edition: String,
    day: String,
    imported_at: Option<jiff::Timestamp>,
}

impl EditionLine {
    pub(in crate::report::prices) fn of(edition: &Edition) -> Self {
        Self {
            edition: edition.to_string(),
            day: edition.day.to_string(),
            imported_at: edition.imported,
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    provider: &'a str,
    model: &'a str,
    change: &'static str,
    other_names: bool,
    prices: Vec<PriceLine<'a>>,
}

#[derive(Serialize)]
struct PriceLine<'a> {
    unit: &'a str,
    per: u32,
    above_input_tokens: Option<u64>,
    from: Option<String>,
    hours_utc: Option<[String; 2]>,
    before_usd: Option<Usd>,
    after_usd: Option<Usd>,
    factor: Option<f64>,
    large: bool,
}

/// Writes what a newer book changes as `pw.price-changes/1`.
pub fn price_changes_json(changes: &Changes<'_>) -> String {
    pretty(&Report {
        schema: "pw.price-changes/1",
        before: EditionLine::of(changes.before),
        after: EditionLine::of(changes.after),
        large: changes.large(),
        declared: changes.declared,
        models: changes.models.iter().map(Line::of).collect(),
    })
}

impl<'a> Line<'a> {
    fn of(model: &'a ModelChange) -> Self {
        Self {
            provider: &model.provider,
            model: &model.model,
            change: model.fate.word(),
            other_names: model.names,
            prices: model.prices.iter().map(PriceLine::of).collect(),
        }
    }
}

impl<'a> PriceLine<'a> {
    fn of(price: &'a PriceChange) -> Self {
        Self {
            unit: &price.unit,
            per: price.per,
            above_input_tokens: price.above,
            from: match price.when {
                Some(When::From(day)) => Some(day.to_string()),
                _ => None,
            },
            hours_utc: match price.when {
                Some(When::Hours(from, to)) => Some([from.to_string(), to.to_string()]),
                _ => None,
            },
            before_usd: price.before,
            after_usd: price.after,
            factor: price.factor(),
            large: price.is_large(),
        }
    }
}
