//! FOCUS, the `FinOps` Open Cost and Usage Specification: a row for each call in the Cost and Usage dataset.
//!
//! Source: <https://focus.finops.org/focus-specification/>, section "Columns" of the Cost and Usage dataset. The columns
//! are the mandatory ones of 1.2, and, as secondary sources tell of 1.3 and 1.4 (their texts were not at hand, and no
//! validator has seen a file of ours), with `ServiceProviderName` and without `ProviderName` and `PublisherName`; of the conditional and recommended ones, those that the ledger knows something of.
//! "Column Handling": columns of one's own begin with `x_`. "Null Handling": a null is an empty cell. "Date/Time Format":
//! UTC, ISO 8601, ends exclusive. "Currency Format": ISO 4217.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

use crate::domain::unit;
use crate::report::books::{Column, Sheet, borrowed, maybe, names, row, text};
use crate::summary::BookedCall;

/// The ledger sees calls, not invoices, so some cells say less than a provider's own file would: an account, issuer and
/// service provider are named by the endpoint; list, contracted and effective cost are the billed one (the price used is
/// the price of the book or of `pw.toml`, and no discount is known); quantities and units of pricing are null, because the
/// ledger keeps no SKU, and the tokens stand in `x_` columns. `BilledCost` is what a provider is owed. What is imputed,
/// held or lost is no charge and stands in its own `x_` column.
#[derive(Debug)]
pub(super) struct Focus;

const COLUMNS: [Column; 33] = [
    ("BilledCost", |call| text(call.billed)),
    ("BillingAccountId", endpoint),
    ("BillingAccountName", null),
    ("BillingCurrency", |_| "USD".into()),
    ("BillingPeriodEnd", |call| month_after(call.day)),
    ("BillingPeriodStart", |call| {
        midnight(call.day.first_of_month())
    }),
    ("ChargeCategory", |_| "Usage".into()),
    ("ChargeClass", null),
    ("ChargeDescription", description),
    ("ChargeFrequency", |_| "Usage-Based".into()),
    ("ChargePeriodEnd", |call| {
        second(
            call.ended
                .max(call.begun)
                .saturating_add(1.second())
                .unwrap_or(call.ended),
        )
    }),
    ("ChargePeriodStart", |call| second(call.begun)),
    ("ContractedCost", |call| text(call.billed)),
    ("EffectiveCost", |call| text(call.billed)),
    ("InvoiceIssuerName", endpoint),
    ("ListCost", |call| text(call.billed)),
    ("PricingQuantity", null),
    ("PricingUnit", null),
    ("ServiceCategory", |_| "AI and Machine Learning".into()),
    ("ServiceName", |call| {
        call.source.model.model.as_str().into()
    }),
    ("ServiceProviderName", endpoint),
    ("ServiceSubcategory", |_| "Generative AI".into()),
    ("Tags", tags),
    ("x_CallId", |call| text(call.id)),
    ("x_HeldCost", |call| text(call.held)),
    ("x_ImputedCost", |call| text(call.imputed)),
    ("x_InputTokens", |call| maybe(call.usage.0.get(unit::INPUT))),
    ("x_LostCost", |call| text(call.lost)),
    ("x_ModelReturned", |call| borrowed(call.end.model.as_ref())),
    ("x_OutputTokens", |call| {
        maybe(call.usage.0.get(unit::OUTPUT))
    }),
    ("x_PriceSource", |call| borrowed(call.price_source.as_ref())),
    ("x_RequestId", |call| borrowed(call.end.request_id.as_ref())),
    ("x_State", |call| call.state.into()),
];

impl Sheet<BookedCall> for Focus {
    fn head(&mut self) -> String {
        names(&COLUMNS)
    }

    fn record(&mut self, call: &BookedCall) -> String {
        row(&COLUMNS, call)
    }
}

fn null(_: &BookedCall) -> Cow<'_, str> {
    Cow::Borrowed("")
}

fn endpoint(call: &BookedCall) -> Cow<'_, str> {
    call.source.model.endpoint.as_str().into()
}

fn midnight(day: Date) -> Cow<'static, str> {
    Cow::Owned(format!("{day}T00:00:00Z"))
}

fn month_after(day: Date) -> Cow<'static, str> {
    midnight(day.first_of_month().saturating_add(1.month()))
}

fn second(time: Timestamp) -> Cow<'static, str> {
    Cow::Owned(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn description(call: &BookedCall) -> Cow<'_, str> {
    let source = &call.source;
    let mut words = vec![source.purpose.as_str()];
    words.extend(source.prompt.as_ref().map(|prompt| prompt.0.as_str()));
    words.extend(call.case.as_deref());
    Cow::Owned(words.join(" "))
}

/// "Tags": a JSON object of texts; the run's labels, and what the ledger knows of the call under keys of its own.
fn tags(call: &BookedCall) -> Cow<'_, str> {
    let source = &call.source;
    let own = [
        ("pw/purpose", Some(source.purpose.clone())),
        ("pw/prompt", source.prompt.as_ref().map(ToString::to_string)),
        ("pw/variant", source.variant.0.clone()),
        ("pw/run", source.run.map(|run| run.to_string())),
        ("pw/workspace", Some(source.workspace.clone())),
    ];
    let mut tags = serde_json::Map::new();
    tags.extend(
        source
            .tags
            .iter()
            .map(|(key, value)| (key.clone(), json!(value))),
    );
    tags.extend(
        own.into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), json!(value?)))),
    );
    text(serde_json::Value::Object(tags))
}
