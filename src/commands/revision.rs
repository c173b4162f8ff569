//! What the ledger keeps of a revision, as commands write and read it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::commands::failure::Failure;
use crate::domain::Revision;
use crate::ledger::Reader;
use crate::template::{PartialSource, RevisionText, Template};

/// A revision's text and the variables that it reads.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// `None` where texts are not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<RevisionText>,
    pub(crate) reads: BTreeSet<String>,
}

impl Recorded {
    /// Makes it of a template, with its text or without.
    pub(crate) fn of(template: &Template, with_text: bool) -> Self {
        Self {
            text: with_text.then(|| template.text().clone()),
            reads: template
                .uses()
                .iter()
                .map(|used| used.name.clone())
                .collect(),
        }
    }

    /// Compiles its text again, under a name for errors; `None` where it is not kept.
    pub(crate) fn template(&self, name: &str) -> Result<Option<Template>, Failure> {
        let Some(recorded) = &self.text else {
            return Ok(None);
        };
        let partial = |(partial, text): (&String, &String)| {
            let source = PartialSource {
                file: format!("`{partial}` of {name}"),
                text: text.clone(),
            };
            (partial.clone(), source)
        };
        let partials = recorded.partials.iter().map(partial).collect();
        Ok(Some(Template::parse(name, &recorded.source(), &partials)?))
    }

    /// Reads it; `None` where the ledger does not know it.
    pub(crate) fn read(reader: &Reader, revision: &Revision) -> Result<Option<Self>, Failure> {
        let text = reader.revision_text(revision)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}
