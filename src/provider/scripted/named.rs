//! The faults that a script may name.

use std::time::Duration;

use crate::domain::{Fault, MoneyClass};
use crate::provider::classify::{Rules, Said, Wait, refused};
use crate::provider::scrub::Secrets;

/// A name of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultName {
    Status(u16),
    Quota,
    Context,
    ContentFilter,
    Refused,
    Dns,
    Reset,
    Cut,
    Timeout,
    Html,
}

/// Names of faults that are no status.
const NAMES: &[(&str, FaultName)] = &[
    ("quota", FaultName::Quota),
    ("context", FaultName::Context),
    ("content_filter", FaultName::ContentFilter),
    ("refused", FaultName::Refused),
    ("dns", FaultName::Dns),
    ("reset", FaultName::Reset),
    ("cut", FaultName::Cut),
    ("timeout", FaultName::Timeout),
    ("html", FaultName::Html),
];

impl FaultName {
    /// Reads a name: a status from 400 to 599, or a word.
    pub(super) fn read(name: &str) -> Option<Self> {
        let status = name
            .parse::<u16>()
            .ok()
            .filter(|status| (400..600).contains(status));
        status.map(Self::Status).or_else(|| {
            NAMES
                .iter()
                .find_map(|(known, fault)| (*known == name).then_some(*fault))
        })
    }

    /// Lists the words, for an error.
    pub(super) fn known() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}

/// Makes the fault, as the wire would give it.
pub(super) fn fault_named(name: FaultName) -> Fault {
    let retried = |row, money, message: &str| Fault {
        retry: true,
        ..Fault::new(row, money, message)
    };
    match name {
        FaultName::Status(status) => by_status(status, None),
        FaultName::Quota => by_status(429, Some("insufficient_quota")),
        FaultName::Context => by_status(400, Some("context_length_exceeded")),
        FaultName::ContentFilter => by_status(400, Some("content_filter")),
        FaultName::Refused => retried(
            11,
            MoneyClass::NotSent,
            "nothing listens at the scripted endpoint",
        ),
        FaultName::Dns => Fault {
            max_attempts: Some(3),
            stops_endpoint: true,
            ..retried(
                12,
                MoneyClass::NotSent,
                "the scripted name cannot be resolved",
            )
        },
        FaultName::Reset => retried(15, MoneyClass::Ambiguous, "the scripted connection broke"),
        FaultName::Cut => retried(34, MoneyClass::Ambiguous, "the scripted stream was cut"),
        FaultName::Timeout => retried(26, MoneyClass::Ambiguous, "no scripted answer in time"),
        FaultName::Html => Fault {
            max_attempts: Some(2),
            stops_endpoint: true,
            ..retried(24, MoneyClass::Ambiguous, "a scripted page of HTML came")
        },
    }
}

fn by_status(status: u16, code: Option<&str>) -> Fault {
    let said = Said {
        codes: code.map(str::to_owned).into_iter().collect(),
        message: "scripted".to_owned(),
        status: None,
    };
    let rules = Rules {
        no_charge_on_error: false,
        llama: false,
        secrets: Secrets::default(),
    };
    // Scripts are for tests and demonstrations: the provider asks for no long wait.
    let wait = if status == 429 && code.is_none() {
        Wait::Seconds(Duration::from_millis(10))
    } else {
        Wait::Unsaid
    };
    refused(status, &said, wait, &rules)
}
