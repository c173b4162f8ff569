//! Values of assertions: as written, and filled in with a case's variables.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::{Assertion, AssertionKind, Place, Vars, and_list};
use crate::suite::reading::Reading;
use crate::suite::tree::{Data, Node, shortened};
use crate::suite::{FlawKind, tree};
use crate::template::{TemplateError, fill};

/// Returns a value as its type compares it: texts keep the spelling of numbers, lists of texts are lists, schemas are data.
pub(super) fn written(node: &Node, kind: AssertionKind, reading: &Reading<'_>) -> Value {
    match kind {
        AssertionKind::ContainsAll
        | AssertionKind::ContainsAny
        | AssertionKind::IcontainsAll
        | AssertionKind::IcontainsAny => texts(node, reading),
        AssertionKind::IsJson | AssertionKind::ContainsJson => schema(node.value()),
        AssertionKind::Latency | AssertionKind::Cost | AssertionKind::AssertSet => node.value(),
        _ => reading
            .scalar_text(node)
            .map_or_else(|| node.value(), Value::String),
    }
}

fn texts(node: &Node, reading: &Reading<'_>) -> Value {
    match &node.data {
        Data::List(items) => items
            .iter()
            .map(|item| {
                reading
                    .scalar_text(item)
                    .map_or_else(|| item.value(), Value::String)
            })
            .collect(),
        _ => reading
            .scalar_text(node)
            .map_or_else(|| node.value(), |text| comma_list(&text)),
    }
}

/// Splits `a, b, "c, d"` at commas outside double quotes; one reference such as `{{cities}}` or a path stays whole.
pub(super) fn comma_list(text: &str) -> Value {
    if path_of(text).is_some() || text.starts_with(crate::suite::files::SCHEME) {
        return Value::String(text.to_owned());
    }
    let mut items = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    items
        .iter()
        .map(|item| unquoted(item.trim()))
        .filter(|item| !item.is_empty())
        .collect()
}

fn unquoted(item: &str) -> &str {
    item.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(item)
}

/// Reads a schema that is written as a text, as promptfoo does; what is no YAML stays a text for the scorer to refuse.
pub(super) fn schema(value: Value) -> Value {
    match &value {
        Value::String(text)
            if !text.starts_with(crate::suite::files::SCHEME) && path_of(text).is_none() =>
        {
            tree::yaml(text).map_or_else(|_| value.clone(), |node| node.value())
        }
        _ => value,
    }
}

/// Moves the limit of `latency` or `cost` to `threshold`, wherever it was written.
///
/// Errors: no limit at all, or a value that is no number.
pub(super) fn limit(assertion: &mut Assertion, name: &str) -> Result<(), FlawKind> {
    let value = std::mem::take(&mut assertion.value);
    let number = match &value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        _ => None,
    };
    if !value.is_null() && number.is_none_or(|number| number < 0.0) {
        return Err(FlawKind::Value {
            key: name.to_owned(),
            found: format!(
                "`{}`",
                shortened(value.as_str().unwrap_or(&value.to_string()))
            ),
            expected: "a number of at least 0".to_owned(),
        });
    }
    assertion.threshold = assertion.threshold.or(number);
    if assertion.threshold.is_none() {
        return Err(FlawKind::Missing {
            owner: format!("`{name}`"),
            missing: "`threshold`".to_owned(),
        });
    }
    Ok(())
}

/// Returns an assertion with its variables filled in, children included.
///
/// Errors: every value that cannot be filled, each with the assertion it belongs to.
pub(super) fn fill_in<'a>(
    assertion: &'a Assertion,
    vars: &Vars,
    flaws: &mut Vec<(&'a Assertion, FlawKind)>,
) -> Assertion {
    let value = filled(&assertion.value, vars, &assertion.place).unwrap_or_else(|flaw| {
        flaws.push((assertion, flaw));
        Value::Null
    });
    Assertion {
        kind: assertion.kind,
        negated: assertion.negated,
        value,
        threshold: assertion.threshold,
        weight: assertion.weight,
        metric: assertion.metric.clone(),
        children: assertion
            .children
            .iter()
            .map(|child| fill_in(child, vars, flaws))
            .collect(),
        place: assertion.place.clone(),
    }
}

/// Notes the variables that an assertion's value names, children included.
pub(super) fn note_vars(assertion: &Assertion, names: &mut BTreeSet<String>) {
    note(&assertion.value, names);
    assertion
        .children
        .iter()
        .for_each(|child| note_vars(child, names));
}

fn note(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let tags = text
                .split("{{")
                .skip(1)
                .filter_map(|rest| rest.split_once("}}"));
            // Names of helpers come along; they are no variables and harm nothing.
            let apart = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            let words = tags.flat_map(|(tag, _)| tag.split(apart));
            for name in words.filter_map(|word| word.split('.').next()) {
                if !name.is_empty() && !names.contains(name) {
                    names.insert(name.to_owned());
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| note(item, names)),
        Value::Object(map) => map.values().for_each(|item| note(item, names)),
        _ => {}
    }
}

/// Fills in texts, also inside lists and maps. A text that is nothing but a reference to a list or a map becomes that value;
/// one to a text needs no template.
fn filled(value: &Value, vars: &Vars, place: &Place) -> Result<Value, FlawKind> {
    match value {
        Value::String(text) if text.contains("{{") => {
            match path_of(text).and_then(|path| look_up(path, vars)) {
                Some(data @ (Value::Array(_) | Value::Object(_) | Value::String(_))) => {
                    Ok(data.clone())
                }
                _ => fill(text, vars, place)
                    .map(Value::String)
                    .map_err(|error| FlawKind::Fill {
                        text: shortened(text),
                        cause: cause(&error),
                    }),
            }
        }
        Value::Array(items) => items.iter().map(|item| filled(item, vars, place)).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| Ok((key.clone(), filled(value, vars, place)?)))
            .collect(),
        other => Ok(other.clone()),
    }
}

/// Returns the dotted path of a text that is one reference and nothing else.
fn path_of(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let path = inner
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(inner)
        .trim();
    let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!path.is_empty() && path.chars().all(named)).then_some(path)
}

fn look_up<'v>(path: &str, vars: &'v Vars) -> Option<&'v Value> {
    let mut steps = path.split('.');
    let first = vars.get(steps.next()?)?;
    steps.try_fold(first, |value, step| match value {
        Value::Object(map) => map.get(step),
        Value::Array(items) => step
            .parse::<usize>()
            .ok()
            .and_then(|index| items.get(index)),
        _ => None,
    })
}

/// Says why a text cannot be filled in, without the places inside it: the flaw has its own.
fn cause(error: &TemplateError) -> String {
    match error {
        TemplateError::Missing { missing } => {
            let names: Vec<&str> = missing.iter().map(|one| one.used.name.as_str()).collect();
            let meant = match missing.as_slice() {
                [one] => one.nearest.as_ref(),
                _ => None,
            };
            let meant = meant.map(|name| format!(", did you mean `{name}`?"));
            format!(
                "the case has no {}{}",
                and_list(&names, 5),
                meant.unwrap_or_default()
            )
        }
        TemplateError::Body { flaws } => {
            let flaws: Vec<String> = flaws
                .iter()
                .map(|located| located.flaw.to_string())
                .collect();
            flaws.join("; ")
        }
        TemplateError::Render { flaw, .. } => flaw.to_string(),
        other => other.to_string(),
    }
}
