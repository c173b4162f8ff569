//! One test as it is written: before defaults, matrix and ids.

use serde_json::{Map, Value};

use crate::domain::{Assertion, Message, Place, Role, Vars};
use crate::suite::files::Files;
use crate::suite::reading::Reading;
use crate::suite::tree::{Data, Entry, Node};
use crate::suite::{FlawKind, assertion, known};

/// A test as written. What is `None` comes from `defaultTest`.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) place: Place,
    pub(super) id: Option<String>,
    pub(super) description: Option<String>,
    pub(super) vars: Vars,
    /// Variables with several values each; the case is multiplied by them.
    pub(super) matrix: Vec<(String, Vec<Value>)>,
    pub(super) turns: Option<Vec<Message>>,
    /// Assertions whose values still hold `{{variables}}`.
    pub(super) asserts: Vec<Assertion>,
    pub(super) threshold: Option<f64>,
    pub(super) metadata: Map<String, Value>,
    pub(super) cluster: Option<String>,
    pub(super) holdout: Option<bool>,
    /// True when the assertions of `defaultTest` are not wanted.
    pub(super) disable_default_asserts: Option<bool>,
}

impl Draft {
    /// Reads one entry of `tests`.
    pub(super) fn read(node: &Node, reading: &mut Reading<'_>, files: &Files) -> Option<Self> {
        let Data::Map(entries) = &node.data else {
            let kind = FlawKind::Value {
                key: "tests".to_owned(),
                found: format!("{} among its items", node.words()),
                expected: "maps with `vars` and `assert`, or `file://` paths".to_owned(),
            };
            reading.flaw(node.line, kind);
            return None;
        };
        Some(Self::of(
            entries,
            node.line,
            ("a test", known::TEST),
            reading,
            files,
        ))
    }

    /// Reads a test's entries; `kind` names it and the keys it may have.
    pub(super) fn of(
        entries: &[Entry],
        line: usize,
        (owner, keys): (&'static str, &[&'static str]),
        reading: &mut Reading<'_>,
        files: &Files,
    ) -> Self {
        let mut draft = Self {
            place: reading.place(line),
            ..Self::default()
        };
        for entry in entries {
            if keys.contains(&entry.key.as_str()) {
                draft.take(entry, reading, files);
            } else {
                reading.unknown(entry, owner, keys);
            }
        }
        draft
    }

    fn take(&mut self, entry: &Entry, reading: &mut Reading<'_>, files: &Files) {
        match entry.key.as_str() {
            "id" => self.id = reading.name_of(entry),
            "description" => self.description = reading.text_of(entry),
            "vars" => self.vars = vars(entry, reading, files),
            "matrix" => self.matrix = matrix(entry, reading),
            "turns" => self.turns = Some(turns(entry, reading)),
            "assert" => self.asserts = assertion::read_list(entry, reading, files),
            "threshold" => self.threshold = reading.number_of(entry, SHARE, is_share),
            "metadata" => self.metadata = reading.map_of(entry),
            "cluster" => self.cluster = reading.name_of(entry),
            "split" => self.holdout = holdout(entry, reading),
            _ => self.disable_default_asserts = options(entry, reading),
        }
    }
}

/// What a share must be, in words.
pub(super) const SHARE: &str = "a number from 0 to 1";

/// Tells whether a number is a share.
pub(super) fn is_share(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

fn vars(entry: &Entry, reading: &mut Reading<'_>, files: &Files) -> Vars {
    let mut vars = Vars::new();
    for var in reading.entries_of(entry, "a map of variables") {
        match files.value(var.node.value()) {
            Ok(value) => {
                vars.insert(var.key.clone(), value);
            }
            Err(kind) => reading.flaw(var.line, kind),
        }
    }
    vars
}

fn matrix(entry: &Entry, reading: &mut Reading<'_>) -> Vec<(String, Vec<Value>)> {
    let mut product = Vec::new();
    for var in reading.entries_of(entry, "a map of variables with a list of values each") {
        let values: Vec<Value> = reading
            .list_of(var, "a list of values")
            .iter()
            .map(Node::value)
            .collect();
        if matches!(&var.node.data, Data::List(items) if items.is_empty()) {
            reading.unexpected(var, "a list with at least one value");
        }
        product.push((var.key.clone(), values));
    }
    product
}

fn turns(entry: &Entry, reading: &mut Reading<'_>) -> Vec<Message> {
    reading
        .list_of(entry, "a list of `role` and `content`")
        .iter()
        .filter_map(|turn| read_turn(turn, reading))
        .collect()
}

fn read_turn(node: &Node, reading: &mut Reading<'_>) -> Option<Message> {
    let (mut role, mut content) = (None, None);
    let Data::Map(entries) = &node.data else {
        let kind = FlawKind::Value {
            key: "turns".to_owned(),
            found: format!("{} among its items", node.words()),
            expected: "maps with `role` and `content`".to_owned(),
        };
        reading.flaw(node.line, kind);
        return None;
    };
    for entry in entries {
        match entry.key.as_str() {
            "role" => role = read_role(entry, reading),
            "content" => content = reading.text_of(entry),
            _ => reading.unknown(entry, "a turn", known::TURN),
        }
    }
    for key in known::TURN {
        if !entries.iter().any(|entry| entry.key == *key) {
            let kind = FlawKind::Missing {
                owner: "a turn".to_owned(),
                missing: format!("`{key}`"),
            };
            reading.flaw(node.line, kind);
        }
    }
    Some(Message::text(role?, content?))
}

fn read_role(entry: &Entry, reading: &mut Reading<'_>) -> Option<Role> {
    let role = match &entry.node.data {
        Data::Text(text) => match text.as_str() {
            "system" => Some(Role::System),
            "user" => Some(Role::User),
            "model" | "assistant" => Some(Role::Model),
            "tool" => Some(Role::Tool),
            _ => None,
        },
        _ => None,
    };
    if role.is_none() {
        reading.unexpected(entry, "`system`, `user`, `model` or `tool`");
    }
    role
}

fn holdout(entry: &Entry, reading: &mut Reading<'_>) -> Option<bool> {
    if matches!(&entry.node.data, Data::Text(text) if text == "holdout") {
        return Some(true);
    }
    reading.unexpected(entry, "`holdout`, or no `split` at all");
    None
}

fn options(entry: &Entry, reading: &mut Reading<'_>) -> Option<bool> {
    let mut disabled = None;
    for option in reading.entries_of(entry, "a map") {
        match option.key.as_str() {
            "disableDefaultAsserts" => disabled = reading.truth_of(option),
            "disableVarExpansion" => {
                reading.truth_of(option);
            }
            _ => reading.unknown(option, "`options`", known::OPTIONS),
        }
    }
    disabled
}
