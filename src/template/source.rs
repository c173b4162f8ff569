//! A file's text, cut into front matter and body, and the way back from a place in the body to a place in the file.

use crate::template::{FrontFlaw, Spot, TemplateError};

/// A template's body and where it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// The file.
    pub(super) file: String,
    /// The body, with line ends normalised; trimmed where front matter precedes it.
    pub(super) body: String,
    /// The body's first line in the file, from 1.
    pub(super) line: usize,
    /// The body's first column in that line, from 1.
    pub(super) column: usize,
}

impl Source {
    /// Returns the place in the file of a line and column of the body, both from 1.
    pub(super) fn spot(&self, line: usize, column: usize) -> Spot {
        Spot {
            file: self.file.clone(),
            line: self.line + line.saturating_sub(1),
            column: if line <= 1 {
                self.column + column.saturating_sub(1)
            } else {
                column
            },
        }
    }

    /// Returns the place in the file of a byte of the body.
    pub(super) fn spot_of(&self, offset: usize) -> Spot {
        let (line, column) = line_column(&self.body, offset);
        self.spot(line, column)
    }
}

/// Returns line and column, from 1, of a byte that begins a character.
pub(super) fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before[start..].chars().count() + 1)
}

/// Front matter as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Front {
    /// Blank lines and `#` lines before the opening fence.
    pub(super) header: String,
    /// The YAML between the fences, final line end included.
    pub(super) yaml: String,
    /// The line of the opening fence, from 1.
    pub(super) fence: usize,
}

/// Cuts a file into front matter and body.
///
/// Both fences stand alone on a line, blanks after them allowed; blank and `#` lines may precede the first. Line ends become
/// `\n`, so that a prompt is the same prompt on every system, and a byte order mark vanishes.
///
/// Errors: an opening fence without a closing one.
/// Source: Dotprompt's reference; that it takes broken front matter for prompt text is not followed.
pub(super) fn split(file: &str, text: &str) -> Result<(Option<Front>, Source), TemplateError> {
    let text = normalised(text);
    let Some((fence, start)) = opening(&text) else {
        return Ok((None, whole(file, text)));
    };
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if is_fence(line) {
            let front = Front {
                header: header(&text, start),
                yaml: text[start..at].to_owned(),
                fence,
            };
            return Ok((Some(front), trimmed(file, &text, at + line.len())));
        }
        at += line.len();
    }
    Err(TemplateError::Front {
        at: Spot {
            file: file.to_owned(),
            line: fence,
            column: 1,
        },
        flaw: Box::new(FrontFlaw::Unclosed),
    })
}

/// Normalises line ends and takes a byte order mark away.
pub(super) fn normalised(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

/// Finds the opening fence: its line and the byte after it.
fn opening(text: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        at += line.len();
        if is_fence(line) && line.ends_with('\n') {
            return Some((number + 1, at));
        }
        if !(line.trim().is_empty() || line.starts_with('#')) {
            return None;
        }
    }
    None
}

fn header(text: &str, start: usize) -> String {
    let before = text[..start].trim_end_matches('\n');
    before
        .rfind('\n')
        .map_or_else(String::new, |newline| before[..=newline].to_owned())
}

fn whole(file: &str, body: String) -> Source {
    Source {
        file: file.to_owned(),
        body,
        line: 1,
        column: 1,
    }
}

fn trimmed(file: &str, text: &str, start: usize) -> Source {
    let rest = &text[start..];
    let (line, column) = line_column(text, start + rest.len() - rest.trim_start().len());
    Source {
        file: file.to_owned(),
        body: rest.trim().to_owned(),
        line,
        column,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml_and_body(text: &str) -> (Option<String>, String, usize, usize) {
        let (front, source) = split("p.hbs", text).expect("a file");
        (
            front.map(|front| front.yaml),
            source.body,
            source.line,
            source.column,
        )
    }

    #[test]
    fn without_front_matter_the_text_is_taken_as_it_is() {
        assert_eq!(
            yaml_and_body("# no fence\nhi\n"),
            (None, "# no fence\nhi\n".to_owned(), 1, 1)
        );
        assert_eq!(yaml_and_body("a\n---\nb\n---\n").0, None);
    }

    #[test]
    fn every_line_end_and_a_byte_order_mark_are_read() {
        let expect = (Some("a: 1\n".to_owned()), "hi".to_owned(), 6, 3);
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("\u{feff}# licence{end}---  {end}a: 1{end}---{end}{end}  hi{end}");
            assert_eq!(yaml_and_body(&text), expect, "{end:?}");
        }
    }

    #[test]
    fn empty_front_matter_and_a_missing_last_line_end_are_front_matter() {
        assert_eq!(
            yaml_and_body("---\n---\nhi"),
            (Some(String::new()), "hi".to_owned(), 3, 1)
        );
        assert_eq!(yaml_and_body("---\na: 1\n---").1, "");
    }

    #[test]
    fn an_unclosed_fence_is_an_error_at_its_line() {
        let error = split("p.hbs", "# x\n---\na: 1\nhi\n").expect_err("unclosed");
        assert_eq!(
            error.to_string(),
            "p.hbs:2:1: the front matter that opens here is never closed: a line of `---` must follow its last key"
        );
    }
}
