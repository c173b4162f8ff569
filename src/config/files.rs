//! Files of settings: where relative paths begin, and careful reading.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::config::error::ConfigError;
use crate::config::source::Layer;

/// Largest file of settings.
const MOST_BYTES: u64 = 1 << 20;

/// Where relative paths of a layer begin.
#[derive(Debug)]
pub(super) struct Folders {
    pub home: Option<PathBuf>,
    pub user: Option<PathBuf>,
    pub workspace: Option<PathBuf>,
}

impl Folders {
    /// Resolves a path that a layer names: absolute, `~/…`, or relative to the folder of the layer's file.
    pub(super) fn resolve(&self, path: &Path, layer: Layer) -> PathBuf {
        if let (Ok(below), Some(home)) = (path.strip_prefix("~"), &self.home) {
            return home.join(below);
        }
        let folder = match layer {
            Layer::User => self.user.as_ref(),
            _ => self.workspace.as_ref(),
        };
        folder.map_or_else(|| path.to_owned(), |folder| folder.join(path))
    }
}

/// Reads a text file of at most a MiB; `None` when it is not there.
pub(super) fn read_small(path: &Path, name: &str) -> Result<Option<String>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable {
        file: name.to_owned(),
        source,
    };
    let not_text = |found| ConfigError::NotText {
        file: name.to_owned(),
        found,
    };
    match fs::metadata(path) {
        // Asked before opening: opening a pipe would wait for its writer.
        Ok(found) if !found.is_file() => return Err(not_text("no regular file")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(not_text("larger than that"));
    }
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| not_text("not UTF-8"))
}
