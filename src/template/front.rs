//! Front matter: what a prompt says about itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::{ToolDef, Vars};
use crate::template::flaw::kind_of;
use crate::template::front_place::{Places, warnings};
use crate::template::picoschema::to_json_schema;
use crate::template::schema::validator;
use crate::template::source::Front;
use crate::template::{FrontFlaw, ParseOptions, TemplateError, Warning};

/// What a prompt's front matter says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrontMatter {
    /// The prompt's name; normally its file says it.
    pub name: Option<String>,
    /// The variant's name; normally its file says it.
    pub variant: Option<String>,
    /// A version.
    pub version: Option<String>,
    /// A person's remark; no part of the revision.
    pub description: Option<String>,
    /// The model, `ENDPOINT/MODEL`; no part of the revision.
    pub model: Option<String>,
    /// Parameters of the model, with Dotprompt's names (`temperature`, `maxOutputTokens`, …).
    pub config: Map<String, Value>,
    /// Values of variables that a case does not give.
    pub input_default: Vars,
    /// JSON Schema of the variables.
    pub input_schema: Option<Value>,
    /// The answer's form: `json`, `text`, ….
    pub output_format: Option<String>,
    /// JSON Schema of the answer.
    pub output_schema: Option<Value>,
    /// Names of tools that are defined elsewhere.
    pub tools: Vec<String>,
    /// Tools that are defined here, or that the parse options know by name.
    pub tool_defs: Vec<ToolDef>,
    /// Keys with a dot: `a.b.c: 1` is `ext["a.b"]["c"]`.
    pub ext: Map<String, Value>,
    /// The YAML as it was read.
    pub raw: Map<String, Value>,
    /// Remarks, such as unknown keys.
    pub warnings: Vec<Warning>,
}

impl FrontMatter {
    /// Returns `pw.suite`: the suite's file, where it is not the one of the prompt's name.
    pub fn suite(&self) -> Option<&str> {
        self.ours("suite").and_then(Value::as_str)
    }

    /// Returns `pw.baseline`: the variant that others are compared with.
    pub fn baseline(&self) -> Option<&str> {
        self.ours("baseline").and_then(Value::as_str)
    }

    /// Returns `pw.tags`: labels by which spend is grouped; numbers and booleans as text.
    pub fn tags(&self) -> BTreeMap<String, String> {
        let tags = self.ours("tags").and_then(Value::as_object);
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        tags.into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect()
    }

    fn ours(&self, field: &str) -> Option<&Value> {
        self.ext.get("pw")?.get(field)
    }
}

/// Reads front matter.
///
/// Errors: YAML that cannot be read, values of the wrong type, schemas that are none; each with its place.
pub(super) fn read_front(
    file: &str,
    front: Option<&Front>,
    options: &ParseOptions,
) -> Result<FrontMatter, TemplateError> {
    let none = Front {
        header: String::new(),
        yaml: String::new(),
        fence: 0,
    };
    let front = front.unwrap_or(&none);
    let places = Places::read(file, front)?;
    let raw = places.map(file, front)?;
    let mut merged = raw.clone();
    for (key, value) in &options.overrides {
        match (merged.get_mut(key), value) {
            (Some(Value::Object(own)), Value::Object(given)) if key == "config" => {
                own.extend(given.clone());
            }
            _ => {
                merged.insert(key.clone(), value.clone());
            }
        }
    }
    let mut read = Reader {
        map: &merged,
        options,
        front: FrontMatter {
            raw,
            ..FrontMatter::default()
        },
    };
    read.all().map_err(|(key, flaw)| TemplateError::Front {
        at: places.of(&key),
        flaw: Box::new(flaw),
    })?;
    let mut front = read.front;
    front.warnings = warnings(&front.raw, &places);
    Ok(front)
}

/// The top-level key at fault, and the flaw.
type KeyFlaw = (String, FrontFlaw);

struct Reader<'a> {
    map: &'a Map<String, Value>,
    options: &'a ParseOptions,
    front: FrontMatter,
}

