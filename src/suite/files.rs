//! Files that a suite names with `file://`: beside the suite, inside the workspace, nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::suite::{FlawKind, json_tree, tree};

/// What marks a text as a path.
pub(super) const SCHEME: &str = "file://";

/// A file that was found: its name for people and its text without a byte order mark.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) text: String,
}

/// Finds and reads files.
#[derive(Debug)]
pub(super) struct Files {
    /// The workspace's root, with links resolved.
    root: PathBuf,
    /// The folder of the suite's file.
    folder: PathBuf,
}

impl Files {
    pub(super) fn new(root: &Path, folder: &Path) -> Self {
        Self {
            root: root.canonicalize().unwrap_or_else(|_| root.to_owned()),
            folder: folder.to_owned(),
        }
    }

    /// Reads the file behind a `file://` text.
    ///
    /// Errors: what is wrong with the path or the text; a path that leaves the workspace, by `..` or by a link, is refused.
    pub(super) fn read(&self, written: &str) -> Result<Found, FlawKind> {
        let relative = written.strip_prefix(SCHEME).unwrap_or(written);
        let refuse = |cause: String| FlawKind::File {
            path: written.to_owned(),
            cause,
        };
        let path = self
            .folder
            .join(relative)
            .canonicalize()
            .map_err(|error| refuse(error.to_string()))?;
        let inside = path
            .strip_prefix(&self.root)
            .map_err(|_| refuse("it lies outside the workspace".to_owned()))?;
        let bytes = fs::read(&path).map_err(|error| refuse(error.to_string()))?;
        let text = decode(bytes).map_err(|kind| refuse(kind.to_string()))?;
        Ok(Found {
            name: slashed(inside),
            text,
        })
    }

    /// Replaces a `file://` text by what the file holds: data from JSON and YAML, else text less one trailing newline.
    pub(super) fn value(&self, value: Value) -> Result<Value, FlawKind> {
        let Value::String(written) = &value else {
            return Ok(value);
        };
        if !written.starts_with(SCHEME) {
            return Ok(value);
        }
        let found = self.read(written)?;
        let misread = |(line, kind): (usize, FlawKind)| FlawKind::File {
            path: written.clone(),
            cause: format!("line {line}: {kind}"),
        };
        match ending(&found.name).as_str() {
            "json" => json_tree::json(&found.text)
                .map(|node| node.value())
                .map_err(misread),
            "yaml" | "yml" => tree::yaml(&found.text)
                .map(|node| node.value())
                .map_err(misread),
            "js" | "mjs" | "cjs" | "ts" | "py" | "rb" => Err(FlawKind::File {
                path: written.clone(),
                cause: "scripts are not supported".to_owned(),
            }),
            _ => Ok(Value::String(without_last_newline(found.text))),
        }
    }
}

/// Turns a file's bytes into text: UTF-8, with or without a byte order mark.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, FlawKind> {
    let refuse = |cause: String| FlawKind::Syntax {
        format: "UTF-8",
        cause,
    };
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(refuse("it is UTF-16; save it as UTF-8".to_owned()));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid]
            .split(|byte| *byte == b'\n')
            .count();
        refuse(format!(
            "line {line} holds bytes of another encoding; save it as UTF-8"
        ))
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// Returns a path's ending in lower case.
pub(super) fn ending(name: &str) -> String {
    Path::new(name)
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

/// Writes a relative path with `/` on every system.
pub(super) fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn without_last_newline(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}
