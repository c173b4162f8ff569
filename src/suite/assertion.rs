//! Assertions as suites write them: `{type, value, …}`, or short, `{contains: 晴}`.

use serde_json::Value;

use crate::domain::{Assertion, AssertionKind};
use crate::suite::files::Files;
use crate::suite::reading::{Reading, nearest_of};
use crate::suite::tree::{Data, Entry, Node};
use crate::suite::{FlawKind, known, value};

/// Reads the list under `assert`.
pub(super) fn read_list(entry: &Entry, reading: &mut Reading<'_>, files: &Files) -> Vec<Assertion> {
    reading
        .list_of(entry, "a list of assertions")
        .iter()
        .filter_map(|node| read(node, reading, files))
        .collect()
}

fn read(node: &Node, reading: &mut Reading<'_>, files: &Files) -> Option<Assertion> {
    let Data::Map(entries) = &node.data else {
        let kind = FlawKind::Value {
            key: "assert".to_owned(),
            found: format!("{} among its items", node.words()),
            expected: "maps with `type` and `value`".to_owned(),
        };
        reading.flaw(node.line, kind);
        return None;
    };
    let (kind, negated) = kind_of(node, entries, reading)?;
    let mut assertion = Assertion {
        kind,
        negated,
        value: Value::Null,
        threshold: None,
        weight: 1.0,
        metric: None,
        children: Vec::new(),
        place: reading.place(node.line),
    };
    for entry in entries {
        take(&mut assertion, entry, reading, files);
    }
    for flaw in shape(&mut assertion) {
        reading.flaw(node.line, flaw);
    }
    Some(assertion)
}

/// Finds the type: under `type`, else the one key that is none of an assertion's own.
fn kind_of(
    node: &Node,
    entries: &[Entry],
    reading: &mut Reading<'_>,
) -> Option<(AssertionKind, bool)> {
    let typed = entries.iter().find(|entry| entry.key == "type");
    let name = if let Some(entry) = typed {
        reading.name_of(entry)?
    } else {
        let mut others = entries
            .iter()
            .filter(|entry| !known::ASSERTION.contains(&entry.key.as_str()));
        if let (Some(one), None) = (others.next(), others.next()) {
            one.key.clone()
        } else {
            let kind = FlawKind::Missing {
                owner: "an assertion".to_owned(),
                missing: "`type`".to_owned(),
            };
            reading.flaw(node.line, kind);
            return None;
        }
    };
    parse_type(&name)
        .map_err(|kind| reading.flaw(typed.map_or(node.line, |entry| entry.line), kind))
        .ok()
}

/// Reads a type's name, `not-` included.
///
/// Errors: a flaw that tells promptfoo's types from typing errors.
pub(super) fn parse_type(name: &str) -> Result<(AssertionKind, bool), FlawKind> {
    let (base, negated) = name
        .strip_prefix("not-")
        .map_or((name, false), |base| (base, true));
    match AssertionKind::parse(base) {
        Some(AssertionKind::AssertSet) if negated => Err(FlawKind::UnknownType {
            name: name.to_owned(),
            nearest: Some("assert-set"),
        }),
        Some(kind) => Ok((kind, negated)),
        None if known::PROMPTFOO_TYPES.contains(&base) || base.starts_with("promptfoo:") => {
            Err(FlawKind::UnsupportedType {
                name: name.to_owned(),
            })
        }
        None => Err(FlawKind::UnknownType {
            name: name.to_owned(),
            nearest: nearest_type(base),
        }),
    }
}

/// Returns the type that was probably meant, without `not-`.
pub(super) fn nearest_type(base: &str) -> Option<&'static str> {
    nearest_of(base, &AssertionKind::ALL.map(AssertionKind::name))
}

/// Returns a type as suites write it.
pub(super) fn type_name(kind: AssertionKind, negated: bool) -> String {
    format!("{}{}", if negated { "not-" } else { "" }, kind.name())
}

fn take(assertion: &mut Assertion, entry: &Entry, reading: &mut Reading<'_>, files: &Files) {
    match entry.key.as_str() {
        "type" => {}
        "threshold" => {
            assertion.threshold =
                reading.number_of(entry, "a number of at least 0", |number| number >= 0.0);
        }
        "weight" => {
            let weight = reading.number_of(entry, "a number of at least 0", |number| number >= 0.0);
            assertion.weight = weight.unwrap_or(1.0);
        }
        "metric" => assertion.metric = reading.name_of(entry),
        "assert" => assertion.children = read_list(entry, reading, files),
        "value" => set_value(assertion, entry, reading, files),
        key if key == type_name(assertion.kind, assertion.negated) => {
            set_short(assertion, entry, reading, files);
        }
        _ => reading.unknown(entry, "an assertion", known::ASSERTION),
    }
}

/// Takes what stands behind the type in the short form: the children of a set, else the value.
fn set_short(assertion: &mut Assertion, entry: &Entry, reading: &mut Reading<'_>, files: &Files) {
    if assertion.kind == AssertionKind::AssertSet {
        assertion.children = read_list(entry, reading, files);
    } else {
        set_value(assertion, entry, reading, files);
    }
}

fn set_value(assertion: &mut Assertion, entry: &Entry, reading: &mut Reading<'_>, files: &Files) {
    match files.value(value::written(&entry.node, assertion.kind, reading)) {
        Ok(value) => assertion.value = value,
        Err(kind) => reading.flaw(entry.line, kind),
    }
}

/// Brings an assertion into its one shape: limits as `threshold`, and no field that its type would ignore.
pub(super) fn shape(assertion: &mut Assertion) -> Vec<FlawKind> {
    let name = type_name(assertion.kind, assertion.negated);
    let mut flaws = Vec::new();
    let useless = |field| FlawKind::UselessField {
        name: name.clone(),
        field,
    };
    match assertion.kind {
        AssertionKind::Latency | AssertionKind::Cost => {
            if let Err(flaw) = value::limit(assertion, &name) {
                flaws.push(flaw);
            }
        }
        AssertionKind::AssertSet if !assertion.value.is_null() => flaws.push(useless("value")),
        AssertionKind::AssertSet if assertion.children.is_empty() => {
            flaws.push(FlawKind::Missing {
                owner: "`assert-set`".to_owned(),
                missing: "`assert` with assertions".to_owned(),
            });
        }
        AssertionKind::AssertSet if assertion.threshold.is_some_and(|share| share > 1.0) => {
            flaws.push(FlawKind::Value {
                key: "threshold".to_owned(),
                found: format!("`{}`", assertion.threshold.unwrap_or_default()),
                expected: "a number from 0 to 1".to_owned(),
            });
        }
        AssertionKind::AssertSet | AssertionKind::Levenshtein => {}
        _ if assertion.threshold.is_some() => flaws.push(useless("threshold")),
        _ => {}
    }
    if assertion.kind != AssertionKind::AssertSet && !assertion.children.is_empty() {
        flaws.push(useless("assert"));
    }
    flaws
}
