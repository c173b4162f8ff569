//! CSV: a line for each call, its attempts joined.

use crate::domain::unit;
use crate::report::books::{Column, Sheet, borrowed, maybe, names, row, text};
use crate::summary::BookedCall;

/// UTF-8, a header, comma, quotes by RFC 4180, line feeds. Amounts are US dollars with 12 decimals, times UTC (RFC 3339),
/// what is unknown is empty. A text that a spreadsheet would take for a formula begins with `'`.
#[derive(Debug)]
pub(super) struct Table;

/// `day` is the day of the hold, to which amounts are booked; `state` is `settled`, `open`, `lost` or `void`; cached and
/// reasoning tokens are parts of the input and the output; `billed_usd`, `imputed_usd`, `held_usd` and `lost_usd` are
/// never parts of each other.
const COLUMNS: [Column; 31] = [
    ("call", |call| text(call.id)),
    ("day", |call| text(call.day)),
    ("begun", |call| text(call.begun)),
    ("ended", |call| text(call.ended)),
    ("state", |call| call.state.into()),
    ("attempts", |call| text(call.attempts)),
    ("purpose", |call| call.source.purpose.as_str().into()),
    ("workspace", |call| call.source.workspace.as_str().into()),
    ("prompt", |call| maybe(call.source.prompt.as_ref())),
    ("variant", |call| {
        call.source.variant.0.as_deref().unwrap_or("").into()
    }),
    ("revision", |call| {
        maybe(call.source.revision.as_ref().map(|revision| &revision.0))
    }),
    ("run", |call| maybe(call.source.run)),
    ("case", |call| borrowed(call.case.as_ref())),
    ("repeat", |call| maybe(call.repeat)),
    ("endpoint", |call| {
        call.source.model.endpoint.as_str().into()
    }),
    ("model", |call| call.source.model.model.as_str().into()),
    ("model_returned", |call| borrowed(call.end.model.as_ref())),
    ("tier_returned", |call| borrowed(call.end.tier.as_ref())),
    ("input_tokens", |call| counted(call, unit::INPUT)),
    ("cache_read_tokens", |call| counted(call, unit::CACHE_READ)),
    ("output_tokens", |call| counted(call, unit::OUTPUT)),
    ("reasoning_tokens", |call| counted(call, unit::REASONING)),
    ("billed_usd", |call| text(call.billed)),
    ("imputed_usd", |call| text(call.imputed)),
    ("held_usd", |call| text(call.held)),
    ("lost_usd", |call| text(call.lost)),
    ("price_source", |call| borrowed(call.price_source.as_ref())),
    ("price_from", |call| borrowed(call.price_from.as_ref())),
    ("latency_ms", |call| maybe(call.end.latency_ms)),
    ("fault", |call| {
        maybe(call.end.fault.map(|fault| format!("F{fault}")))
    }),
    ("request_id", |call| borrowed(call.end.request_id.as_ref())),
];

fn counted(call: &BookedCall, unit: &str) -> std::borrow::Cow<'static, str> {
    maybe(call.usage.0.get(unit))
}

impl Sheet<BookedCall> for Table {
    fn head(&mut self) -> String {
        names(&COLUMNS)
    }

    fn record(&mut self, call: &BookedCall) -> String {
        row(&COLUMNS, call)
    }
}
