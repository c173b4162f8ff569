//! Cells of `__expected` columns: `type(threshold): value`; without a type the cell is the exact answer.

use serde_json::Value;

use crate::domain::{Assertion, AssertionKind, Place};
use crate::suite::tree::shortened;
use crate::suite::{FlawKind, assertion, known, value};

/// Reads one cell; a blank one expects nothing.
///
/// Errors: a type that is unknown, lacks its value or takes no threshold. promptfoo takes an unknown type for the exact
/// answer, so that a typing error becomes a wrong expectation; here it is refused.
pub(super) fn read(cell: &str, place: &Place) -> Result<Option<Assertion>, FlawKind> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let Some(head) = Head::of(cell) else {
        return Ok(Some(exact(cell, place)));
    };
    match assertion::parse_type(head.name) {
        Ok((kind, negated)) => typed(kind, negated, &head, place).map(Some),
        Err(FlawKind::UnknownType { .. }) if !head.meant_as_type() => Ok(Some(exact(cell, place))),
        Err(FlawKind::UnknownType { name, nearest }) => Err(FlawKind::NoType {
            name,
            cell: shortened(cell),
            nearest,
        }),
        Err(FlawKind::UnsupportedType { .. }) if !head.colon && !head.name.contains('-') => {
            Ok(Some(exact(cell, place)))
        }
        Err(other) => Err(other),
    }
}

/// What stands before the value.
struct Head<'c> {
    name: &'c str,
    threshold: Option<&'c str>,
    colon: bool,
    value: &'c str,
}

impl<'c> Head<'c> {
    /// Splits `name(threshold): value`; `None` when the cell does not begin like a type.
    fn of(cell: &'c str) -> Option<Self> {
        let end = cell
            .find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
            .unwrap_or(cell.len());
        let (name, rest) = cell.split_at(end);
        let (threshold, rest) = match rest
            .strip_prefix('(')
            .and_then(|inner| inner.split_once(')'))
        {
            Some((inside, after)) => (Some(inside.trim()), after),
            None => (None, rest),
        };
        let colon = rest.starts_with(':');
        (name.starts_with(|c: char| c.is_ascii_lowercase()) && (colon || rest.is_empty())).then(
            || Self {
                name,
                threshold,
                colon,
                value: rest.strip_prefix(':').unwrap_or_default(),
            },
        )
    }

    /// Tells a mistyped type from a text such as `https://…` or `tokyo`.
    fn meant_as_type(&self) -> bool {
        let base = self.name.strip_prefix("not-").unwrap_or(self.name);
        self.colon && (self.value.starts_with(' ') || assertion::nearest_type(base).is_some())
    }
}

fn typed(
    kind: AssertionKind,
    negated: bool,
    head: &Head<'_>,
    place: &Place,
) -> Result<Assertion, FlawKind> {
    let name = assertion::type_name(kind, negated);
    let mut assertion = Assertion {
        kind,
        negated,
        value: value_of(kind, head.value.trim()),
        ..exact("", place)
    };
    let optional = matches!(
        kind,
        AssertionKind::IsJson
            | AssertionKind::ContainsJson
            | AssertionKind::Latency
            | AssertionKind::Cost
    );
    if assertion.kind == AssertionKind::AssertSet {
        return Err(FlawKind::Missing {
            owner: "`assert-set` in a cell".to_owned(),
            missing: "assertions".to_owned(),
        });
    }
    if !optional && !head.colon {
        let owner = format!("`{name}` (to expect this very text write `equals: {name}`)");
        return Err(FlawKind::Missing {
            owner,
            missing: "value".to_owned(),
        });
    }
    if let Some(written) = head.threshold {
        let number = written
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite() && *number >= 0.0);
        assertion.threshold = Some(number.ok_or_else(|| FlawKind::Value {
            key: name.clone(),
            found: format!("`({})`", shortened(written)),
            expected: "a number of at least 0 in parentheses".to_owned(),
        })?);
    }
    match assertion::shape(&mut assertion).into_iter().next() {
        Some(flaw) => Err(flaw),
        None => Ok(assertion),
    }
}

fn value_of(kind: AssertionKind, text: &str) -> Value {
    match kind {
        AssertionKind::ContainsAll
        | AssertionKind::ContainsAny
        | AssertionKind::IcontainsAll
        | AssertionKind::IcontainsAny => value::comma_list(text),
        AssertionKind::IsJson
        | AssertionKind::ContainsJson
        | AssertionKind::Latency
        | AssertionKind::Cost
            if text.is_empty() =>
        {
            Value::Null
        }
        AssertionKind::IsJson | AssertionKind::ContainsJson => value::schema(Value::from(text)),
        _ => Value::from(text),
    }
}

fn exact(text: &str, place: &Place) -> Assertion {
    Assertion {
        kind: AssertionKind::Equals,
        negated: false,
        value: Value::from(text),
        threshold: None,
        weight: 1.0,
        metric: None,
        children: Vec::new(),
        place: place.clone(),
    }
}

/// Tells whether a column holds expectations: `__expected`, `__expected1`, ….
pub(super) fn is_column(name: &str) -> bool {
    name.strip_prefix(known::COLUMNS[0])
        .is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
}
