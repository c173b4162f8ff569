//! What can be wrong with a prompt, and where.

use std::fmt;

use crate::domain::and_list;
use crate::template::flaw::{BodyFlaw, FrontFlaw, RenderFlaw};

/// A place in a file, as an editor counts: line and column from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, as the user would write it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A remark on a prompt that renders all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where it is.
    pub at: Spot,
    /// What it is: a lowercase fragment.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.text)
    }
}

/// A flaw of a template's body and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Where it is.
    pub at: Spot,
    /// What it is.
    pub flaw: BodyFlaw,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.flaw)
    }
}

/// A case variable that a template uses: the place of its first use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableUse {
    /// The variable: the first name of a path (`user` in `{{user.name}}`).
    pub name: String,
    /// The file of the tag; a partial's own file where a partial uses it.
    pub file: String,
    /// The line of the tag in that file, from 1.
    pub line: usize,
    /// The column of the tag in characters, from 1.
    pub column: usize,
    /// True when it stands only in the condition of `{{#if}}` or `{{#unless}}`.
    pub only_tested: bool,
}

/// A variable that is used and not known, with the known name that was perhaps meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownVariable {
    /// The variable and the place of its first use.
    pub used: VariableUse,
    /// The nearest known name.
    pub nearest: Option<String>,
}

impl fmt::Display for UnknownVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VariableUse {
            name,
            file,
            line,
            column,
            ..
        } = &self.used;
        write!(f, "{file}:{line}:{column}: `{name}` has no value")?;
        match &self.nearest {
            Some(nearest) => write!(f, ", did you mean `{nearest}`?"),
            None => Ok(()),
        }
    }
}

/// A variable that `input.schema` refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    /// The variable, with `.` before a member: `user.age`; empty for the inputs as a whole.
    pub path: String,
    /// What the schema says: a fragment.
    pub message: String,
}

/// Why a prompt cannot be read or rendered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TemplateError {
    /// The front matter is broken.
    #[error("{at}: {flaw}")]
    Front {
        /// Where.
        at: Spot,
        /// What is wrong.
        flaw: Box<FrontFlaw>,
    },
    /// The body, or a partial that it reaches, is broken.
    #[error("{}", lines(flaws))]
    Body {
        /// Every flaw that was found, in file order.
        flaws: Vec<Located>,
    },
    /// Variables without a value.
    #[error("{}", lines(missing))]
    Missing {
        /// Each of them.
        missing: Vec<UnknownVariable>,
    },
    /// The values do not fit the template.
    #[error("{at}: {flaw}")]
    Render {
        /// The tag that could not be rendered.
        at: Spot,
        /// What is wrong.
        flaw: Box<RenderFlaw>,
    },
    /// The values do not fit `input.schema`.
    #[error("`input.schema` of `{file}` refuses {}", refusals(problems))]
    Input {
        /// The prompt's file.
        file: String,
        /// Each offender.
        problems: Vec<InputProblem>,
    },
    /// Nothing is left to send.
    #[error("`{file}` renders no message: the prompt is empty")]
    Empty {
        /// The prompt's file.
        file: String,
    },
}

fn lines<T: fmt::Display>(items: &[T]) -> String {
    let all: Vec<String> = items.iter().map(ToString::to_string).collect();
    all.join("\n")
}

fn refusals(problems: &[InputProblem]) -> String {
    let names: Vec<&str> = problems
        .iter()
        .map(|problem| problem.path.as_str())
        .filter(|path| !path.is_empty())
        .collect();
    let messages: Vec<&str> = problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    if names.is_empty() {
        format!("the inputs: {}", messages.join("; "))
    } else {
        format!("{}: {}", and_list(&names, 5), messages.join("; "))
    }
}
