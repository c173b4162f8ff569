//! Picoschema, Dotprompt's short form of JSON Schema.
//!
//! Source: Dotprompt's reference; the cases of its specification run in the integration tests.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::domain::nearest;
use crate::template::flaw::{SchemaFlaw, kind_of};

const SCALARS: [&str; 6] = ["string", "number", "integer", "boolean", "null", "any"];

/// Schemas that front matter may name.
pub type Schemas = BTreeMap<String, Value>;

/// A flaw and the path of keys that leads to it.
pub(super) type Flawed = (Vec<String>, SchemaFlaw);

/// Turns Picoschema into JSON Schema; what is JSON Schema already stays as it is.
///
/// Errors: an unknown type or kind, a value that can be no schema, each with its path.
pub(super) fn to_json_schema(value: &Value, schemas: &Schemas) -> Result<Value, Flawed> {
    Reader { schemas }.any(value)
}

struct Reader<'a> {
    schemas: &'a Schemas,
}

impl Reader<'_> {
    fn any(&self, value: &Value) -> Result<Value, Flawed> {
        match value {
            Value::String(text) => self.scalar(text),
            Value::Object(map) if is_json_schema(map) => Ok(value.clone()),
            Value::Object(map) if map.get("properties").is_some_and(Value::is_object) => {
                let mut schema = map.clone();
                schema.insert("type".to_owned(), json!("object"));
                Ok(Value::Object(schema))
            }
            Value::Object(map) => self.object(map),
            other => Err(flawed(SchemaFlaw::Value {
                found: kind_of(other),
                expected: "a text such as `string, what it is`, or a map",
            })),
        }
    }

    fn scalar(&self, text: &str) -> Result<Value, Flawed> {
        let (name, description) = described(text);
        let mut schema = match name {
            "any" => Map::new(),
            name if SCALARS.contains(&name) => Map::from_iter([("type".to_owned(), json!(name))]),
            name => self.named(name)?,
        };
        describe(&mut schema, description);
        Ok(Value::Object(schema))
    }

    fn named(&self, name: &str) -> Result<Map<String, Value>, Flawed> {
        if let Some(Value::Object(schema)) = self.schemas.get(name) {
            return Ok(schema.clone());
        }
        let known = SCALARS
            .into_iter()
            .chain(self.schemas.keys().map(String::as_str));
        Err(flawed(SchemaFlaw::UnknownType {
            name: name.to_owned(),
            nearest: nearest(name, known).map(ToOwned::to_owned),
        }))
    }

    fn object(&self, map: &Map<String, Value>) -> Result<Value, Flawed> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut additional = json!(false);
        for (key, value) in map {
            let field = Field::read(key);
            let schema = self
                .field(&field, value)
                .map_err(|(path, flaw)| below(key, path, flaw))?;
            if field.name == "(*)" {
                additional = schema;
                continue;
            }
            if !field.optional {
                required.push(json!(field.name));
            }
            properties.insert(field.name.to_owned(), schema);
        }
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(required));
        }
        schema.insert("additionalProperties".to_owned(), additional);
        Ok(Value::Object(schema))
    }

    fn field(&self, field: &Field<'_>, value: &Value) -> Result<Value, Flawed> {
        let mut schema = match field.kind {
            None | Some("object") => object_of(self.any(value)?),
            Some("array") => Map::from_iter([
                ("type".to_owned(), json!("array")),
                ("items".to_owned(), self.any(value)?),
            ]),
            Some("enum") => enumeration(value, field.optional)?,
            Some(other) => {
                return Err(flawed(SchemaFlaw::UnknownKind {
                    kind: other.to_owned(),
                }));
            }
        };
        describe(&mut schema, field.description);
        if field.optional {
            allow_null(&mut schema);
        }
        Ok(Value::Object(schema))
    }
}

/// A key of a Picoschema map: `NAME[?][(KIND[, description])]`, or `(*)`.
struct Field<'a> {
    name: &'a str,
    optional: bool,
    kind: Option<&'a str>,
    description: Option<&'a str>,
}

