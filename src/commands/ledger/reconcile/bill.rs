//! What a provider's export of its usage says that lost calls cost.

use std::collections::BTreeMap;
use std::path::Path;

use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use crate::commands::failure::Failure;
use crate::domain::{Usd, and_list};
use crate::ledger::LostAttempt;

/// Names under which exports give the id of a call: ours, which was sent as `X-Client-Request-Id`, or the provider's own.
const IDS: [&str; 4] = [
    "id",
    "request_id",
    "client_request_id",
    "x-client-request-id",
];
/// Likewise its price, in US dollars.
const AMOUNTS: [&str; 4] = ["amount", "cost", "amount_usd", "cost_usd"];

/// Reads a CSV or JSONL file and returns what each lost call that it names cost; several lines of one call are added.
///
/// Errors: a file that is neither, one without an id or an amount, an amount that is none, or negative. Nothing is booked.
pub(super) fn amounts(path: &Path, lost: &[LostAttempt]) -> Result<BTreeMap<Uuid, Usd>, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read `{name}`: {error}")))?;
    let text = text.trim_start_matches('\u{feff}');
    let lines = if text.trim_start().starts_with('{') {
        json_lines(text)
    } else {
        csv_lines(text)
    };
    let lines = lines.map_err(|why| {
        Failure::usage(format!("`{name}` is no usage export: {why}; nothing was booked")).hint(
            "expected CSV with a heading, or one JSON object a line, with the id of a call and its amount in US dollars",
        )
    })?;
    let mut found: BTreeMap<Uuid, Usd> = BTreeMap::new();
    for Line { number, id, amount } in &lines {
        let is_named = |one: &&LostAttempt| {
            one.id.hyphenated().to_string() == id.to_ascii_lowercase()
                || one.request_id.as_deref() == Some(id)
        };
        let Some(one) = lost.iter().find(is_named) else {
            continue;
        };
        let amount = usd(amount).ok_or_else(|| {
            Failure::usage(format!(
                "{name}:{number}: found `{amount}`, expected an amount in US dollars of at least 0; nothing was booked"
            ))
        })?;
        let sum = found.entry(one.id).or_default();
        *sum = sum.saturating_add(amount);
    }
    if found.is_empty() {
        return Err(Failure::usage(format!(
            "`{name}` names none of the {} lost calls, found {} lines; nothing was booked",
            lost.len(),
            lines.len()
        ))
        .hint("`pw ledger reconcile` lists their ids; an export that names no calls is settled by its total: --total USD --since DAY"));
    }
    Ok(found)
}

/// One line of an export.
struct Line {
    number: usize,
    id: String,
    amount: String,
}

fn csv_lines(text: &str) -> Result<Vec<Line>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |names: &[&str], what: &str| {
        let is_one = |cell: &str| names.contains(&cell.trim().to_ascii_lowercase().as_str());
        heading.iter().position(is_one).ok_or_else(|| {
            let found: Vec<&str> = heading.iter().collect();
            format!(
                "no column for the {what} ({}), found {}",
                names.join(", "),
                and_list(&found, 8)
            )
        })
    };
    let (id, amount) = (column(&IDS, "id")?, column(&AMOUNTS, "amount")?);
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| error.to_string())?;
            let cell = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
            let number = record.position().map_or(0, csv::Position::line);
            Ok(Line {
                number: usize::try_from(number).unwrap_or(usize::MAX),
                id: cell(id),
                amount: cell(amount),
            })
        })
        .collect()
}

fn json_lines(text: &str) -> Result<Vec<Line>, String> {
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            let number = index + 1;
            let object: Value =
                serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))?;
            let field = |names: &[&str], what: &str| {
                let value = names.iter().find_map(|name| object.get(name));
                match value {
                    Some(Value::String(text)) => Ok(text.clone()),
                    Some(Value::Number(amount)) => Ok(amount.to_string()),
                    _ => Err(format!(
                        "line {number} has no {what} ({})",
                        names.join(", ")
                    )),
                }
            };
            Ok(Line {
                number,
                id: field(&IDS, "id")?,
                amount: field(&AMOUNTS, "amount")?,
            })
        })
        .collect()
}

/// Reads an amount as spreadsheets and programs write it, to the picodollar; `None` for what is none or is negative.
fn usd(text: &str) -> Option<Usd> {
    let text = text.strip_prefix('$').unwrap_or(text);
    let amount = Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()?;
    let rounded = amount.round_dp(12).normalize().to_string();
    rounded.parse().ok().filter(|usd| *usd >= Usd::ZERO)
}
