//! Helpers that give a value or write one: `[print]`, `json`, `lookup`, and the context of `@name`.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, PathAndJson, RenderContext, RenderError, ScopedJson,
};
use serde_json::{Number, Value};

use crate::template::RenderFlaw;
use crate::template::flaw::kind_of;
use crate::template::json_text::json_text;
use crate::template::marker::{Marker, media, named, role};
use crate::template::path;
use crate::template::run::{Run, fail};
use crate::template::schema::is_optional;

/// Which helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Print,
    Need,
    Json,
    Lookup,
    TryLookup,
    Context,
    Root,
    Text,
    Role,
    History,
    Section,
    Media,
}

/// A helper that gives a value; the engine writes it, with a partial's indentation, where it stands as a tag.
pub(super) struct ValueHelper<'a> {
    pub(super) kind: ValueKind,
    pub(super) run: &'a Run<'a>,
}

impl HelperDef for ValueHelper<'_> {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        call: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        inputs: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let run = self.run;
        let value = match self.kind {
            ValueKind::Print => self.written(printed(run, call)?)?,
            ValueKind::Need => run.argument(call, 0)?.clone(),
            ValueKind::Json => self.json(call)?,
            ValueKind::Lookup => looked_up(run, call)?,
            ValueKind::TryLookup => member(value_of(call, 0), value_of(call, 1)).clone(),
            ValueKind::Context => from_context(run, call),
            ValueKind::Root => return Ok(ScopedJson::Context(inputs.data(), Vec::new())),
            ValueKind::Text => {
                self.written(value_of(call, 0).as_str().unwrap_or_default().to_owned())?
            }
            ValueKind::Role => self.marker(&Marker::Role(role(run.argument(call, 0)?)?))?,
            ValueKind::History => self.marker(&Marker::History)?,
            ValueKind::Section => {
                let name = named("section", "name", run.argument(call, 0)?)?;
                self.marker(&Marker::Section(name))?
            }
            ValueKind::Media => self.marker(&Marker::Media(media(run, call)?))?,
        };
        Ok(ScopedJson::Derived(value))
    }
}

impl ValueHelper<'_> {
    fn written(&self, text: String) -> Result<Value, RenderError> {
        self.run.write(text.len())?;
        Ok(Value::String(text))
    }

    fn marker(&self, marker: &Marker) -> Result<Value, RenderError> {
        self.written(marker.written(&self.run.nonce))
    }

    fn json(&self, call: &Helper<'_>) -> Result<Value, RenderError> {
        let indent = match call.hash_get("indent").map(PathAndJson::value) {
            None | Some(Value::Null) => 0,
            Some(given) => spaces(given)?,
        };
        let text = json_text(self.run.argument(call, 0)?, indent);
        self.run.write(text.len())?;
        Ok(Value::String(text))
    }
}

impl Run<'_> {
    /// Returns an argument's value; absent is an error unless `input.schema` declares it optional.
    pub(super) fn argument<'c>(
        &self,
        call: &'c Helper<'_>,
        index: usize,
    ) -> Result<&'c Value, RenderError> {
        match call.param(index) {
            Some(param) => self.given(param),
            None => Ok(&Value::Null),
        }
    }

    /// Returns the value of an argument or option; absent as above.
    pub(super) fn given<'p>(&self, param: &'p PathAndJson<'_>) -> Result<&'p Value, RenderError> {
        if !param.is_value_missing() || self.lenient {
            return Ok(param.value());
        }
        let path = shown(param);
        let declared = self
            .schema
            .is_some_and(|schema| is_optional(schema, &path::names(&path)));
        // `@index` and its like are context: absent is nothing.
        let is_loop_variable = path.starts_with('@') && !path.starts_with("@root");
        if declared || is_loop_variable {
            return Ok(param.value());
        }
        Err(fail(RenderFlaw::Missing { path }))
    }
}

/// Returns an argument as the template writes it.
pub(super) fn shown(param: &PathAndJson<'_>) -> String {
    param
        .relative_path()
        .map_or_else(|| "value".to_owned(), ToOwned::to_owned)
}

fn value_of<'c>(call: &'c Helper<'_>, index: usize) -> &'c Value {
    call.param(index).map_or(&Value::Null, PathAndJson::value)
}

fn printed(run: &Run<'_>, call: &Helper<'_>) -> Result<String, RenderError> {
    match run.argument(call, 0)? {
        Value::Null => Ok(String::new()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(number) => Ok(number_text(number)),
        Value::String(text) => Ok(text.clone()),
        other => Err(fail(RenderFlaw::NotText {
            path: call.param(0).map_or_else(String::new, shown),
            found: kind_of(other),
        })),
    }
}

/// Writes a number as people do: 1.0 is `1`.
pub(super) fn number_text(number: &Number) -> String {
    /// Above 2^53 an integral float is no longer exact, and its digits would pretend to be.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() <= EXACT => {
            // Negative zero is 0 to people.
            format!("{:.0}", float + 0.0)
        }
        _ => number.to_string(),
    }
}

fn spaces(given: &Value) -> Result<usize, RenderError> {
    given
        .as_u64()
        .filter(|spaces| *spaces <= 10)
        .and_then(|spaces| usize::try_from(spaces).ok())
        .ok_or_else(|| {
            fail(RenderFlaw::Argument {
                helper: "json",
                option: "indent",
                found: given.to_string(),
                expected: "a number of spaces from 0 to 10",
            })
        })
}

fn looked_up(run: &Run<'_>, call: &Helper<'_>) -> Result<Value, RenderError> {
    let (map, key) = (run.argument(call, 0)?, run.argument(call, 1)?);
    let found = member(map, key);
    let exists = match (map, key) {
        (Value::Object(map), Value::String(key)) => map.contains_key(key),
        (Value::Array(list), key) => index(key).is_some_and(|index| index < list.len()),
        _ => false,
    };
    if exists || run.lenient {
        return Ok(found.clone());
    }
    let of = call.param(0).map_or_else(String::new, shown);
    Err(fail(RenderFlaw::Missing {
        path: format!("{of}[{key}]"),
    }))
}

fn member<'v>(map: &'v Value, key: &Value) -> &'v Value {
    let found = match map {
        Value::Object(map) => key.as_str().and_then(|key| map.get(key)),
        Value::Array(list) => index(key).and_then(|index| list.get(index)),
        _ => None,
    };
    found.unwrap_or(&Value::Null)
}

fn index(key: &Value) -> Option<usize> {
    key.as_u64().and_then(|index| usize::try_from(index).ok())
}

fn from_context(run: &Run<'_>, call: &Helper<'_>) -> Value {
    let mut names = call
        .params()
        .iter()
        .filter_map(|name| name.value().as_str());
    let first = names.next().and_then(|name| run.context.get(name));
    let below = |value: &'_ Value, name: &str| match value {
        Value::Object(map) => map.get(name).cloned(),
        Value::Array(list) => name
            .parse()
            .ok()
            .and_then(|at: usize| list.get(at).cloned()),
        _ => None,
    };
    first
        .cloned()
        .and_then(|first| names.try_fold(first, |value, name| below(&value, name)))
        .unwrap_or(Value::Null)
}
