//! What can be wrong with the files of a workspace.

use std::io;

use crate::domain::{and_list, count};

/// A workspace, or a file of it, that cannot be used. Files are named as a person would, relative to the root.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// `--workspace` names no folder.
    #[error("`{path}` is no folder, expected the folder of a workspace")]
    NoFolder {
        /// What was named.
        path: String,
    },
    /// There is no `prompts/`.
    #[error("found no folder `prompts` in `{root}`")]
    NoPrompts {
        /// The root.
        root: String,
    },
    /// TARGETs that mean nothing.
    #[error("{}", unknown(.targets, .known))]
    UnknownTargets {
        /// Each with the nearest prompt, if one is near.
        targets: Vec<(String, Option<String>)>,
        /// Every prompt.
        known: Vec<String>,
    },
    /// A folder without prompts.
    #[error("found no prompt in `{folder}`, expected `NAME.hbs` files below `prompts/`")]
    EmptyFolder {
        /// The folder.
        folder: String,
    },
    /// A file that is no prompt.
    #[error("`{file}` is {found}, expected a prompt, `prompts/NAME.hbs` or `.prompt`")]
    NotAPrompt {
        /// The file.
        file: String,
        /// What it is.
        found: &'static str,
    },
    /// Files whose names cannot be used.
    #[error("{}", bad_names(.files))]
    BadNames {
        /// Each with what is wrong with its name.
        files: Vec<(String, &'static str)>,
    },
    /// Several files of one meaning.
    #[error("{} all mean {what}, expected one of them", and_list(.files, 9))]
    Ambiguous {
        /// The files.
        files: Vec<String>,
        /// What they mean.
        what: String,
    },
    /// A file that a prompt shows as an image and that has no ending of one.
    #[error(
        "`{file}` is shown as an image, expected a `.png`, `.jpg`, `.gif` or `.webp` file, or a `contentType`"
    )]
    NoImage {
        /// The file.
        file: String,
    },
    /// No suite where one was expected.
    #[error("prompt `{prompt}` has no suite: found no `{expected}`{}", meant(.nearest.as_deref()))]
    NoSuite {
        /// The prompt.
        prompt: String,
        /// The file that was looked for.
        expected: String,
        /// The existing suite with the nearest name.
        nearest: Option<String>,
    },
    /// A path or a link that leaves the root.
    #[error("`{file}` leads out of the workspace, expected a file inside of it")]
    Outside {
        /// The file.
        file: String,
    },
    /// A pipe, a device, a folder.
    #[error("`{file}` is no regular file")]
    NotAFile {
        /// The file.
        file: String,
    },
    /// A file past its limit.
    #[error("`{file}` is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        file: String,
        /// The limit.
        limit: u64,
    },
    /// Bytes that are no text.
    #[error("`{file}` is not UTF-8 at line {line}, byte {byte}")]
    NotUtf8 {
        /// The file.
        file: String,
        /// The line of the first wrong byte, from 1.
        line: usize,
        /// Its offset in the file, from 0.
        byte: usize,
    },
    /// Folders in folders without end.
    #[error("`{folder}` is more than {limit} folders deep")]
    TooDeep {
        /// The folder.
        folder: String,
        /// The limit.
        limit: usize,
    },
    /// The system refused.
    #[error("cannot read `{file}`")]
    Unreadable {
        /// The file or folder.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

fn unknown(targets: &[(String, Option<String>)], known: &[String]) -> String {
    let one = |(target, nearest): &(String, Option<String>)| {
        format!("found no prompt `{target}`{}", meant(nearest.as_deref()))
    };
    let lines: Vec<String> = targets.iter().map(one).collect();
    match (lines.as_slice(), targets) {
        ([line], [(_, None)]) if known.is_empty() => format!("{line}; `prompts/` holds none"),
        ([line], [(_, None)]) => format!("{line}, expected one of {}", and_list(known, 12)),
        ([line], _) => line.clone(),
        _ => format!(
            "found no prompt for {}\n  {}",
            count(targets.len(), "target"),
            lines.join("\n  ")
        ),
    }
}

fn bad_names(files: &[(String, &'static str)]) -> String {
    let lines: Vec<String> = files
        .iter()
        .map(|(file, found)| format!("the name of `{}` has {found}", file.escape_debug()))
        .collect();
    lines.join("\n")
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}
