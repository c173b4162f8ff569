//! TARGETs → prompts with their variants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use crate::domain::{PromptName, Variant, nearest};

use crate::workspace::error::WorkspaceError;
use crate::workspace::listing::Found;
use crate::workspace::naming::{Role, without_ending};
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

/// What a TARGET means.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    name: PromptName,
    /// `None`: all of them.
    variant: Option<Variant>,
    named: bool,
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

/// The prompts of a workspace, by name.
struct Catalogue<'a> {
    workspace: &'a Workspace,
    templates: Vec<Found>,
    prompts: BTreeMap<PromptName, BTreeMap<Variant, Vec<PathBuf>>>,
}

impl<'a> Catalogue<'a> {
    fn new(workspace: &'a Workspace) -> Result<Self, WorkspaceError> {
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

    fn choices(&self, targets: &[String]) -> Result<Vec<Choice>, WorkspaceError> {
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

/// Cuts what a person may write around a name: `./prompts/weather.hbs` → `weather`.
fn shortened(target: &str) -> &str {
    let target = target.strip_prefix("./").unwrap_or(target);
    let target = target.strip_prefix("prompts/").unwrap_or(target);
    without_ending(target).unwrap_or(target)
}
