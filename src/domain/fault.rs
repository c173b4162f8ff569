//! What can go wrong with an attempt, and what became of its money.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::Answer;

/// What became of the money of an attempt that brought no accepted answer (`reliability.md`, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyClass {
    /// Surely not sent: the hold is voided.
    NotSent,
    /// Answered and refused: the hold is voided.
    Refused,
    /// May have been served: the hold stays as *lost* at its worst case.
    Ambiguous,
}

/// A row of the fault table, F1 to F49, or `F0` for what the table does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultCode(pub u8);

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "F{}", self.0)
    }
}

/// One attempt's failure, classified: the retry policy and the ledger look at nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// The row of the fault table.
    pub code: FaultCode,
    /// What became of its money.
    pub money: MoneyClass,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// What happened, for a person: lowercase, no key in it, bounded in length.
    pub message: String,
    /// True when another attempt may help.
    pub retry: bool,
    /// The most attempts at this fault, first one included, where the table sets its own bound (F10, F22: 2; F12: 3).
    pub max_attempts: Option<u32>,
    /// How long the provider asks to wait.
    pub retry_after: Option<Duration>,
    /// True when no further call to this endpoint makes sense (wrong key, quota spent, certificate); together with `retry`,
    /// once the attempts are used up (a name that does not resolve, a captive portal).
    pub stops_endpoint: bool,
    /// True when the request itself causes it (context too long, content filter): a failure of the variant, not missing data.
    pub caused_by_request: bool,
    /// Text that had arrived before the fault, for the view only.
    pub partial_text: Option<String>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
    /// The answer as far as it came, where it brought a count of usage: the attempt is settled by that count instead of
    /// being lost, and the answer is not accepted (F36, F43).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Box<Answer>>,
}

impl Fault {
    /// Makes a fault that is final, with everything else unset.
    pub fn new(code: u8, money: MoneyClass, message: impl Into<String>) -> Self {
        Self {
            code: FaultCode(code),
            money,
            status: None,
            message: message.into(),
            retry: false,
            max_attempts: None,
            retry_after: None,
            stops_endpoint: false,
            caused_by_request: false,
            partial_text: None,
            request_id: None,
            settled_by: None,
        }
    }
}
