//! The root of a workspace.

use std::path::{Path, PathBuf};

use crate::workspace::error::WorkspaceError;

/// A workspace: a folder with `prompts/`, `evals/` and perhaps `pw.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
    start: PathBuf,
}

impl Workspace {
    /// Finds the workspace that a folder belongs to.
    ///
    /// The root is `explicit` if given (relative to `start`); else the nearest folder upward with a `pw.toml`; else the
    /// nearest with `prompts/` and `evals/`; else `start` itself. `start` should be absolute.
    ///
    /// Errors: [`WorkspaceError::NoFolder`] when `explicit` is none.
    pub fn discover(start: &Path, explicit: Option<&Path>) -> Result<Self, WorkspaceError> {
        let root = match explicit {
            Some(folder) => {
                let folder = start.join(folder);
                if !folder.is_dir() {
                    let path = folder.display().to_string();
                    return Err(WorkspaceError::NoFolder { path });
                }
                // Without the `.` and the trailing slash that people write, so that messages show neither.
                folder.components().collect()
            }
            None => nearest_root(start).unwrap_or(start).to_owned(),
        };
        Ok(Self {
            root,
            start: start.to_owned(),
        })
    }

    /// Returns the root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder that TARGETs may be relative to, besides the root.
    pub(super) fn start(&self) -> &Path {
        &self.start
    }

    /// Returns the folder of prompts, whether it exists or not.
    pub fn prompts_folder(&self) -> PathBuf {
        self.root.join("prompts")
    }

    /// Returns where the ledger lies unless settings say otherwise.
    pub fn ledger_path(&self) -> PathBuf {
        self.root.join(".pw").join("ledger.db")
    }

    /// Writes a path as a person would: relative to the root, with `/`.
    pub fn display(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        if below.as_os_str().is_empty() {
            return ".".to_owned();
        }
        let text = below.display().to_string();
        if cfg!(windows) {
            text.replace('\\', "/")
        } else {
            text
        }
    }
}

fn nearest_root(start: &Path) -> Option<&Path> {
    let configured = |folder: &&Path| folder.join("pw.toml").is_file();
    let furnished = |folder: &&Path| {
        ["prompts", "evals"]
            .iter()
            .all(|part| folder.join(part).is_dir())
    };
    start
        .ancestors()
        .find(configured)
        .or_else(|| start.ancestors().find(furnished))
}
