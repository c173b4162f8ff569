//! Our own words for tags that the engine's grammar refuses: its message is a list of grammar rules.

use crate::template::BodyFlaw;
use crate::template::scan_tag::Tag;

/// Says what is wrong with a tag that the engine could not read.
pub(super) fn explain(tag: &Tag<'_>) -> BodyFlaw {
    let shown = tag.shown();
    let said = tag.inner.trim_start_matches(['#', '>', '&', '*']).trim();
    let bare = without_strings(said);
    if said.is_empty() {
        return BodyFlaw::EmptyTag { tag: shown };
    }
    if said.starts_with(['"', '\'', '{', '[']) || starts_with_number(said) {
        return BodyFlaw::Literal { tag: shown };
    }
    if said.contains(['“', '”', '‘', '’', '「', '」']) {
        return BodyFlaw::CurlyQuotes { text: shown };
    }
    if bare
        .split_whitespace()
        .any(|word| word == "." || word == "..")
    {
        return BodyFlaw::Dot { tag: shown };
    }
    if let Some(operator) = operator(&bare) {
        return BodyFlaw::Operator {
            tag: shown,
            operator,
        };
    }
    if bare.contains('|') && !bare.contains(" as |") {
        return BodyFlaw::Filter { tag: shown };
    }
    BodyFlaw::Unreadable { tag: shown }
}

fn starts_with_number(text: &str) -> bool {
    let digits = text.trim_start_matches('-');
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// Operators of other template languages, longer ones first.
fn operator(text: &str) -> Option<&'static str> {
    const OPERATORS: [&str; 11] = [
        "===", "!==", "==", "!=", "&&", "||", ">=", "<=", ">", "<", "!",
    ];
    OPERATORS
        .into_iter()
        .find(|operator| text.contains(operator))
}

fn without_strings(text: &str) -> String {
    let mut quote = None;
    text.chars()
        .filter(|c| match quote {
            Some(open) => {
                if *c == open {
                    quote = None;
                }
                false
            }
            None if *c == '"' || *c == '\'' => {
                quote = Some(*c);
                false
            }
            None => true,
        })
        .collect()
}
