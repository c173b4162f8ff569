//! The one way in which YAML is read: YAML 1.2's idea of untyped values, whatever the file.
//!
//! The reader's defaults follow YAML 1.1: `no` would be false, `02134` a number, `1_000` a thousand. A suite of Norwegian
//! cities or of postal codes must mean what it says.

use serde::de::DeserializeOwned;
pub use serde_saphyr::Spanned;

/// Why a YAML text cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// What is wrong: one line, without a place.
    pub message: String,
    /// The line in the text that was given, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// Reads a YAML text.
///
/// Errors: syntax, a value of another type than asked for, a doubled key, more nodes or a deeper nesting than any file of
/// people has.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| described(&error))
}

fn described(error: &serde_saphyr::Error) -> YamlError {
    let place = error.location();
    let part = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    YamlError {
        message: without_place(&error.without_snippet().to_string()),
        line: place.map_or(1, |place| part(place.line())),
        column: place.map_or(1, |place| part(place.column())),
    }
}

/// Takes the reader's own "at line 2, column 3" from its message: callers say the place in the file, which differs.
fn without_place(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    match line.rfind(" at line ") {
        Some(at) => line[..at].to_owned(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn untyped_values_follow_yaml_1_2() {
        let value: Value =
            read("country: no\nzip: 02134\nid: 1_000\nflag: true\nnone: null\nx: 1.5\n")
                .expect("YAML");
        assert_eq!(
            value,
            json!({"country": "no", "zip": "02134", "id": "1_000", "flag": true, "none": null, "x": 1.5})
        );
    }

    #[test]
    fn errors_say_line_and_column_in_characters() {
        let error = read::<Value>("城市: [北京, 上海\n其他: 1\n").expect_err("broken");
        assert_eq!((error.line, error.column), (2, 3), "{error}");
        assert!(!error.message.contains("line"), "{}", error.message);
        let error = read::<Value>("a: 1\na: 2\n").expect_err("doubled");
        assert_eq!(error.line, 2);
    }
}
