//! The suite of a prompt.

use std::path::{Path, PathBuf};

use crate::domain::{PromptName, nearest};

use crate::workspace::error::WorkspaceError;
use crate::workspace::listing::entries;
use crate::workspace::naming::is_below;
use crate::workspace::root::Workspace;

const ENDINGS: [&str; 2] = ["yaml", "yml"];

impl Workspace {
    /// Finds the suite of a prompt: the file that its front matter declares (`pw.suite`, relative to the root), else
    /// `evals/NAME.yaml` or `.yml`.
    ///
    /// Errors: [`WorkspaceError::NoSuite`]; both endings at once; a declared path that leaves the root.
    pub fn suite_path(
        &self,
        prompt: &PromptName,
        declared: Option<&str>,
    ) -> Result<PathBuf, WorkspaceError> {
        match declared {
            Some(declared) => self.declared_suite(prompt, declared),
            None => self.own_suite(prompt),
        }
    }

    fn declared_suite(
        &self,
        prompt: &PromptName,
        declared: &str,
    ) -> Result<PathBuf, WorkspaceError> {
        if !is_below(Path::new(declared)) {
            let file = declared.to_owned();
            return Err(WorkspaceError::Outside { file });
        }
        let path = self.root().join(declared);
        if !path.exists() {
            return Err(self.no_suite(prompt, declared.to_owned()));
        }
        self.inside(&path)?;
        Ok(path)
    }

    fn own_suite(&self, prompt: &PromptName) -> Result<PathBuf, WorkspaceError> {
        let file = |ending| format!("evals/{prompt}.{ending}");
        let found: Vec<String> = ENDINGS
            .map(file)
            .into_iter()
            .filter(|file| self.root().join(file).exists())
            .collect();
        match found.as_slice() {
            [] => Err(self.no_suite(prompt, file("yaml"))),
            [one] => {
                let path = self.root().join(one);
                self.inside(&path)?;
                Ok(path)
            }
            _ => Err(WorkspaceError::Ambiguous {
                files: found,
                what: format!("the suite of `{prompt}`"),
            }),
        }
    }

    fn no_suite(&self, prompt: &PromptName, expected: String) -> WorkspaceError {
        let folder = Path::new(&expected).parent().unwrap_or(Path::new(""));
        let names = entries(&self.root().join(folder)).unwrap_or_default();
        let suites = || names.iter().filter_map(|name| Some((stem(name)?, name)));
        let meant = stem(&expected).unwrap_or(&expected);
        let meant = meant.rsplit('/').next().unwrap_or(meant);
        let nearest = nearest(meant, suites().map(|(stem, _)| stem))
            .and_then(|near| suites().find(|(stem, _)| *stem == near))
            .map(|(_, name)| self.display(&self.root().join(folder).join(name)));
        WorkspaceError::NoSuite {
            prompt: prompt.0.clone(),
            expected,
            nearest,
        }
    }
}

/// Cuts a suite's ending off; `None` for other files.
fn stem(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    ENDINGS.contains(&ending).then_some(stem)
}
