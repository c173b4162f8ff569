//! `input.schema`: which variables may be absent, and whether the ones it names fit.

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

use crate::domain::Vars;
use crate::template::{InputProblem, SchemaFlaw};

/// A compiled JSON Schema of the inputs.
#[derive(Debug)]
pub(super) struct InputSchema {
    /// The schema.
    pub(super) schema: Value,
    validator: Validator,
}

impl InputSchema {
    /// Compiles a schema.
    pub(super) fn new(schema: &Value) -> Result<Self, SchemaFlaw> {
        Ok(Self {
            schema: schema.clone(),
            validator: validator(schema)?,
        })
    }

    /// Tells whether the schema names a variable and lets it be absent.
    pub(super) fn is_optional(&self, name: &str) -> bool {
        step(&self.schema, name).is_some_and(|(_, optional)| optional)
    }

    /// Returns the variables that the schema names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        properties(&self.schema)
            .into_iter()
            .flat_map(|map| map.keys().map(String::as_str))
    }

    /// Judges the variables that the schema names; others are none of its business, whatever `additionalProperties` says.
    pub(super) fn problems(&self, vars: &Vars) -> Vec<InputProblem> {
        let Some(named) = properties(&self.schema) else {
            return Vec::new();
        };
        let is_open = self
            .schema
            .get("additionalProperties")
            .is_some_and(Value::is_object);
        let judged: Map<String, Value> = vars
            .iter()
            .filter(|(name, _)| is_open || named.contains_key(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let judged = Value::Object(judged);
        let problem = |error: jsonschema::ValidationError<'_>| InputProblem {
            path: dotted(error.instance_path().as_str()),
            message: bounded(&error.to_string()),
        };
        self.validator.iter_errors(&judged).map(problem).collect()
    }
}

/// Compiles a JSON Schema; patterns by the linear engine, nothing is fetched.
pub(super) fn validator(schema: &Value) -> Result<Validator, SchemaFlaw> {
    const PATTERN_BYTES: usize = 1 << 20;
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES))
        .build(schema)
        .map_err(|error| SchemaFlaw::Invalid {
            message: bounded(&error.to_string()),
        })
}

/// Tells whether any part of a schema declares the path of these names, with a step that may be absent.
///
/// Any part, because within a partial or a loop a template's path does not begin at the inputs.
pub(super) fn is_optional(schema: &Value, names: &[&str]) -> bool {
    if leads_to_optional(schema, names) {
        return true;
    }
    match schema {
        Value::Object(map) => map.values().any(|inner| is_optional(inner, names)),
        Value::Array(list) => list.iter().any(|inner| is_optional(inner, names)),
        _ => false,
    }
}

fn leads_to_optional(schema: &Value, names: &[&str]) -> bool {
    let Some((name, rest)) = names.split_first() else {
        return false;
    };
    match step(schema, name) {
        Some((_, true)) => true,
        Some((inner, false)) => leads_to_optional(inner, rest),
        None => false,
    }
}

/// Follows one name: the schema of that member, and whether it may be absent.
fn step<'s>(schema: &'s Value, name: &str) -> Option<(&'s Value, bool)> {
    if let Some(inner) = properties(schema).and_then(|map| map.get(name)) {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = required.is_some_and(|names| names.iter().any(|known| known == name));
        return Some((inner, !is_required));
    }
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    schema
        .get("items")
        .filter(|_| is_number)
        .map(|items| (items, false))
}

fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object)
}

/// Writes a JSON pointer as a template writes it: `/user/age` is `user.age`.
fn dotted(pointer: &str) -> String {
    pointer
        .trim_start_matches('/')
        .replace('/', ".")
        .replace("~1", "/")
        .replace("~0", "~")
}

fn bounded(message: &str) -> String {
    const MOST: usize = 200;
    match message.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &message[..at]),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> InputSchema {
        InputSchema::new(&json!({
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"type": ["string", "null"]},
                "users": {"type": "array", "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "nick": {"type": "string"}},
                    "required": ["name"]
                }}
            },
            "required": ["city"],
            "additionalProperties": false
        }))
        .expect("a schema")
    }

    #[test]
    fn the_schema_judges_only_what_it_names() {
        let vars = |value: Value| value.as_object().cloned().unwrap_or_default();
        let problems = |value| schema().problems(&vars(value));
        assert_eq!(problems(json!({"city": "Oslo", "other": 1})), []);
        let found = problems(json!({"city": 5, "users": [{"name": 1}]}));
        let paths: Vec<&str> = found.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["city", "users.0.name"]);
        assert_eq!(found[0].message, "5 is not of type \"string\"");
        assert_eq!(
            problems(json!({}))[0].message,
            "\"city\" is a required property"
        );
    }

    #[test]
    fn optional_is_what_is_declared_and_not_required() {
        let schema = schema();
        assert!(schema.is_optional("unit"));
        assert!(!schema.is_optional("city"));
        assert!(!schema.is_optional("unknown"));
        assert!(is_optional(&schema.schema, &["nick"]));
        assert!(is_optional(&schema.schema, &["users", "0", "nick"]));
        assert!(!is_optional(&schema.schema, &["name"]));
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        let error = validator(&json!({"type": "strng"})).expect_err("no type");
        assert!(
            error.to_string().starts_with("not a valid JSON Schema: "),
            "{error}"
        );
        assert!(validator(&json!({"$ref": "https://example.com/x.json"})).is_err());
    }
}
