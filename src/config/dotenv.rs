//! `.env`: `NAME=VALUE` lines. They give variables a value, never override a real one and never reach another process.

use std::collections::BTreeMap;

use crate::domain::Place;

use crate::config::error::Problem;
use crate::config::kind::is_variable;

/// A variable of `.env`, with its line.
pub(super) type Lines = BTreeMap<String, (String, usize)>;

/// Reads the lines; every mistake is reported, none repeated.
///
/// Known: `#` comments, `export NAME=…`, `'literal'`, `"with \n \t \" \\ \$"`, and bare values up to ` #`. A later line wins.
/// Nothing is expanded.
pub(super) fn read(text: &str, file: &str) -> (Lines, Vec<Problem>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Lines::new();
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match assignment(line.trim()) {
            Ok(None) => {}
            Ok(Some((name, value))) => {
                lines.insert(name.to_owned(), (value, index + 1));
            }
            Err(found) => {
                let place = Place {
                    file: file.to_owned(),
                    line: index + 1,
                };
                problems.push(Problem::DotEnv { place, found });
            }
        }
    }
    (lines, problems)
}

fn assignment(line: &str) -> Result<Option<(&str, String)>, &'static str> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=').ok_or("a line without `=`")?;
    let name = name.trim();
    if !is_variable(name) {
        return Err("a line whose name is no variable's");
    }
    Ok(Some((name, unquote(value.trim())?)))
}

fn unquote(value: &str) -> Result<String, &'static str> {
    match value.chars().next() {
        Some('\'') => value[1..]
            .split_once('\'')
            .map(|(inside, _)| inside.to_owned())
            .ok_or("a line whose `'` is never closed"),
        Some('"') => escaped(&value[1..]).ok_or("a line whose `\"` is never closed"),
        Some('#') => Ok(String::new()),
        _ => Ok(value
            .split_once(" #")
            .map_or(value, |(before, _)| before)
            .trim_end()
            .to_owned()),
    }
}

fn escaped(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some(value),
            '\\' => match chars.next()? {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_shells_write_them() {
        let text = "# a\n\nexport A=1\r\nB = two words # why\nC='$x # y'\nD=\"a\\n\\\"b\\\"\" # z\nE=\nF=a#b\nA=2\n";
        let (lines, problems) = read(text, ".env");
        assert_eq!(problems, []);
        let values: Vec<(&str, &str, usize)> = lines
            .iter()
            .map(|(name, (value, line))| (name.as_str(), value.as_str(), *line))
            .collect();
        assert_eq!(
            values,
            [
                ("A", "2", 9),
                ("B", "two words", 4),
                ("C", "$x # y", 5),
                ("D", "a\n\"b\"", 6),
                ("E", "", 7),
                ("F", "a#b", 8),
            ]
        );
    }

    #[test]
    fn mistakes_name_the_line_and_not_its_text() {
        let (_, problems) = read("sk-canary\nA b=1\nX=\"open\nY='open\n", ".env");
        let messages: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "`.env:1` is a line without `=`, expected `NAME=VALUE`",
                "`.env:2` is a line whose name is no variable's, expected `NAME=VALUE`",
                "`.env:3` is a line whose `\"` is never closed, expected `NAME=VALUE`",
                "`.env:4` is a line whose `'` is never closed, expected `NAME=VALUE`",
            ]
        );
    }
}
