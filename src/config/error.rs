//! What can be wrong with settings.

use std::io;

use crate::domain::{Place, and_list, count};

use crate::config::source::Source;

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file could not be read.
    #[error("cannot read `{file}`")]
    Unreadable {
        /// The file, as the user would write it.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file that is no text of settings.
    #[error("`{file}` is {found}, expected a UTF-8 text file of at most 1 MiB")]
    NotText {
        /// The file.
        file: String,
        /// What it is.
        found: &'static str,
    },
    /// Wrong contents: every mistake of every layer.
    #[error("{}", list(.problems))]
    Invalid {
        /// The mistakes, in the order of layers and lines.
        problems: Vec<Problem>,
    },
    /// No home folder, so that nothing can be kept outside the project.
    #[error(
        "found no folder for this user's state, expected `XDG_STATE_HOME` or `HOME` to name one"
    )]
    NoStateFolder,
    /// The key of hashes is none.
    #[error(
        "`{file}` is no key of `pw`, expected 64 hex digits; remove it, and a new one is made: hashes of texts made with the two cannot be compared"
    )]
    TextKey {
        /// The file.
        file: String,
    },
    /// What is kept for this user could not be written.
    #[error("cannot write `{file}`")]
    Unwritable {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not TOML.
    #[error("`{place}:{column}` is not TOML: {message}")]
    Syntax {
        /// Where.
        place: Place,
        /// The column, from 1, in characters.
        column: usize,
        /// The parser's words.
        message: String,
    },
    /// Not `NAME=VALUE`. The line is not repeated: it may hold a key.
    #[error("`{place}` is {found}, expected `NAME=VALUE`")]
    DotEnv {
        /// Where.
        place: Place,
        /// What is wrong with the line.
        found: &'static str,
    },
    /// A key that means nothing.
    #[error("unknown key `{key}` at `{at}`, {}", instead(.nearest.as_deref(), .known))]
    UnknownKey {
        /// The whole key.
        key: String,
        /// Where.
        at: Source,
        /// The known name nearest to its last part.
        nearest: Option<String>,
        /// The names that may stand there.
        known: Vec<&'static str>,
    },
    /// A value of the wrong type or out of its range.
    #[error("`{key}` at `{at}` is {found}, expected {expected}")]
    WrongValue {
        /// The whole key.
        key: String,
        /// Where.
        at: Source,
        /// What was found; never a key's value.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A key itself in a file.
    #[error("`{key}` at `{at}` holds a secret itself, expected {expected}")]
    SecretInFile {
        /// The whole key.
        key: String,
        /// Where.
        at: Source,
        /// What to write instead.
        expected: &'static str,
    },
    /// A table lacks a key.
    #[error("`{table}` at `{at}` lacks {}, {reason}", and_list(.missing, 9))]
    Missing {
        /// The table.
        table: String,
        /// Where its first key stands.
        at: Source,
        /// The missing keys.
        missing: Vec<&'static str>,
        /// Who needs them.
        reason: &'static str,
    },
    /// Keys that exclude each other.
    #[error("`{key}` at `{at}` says that the model is free, but the table gives {}", and_list(.others, 9))]
    FreeAndPriced {
        /// The key that says so.
        key: String,
        /// Where.
        at: Source,
        /// The prices.
        others: Vec<&'static str>,
    },
}

fn list(problems: &[Problem]) -> String {
    match problems {
        [one] => one.to_string(),
        all => {
            let lines: Vec<String> = all.iter().map(|problem| format!("\n  {problem}")).collect();
            format!(
                "found {} in settings{}",
                count(all.len(), "mistake"),
                lines.concat()
            )
        }
    }
}

fn instead(nearest: Option<&str>, known: &[&'static str]) -> String {
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => "expected a value here, not a table".to_owned(),
        None => format!("expected one of {}", and_list(known, 24)),
    }
}
