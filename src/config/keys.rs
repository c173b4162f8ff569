//! The one table of what can be set: in files, by `PW_…` variables and by flags.

use crate::config::kind::Kind;

/// One thing that can be set.
#[derive(Debug)]
pub(super) struct Key {
    /// Its path in TOML; `*` stands for a name that the user chooses.
    pub path: &'static [&'static str],
    /// What its value is.
    pub kind: Kind,
    /// Its flag, without dashes; the variable is `PW_` and the same in capitals.
    pub flag: Option<&'static str>,
}

const fn key(path: &'static [&'static str], kind: Kind) -> Key {
    Key {
        path,
        kind,
        flag: None,
    }
}

const fn flag(path: &'static [&'static str], kind: Kind, flag: &'static str) -> Key {
    Key {
        path,
        kind,
        flag: Some(flag),
    }
}

/// Every key, in the order of `default.toml`.
#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    flag(&["defaults", "model"], Kind::Text, "model"),
    flag(&["defaults", "concurrency"], Kind::Count, "concurrency"),
    flag(&["defaults", "max_tokens"], Kind::Count, "max-tokens"),
    flag(&["defaults", "timeout"], Kind::Time, "timeout"),
    flag(&["defaults", "lang"], Kind::Choice(&["en", "zh"]), "lang"),
    flag(&["defaults", "color"], Kind::Choice(&["auto", "always", "never"]), "color"),
    flag(&["budget", "run"], Kind::Money, "budget"),
    key(&["budget", "day"], Kind::Money),
    key(&["budget", "month"], Kind::Money),
    key(&["ledger", "path"], Kind::Text),
    flag(&["ledger", "store"], Kind::Choice(&["text", "hash"]), "store"),
    key(&["ledger", "text_kb"], Kind::Count),
    key(&["ledger", "total_mb"], Kind::Count),
    key(&["people", "usd_per_hour"], Kind::Money),
    key(&["endpoints", "*", "kind"], Kind::Choice(&["openai", "llama.cpp", "embedded", "scripted"])),
    key(&["endpoints", "*", "base_url"], Kind::Text),
    key(&["endpoints", "*", "api_key_env"], Kind::Variable),
    key(&["endpoints", "*", "prices"], Kind::Text),
    key(&["endpoints", "*", "model"], Kind::Text),
    key(&["endpoints", "*", "timeout"], Kind::Time),
    key(&["endpoints", "*", "idle_timeout"], Kind::Time),
    key(&["endpoints", "*", "connect_timeout"], Kind::Time),
    key(&["endpoints", "*", "rpm"], Kind::Count),
    key(&["endpoints", "*", "tpm"], Kind::Count),
    key(&["endpoints", "*", "concurrency"], Kind::Count),
    key(&["endpoints", "*", "retry_ambiguous"], Kind::Switch),
    key(&["endpoints", "*", "no_charge_on_error"], Kind::Switch),
    key(&["endpoints", "*", "stream"], Kind::Switch),
    key(&["endpoints", "*", "proxy"], Kind::Text),
    key(&["endpoints", "*", "ca_file"], Kind::Text),
    key(&["endpoints", "*", "headers", "*"], Kind::Header),
    key(&["endpoints", "*", "query", "*"], Kind::Text),
    key(&["endpoints", "*", "body", "*"], Kind::Json),
    key(&["endpoints", "*", "file"], Kind::Text),
    key(&["endpoints", "*", "script"], Kind::Text),
    key(&["endpoints", "*", "watts"], Kind::Number),
    key(&["endpoints", "*", "usd_per_kwh"], Kind::Money),
    key(&["endpoints", "*", "usd_per_hour"], Kind::Money),
    key(&["prices", "*", "price"], Kind::Choice(&["free"])),
    key(&["prices", "*", "input"], Kind::Decimal),
    key(&["prices", "*", "cached_input"], Kind::Decimal),
    key(&["prices", "*", "cache_write"], Kind::Decimal),
    key(&["prices", "*", "output"], Kind::Decimal),
    key(&["prices", "*", "reasoning"], Kind::Decimal),
    key(&["prices", "*", "currency"], Kind::Currency),
    key(&["prices", "*", "usd_rate"], Kind::Decimal),
    key(&["prices", "*", "usd_rate_date"], Kind::Date),
];

/// What a path means.
#[derive(Debug)]
pub(super) enum Meaning {
    /// A value.
    Value(&'static Key),
    /// A table of further keys.
    Table,
    /// Nothing; these names were expected in its place.
    Unknown(Vec<&'static str>),
}

/// Looks a path up.
pub(super) fn meaning(path: &[String]) -> Meaning {
    let known = KEYS
        .iter()
        .find(|key| key.path.len() >= path.len() && key.begins_like(path));
    match known {
        Some(key) if key.path.len() == path.len() => Meaning::Value(key),
        Some(_) => Meaning::Table,
        None => Meaning::Unknown(expected_after(&path[..path.len().saturating_sub(1)])),
    }
}

/// Lists the names that may follow a known path, each once.
fn expected_after(path: &[String]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for key in KEYS.iter().filter(|key| key.begins_like(path)) {
        match key.path.get(path.len()) {
            Some(name) if !names.contains(name) => names.push(*name),
            _ => {}
        }
    }
    names
}

impl Key {
    /// Tells whether the key and a path agree as far as both go.
    fn begins_like(&self, path: &[String]) -> bool {
        self.path
            .iter()
            .zip(path)
            .all(|(pattern, name)| *pattern == "*" || pattern == name)
    }
}

/// Returns the variable of a flag: `max-tokens` → `PW_MAX_TOKENS`.
pub(super) fn variable(flag: &str) -> String {
    format!("PW_{}", flag.replace('-', "_").to_ascii_uppercase())
}

/// Writes a path as TOML would: `prices."openai/gpt-5-mini".input`.
pub(super) fn dotted(path: &[String]) -> String {
    let bare = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    let parts: Vec<String> = path
        .iter()
        .map(|name| {
            if bare(name) {
                name.clone()
            } else {
                format!("{name:?}")
            }
        })
        .collect();
    parts.join(".")
}

/// Makes an owned path of its parts.
pub(super) fn path(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_value_a_table_or_unknown() {
        let look = |parts: &[&str]| meaning(&path(parts));
        assert!(matches!(look(&["budget", "run"]), Meaning::Value(_)));
        assert!(matches!(look(&["endpoints", "x"]), Meaning::Table));
        assert!(matches!(
            look(&["endpoints", "x", "headers", "x-team"]),
            Meaning::Value(_)
        ));
        assert!(
            matches!(look(&["budget", "rum"]), Meaning::Unknown(names) if names == ["run", "day", "month"])
        );
        assert!(matches!(look(&["budgets"]), Meaning::Unknown(names) if names.contains(&"budget")));
    }

    #[test]
    fn names_that_are_not_bare_are_quoted() {
        assert_eq!(
            dotted(&path(&["prices", "a/b", "input"])),
            r#"prices."a/b".input"#
        );
        assert_eq!(variable("max-tokens"), "PW_MAX_TOKENS");
    }
}
