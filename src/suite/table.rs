//! Tests from CSV: a column is a variable, columns with `__` are promptfoo's.

use std::collections::HashSet;
use std::io::Read as _;

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use crate::suite::draft::{Draft, SHARE, is_share};
use crate::suite::reading::{Reading, nearest_of};
use crate::suite::{FlawKind, expected, known};

/// Stands in a line of its own after the file; if it is not read back as the last record, a quote was never closed.
const SENTINEL: &str = "\u{1}";

/// What a column holds.
enum Column {
    Var(String),
    Expected,
    Description,
    Metric,
    Threshold,
    /// A key of `metadata`; true when the cell is a comma list.
    Metadata(String, bool),
    Id,
    Cluster,
    Split,
    /// A column without a name, as spreadsheets leave behind; its cells must be empty.
    Nameless,
    /// A column already refused.
    Refused,
}

/// Reads a CSV file's text and hands each record on as a test; cells are texts.
///
/// Errors: noted in `reading`, each with the line on which its record begins.
pub(super) fn read(reading: &mut Reading<'_>, mut each: impl FnMut(Draft)) {
    let text = reading.text;
    let padded = text
        .as_bytes()
        .chain("\n".as_bytes())
        .chain(SENTINEL.as_bytes());
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(padded);
    let mut columns: Option<Vec<Column>> = None;
    let (mut record, mut last, mut rows) = (StringRecord::new(), 1, 0_usize);
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => {
                let cause = "a quote is opened in this record and never closed".to_owned();
                return reading.flaw(
                    last,
                    FlawKind::Syntax {
                        format: "CSV",
                        cause,
                    },
                );
            }
            Err(error) => {
                return reading.flaw(
                    last,
                    FlawKind::Syntax {
                        format: "CSV",
                        cause: error.to_string(),
                    },
                );
            }
        }
        if record.len() == 1 && record.get(0) == Some(SENTINEL) {
            break;
        }
        last = line_of(&record, text);
        match &columns {
            None => columns = Some(header(&record, last, reading)),
            Some(columns) => {
                rows += 1;
                if let Some(draft) = row(columns, &record, last, reading) {
                    each(draft);
                }
            }
        }
    }
    if rows == 0 {
        let missing = if columns.is_some() {
            "record below its header"
        } else {
            "header"
        };
        let owner = format!("`{}`", reading.file);
        reading.flaw(
            1,
            FlawKind::Missing {
                owner,
                missing: missing.to_owned(),
            },
        );
    }
}

/// Returns the line on which a record begins; the parser counts from the blank lines before it.
fn line_of(record: &StringRecord, text: &str) -> usize {
    let Some(position) = record.position() else {
        return 1;
    };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let blank = text
        .as_bytes()
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|byte| **byte == b'\n')
        .count();
    usize::try_from(position.line()).unwrap_or(usize::MAX) + blank
}

fn header(record: &StringRecord, line: usize, reading: &mut Reading<'_>) -> Vec<Column> {
    let mut seen = HashSet::new();
    record
        .iter()
        .map(|name| {
            let name = name.trim();
            if !name.is_empty() && !seen.insert(name.to_owned()) {
                let kind = FlawKind::Twice {
                    what: "column",
                    name: name.to_owned(),
                    first: None,
                };
                reading.flaw(line, kind);
                return Column::Refused;
            }
            column(name).unwrap_or_else(|kind| {
                reading.flaw(line, kind);
                Column::Refused
            })
        })
        .collect()
}

fn column(name: &str) -> Result<Column, FlawKind> {
    Ok(match name {
        "" => Column::Nameless,
        "__description" => Column::Description,
        "__metric" => Column::Metric,
        "__threshold" => Column::Threshold,
        "__id" => Column::Id,
        "__cluster" => Column::Cluster,
        "__split" => Column::Split,
        _ if expected::is_column(name) => Column::Expected,
        _ => match name.strip_prefix("__metadata:") {
            Some(key) if !key.is_empty() => {
                let (key, list) = key
                    .strip_suffix("[]")
                    .map_or((key, false), |key| (key, true));
                Column::Metadata(key.to_owned(), list)
            }
            None if !name.starts_with("__") => Column::Var(name.to_owned()),
            _ => return Err(unknown_column(name)),
        },
    })
}

