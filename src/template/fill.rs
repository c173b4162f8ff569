//! One text filled from a case's variables: the values of assertions.

use std::collections::BTreeMap;

use serde_json::Map;

use crate::domain::{Place, Vars, nearest};
use crate::template::program::build;
use crate::template::run::Run;
use crate::template::source::Source;
use crate::template::{TemplateError, UnknownVariable};

/// Renders one text strictly over a case's variables; text without `{{` is returned as it is.
///
/// Helpers are those of a prompt less `role`, `history`, `section` and `media`; there are no partials.
///
/// Errors: as those of a prompt, at the place of the text in its suite.
pub fn fill(text: &str, vars: &Vars, place: &Place) -> Result<String, TemplateError> {
    if !text.contains("{{") {
        return Ok(text.to_owned());
    }
    let source = Source {
        file: place.file.clone(),
        body: text.to_owned(),
        line: place.line,
        column: 1,
    };
    let built = build(source, &BTreeMap::new(), false)?;
    let missing: Vec<UnknownVariable> = built
        .found
        .uses
        .into_iter()
        .filter(|used| !vars.contains_key(&used.name))
        .map(|used| UnknownVariable {
            nearest: nearest(&used.name, vars.keys().map(String::as_str)).map(ToOwned::to_owned),
            used,
        })
        .collect();
    if !missing.is_empty() {
        return Err(TemplateError::Missing { missing });
    }
    let context = Map::new();
    built
        .program
        .text(vars.clone(), &Run::new(&context, None, false))
}
