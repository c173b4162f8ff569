//! What a path such as `../user.name` or `@state.count` refers to.

use handlebars::{Path, PathSeg};

/// Local variables that loops set.
const LOOP_VARIABLES: [&str; 4] = ["index", "key", "first", "last"];

/// A path, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference<'a> {
    /// `name`, `../name`, `this.name`, `@root.name`, `this`.
    Input {
        /// How many `../` precede.
        ups: usize,
        /// True for `@root.…`.
        from_root: bool,
        /// The names; none for `this`.
        names: Vec<&'a str>,
    },
    /// `@index`, `@key`, `@first`, `@last`.
    Loop,
    /// `@root` alone.
    Root,
    /// Any other `@name.member`.
    Context {
        /// The names.
        names: Vec<&'a str>,
    },
}

/// Takes a path apart.
pub(super) fn reference(path: &Path) -> Reference<'_> {
    match path {
        Path::Local((_, name, _)) if LOOP_VARIABLES.contains(&name.as_str()) => Reference::Loop,
        Path::Local((_, _, raw)) => match context_names(raw).as_slice() {
            ["root"] => Reference::Root,
            names => Reference::Context {
                names: names.to_vec(),
            },
        },
        Path::Relative((segments, raw)) => {
            let (ups, from_root, _) = prefix(raw);
            Reference::Input {
                ups,
                from_root,
                names: segments
                    .iter()
                    .filter_map(|segment| match segment {
                        PathSeg::Named(name) => Some(name.as_str()),
                        _ => None,
                    })
                    .collect(),
            }
        }
    }
}

/// Returns the names of a path as the template writes it, whatever precedes them.
pub(super) fn names(raw: &str) -> Vec<&str> {
    split(prefix(raw).2)
}

/// Reads `this.`, `@root.` and `../`: the engine keeps them as rules that it does not publish.
fn prefix(raw: &str) -> (usize, bool, &str) {
    let strip = |text, signs: [&'static str; 2]| {
        signs
            .into_iter()
            .find_map(|sign| str::strip_prefix(text, sign))
    };
    let mut rest = strip(raw, ["this.", "this/"])
        .or_else(|| raw.strip_prefix("./"))
        .unwrap_or(raw);
    let root = strip(rest, ["@root.", "@root/"]);
    rest = root.unwrap_or(rest);
    let mut ups = 0;
    while let Some(above) = strip(rest, ["../", "..."]) {
        ups += 1;
        rest = above;
    }
    (ups, root.is_some(), rest)
}

fn context_names(raw: &str) -> Vec<&str> {
    let (_, _, rest) = prefix(raw);
    let (_, _, rest) = prefix(rest.strip_prefix('@').unwrap_or(rest));
    split(rest)
}

/// Splits `a.b/c.[any text]`.
fn split(mut rest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix('[').and_then(|raw| raw.split_once(']')) {
            Some(bracketed) => bracketed,
            None => rest.split_at(rest.find(['.', '/']).unwrap_or(rest.len())),
        };
        if name != "this" {
            names.push(name);
        }
        rest = after.strip_prefix(['.', '/']).unwrap_or(after);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expect: &Reference<'_>) {
        let path = Path::parse(raw).expect("a path");
        assert_eq!(&reference(&path), expect, "{raw}");
    }

    #[test]
    fn paths_come_apart_as_the_grammar_says() {
        let input = |ups, from_root, names: &[&'static str]| Reference::Input {
            ups,
            from_root,
            names: names.to_vec(),
        };
        check("city", &input(0, false, &["city"]));
        check("this.a.[b c]", &input(0, false, &["a", "b c"]));
        check("this", &input(0, false, &[]));
        check("../../天气/x", &input(2, false, &["天气", "x"]));
        check("@root.a", &input(0, true, &["a"]));
        check("@root", &Reference::Root);
        check("@../index", &Reference::Loop);
        check(
            "@state.[a.b].c",
            &Reference::Context {
                names: vec!["state", "a.b", "c"],
            },
        );
        assert_eq!(names("../user.name"), ["user", "name"]);
    }
}