fn unknown_column(name: &str) -> FlawKind {
    if name == "__metadata:" {
        let missing = "key behind the colon".to_owned();
        return FlawKind::Missing {
            owner: "column `__metadata:`".to_owned(),
            missing,
        };
    }
    let (key, owner) = (name.to_owned(), "a CSV header");
    let theirs = ["__prefix", "__suffix", "__provider", "__config"];
    if theirs.iter().any(|their| name.starts_with(their)) {
        FlawKind::UnsupportedKey { key, owner }
    } else {
        FlawKind::UnknownKey {
            nearest: nearest_of(name, known::COLUMNS),
            key,
            owner,
        }
    }
}

fn row(
    columns: &[Column],
    record: &StringRecord,
    line: usize,
    reading: &mut Reading<'_>,
) -> Option<Draft> {
    if record.len() != columns.len() {
        let kind = FlawKind::Ragged {
            cells: record.len(),
            columns: columns.len(),
        };
        reading.flaw(line, kind);
        return None;
    }
    let mut draft = Draft {
        place: reading.place(line),
        ..Draft::default()
    };
    let mut metric = None;
    for (column, cell) in columns.iter().zip(record) {
        if let Err(kind) = take(&mut draft, &mut metric, column, cell) {
            reading.flaw(line, kind);
        }
    }
    if let Some(metric) = metric {
        for assertion in &mut draft.asserts {
            assertion.metric = Some(metric.clone());
        }
    }
    Some(draft)
}

fn take(
    draft: &mut Draft,
    metric: &mut Option<String>,
    column: &Column,
    cell: &str,
) -> Result<(), FlawKind> {
    let trimmed = Some(cell.trim())
        .filter(|text| !text.is_empty())
        .map(str::to_owned);
    match column {
        Column::Var(name) => {
            draft.vars.insert(name.clone(), Value::from(cell));
        }
        Column::Expected => draft.asserts.extend(expected::read(cell, &draft.place)?),
        Column::Description => draft.description = trimmed,
        Column::Metric => *metric = trimmed,
        Column::Id => draft.id = trimmed,
        Column::Cluster => draft.cluster = trimmed,
        Column::Threshold => draft.threshold = trimmed.map(|text| share(&text)).transpose()?,
        Column::Split => draft.holdout = trimmed.map(|text| holdout(&text)).transpose()?,
        Column::Metadata(key, list) => {
            if let Some(text) = trimmed {
                let value = if *list {
                    items(&text)
                } else {
                    Value::from(text)
                };
                draft.metadata.insert(key.clone(), value);
            }
        }
        Column::Nameless if trimmed.is_some() => {
            let missing = "name in the header".to_owned();
            return Err(FlawKind::Missing {
                owner: format!("the column of `{}`", cell.trim()),
                missing,
            });
        }
        Column::Nameless | Column::Refused => {}
    }
    Ok(())
}

fn share(text: &str) -> Result<f64, FlawKind> {
    text.parse()
        .ok()
        .filter(|number| is_share(*number))
        .ok_or_else(|| FlawKind::Value {
            key: "__threshold".to_owned(),
            found: format!("`{text}`"),
            expected: SHARE.to_owned(),
        })
}

fn holdout(text: &str) -> Result<bool, FlawKind> {
    if text == "holdout" {
        return Ok(true);
    }
    Err(FlawKind::Value {
        key: "__split".to_owned(),
        found: format!("`{text}`"),
        expected: "`holdout` or nothing".to_owned(),
    })
}

/// Splits a comma list in which `\,` is a comma.
fn items(text: &str) -> Value {
    let mut items = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, items.last_mut()) {
            ('\\', Some(item)) if chars.peek() == Some(&',') => {
                item.push(',');
                chars.next();
            }
            (',', _) => items.push(String::new()),
            (_, Some(item)) => item.push(c),
            (_, None) => {}
        }
    }
    items.iter().map(|item| item.trim()).collect()
}
