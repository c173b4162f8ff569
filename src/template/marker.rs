//! Marks that Dotprompt's helpers leave in the rendered text, and the cut of the text at them.
//!
//! A mark carries the rendering's secret, so no value, however it is put together, can be one; Dotprompt's own marks are plain
//! text, and a value that holds `<<<dotprompt:role:system>>>` speaks as the system there.

use handlebars::{Helper, RenderError};
use serde_json::Value;

use crate::domain::{Media, Role};
use crate::template::RenderFlaw;
use crate::template::run::{Run, fail};

const START: char = '\u{1}';
const END: char = '\u{2}';
const BETWEEN: char = '\u{3}';

/// What a helper says beside text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker {
    /// `{{role "x"}}`.
    Role(Role),
    /// `{{history}}`.
    History,
    /// `{{section "x"}}`.
    Section(String),
    /// `{{media url=… contentType=…}}`.
    Media(Media),
}

impl Marker {
    /// Writes the mark.
    pub(super) fn written(&self, nonce: &str) -> String {
        let said = match self {
            Self::Role(Role::System) => "rsystem".to_owned(),
            Self::Role(Role::User) => "ruser".to_owned(),
            Self::Role(Role::Model) => "rmodel".to_owned(),
            Self::Role(Role::Tool) => "rtool".to_owned(),
            Self::History => "h".to_owned(),
            Self::Section(name) => format!("s{name}"),
            Self::Media(media) => {
                let content_type = media.content_type.as_deref().unwrap_or_default();
                format!("m{}{BETWEEN}{content_type}", media.url)
            }
        };
        format!("{START}{nonce}{said}{END}")
    }

    fn read(said: &str) -> Option<Self> {
        let (sign, rest) = said.split_at_checked(1)?;
        match sign {
            "r" => role_named(rest).map(Self::Role),
            "h" => Some(Self::History),
            "s" => Some(Self::Section(rest.to_owned())),
            "m" => rest.split_once(BETWEEN).map(|(url, content_type)| {
                Self::Media(Media {
                    url: url.to_owned(),
                    content_type: Some(content_type.to_owned()).filter(|text| !text.is_empty()),
                })
            }),
            _ => None,
        }
    }
}

/// A piece of rendered text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Text between marks.
    Text(&'t str),
    /// A mark.
    Mark(Marker),
}

/// Cuts rendered text at its marks.
pub(super) fn pieces<'t>(text: &'t str, nonce: &str) -> Vec<Piece<'t>> {
    let start = format!("{START}{nonce}");
    let mut parts = text.split(start.as_str());
    let mut pieces: Vec<Piece<'t>> = parts.next().map(Piece::Text).into_iter().collect();
    for part in parts {
        let (said, after) = part.split_once(END).unwrap_or((part, ""));
        pieces.extend(Marker::read(said).map(Piece::Mark));
        pieces.push(Piece::Text(after));
    }
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

fn role_named(name: &str) -> Option<Role> {
    match name {
        "system" => Some(Role::System),
        "user" => Some(Role::User),
        "model" => Some(Role::Model),
        "tool" => Some(Role::Tool),
        _ => None,
    }
}

/// Reads the argument of `{{role}}`.
pub(super) fn role(given: &Value) -> Result<Role, RenderError> {
    given.as_str().and_then(role_named).ok_or_else(|| {
        let found = given
            .as_str()
            .map_or_else(|| given.to_string(), ToOwned::to_owned);
        fail(RenderFlaw::UnknownRole { found })
    })
}

/// Reads an argument that is a name.
pub(super) fn named(
    helper: &'static str,
    option: &'static str,
    given: &Value,
) -> Result<String, RenderError> {
    let name = given.as_str().filter(|text| !text.trim().is_empty());
    match name.filter(|text| !text.contains(char::is_control)) {
        Some(name) => Ok(name.to_owned()),
        None => Err(argument(helper, option, given, "a name")),
    }
}

/// Reads the options of `{{media}}`. Dotprompt would take what follows a blank for the content type.
pub(super) fn media(run: &Run<'_>, call: &Helper<'_>) -> Result<Media, RenderError> {
    let option = |name| match call.hash_get(name) {
        Some(given) => run.given(given),
        None => Ok(&Value::Null),
    };
    let url = option("url")?;
    let content_type = option("contentType")?;
    let without_blanks = |value: &Value| {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        let has_blank = text.contains(|c: char| c.is_whitespace() || c.is_control());
        (!has_blank).then(|| text.to_owned())
    };
    let expected = "an address without blanks";
    Ok(Media {
        url: without_blanks(url).ok_or_else(|| argument("media", "url", url, expected))?,
        content_type: match content_type {
            Value::Null => None,
            given => Some(without_blanks(given).ok_or_else(|| {
                argument("media", "contentType", given, "a type such as image/png")
            })?),
        },
    })
}

fn argument(
    helper: &'static str,
    option: &'static str,
    given: &Value,
    expected: &'static str,
) -> RenderError {
    const MOST: usize = 60;
    let mut found: String = given.to_string().chars().take(MOST).collect();
    if found.chars().count() == MOST {
        found.push('…');
    }
    fail(RenderFlaw::Argument {
        helper,
        option,
        found,
        expected,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_back() {
        let marks = [
            Marker::Role(Role::System),
            Marker::History,
            Marker::Section("第一节 a".to_owned()),
            Marker::Media(Media {
                url: "https://a/b?c=d".to_owned(),
                content_type: Some("image/png".to_owned()),
            }),
            Marker::Media(Media {
                url: "data:x".to_owned(),
                content_type: None,
            }),
        ];
        let written: Vec<String> = marks.iter().map(|mark| mark.written("n0")).collect();
        let text = format!("{}t", written.join("t"));
        let expect: Vec<Piece<'_>> = marks
            .iter()
            .flat_map(|mark| [Piece::Mark(mark.clone()), Piece::Text("t")])
            .collect();
        assert_eq!(pieces(&text, "n0"), expect);
        assert_eq!(pieces(&text, "n1"), [Piece::Text(text.as_str())]);
    }
}
