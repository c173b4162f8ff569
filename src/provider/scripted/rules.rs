//! The file of rules.

use std::path::{Path, PathBuf};
use std::time::Duration;

use regex::{Captures, Regex, RegexBuilder};
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::domain::{FinishReason, Usage, and_list, unit};
use crate::provider::scripted::named::FaultName;

/// Bytes of a script at most.
const LARGEST: u64 = 4 << 20;

/// A script that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("`{path}`: cannot read the script")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The file is not YAML of this form.
    #[error("`{path}`:{line}:{column}: {reason}")]
    Yaml {
        /// The file.
        path: PathBuf,
        /// Line from 1; 0 where unknown.
        line: u64,
        /// Column from 1; 0 where unknown.
        column: u64,
        /// What was found and expected.
        reason: String,
    },
    /// Rules that make no sense; all of them.
    #[error("`{path}`: {}", problems.join("; "))]
    Rules {
        /// The file.
        path: PathBuf,
        /// What is wrong, each with its line.
        problems: Vec<String>,
    },
}

/// Which text a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Where {
    #[default]
    Last,
    Conversation,
}

/// One rule, checked.
#[derive(Debug)]
pub(super) struct Rule {
    literal: String,
    regex: Regex,
    pub(super) place: Where,
    pub(super) replies: Vec<String>,
    pub(super) usage: Option<Usage>,
    pub(super) latency: Duration,
    pub(super) finish_reason: Option<FinishReason>,
    pub(super) fault: Option<FaultName>,
    pub(super) times: Option<u32>,
}

impl Rule {
    /// Tells whether the rule matches: as an expression, with its captures, or as plain text.
    #[expect(
        clippy::option_option,
        reason = "a match without captures is still a match"
    )]
    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Option<Captures<'t>>> {
        if let Some(captures) = self.regex.captures(text) {
            return Some(Some(captures));
        }
        text.contains(&self.literal).then_some(None)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(rename = "match", default)]
    pattern: String,
    #[serde(rename = "in", default)]
    place: Where,
    reply: Option<ReplyText>,
    usage: Option<Usage>,
    #[serde(default)]
    latency_ms: u64,
    finish_reason: Option<String>,
    fault: Option<FaultText>,
    times: Option<u32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ReplyText {
    One(String),
    Many(Vec<String>),
}

/// `fault: 429` is a number in YAML and a name to us.
#[derive(Deserialize)]
#[serde(untagged)]
enum FaultText {
    Status(u16),
    Name(String),
}

/// Reads and checks a script.
pub(super) fn read_rules(path: &Path) -> Result<Vec<Rule>, ScriptError> {
    let read = |source| ScriptError::Read {
        path: path.to_owned(),
        source,
    };
    let size = std::fs::metadata(path).map_err(read)?.len();
    if size > LARGEST {
        return Err(read(std::io::Error::other("larger than 4 MiB")));
    }
    let text = std::fs::read_to_string(path).map_err(read)?;
    let file: File = yaml(path, &text)?;
    let mut problems = Vec::new();
    let mut rules = Vec::new();
    for entry in file.rules {
        let line = entry.defined.line();
        match check(entry.value) {
            Ok(rule) => rules.push(rule),
            Err(problem) => problems.push(format!("line {line}: {problem}")),
        }
    }
    if problems.is_empty() {
        Ok(rules)
    } else {
        Err(ScriptError::Rules {
            path: path.to_owned(),
            problems,
        })
    }
}

fn yaml(path: &Path, text: &str) -> Result<File, ScriptError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location();
        ScriptError::Yaml {
            path: path.to_owned(),
            line: place.map_or(0, |place| place.line()),
            column: place.map_or(0, |place| place.column()),
            reason: error.without_snippet().to_string(),
        }
    })
}

fn check(entry: Entry) -> Result<Rule, String> {
    let regex = RegexBuilder::new(&entry.pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|_| format!("`match` is not a regular expression: `{}`", entry.pattern))?;
    let fault = entry.fault.map(fault_of).transpose()?;
    let replies = match entry.reply {
        Some(ReplyText::One(reply)) => vec![reply],
        Some(ReplyText::Many(replies)) if replies.is_empty() => {
            return Err("`reply` is an empty list, expected at least one".to_owned());
        }
        Some(ReplyText::Many(replies)) => replies,
        None if fault.is_none() || entry.times.is_some() => {
            return Err("`reply` is missing".to_owned());
        }
        None => vec![String::new()],
    };
    if let Some(usage) = &entry.usage {
        check_usage(usage)?;
    }
    if entry.times.is_some() && fault.is_none() {
        return Err("`times` needs a `fault`".to_owned());
    }
    Ok(Rule {
        literal: entry.pattern,
        regex,
        place: entry.place,
        replies,
        usage: entry.usage,
        latency: Duration::from_millis(entry.latency_ms),
        finish_reason: entry.finish_reason.map(FinishReason::from),
        fault,
        times: entry.times,
    })
}

fn fault_of(text: FaultText) -> Result<FaultName, String> {
    let name = match text {
        FaultText::Status(status) => status.to_string(),
        FaultText::Name(name) => name,
    };
    FaultName::read(&name).ok_or_else(|| {
        let known: Vec<&str> = FaultName::known().collect();
        format!(
            "`fault` is `{name}`, expected a status from 400 to 599 or one of {}",
            and_list(&known, known.len())
        )
    })
}

/// A misspelt unit would make a call free.
fn check_usage(usage: &Usage) -> Result<(), String> {
    let known = [
        unit::INPUT,
        unit::OUTPUT,
        unit::CACHE_READ,
        unit::CACHE_WRITE,
        unit::REASONING,
        unit::INPUT_AUDIO,
        unit::OUTPUT_AUDIO,
    ];
    let unknown: Vec<&String> = usage
        .0
        .keys()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    if !unknown.is_empty() {
        return Err(format!(
            "`usage` has {}, expected {}",
            and_list(&unknown, 5),
            and_list(&known, 9)
        ));
    }
    match [unit::INPUT, unit::OUTPUT]
        .iter()
        .find(|name| !usage.0.contains_key(**name))
    {
        Some(missing) => Err(format!("`usage` lacks `{missing}`")),
        None => Ok(()),
    }
}