impl Reader<'_> {
    fn all(&mut self) -> Result<(), KeyFlaw> {
        self.front.name = self.text("name")?;
        self.front.variant = self.text("variant")?;
        self.front.version = self.text("version")?;
        self.front.description = self.text("description")?;
        self.front.model = self.text("model")?;
        self.front.config = self.object("config")?.unwrap_or_default();
        self.input()?;
        self.output()?;
        self.tools()?;
        self.extensions()
    }

    fn text(&self, key: &str) -> Result<Option<String>, KeyFlaw> {
        as_text(key, self.map.get(key)).map_err(|flaw| (key.to_owned(), flaw))
    }

    fn object(&self, key: &str) -> Result<Option<Map<String, Value>>, KeyFlaw> {
        as_object(key, self.map.get(key)).map_err(|flaw| (key.to_owned(), flaw))
    }

    fn input(&mut self) -> Result<(), KeyFlaw> {
        let input = self.object("input")?.unwrap_or_default();
        let at = |flaw| ("input".to_owned(), flaw);
        self.front.input_default = as_object("input.default", input.get("default"))
            .map_err(at)?
            .unwrap_or_default();
        self.front.input_schema = self
            .schema("input.schema", input.get("schema"))
            .map_err(at)?;
        Ok(())
    }

    fn output(&mut self) -> Result<(), KeyFlaw> {
        let output = self.object("output")?.unwrap_or_default();
        let at = |flaw| ("output".to_owned(), flaw);
        self.front.output_format = as_text("output.format", output.get("format")).map_err(at)?;
        self.front.output_schema = self
            .schema("output.schema", output.get("schema"))
            .map_err(at)?;
        Ok(())
    }

    fn schema(&self, path: &str, value: Option<&Value>) -> Result<Option<Value>, FrontFlaw> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        let named = |below: Vec<String>, problem| FrontFlaw::Schema {
            path: std::iter::once(path.to_owned())
                .chain(below)
                .collect::<Vec<_>>()
                .join("."),
            problem,
        };
        let schema = to_json_schema(value, &self.options.schemas)
            .map_err(|(below, problem)| named(below, problem))?;
        // Known now rather than as a provider's refusal of the first paid call.
        validator(&schema).map_err(|problem| named(Vec::new(), problem))?;
        Ok(Some(schema))
    }

    fn tools(&mut self) -> Result<(), KeyFlaw> {
        let at = |key: &'static str| move |flaw| (key.to_owned(), flaw);
        for name in as_list("tools", self.map.get("tools")).map_err(at("tools"))? {
            let name = as_text("tools", Some(name)).map_err(at("tools"))?;
            let name = name.unwrap_or_default();
            match self.options.tools.get(&name) {
                Some(tool) => self.front.tool_defs.push(tool.clone()),
                None => self.front.tools.push(name),
            }
        }
        for tool in as_list("toolDefs", self.map.get("toolDefs")).map_err(at("toolDefs"))? {
            let tool = self.tool(tool).map_err(at("toolDefs"))?;
            self.front.tool_defs.push(tool);
        }
        Ok(())
    }

    fn tool(&self, value: &Value) -> Result<ToolDef, FrontFlaw> {
        let tool = as_object("toolDefs", Some(value))?.unwrap_or_default();
        let name = as_text("toolDefs.name", tool.get("name"))?;
        Ok(ToolDef {
            name: name.ok_or(FrontFlaw::Type {
                key: "toolDefs.name".to_owned(),
                found: "absent",
                expected: "a text",
            })?,
            description: as_text("toolDefs.description", tool.get("description"))?,
            parameters: self
                .schema("toolDefs.inputSchema", tool.get("inputSchema"))?
                .unwrap_or_else(|| Value::Object(Map::new())),
        })
    }

    /// The last dot splits namespace and field.
    fn extensions(&mut self) -> Result<(), KeyFlaw> {
        self.front.ext = self.object("ext")?.unwrap_or_default();
        for (key, value) in self.map {
            let Some((namespace, field)) = key.rsplit_once('.') else {
                continue;
            };
            check_ours(key, value).map_err(|flaw| (key.clone(), flaw))?;
            let fields = self
                .front
                .ext
                .entry(namespace)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(fields) = fields {
                fields.insert(field.to_owned(), value.clone());
            }
        }
        Ok(())
    }
}

fn check_ours(key: &str, value: &Value) -> Result<(), FrontFlaw> {
    match key {
        "pw.suite" | "pw.baseline" => as_text(key, Some(value)).map(drop),
        "pw.tags" => {
            let tags = as_object(key, Some(value))?.unwrap_or_default();
            let nested = tags
                .iter()
                .find(|(_, value)| value.is_object() || value.is_array() || value.is_null());
            match nested {
                None => Ok(()),
                Some((name, value)) => Err(FrontFlaw::Type {
                    key: format!("{key}.{name}"),
                    found: kind_of(value),
                    expected: "a text",
                }),
            }
        }
        _ => Ok(()),
    }
}

fn as_text(key: &str, value: Option<&Value>) -> Result<Option<String>, FrontFlaw> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(wrong(key, other, "a text")),
    }
}

fn as_object(key: &str, value: Option<&Value>) -> Result<Option<Map<String, Value>>, FrontFlaw> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map.clone())),
        Some(other) => Err(wrong(key, other, "a map")),
    }
}

fn as_list<'v>(key: &str, value: Option<&'v Value>) -> Result<&'v [Value], FrontFlaw> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(other) => Err(wrong(key, other, "a list")),
    }
}

fn wrong(key: &str, value: &Value, expected: &'static str) -> FrontFlaw {
    FrontFlaw::Type {
        key: key.to_owned(),
        found: kind_of(value),
        expected,
    }
}
