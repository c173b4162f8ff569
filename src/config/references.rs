//! Secrets in files: what is refused there, and `${NAME}` in headers, which is the way to name one.

use crate::config::kind::is_variable;

pub(super) const NAME_OF_KEY: &str = "the name of an environment variable, in `api_key_env`";
const REFERENCE: &str = "a reference to an environment variable, such as `${NAME}`";

/// Names, in small letters and with `_` for `-`, under which secrets travel in headers and queries.
const SECRET_NAMES: &[&str] = &[
    "api_key",
    "apikey",
    "x_api_key",
    "x_goog_api_key",
    "key",
    "token",
    "access_token",
    "auth_token",
    "authorization",
    "proxy_authorization",
    "cookie",
    "password",
    "secret",
    "client_secret",
];

/// Beginnings of keys that providers hand out.
const SECRET_BEGINNINGS: &[&str] = &[
    "sk-", "sk_", "AIza", "hf_", "gsk_", "xai-", "ghp_", "Bearer ",
];

/// Tells whether a name is one under which secrets travel.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRET_NAMES.contains(&name.as_str())
}

fn looks_secret(text: &str) -> bool {
    text.len() >= 16
        && SECRET_BEGINNINGS
            .iter()
            .any(|start| text.starts_with(start))
}

/// Tells whether a value in a file is a secret itself, and what to write instead.
pub(super) fn secret(path: &[String], text: Option<&str>) -> Option<&'static str> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let text = text?;
    let literal = variables(text).is_empty();
    match path.as_slice() {
        ["endpoints", _, "headers", name] => {
            (literal && (is_secret_name(name) || looks_secret(text))).then_some(REFERENCE)
        }
        ["endpoints", _, "query" | "body", name] => (is_secret_name(name) || looks_secret(text))
            .then_some(
                "no secret there; send it as a header that names a variable, such as `${NAME}`",
            ),
        ["endpoints", _, "api_key_env"] => (!is_variable(text)).then_some(NAME_OF_KEY),
        _ => looks_secret(text).then_some(NAME_OF_KEY),
    }
}

/// Lists the variables that a text names as `${NAME}`, in order.
pub(super) fn variables(text: &str) -> Vec<&str> {
    pieces(text).filter_map(|(_, name)| name).collect()
}

/// Puts values in the place of `${NAME}`; `None` when one is not known.
pub(super) fn fill<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
    pieces(text).try_fold(String::new(), |mut filled, (plain, name)| {
        filled.push_str(plain);
        if let Some(name) = name {
            filled.push_str(value(name)?);
        }
        Some(filled)
    })
}

/// Cuts a text into plain pieces, each but perhaps the last followed by a variable's name.
fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some((start, end)) = reference(text) else {
            rest = None;
            return Some((text, None));
        };
        rest = Some(&text[end + 1..]);
        Some((&text[..start], Some(&text[start + 2..end])))
    })
}

/// Finds the first `${NAME}`: where its `$` and its `}` stand.
fn reference(text: &str) -> Option<(usize, usize)> {
    text.match_indices("${").find_map(|(start, _)| {
        let end = start + text[start..].find('}')?;
        is_variable(&text[start + 2..end]).then_some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use crate::config::keys::path;

    use super::*;

    #[test]
    fn references_are_filled_and_other_dollars_stay() {
        let value = |name: &str| (name == "A").then_some("1");
        assert_eq!(
            fill("x ${A}$y ${1} ${", value),
            Some("x 1$y ${1} ${".to_owned())
        );
        assert_eq!(fill("${A}${B}", value), None);
        assert_eq!(variables("Bearer ${A}-${B_2}"), ["A", "B_2"]);
    }

    #[test]
    fn secrets_are_known_by_their_place_or_their_beginning() {
        let refused = |parts: &[&str], text| secret(&path(parts), Some(text)).is_some();
        let header = |name| ["endpoints", "x", "headers", name];
        assert!(refused(&header("authorization"), "Bearer x"));
        assert!(!refused(&header("authorization"), "Bearer ${X_KEY}"));
        assert!(refused(&header("x-other"), "sk-0123456789abcdef"));
        assert!(!refused(&header("x-title"), "pw"));
        assert!(refused(&["endpoints", "x", "query", "key"], "abc"));
        assert!(!refused(
            &["endpoints", "x", "query", "api-version"],
            "2026-10-01"
        ));
        assert!(refused(&["endpoints", "x", "api_key_env"], "sk-short"));
        assert!(refused(&["defaults", "model"], "sk-0123456789abcdef"));
    }
}
