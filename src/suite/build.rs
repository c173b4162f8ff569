//! From tests as written to cases: defaults merged, matrices multiplied out, values filled in, ids given.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use crate::domain::{
    Case, CaseId, Message, Place, Vars, and_list, canonical_json, count, sha256_hex,
};
use crate::suite::draft::Draft;
use crate::suite::tree::shortened;
use crate::suite::{Flaw, FlawKind, value};

/// The largest product that one `matrix` may make.
const MOST_PRODUCTS: usize = 100_000;

/// Gathers the cases of a suite.
#[derive(Debug, Default)]
pub(super) struct Builder {
    /// `defaultTest`.
    pub(super) default: Draft,
    /// The cases so far.
    pub(super) cases: Vec<Case>,
    /// What is wrong so far.
    pub(super) flaws: Vec<Flaw>,
    /// Variables that values of assertions use.
    pub(super) value_vars: BTreeSet<String>,
    given: HashMap<String, Place>,
    hashed: HashMap<String, usize>,
}

impl Builder {
    /// Adds the case of a test, or the cases of its matrix.
    pub(super) fn add(&mut self, draft: Draft) {
        let draft = merged(&self.default, draft);
        if let Some((name, _)) = draft
            .matrix
            .iter()
            .find(|(name, _)| draft.vars.contains_key(name))
        {
            let kind = FlawKind::Twice {
                what: "variable",
                name: name.clone(),
                first: None,
            };
            return self.flaws.push(Flaw {
                place: draft.place,
                kind,
            });
        }
        let cases = draft.matrix.iter().fold(1_usize, |size, (_, values)| {
            size.saturating_mul(values.len())
        });
        if cases > MOST_PRODUCTS {
            let kind = FlawKind::Matrix {
                cases,
                most: MOST_PRODUCTS,
            };
            return self.flaws.push(Flaw {
                place: draft.place,
                kind,
            });
        }
        for cell in 0..cases {
            self.add_one(&draft, &pick(&draft.matrix, cell));
        }
    }

    /// Adds the cases of a test if there is one.
    pub(super) fn add_all(&mut self, draft: Option<Draft>) {
        if let Some(draft) = draft {
            self.add(draft);
        }
    }

    fn add_one(&mut self, draft: &Draft, picked: &[(&str, &Value)]) {
        let mut vars = draft.vars.clone();
        vars.extend(
            picked
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).clone())),
        );
        let suffix = suffix(picked);
        let turns = draft.turns.clone().unwrap_or_default();
        let id = match &draft.id {
            Some(id) => self.given_id(format!("{id}{suffix}"), &draft.place),
            None => self.hashed_id(&vars, &turns),
        };
        for assertion in &draft.asserts {
            value::note_vars(assertion, &mut self.value_vars);
        }
        let mut unfilled = Vec::new();
        let asserts = draft
            .asserts
            .iter()
            .map(|one| value::fill_in(one, &vars, &mut unfilled))
            .collect();
        self.flaws
            .extend(unfilled.into_iter().map(|(one, kind)| Flaw {
                // An assertion of `defaultTest` fails for a case; the case's line is the one to look at.
                place: if one.place.file == draft.place.file && one.place.line >= draft.place.line {
                    one.place.clone()
                } else {
                    draft.place.clone()
                },
                kind,
            }));
        self.cases.push(Case {
            label: if draft.id.is_some() {
                id.clone()
            } else {
                label(&draft.place, &draft.vars, &suffix)
            },
            id: CaseId(id),
            named: draft.id.is_some(),
            place: draft.place.clone(),
            description: draft.description.clone(),
            vars,
            turns,
            asserts,
            threshold: draft.threshold,
            cluster: draft.cluster.clone(),
            holdout: draft.holdout.unwrap_or(false),
            metadata: draft.metadata.clone(),
        });
    }

    fn given_id(&mut self, id: String, place: &Place) -> String {
        if let Some(first) = self.given.get(&id) {
            let kind = FlawKind::Twice {
                what: "id",
                name: id.clone(),
                first: Some(first.clone()),
            };
            self.flaws.push(Flaw {
                place: place.clone(),
                kind,
            });
        } else {
            self.given.insert(id.clone(), place.clone());
        }
        id
    }

    /// Returns the first 12 hex digits of a hash of vars and turns; expectations are left out, so that correcting one keeps
    /// the case.
    fn hashed_id(&mut self, vars: &Vars, turns: &[Message]) -> String {
        let text = canonical_json(&json!({ "vars": vars, "turns": turns }));
        let mut id = sha256_hex(text.as_bytes());
        id.truncate(12);
        let times = self.hashed.entry(id.clone()).or_default();
        *times += 1;
        if *times > 1 {
            format!("{id}-{times}")
        } else {
            id
        }
    }

    /// Warns of cases that every answer passes.
    pub(super) fn warnings(&self) -> Vec<String> {
        let idle: Vec<&str> = self
            .cases
            .iter()
            .filter(|case| {
                case.threshold.is_none() && case.asserts.iter().all(|one| one.weight <= 0.0)
            })
            .map(|case| case.label.as_str())
            .collect();
        if idle.is_empty() {
            return Vec::new();
        }
        let verb = if idle.len() == 1 {
            "expects nothing and passes"
        } else {
            "expect nothing and pass"
        };
        vec![format!(
            "{} {verb} whatever the answer: {}",
            count(idle.len(), "case"),
            and_list(&idle, 3)
        )]
    }
}

