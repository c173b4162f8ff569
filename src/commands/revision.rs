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
    pub(crate) text: RevisionText,
    pub(crate) reads: BTreeSet<String>,
}

impl Recorded {
    /// Makes it of a template.
    pub(crate) fn of(template: &Template) -> Self {
        Self {
            text: template.text().clone(),
            reads: template
                .uses()
                .iter()
                .map(|used| used.name.clone())
                .collect(),
        }
    }

    /// Compiles it again, under a name for errors.
    pub(crate) fn template(&self, name: &str) -> Result<Template, Failure> {
        let partial = |(partial, text): (&String, &String)| {
            let source = PartialSource {
                file: format!("`{partial}` of {name}"),
                text: text.clone(),
            };
            (partial.clone(), source)
        };
        let partials = self.text.partials.iter().map(partial).collect();
        Ok(Template::parse(name, &self.text.source(), &partials)?)
    }

    /// Reads it; `None` where the ledger does not keep it.
    pub(crate) fn read(reader: &Reader, revision: &Revision) -> Result<Option<Self>, Failure> {
        let text = reader.revision_text(revision)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}
