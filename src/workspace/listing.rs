//! Everything below `prompts/`, sorted.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::workspace::error::WorkspaceError;
use crate::workspace::naming::{Role, role};
use crate::workspace::root::Workspace;

/// Deepest folder; links in circles are cut before.
const DEEPEST: usize = 16;

/// A template found below `prompts/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its path below `prompts/`.
    pub relative: PathBuf,
    /// Its path.
    pub path: PathBuf,
    /// What it is.
    pub role: Role,
}

impl Workspace {
    /// Lists the templates below `prompts/` in the order of their paths; hidden files and folders are left out.
    ///
    /// Errors: no `prompts/`, an unreadable folder, or one that is a link out of the root.
    pub(super) fn templates(&self) -> Result<Vec<Found>, WorkspaceError> {
        let folder = self.prompts_folder();
        if !folder.is_dir() {
            let root = self.root().display().to_string();
            return Err(WorkspaceError::NoPrompts { root });
        }
        let mut walk = Walk {
            workspace: self,
            seen: HashSet::new(),
            found: Vec::new(),
        };
        walk.folder(&folder, Path::new(""), 0)?;
        Ok(walk.found)
    }
}

struct Walk<'a> {
    workspace: &'a Workspace,
    seen: HashSet<PathBuf>,
    found: Vec<Found>,
}

impl Walk<'_> {
    fn folder(
        &mut self,
        folder: &Path,
        relative: &Path,
        depth: usize,
    ) -> Result<(), WorkspaceError> {
        // A folder that several links lead to is listed once, so that links in circles end.
        if !self.seen.insert(self.workspace.inside(folder)?) {
            return Ok(());
        }
        if depth > DEEPEST {
            return Err(WorkspaceError::TooDeep {
                folder: self.workspace.display(folder),
                limit: DEEPEST,
            });
        }
        let names = entries(folder).map_err(|source| self.workspace.unreadable(folder, source))?;
        for name in names {
            let (path, below) = (folder.join(&name), relative.join(&name));
            if path.is_dir() {
                self.folder(&path, &below, depth + 1)?;
            } else {
                self.file(path, below);
            }
        }
        Ok(())
    }

    fn file(&mut self, path: PathBuf, relative: PathBuf) {
        match role(&relative) {
            Role::Other => {}
            role => self.found.push(Found {
                relative,
                path,
                role,
            }),
        }
    }
}

/// Lists the visible names of a folder, sorted.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        // A name that is no Unicode keeps a replacement character, which no prompt's name may have.
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
