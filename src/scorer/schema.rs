//! JSON schemas: strict, without network or files, with patterns of linear time.
//!
//! A schema without `$schema` is read as draft 2019-09: it understands what draft-07 schemas write (tuples under `items`,
//! `definitions`, `dependencies`) and applies keywords beside `$ref`, as promptfoo's validator does. Keywords that the draft
//! does not have are refused, since a validator skips them and would accept too much.

use std::fmt::Write as _;
use std::sync::Arc;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value};

use crate::domain::{canonical_json, nearest};
use crate::scorer::Refusal;
use crate::scorer::check::Cache;
use crate::scorer::pattern::{DFA_SIZE_LIMIT, SIZE_LIMIT};

/// Keywords whose value is a schema, or a list of schemas.
const SUBSCHEMAS: &[&str] = &[
    "items",
    "additionalItems",
    "prefixItems",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "if",
    "then",
    "else",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "contentSchema",
];

/// Keywords whose value is a map of schemas.
const MAPS: &[&str] = &[
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
    "dependencies",
];

/// Every other keyword.
const OTHERS: &[&str] = &[
    "$schema",
    "$id",
    "$ref",
    "$anchor",
    "$comment",
    "$recursiveRef",
    "$recursiveAnchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$vocabulary",
    "type",
    "enum",
    "const",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxContains",
    "minContains",
    "maxProperties",
    "minProperties",
    "required",
    "dependentRequired",
    "format",
    "contentEncoding",
    "contentMediaType",
    "title",
    "description",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "examples",
];

/// Keywords of draft 2020-12 alone.
const LATEST: &[&str] = &["prefixItems", "$dynamicRef", "$dynamicAnchor"];

/// Compiles a schema, or finds it compiled.
///
/// Errors: an unknown keyword or format, a pattern that is too large or needs backtracking, a reference to the outside.
pub(super) fn compile(schema: &Value, cache: &mut Cache) -> Result<Arc<Validator>, Refusal> {
    let key = canonical_json(schema);
    if let Some(validator) = cache.schemas.get(&key) {
        return Ok(Arc::clone(validator));
    }
    let named = schema.get("$schema").is_some();
    check_keywords(schema, named, "")?;
    let mut options = jsonschema::options()
        .with_pattern_options(
            PatternOptions::regex()
                .size_limit(SIZE_LIMIT)
                .dfa_size_limit(DFA_SIZE_LIMIT),
        )
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false);
    if !named {
        options = options.with_draft(Draft::Draft201909);
    }
    let validator = options.build(schema).map_err(|error| Refusal::Schema {
        cause: sentence(&error),
    })?;
    let validator = Arc::new(validator);
    cache.schemas.insert(key, Arc::clone(&validator));
    Ok(validator)
}

fn check_keywords(schema: &Value, named: bool, path: &str) -> Result<(), Refusal> {
    match schema {
        Value::Object(map) => map.iter().try_for_each(|(keyword, value)| {
            check_keyword(keyword, value, named, &format!("{path}/{keyword}"))
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check_keywords(item, named, &format!("{path}/{index}"))),
        _ => Ok(()),
    }
}

fn check_keyword(keyword: &str, value: &Value, named: bool, path: &str) -> Result<(), Refusal> {
    if !named && LATEST.contains(&keyword) {
        let cause = format!(
            "`{keyword}` needs a schema that begins with `$schema: https://json-schema.org/draft/2020-12/schema`"
        );
        return Err(Refusal::Schema { cause });
    }
    if SUBSCHEMAS.contains(&keyword) {
        return check_keywords(value, named, path);
    }
    if MAPS.contains(&keyword) {
        let empty = Map::new();
        let map = value.as_object().unwrap_or(&empty);
        // A list under `dependencies` names properties; it holds no keyword.
        return map
            .iter()
            .filter(|(_, schema)| !schema.is_array())
            .try_for_each(|(name, schema)| {
                check_keywords(schema, named, &format!("{path}/{name}"))
            });
    }
    if OTHERS.contains(&keyword) {
        return Ok(());
    }
    let known = || SUBSCHEMAS.iter().chain(MAPS).chain(OTHERS).copied();
    let near = nearest(keyword, known()).and_then(|near| known().find(|name| *name == near));
    Err(Refusal::SchemaKeyword {
        keyword: keyword.to_owned(),
        path: path.to_owned(),
        nearest: near,
    })
}

/// Says what is wrong with a value, or `None` when it fits.
pub(super) fn complaint(schema: &Validator, value: &Value) -> Option<String> {
    let error = schema.iter_errors(value).next()?;
    let path = error.instance_path().to_string();
    let place = if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    };
    Some(format!(
        "does not fit the schema{place}: {}",
        sentence(&error)
    ))
}

/// Writes the start of an error; its text may hold the whole answer.
fn sentence(error: &jsonschema::ValidationError<'_>) -> String {
    let mut start = Start(String::new());
    // An error here means that enough was written.
    write!(start, "{error}").ok();
    start.0
}

/// Takes the first 200 characters and refuses the rest.
struct Start(String);

impl std::fmt::Write for Start {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = 200_usize.saturating_sub(self.0.chars().count());
        self.0.extend(
            text.chars()
                .take(room)
                .map(|c| if c.is_control() { ' ' } else { c }),
        );
        if text.chars().nth(room).is_some() {
            Err(std::fmt::Error)
        } else {
            Ok(())
        }
    }
}
