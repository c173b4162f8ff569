//! TARGETs → prompts with their variants.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::domain::{PromptName, Variant};
use crate::workspace::catalogue::{Catalogue, Choice};
use crate::workspace::error::WorkspaceError;
use crate::workspace::reading::TEMPLATE_BYTES;
use crate::workspace::root::Workspace;

/// A prompt and the variants that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptFiles {
    /// Its name.
    pub name: PromptName,
    /// The unsuffixed variant first, then by name; never empty.
    pub variants: Vec<VariantFile>,
    /// True when a TARGET names this prompt; false when a folder holds it or no TARGET was given. Without a suite, a named
    /// prompt is a mistake, while another one is passed over.
    pub named: bool,
}

/// One variant's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantFile {
    /// The variant.
    pub variant: Variant,
    /// The file.
    pub path: PathBuf,
    /// The file as a person writes it: relative to the root, with `/`.
    pub display: String,
    /// Its contents.
    pub source: String,
}

impl Workspace {
    /// Reads the prompts that TARGETs mean, in the order of the TARGETs; none given: every prompt, by name.
    ///
    /// A TARGET is a prompt's name (`weather`, `a/b`), its file (`prompts/weather.hbs`, relative to the start or the root),
    /// or a folder. The unsuffixed file means all variants; the file of a variant, or `weather.detailed`, that one alone.
    ///
    /// Errors: every TARGET that means nothing, with the nearest name; files of one meaning; unusable names; unreadable files.
    pub fn prompts(&self, targets: &[String]) -> Result<Vec<PromptFiles>, WorkspaceError> {
        let catalogue = Catalogue::new(self)?;
        let choices = catalogue.choices(targets)?;
        let mut order: Vec<PromptName> = Vec::new();
        let mut wanted: BTreeMap<PromptName, Wanted> = BTreeMap::new();
        for choice in choices {
            if !wanted.contains_key(&choice.name) {
                order.push(choice.name.clone());
            }
            wanted.entry(choice.name.clone()).or_default().add(choice);
        }
        order
            .into_iter()
            .map(|name| catalogue.read(&name, &wanted[&name]))
            .collect()
    }
}

/// What several TARGETs want of one prompt, together.
#[derive(Debug, Default)]
struct Wanted {
    all: bool,
    some: BTreeSet<Variant>,
    named: bool,
}

impl Wanted {
    fn add(&mut self, choice: Choice) {
        self.named |= choice.named;
        match choice.variant {
            Some(variant) => drop(self.some.insert(variant)),
            None => self.all = true,
        }
    }
}

/// Reads the wanted variants of a prompt.
impl Catalogue<'_> {
    fn read(&self, name: &PromptName, wanted: &Wanted) -> Result<PromptFiles, WorkspaceError> {
        let variants = self.prompts.get(name).into_iter().flatten();
        let variants = variants
            .filter(|(variant, _)| wanted.all || wanted.some.contains(variant))
            .map(|(variant, files)| self.read_variant(name, variant, files))
            .collect::<Result<_, _>>()?;
        Ok(PromptFiles {
            name: name.clone(),
            variants,
            named: wanted.named,
        })
    }

    fn read_variant(
        &self,
        name: &PromptName,
        variant: &Variant,
        files: &[PathBuf],
    ) -> Result<VariantFile, WorkspaceError> {
        let [path] = files else {
            let what = match variant.as_str() {
                "" => format!("the prompt `{name}`"),
                variant => format!("the variant `{variant}` of `{name}`"),
            };
            return Err(WorkspaceError::Ambiguous {
                files: files
                    .iter()
                    .map(|path| self.workspace.display(path))
                    .collect(),
                what,
            });
        };
        Ok(VariantFile {
            variant: variant.clone(),
            display: self.workspace.display(path),
            source: self.workspace.read(path, TEMPLATE_BYTES)?,
            path: path.clone(),
        })
    }
}