/// Lays a test over `defaultTest`: maps key by key, assertions after the default ones.
fn merged(default: &Draft, draft: Draft) -> Draft {
    let disabled = draft
        .disable_default_asserts
        .or(default.disable_default_asserts)
        == Some(true);
    let mut asserts = if disabled {
        Vec::new()
    } else {
        default.asserts.clone()
    };
    asserts.extend(draft.asserts);
    // A variable that the test gives once is fixed for it, whatever the default matrix says.
    let mut matrix: Vec<_> = default
        .matrix
        .iter()
        .filter(|(name, _)| {
            !draft.vars.contains_key(name) && draft.matrix.iter().all(|(own, _)| own != name)
        })
        .cloned()
        .collect();
    matrix.extend(draft.matrix);
    let mut vars = over(&default.vars, draft.vars);
    vars.retain(|name, _| {
        !default.vars.contains_key(name) || matrix.iter().all(|(own, _)| own != name)
    });
    Draft {
        place: draft.place,
        id: draft.id,
        description: draft.description,
        vars,
        matrix,
        turns: draft.turns.or_else(|| default.turns.clone()),
        asserts,
        threshold: draft.threshold.or(default.threshold),
        metadata: over(&default.metadata, draft.metadata),
        cluster: draft.cluster.or_else(|| default.cluster.clone()),
        holdout: draft.holdout.or(default.holdout),
        disable_default_asserts: draft.disable_default_asserts,
    }
}

fn over(under: &Map<String, Value>, map: Map<String, Value>) -> Map<String, Value> {
    let mut all = under.clone();
    all.extend(map);
    all
}

/// Returns the values of one cell of the product; the first variable varies slowest.
fn pick(matrix: &[(String, Vec<Value>)], cell: usize) -> Vec<(&str, &Value)> {
    let mut rest = cell;
    let mut picked: Vec<_> = matrix
        .iter()
        .rev()
        .filter_map(|(name, values)| {
            let size = values.len().max(1);
            let value = values.get(rest % size)?;
            rest /= size;
            Some((name.as_str(), value))
        })
        .collect();
    picked.reverse();
    picked
}

/// Writes the picked values as ids show them: `[unit=C,lang=zh]`; what is long or no scalar by its hash.
fn suffix(picked: &[(&str, &Value)]) -> String {
    if picked.is_empty() {
        return String::new();
    }
    let parts: Vec<String> = picked
        .iter()
        .map(|(name, value)| {
            let plain = match value {
                Value::String(text) => Some(text.clone()),
                Value::Array(_) | Value::Object(_) => None,
                scalar => Some(scalar.to_string()),
            };
            let short = plain
                .filter(|text| text.chars().count() <= 30 && !text.chars().any(char::is_control));
            let shown = short.unwrap_or_else(|| {
                let mut hash = sha256_hex(canonical_json(value).as_bytes());
                hash.truncate(8);
                hash
            });
            format!("{name}={shown}")
        })
        .collect();
    format!("[{}]", parts.join(","))
}

/// Names a case without an id: file, line and its first short text.
fn label(place: &Place, vars: &Vars, suffix: &str) -> String {
    let file = place.file.rsplit('/').next().unwrap_or(&place.file);
    let short = vars
        .values()
        .filter_map(Value::as_str)
        .map(str::trim)
        .find(|text| !text.is_empty() && text.chars().count() <= 24)
        .map(|text| format!(" {}", shortened(text)))
        .unwrap_or_default();
    format!("{file}:{}{short}{suffix}", place.line)
}
