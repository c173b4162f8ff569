//! Reading files: only regular ones, only inside of the root, only up to a size, only UTF-8.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::workspace::error::WorkspaceError;
use crate::workspace::root::Workspace;

/// Largest template: a prompt or a partial.
pub(super) const TEMPLATE_BYTES: u64 = 256 << 10;
/// Largest file of any other kind.
const TEXT_BYTES: u64 = 64 << 20;

impl Workspace {
    /// Reads a text of the workspace, such as a suite. Relative paths begin at the root.
    ///
    /// Errors: a file that leads out of the root, is no regular one, passes 64 MiB or is not UTF-8.
    pub fn read_text(&self, path: &Path) -> Result<String, WorkspaceError> {
        self.read(path, TEXT_BYTES)
    }

    pub(super) fn read(&self, path: &Path, limit: u64) -> Result<String, WorkspaceError> {
        let bytes = self.read_bytes(path, limit)?;
        String::from_utf8(bytes).map_err(|error| {
            let byte = error.utf8_error().valid_up_to();
            let before = &error.as_bytes()[..byte];
            let line = before.split(|byte| *byte == b'\n').count();
            WorkspaceError::NotUtf8 {
                file: self.display(path),
                line,
                byte,
            }
        })
    }

    pub(super) fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, WorkspaceError> {
        let file = self.display(path);
        let inside = self.inside(path)?;
        let found = fs::metadata(&inside).map_err(|source| self.unreadable(path, source))?;
        // Asked before opening: opening a pipe would wait for its writer.
        if !found.is_file() {
            return Err(WorkspaceError::NotAFile { file });
        }
        let bytes = at_most(&inside, limit).map_err(|source| self.unreadable(path, source))?;
        bytes.ok_or(WorkspaceError::TooLarge { file, limit })
    }

    /// Follows every link of a path and returns where it ends, which must be below the root.
    pub(super) fn inside(&self, path: &Path) -> Result<PathBuf, WorkspaceError> {
        let resolve =
            |path: &Path| fs::canonicalize(path).map_err(|source| self.unreadable(path, source));
        let root = resolve(self.root())?;
        let resolved = resolve(&self.root().join(path))?;
        if resolved.starts_with(&root) {
            Ok(resolved)
        } else {
            let file = self.display(path);
            Err(WorkspaceError::Outside { file })
        }
    }

    pub(super) fn unreadable(&self, path: &Path, source: io::Error) -> WorkspaceError {
        WorkspaceError::Unreadable {
            file: self.display(path),
            source,
        }
    }
}

/// Reads a file; `None` when it has more bytes than the limit.
pub(super) fn at_most(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}