impl<'a> Field<'a> {
    fn read(key: &'a str) -> Self {
        let key = key.trim();
        let plain = |name| Field {
            name,
            optional: false,
            kind: None,
            description: None,
        };
        if key == "(*)" {
            return plain(key);
        }
        let parts = key
            .strip_suffix(')')
            .and_then(|inner| inner.split_once('('));
        let mut field = plain(key);
        if let Some((name, inner)) = parts {
            let (kind, description) = described(inner);
            field = Field {
                name: name.trim_end(),
                optional: false,
                kind: Some(kind),
                description,
            };
        }
        if let Some(name) = field.name.strip_suffix('?') {
            field.name = name;
            field.optional = true;
        }
        field
    }
}

fn is_json_schema(map: &Map<String, Value>) -> bool {
    map.get("type")
        .and_then(Value::as_str)
        .is_some_and(|name| SCALARS.contains(&name) || name == "object" || name == "array")
}

/// Splits `TYPE, description` at its first comma.
fn described(text: &str) -> (&str, Option<&str>) {
    match text.split_once(',') {
        Some((name, description)) => (name.trim(), Some(description.trim())),
        None => (text.trim(), None),
    }
}

fn describe(schema: &mut Map<String, Value>, description: Option<&str>) {
    if let Some(description) = description.filter(|text| !text.is_empty()) {
        schema.insert("description".to_owned(), json!(description));
    }
}

fn object_of(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(map) => map,
        // `any` gives objects only.
        _ => Map::new(),
    }
}

fn enumeration(value: &Value, optional: bool) -> Result<Map<String, Value>, Flawed> {
    let Value::Array(items) = value else {
        return Err(flawed(SchemaFlaw::Value {
            found: kind_of(value),
            expected: "the list of an enum's values",
        }));
    };
    let mut items = items.clone();
    if optional && !items.contains(&Value::Null) {
        items.push(Value::Null);
    }
    Ok(Map::from_iter([("enum".to_owned(), Value::Array(items))]))
}

fn allow_null(schema: &mut Map<String, Value>) {
    if let Some(Value::String(name)) = schema.get("type").cloned() {
        schema.insert("type".to_owned(), json!([name, "null"]));
    }
}

fn flawed(flaw: SchemaFlaw) -> Flawed {
    (Vec::new(), flaw)
}

fn below(key: &str, mut path: Vec<String>, flaw: SchemaFlaw) -> Flawed {
    path.insert(0, key.to_owned());
    (path, flaw)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(yaml: &str) -> Result<Value, Flawed> {
        let value = crate::template::yaml::read(yaml).expect("YAML");
        to_json_schema(&value, &Schemas::new())
    }

    #[test]
    fn optional_means_absent_or_null() {
        assert_eq!(
            convert("city: string, 城市\nunit?(enum): [C, F]\n").expect("a schema"),
            json!({
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "城市"},
                    "unit": {"enum": ["C", "F", null]}
                },
                "required": ["city"],
                "additionalProperties": false
            })
        );
    }

    #[test]
    fn errors_say_the_path_and_the_nearest_type() {
        let (path, flaw) = convert("user(object):\n  age: intger\n").expect_err("a typing error");
        assert_eq!(path, ["user(object)", "age"]);
        assert_eq!(
            flaw,
            SchemaFlaw::UnknownType {
                name: "intger".to_owned(),
                nearest: Some("integer".to_owned())
            }
        );
        let (path, flaw) = convert("tags(list): string\n").expect_err("no kind");
        assert_eq!(path, ["tags(list)"]);
        assert_eq!(
            flaw.to_string(),
            "`list` is no kind: expected array, object or enum"
        );
        let (_, flaw) = convert("a: 3\n").expect_err("a number");
        assert!(flaw.to_string().starts_with("a number cannot be a schema"));
    }
}
