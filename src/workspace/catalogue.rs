//! The prompts of a workspace, and what a TARGET picks of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use crate::domain::{PromptName, Variant, nearest};
use crate::workspace::error::WorkspaceError;
use crate::workspace::listing::Found;
use crate::workspace::naming::{Role, without_ending};
use crate::workspace::root::Workspace;

/// What a TARGET means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub name: PromptName,
    /// `None`: all of them.
    pub variant: Option<Variant>,
    pub named: bool,
}

/// The prompts of a workspace, by name.
pub(super) struct Catalogue<'a> {
    pub workspace: &'a Workspace,
    templates: Vec<Found>,
    pub prompts: BTreeMap<PromptName, BTreeMap<Variant, Vec<PathBuf>>>,
}

impl<'a> Catalogue<'a> {
    pub(super) fn new(workspace: &'a Workspace) -> Result<Self, WorkspaceError> {
        let templates = workspace.templates()?;
        let mut prompts: BTreeMap<PromptName, BTreeMap<Variant, Vec<PathBuf>>> = BTreeMap::new();
        for found in &templates {
            if let Role::Prompt(name, variant) = &found.role {
                let variants = prompts.entry(name.clone()).or_default();
                let files = variants.entry(variant.clone()).or_default();
                files.push(found.path.clone());
            }
        }
        Ok(Self {
            workspace,
            templates,
            prompts,
        })
    }

    pub(super) fn choices(&self, targets: &[String]) -> Result<Vec<Choice>, WorkspaceError> {
        if targets.is_empty() {
            return self.below(Path::new(""), "prompts");
        }
        let mut choices = Vec::new();
        let mut unknown = Vec::new();
        for target in targets {
            match self.meaning(target)? {
                found if found.is_empty() => unknown.push((target.clone(), self.near(target))),
                found => choices.extend(found),
            }
        }
        if unknown.is_empty() {
            Ok(choices)
        } else {
            Err(WorkspaceError::UnknownTargets {
                targets: unknown,
                known: self.prompts.keys().map(|name| name.0.clone()).collect(),
            })
        }
    }

    /// Returns what a TARGET means; nothing when it is unknown. A name wins over a file or folder of the same text.
    fn meaning(&self, target: &str) -> Result<Vec<Choice>, WorkspaceError> {
        if let Some(choice) = self.by_name(target) {
            return Ok(vec![choice]);
        }
        for folder in [self.workspace.start(), self.workspace.root()] {
            let path = folder.join(target);
            if path.is_dir() {
                return self.by_folder(&path, target);
            }
            if path.exists() {
                return self.by_file(&path, target).map(|choice| vec![choice]);
            }
        }
        Ok(self.by_name(shortened(target)).into_iter().collect())
    }

    fn by_name(&self, target: &str) -> Option<Choice> {
        let target: String = target.nfc().collect();
        let name = PromptName(target.clone());
        if self.prompts.contains_key(&name) {
            return Some(Choice {
                name,
                variant: None,
                named: true,
            });
        }
        let (name, variant) = target.rsplit_once('.')?;
        let (name, variant) = (
            PromptName(name.to_owned()),
            Variant(Some(variant.to_owned())),
        );
        let known = self.prompts.get(&name)?.contains_key(&variant);
        known.then_some(Choice {
            name,
            variant: Some(variant),
            named: true,
        })
    }

    fn by_folder(&self, folder: &Path, target: &str) -> Result<Vec<Choice>, WorkspaceError> {
        let folder = self.workspace.inside(folder)?;
        let prompts = self.workspace.inside(&self.workspace.prompts_folder())?;
        if prompts.starts_with(&folder) {
            return self.below(Path::new(""), target);
        }
        match folder.strip_prefix(&prompts) {
            Ok(relative) => self.below(relative, target),
            Err(_) => Err(WorkspaceError::EmptyFolder {
                folder: target.to_owned(),
            }),
        }
    }

    /// Lists the prompts below a folder of `prompts/`, by name.
    fn below(&self, folder: &Path, target: &str) -> Result<Vec<Choice>, WorkspaceError> {
        let inside = || {
            self.templates
                .iter()
                .filter(|found| found.relative.starts_with(folder))
        };
        let files: Vec<(String, &'static str)> = inside()
            .filter_map(|found| match found.role {
                Role::BadName(flaw) => Some((self.workspace.display(&found.path), flaw)),
                _ => None,
            })
            .collect();
        if !files.is_empty() {
            return Err(WorkspaceError::BadNames { files });
        }
        let names: BTreeSet<&PromptName> = inside()
            .filter_map(|found| match &found.role {
                Role::Prompt(name, _) => Some(name),
                _ => None,
            })
            .collect();
        if names.is_empty() {
            let folder = target.to_owned();
            return Err(WorkspaceError::EmptyFolder { folder });
        }
        Ok(names
            .into_iter()
            .map(|name| Choice {
                name: name.clone(),
                variant: None,
                named: false,
            })
            .collect())
    }

    fn by_file(&self, path: &Path, target: &str) -> Result<Choice, WorkspaceError> {
        let refuse = |found| {
            Err(WorkspaceError::NotAPrompt {
                file: target.to_owned(),
                found,
            })
        };
        let Some(relative) = self.below_prompts(path) else {
            return refuse("outside of `prompts/`");
        };
        let found = self
            .templates
            .iter()
            .find(|found| found.relative == relative);
        match found.map(|found| &found.role) {
            Some(Role::Prompt(name, variant)) => Ok(Choice {
                name: name.clone(),
                variant: Some(variant.clone()).filter(|variant| *variant != Variant::UNSUFFIXED),
                named: true,
            }),
            Some(Role::Partial(_)) => refuse("a partial"),
            Some(Role::BadName(flaw)) => Err(WorkspaceError::BadNames {
                files: vec![(target.to_owned(), flaw)],
            }),
            _ => refuse("of another ending"),
        }
    }

    /// Returns a file's path below `prompts/`. Links of its folders are followed, but not the file's own, whose name counts.
    fn below_prompts(&self, path: &Path) -> Option<PathBuf> {
        let folder = fs::canonicalize(path.parent()?).ok()?;
        let prompts = fs::canonicalize(self.workspace.prompts_folder()).ok()?;
        let relative = folder.strip_prefix(prompts).ok()?;
        Some(relative.join(path.file_name()?))
    }

    fn near(&self, target: &str) -> Option<String> {
        let known = self.prompts.keys().map(|name| name.0.as_str());
        nearest(shortened(target), known).map(str::to_owned)
    }
}

/// Cuts what a person may write around a name: `./prompts/weather.hbs` → `weather`.
fn shortened(target: &str) -> &str {
    let target = target.strip_prefix("./").unwrap_or(target);
    let target = target.strip_prefix("prompts/").unwrap_or(target);
    without_ending(target).unwrap_or(target)
}
