//! What people who keep books and dashboards read: calls and postings, one at a time, with everything they are told by.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::domain::{Usage, Usd};
use crate::summary::SpendSource;

/// A call with its attempts joined.
///
/// Amounts are sums over the attempts, each in one of the four states of an attempt; they are never added to each other.
#[derive(Debug, Clone, PartialEq)]
pub struct BookedCall {
    /// The call's id.
    pub id: Uuid,
    /// The day (UTC) of the first attempt's hold, to which its amounts are booked.
    pub day: Date,
    /// When the first attempt was held.
    pub begun: Timestamp,
    /// When the last posting of any attempt was made.
    pub ended: Timestamp,
    /// Who spent.
    pub source: Arc<SpendSource>,
    /// The case, where the call belongs to one.
    pub case: Option<String>,
    /// The repeat, from 1.
    pub repeat: Option<i64>,
    /// How many times it was tried on the wire.
    pub attempts: u64,
    /// `settled`, `open`, `lost` or `void`: the first of these that any attempt is in.
    pub state: &'static str,
    /// Owed to a provider.
    pub billed: Usd,
    /// Cost of one's own machine.
    pub imputed: Usd,
    /// In flight, at its worst case.
    pub held: Usd,
    /// Perhaps billed, at its worst case.
    pub lost: Usd,
    /// What was counted, by unit; empty where nothing was reported.
    pub usage: Usage,
    /// Where the price comes from.
    pub price_source: Option<String>,
    /// Since when that price holds.
    pub price_from: Option<String>,
    /// What the last attempt's end says.
    pub end: AttemptEnd,
}

/// What the posting that ended an attempt says of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttemptEnd {
    /// The model that answered, as it names itself.
    pub model: Option<String>,
    /// The service tier that answered.
    pub tier: Option<String>,
    /// How long the answer took.
    pub latency_ms: Option<i64>,
    /// The row of the fault table: 3 for F3.
    pub fault: Option<i64>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
    /// The provider's id of the answer.
    pub response_id: Option<String>,
}

/// A posting: what it moved, and for whom.
#[derive(Debug, Clone, PartialEq)]
pub struct BookedPosting {
    /// Its number in the ledger, from 1.
    pub seq: i64,
    /// `hold`, `settle`, `void`, `lost`, `reconcile` or `reversal`.
    pub kind: String,
    /// The day (UTC) of the attempt's hold: what the amounts are booked to, whenever the posting was made.
    pub day: Date,
    /// When it was made.
    pub time: Timestamp,
    /// The attempt.
    pub attempt: Uuid,
    /// The call.
    pub call: Uuid,
    /// Who spent.
    pub source: Arc<SpendSource>,
    /// The case, where the call belongs to one.
    pub case: Option<String>,
    /// Change of what is owed to a provider.
    pub spent: Usd,
    /// Change of what is in flight.
    pub held: Usd,
    /// Change of what is perhaps billed.
    pub lost: Usd,
    /// Change of the cost of one's own machine.
    pub imputed: Usd,
}
