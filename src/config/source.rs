//! Where a value came from.

use std::fmt;

use crate::domain::Place;

/// A layer of settings, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Compiled in.
    Default,
    /// The user's own file.
    User,
    /// `pw.toml`.
    Workspace,
    /// `.env` beside it.
    DotEnv,
    /// The environment.
    Environment,
    /// The command line.
    Flag,
}

impl Layer {
    /// Returns the layer's name, as `pw config` shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::User => "user",
            Self::Workspace => "workspace",
            Self::DotEnv => ".env",
            Self::Environment => "environment",
            Self::Flag => "flag",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A layer, and the spot in it: a line of a file, a variable or a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The layer.
    pub layer: Layer,
    /// The file and line, where it is a file.
    pub place: Option<Place>,
    /// The variable or the flag, where it is one.
    pub name: Option<String>,
}

impl Source {
    pub(super) fn line(layer: Layer, file: &str, line: usize) -> Self {
        let place = Place {
            file: file.to_owned(),
            line,
        };
        Self {
            layer,
            place: Some(place),
            name: None,
        }
    }

    pub(super) fn named(layer: Layer, name: impl Into<String>) -> Self {
        Self {
            layer,
            place: None,
            name: Some(name.into()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.place, &self.name) {
            (Some(place), _) => place.fmt(f),
            (None, Some(name)) => f.write_str(name),
            (None, None) => self.layer.fmt(f),
        }
    }
}
