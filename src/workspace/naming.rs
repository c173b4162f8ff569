//! What a file below `prompts/` is, by its name alone.
//!
//! Source: Dotprompt's directory store. `NAME.hbs` and `NAME.VARIANT.hbs` (the last dot segment is the variant), `_NAME.hbs`
//! for partials, `.prompt` as well; folders belong to the name.

use std::path::{Component, Path};

use unicode_normalization::UnicodeNormalization as _;

use crate::domain::{PromptName, Variant};

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// A variant of a prompt.
    Prompt(PromptName, Variant),
    /// A partial, by the name that templates use.
    Partial(String),
    /// A template whose name cannot be used: what is wrong with it.
    BadName(&'static str),
    /// Something else.
    Other,
}

/// Tells what a file is by its path below `prompts/`.
pub(super) fn role(relative: &Path) -> Role {
    let Some((folder, stem)) = split(relative) else {
        return Role::Other;
    };
    if let Some(partial) = stem.strip_prefix('_') {
        return match flaw(partial) {
            Some(found) => Role::BadName(found),
            None => Role::Partial(format!("{folder}{partial}")),
        };
    }
    let (name, variant) = match stem.rsplit_once('.') {
        Some((name, variant)) => (name, Some(variant)),
        None => (stem.as_str(), None),
    };
    let full = format!("{folder}{name}");
    match flaw(&full).or_else(|| variant.and_then(flaw)) {
        Some(found) => Role::BadName(found),
        None => Role::Prompt(PromptName(full), Variant(variant.map(str::to_owned))),
    }
}

/// Splits a template's path into its folders, each with a `/`, and its name without ending; composed as people type (NFC).
fn split(relative: &Path) -> Option<(String, String)> {
    let file = relative.file_name()?.to_string_lossy();
    let stem = without_ending(&file)?;
    let mut folder = String::new();
    for part in relative.parent()?.components() {
        folder.push_str(&part.as_os_str().to_string_lossy());
        folder.push('/');
    }
    Some((folder.nfc().collect(), stem.nfc().collect()))
}

/// Cuts `.hbs` or `.prompt` off.
pub(super) fn without_ending(name: &str) -> Option<&str> {
    name.strip_suffix(".hbs")
        .or_else(|| name.strip_suffix(".prompt"))
}

/// Says what makes a name unusable, if anything: what Dotprompt refuses, and what would hide on a terminal.
pub(super) fn flaw(name: &str) -> Option<&'static str> {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
    };
    let mut segments = name.split('/');
    if name.is_empty() {
        Some("nothing before its ending")
    } else if name.contains(hidden) {
        Some("a character in it that cannot be seen")
    } else if name.contains(['%', '\\', ':']) {
        Some("`%`, `\\` or `:` in it")
    } else if segments.any(|segment| matches!(segment, "" | "." | "..")) {
        Some("an empty segment, `.` or `..` in it")
    } else if name != name.trim() || name.ends_with('.') {
        Some("a blank or a dot at its end")
    } else {
        None
    }
}

/// Tells whether a path stays below where it starts, by its text alone.
pub(super) fn is_below(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(name: &str, variant: Option<&str>) -> Role {
        Role::Prompt(
            PromptName(name.to_owned()),
            Variant(variant.map(str::to_owned)),
        )
    }

    #[test]
    fn names_tell_prompts_variants_and_partials() {
        for (path, expected) in [
            ("weather.hbs", prompt("weather", None)),
            ("weather.prompt", prompt("weather", None)),
            ("weather.detailed.hbs", prompt("weather", Some("detailed"))),
            ("a.b.c.hbs", prompt("a.b", Some("c"))),
            ("a/天气.详细.hbs", prompt("a/天气", Some("详细"))),
            ("_city.hbs", Role::Partial("city".to_owned())),
            ("sub/_x.prompt", Role::Partial("sub/x".to_owned())),
            ("e\u{301}.hbs", prompt("é", None)),
            ("notes.md", Role::Other),
            ("weather.hbs.bak", Role::Other),
        ] {
            assert_eq!(role(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn names_that_mislead_are_refused() {
        for path in [
            "a%2e.hbs",
            "a..hbs",
            "c:a.hbs",
            "a\u{202e}b.hbs",
            "a\n.hbs",
            "_.hbs",
            "a .hbs",
            "a\\b.hbs",
        ] {
            assert!(
                matches!(role(Path::new(path)), Role::BadName(_)),
                "{path:?}"
            );
        }
    }
}
