//! Keys of front matter: where each stands, and which nobody reads.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::nearest;
use crate::template::flaw::kind_of;
use crate::template::source::Front;
use crate::template::yaml::{self, Spanned};
use crate::template::{FrontFlaw, Spot, TemplateError, Warning};

/// Keys that Dotprompt knows.
const KEYS: [&str; 11] = [
    "name",
    "variant",
    "version",
    "description",
    "model",
    "config",
    "input",
    "output",
    "tools",
    "toolDefs",
    "ext",
];
/// Our extension keys.
const OURS: [&str; 3] = ["pw.suite", "pw.baseline", "pw.tags"];

/// Where each key's value stands in the file.
pub(super) struct Places {
    file: String,
    fence: usize,
    keys: BTreeMap<String, (usize, usize)>,
}

impl Places {
    /// Finds the keys of front matter.
    ///
    /// Errors: YAML that cannot be read.
    pub(super) fn read(file: &str, front: &Front) -> Result<Self, TemplateError> {
        let keys: Option<BTreeMap<String, Spanned<Value>>> = match yaml::read(&front.yaml) {
            Ok(keys) => keys,
            // What is no map is named below; only what cannot be read at all ends here.
            Err(_) if yaml::read::<Value>(&front.yaml).is_ok_and(|value| !value.is_object()) => {
                None
            }
            Err(error) => {
                return Err(TemplateError::Front {
                    at: Spot {
                        file: file.to_owned(),
                        line: front.fence + error.line,
                        column: error.column,
                    },
                    flaw: Box::new(FrontFlaw::Yaml {
                        message: error.message,
                    }),
                });
            }
        };
        let part = |number: u64| usize::try_from(number).unwrap_or(1);
        let place = |value: &Spanned<Value>| {
            (
                front.fence + part(value.referenced.line()),
                part(value.referenced.column()),
            )
        };
        Ok(Self {
            file: file.to_owned(),
            fence: front.fence,
            keys: keys
                .unwrap_or_default()
                .iter()
                .map(|(key, value)| (key.clone(), place(value)))
                .collect(),
        })
    }

    /// Reads the front matter as a map.
    ///
    /// Errors: anything else than a map.
    pub(super) fn map(
        &self,
        file: &str,
        front: &Front,
    ) -> Result<Map<String, Value>, TemplateError> {
        // Read once already: what fails here is not a map.
        match yaml::read::<Value>(&front.yaml) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(Value::Null) | Err(_) => Ok(Map::new()),
            Ok(other) => Err(TemplateError::Front {
                at: Spot {
                    file: file.to_owned(),
                    line: self.fence + 1,
                    column: 1,
                },
                flaw: Box::new(FrontFlaw::Type {
                    key: "---".to_owned(),
                    found: kind_of(&other),
                    expected: "a map of keys between two lines of `---`",
                }),
            }),
        }
    }

    /// Returns the place of a key's value.
    pub(super) fn of(&self, key: &str) -> Spot {
        let (line, column) = self
            .keys
            .get(key)
            .copied()
            .unwrap_or((self.fence.max(1), 1));
        Spot {
            file: self.file.clone(),
            line,
            column,
        }
    }
}

/// Remarks on keys that nobody reads.
pub(super) fn warnings(raw: &Map<String, Value>, places: &Places) -> Vec<Warning> {
    let remark = |key: &String| {
        let known = |keys: &[&'static str]| {
            nearest(key, keys.iter().copied())
                .map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
        };
        let text = if KEYS.contains(&key.as_str()) || OURS.contains(&key.as_str()) {
            return None;
        } else if key == "pw" {
            "`pw` is written with a dot: `pw.suite`, `pw.baseline` or `pw.tags`".to_owned()
        } else if key.starts_with("pw.") {
            format!("unknown key `{key}`{}", known(&OURS))
        } else if key.contains('.') {
            return None;
        } else {
            format!("unknown key `{key}`{}", known(&KEYS))
        };
        Some(Warning {
            at: places.of(key),
            text,
        })
    };
    raw.keys().filter_map(remark).collect()
}
