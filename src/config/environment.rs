//! The snapshot of the process's environment: the only door to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::domain::nearest;

use crate::config::keys::variable;

/// Environment variables and the user's folders, taken once.
///
/// `Debug` shows no value: any of them may be a secret.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    config: Option<PathBuf>,
    state: Option<PathBuf>,
}

impl Environment {
    /// Takes the snapshot. Variables that are not UTF-8 are left out.
    pub fn from_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        // Where the system keeps the folders elsewhere (Windows), or the home is known without `HOME`.
        match etcetera::choose_base_strategy() {
            Ok(folders) => Self {
                variables,
                home: Some(folders.home_dir().to_owned()),
                config: Some(folders.config_dir()),
                state: Some(folders.state_dir().unwrap_or_else(|| folders.data_dir())),
            },
            Err(_) => Self::from_map(variables),
        }
    }

    /// Makes a snapshot of these variables and no other; folders follow the XDG rules.
    ///
    /// Source: XDG Base Directory Specification 0.8; relative paths are ignored, as it asks.
    pub fn from_map(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables: BTreeMap<String, String> = variables.into_iter().collect();
        let folder = |name: &str| {
            variables
                .get(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let home = folder("HOME");
        let below = |part: &str| home.as_ref().map(|home| home.join(part));
        let config = folder("XDG_CONFIG_HOME").or_else(|| below(".config"));
        let state = folder("XDG_STATE_HOME").or_else(|| below(".local/state"));
        Self {
            variables,
            home,
            config,
            state,
        }
    }

    /// Returns a variable's value; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Returns the variable of a flag, for flags that are no setting: `repeat` → `PW_REPEAT`.
    pub fn option(&self, flag: &str) -> Option<&str> {
        self.get(&variable(flag))
    }

    /// Lists variables that look like mistyped ones of these flags: what was found, and what was probably meant.
    ///
    /// Other programs own variables that begin with `PW_` too, so that a stranger is no mistake.
    pub fn mistyped(&self, flags: &[&str]) -> Vec<(String, String)> {
        let seams = [
            "PW_TEST_CLOCK",
            "PW_TEST_SEED",
            "PW_TEST_WAIT_SCALE",
            "PW_FAILPOINT",
        ]
        .map(str::to_owned);
        let known: BTreeSet<String> = flags
            .iter()
            .map(|flag| variable(flag))
            .chain(seams)
            .collect();
        self.variables
            .keys()
            .filter(|name| name.starts_with("PW_") && !known.contains(*name))
            .filter_map(|name| {
                let meant = nearest(&name[3..], known.iter().map(|name| &name[3..]))?;
                Some((name.clone(), format!("PW_{meant}")))
            })
            .collect()
    }

    /// Returns the user's home.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// Returns the user's own file of settings, whether it exists or not.
    pub fn user_file(&self) -> Option<PathBuf> {
        Some(self.config.as_ref()?.join("pw").join("config.toml"))
    }

    /// Returns the folder of what `pw` remembers for this user, whether it exists or not.
    pub fn state_folder(&self) -> Option<PathBuf> {
        Some(self.state.as_ref()?.join("pw"))
    }

    /// Writes a path with `~` for the home, as people do.
    pub(super) fn shown(&self, path: &Path) -> String {
        match self
            .home
            .as_ref()
            .and_then(|home| path.strip_prefix(home).ok())
        {
            Some(below) => format!("~/{}", below.display()),
            None => path.display().to_string(),
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.len())
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        Environment::from_map(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn folders_follow_xdg_and_relative_ones_do_not_count() {
        let plain = environment(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "here")]);
        assert_eq!(
            plain.user_file(),
            Some(PathBuf::from("/h/.config/pw/config.toml"))
        );
        assert_eq!(
            plain.state_folder(),
            Some(PathBuf::from("/h/.local/state/pw"))
        );
        let moved = environment(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]);
        assert_eq!(moved.state_folder(), Some(PathBuf::from("/s/pw")));
        assert_eq!(moved.shown(Path::new("/h/a/b")), "~/a/b");
        assert_eq!(environment(&[]).state_folder(), None);
    }

    #[test]
    fn empty_variables_are_absent_and_debug_shows_no_value() {
        let set = environment(&[("PW_REPEAT", "3"), ("PW_SEED", ""), ("K", "canary")]);
        assert_eq!(set.option("repeat"), Some("3"));
        assert_eq!(set.option("seed"), None);
        assert_eq!(set.mistyped(&["repeat", "seed"]), []);
        assert_eq!(
            set.mistyped(&["repeats", "seed"]),
            [("PW_REPEAT".to_owned(), "PW_REPEATS".to_owned())]
        );
        assert!(!format!("{set:?}").contains("canary"));
    }
}
