//! Which names of a template are case variables: the scopes that blocks and partials open, known without any value.

use handlebars::template::{BlockParam, Parameter};

use crate::template::path::Reference;

/// What one block or partial makes of the names within it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Frame {
    /// True where `this` is the whole input, so that a plain name is a case variable.
    pub(super) is_input: bool,
    /// Block parameters and a partial's arguments: names that hide case variables.
    pub(super) hidden: Vec<String>,
}

/// The frames around a place, the innermost last; the engine resolves `../` by the same stack.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Scope(Vec<Frame>);

impl Scope {
    /// The scope of a whole template.
    pub(super) fn top() -> Self {
        Self(vec![Frame {
            is_input: true,
            hidden: Vec::new(),
        }])
    }

    /// Returns the scope within a block whose `this` is a value.
    pub(super) fn within(&self, of: Option<&Reference<'_>>, hidden: Vec<String>) -> Self {
        let mut frames = self.0.clone();
        frames.push(Frame {
            is_input: of.is_some_and(|of| self.is_input(of)),
            hidden,
        });
        Self(frames)
    }

    /// Returns the scope within a partial that is called without a context of its own.
    pub(super) fn same(&self, hidden: Vec<String>) -> Self {
        let mut frames = self.0.clone();
        frames.push(Frame {
            is_input: self.frame(0).is_some_and(|frame| frame.is_input),
            hidden,
        });
        Self(frames)
    }

    /// Returns the case variable that a path begins with, if it is one.
    pub(super) fn variable<'p>(&self, path: &Reference<'p>) -> Option<&'p str> {
        let Reference::Input {
            ups,
            from_root,
            names,
        } = path
        else {
            return None;
        };
        let name = names.first()?;
        if *from_root {
            return Some(name);
        }
        let is_hidden = self
            .0
            .iter()
            .any(|frame| frame.hidden.iter().any(|hidden| hidden == name));
        let is_input = self.frame(*ups).is_some_and(|frame| frame.is_input);
        (is_input && !is_hidden).then_some(name)
    }

    /// Tells whether a path is the whole input.
    fn is_input(&self, path: &Reference<'_>) -> bool {
        match path {
            Reference::Root => true,
            Reference::Input { ups, names, .. } if names.is_empty() => {
                self.frame(*ups).is_some_and(|frame| frame.is_input)
            }
            _ => false,
        }
    }

    /// Returns the frame that many `../` above; past the outermost the engine stays where it is.
    fn frame(&self, ups: usize) -> Option<&Frame> {
        let at = self.0.len().checked_sub(ups + 1);
        at.and_then(|at| self.0.get(at)).or_else(|| self.0.last())
    }
}

/// Returns the names of `as |value key|`.
pub(super) fn block_params(params: Option<&BlockParam>) -> Vec<String> {
    let name = |param: &Parameter| param.as_name().map(ToOwned::to_owned);
    match params {
        Some(BlockParam::Single(one)) => name(one).into_iter().collect(),
        Some(BlockParam::Pair((one, two))) => name(one).into_iter().chain(name(two)).collect(),
        _ => Vec::new(),
    }
}
