//! What is wrong with a plan; every offender at once.

use std::fmt;

use crate::domain::{Place, and_list, count};
use crate::template::{TemplateError, UnknownVariable};

/// A plan that cannot be run. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Templates use variables that no case has.
    #[error("{} that no case has{}", count_variables(.variables.len()), Lines(.variables.iter().map(unknown).collect()))]
    Unknown {
        /// Where each is used.
        variables: Vec<UnknownVariable>,
    },
    /// Some cases lack a variable.
    #[error("{} that some cases lack{}", count_variables(.variables.len()), Lines(.variables.iter().map(missing).collect()))]
    Missing {
        /// Where each is used, and who lacks it.
        variables: Vec<MissingVariable>,
    },
    /// Some cases cannot be rendered, or the prompt's schema refuses their inputs.
    #[error("{} cannot be rendered{}", count(.problems.len(), "trial"), Lines(.problems.iter().map(|problem| format!("{} `{}`: {}", problem.place, problem.case, problem.error)).collect()))]
    Cases {
        /// Each of them.
        problems: Vec<PlanProblem>,
    },
}

/// A variable that some cases lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingVariable {
    /// Its name.
    pub name: String,
    /// The prompt's file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Labels of the cases that lack it.
    pub cases: Vec<String>,
}

/// A case that a template cannot render.
#[derive(Debug)]
pub struct PlanProblem {
    /// The case's label.
    pub case: String,
    /// Where the case stands.
    pub place: Place,
    /// Why.
    pub error: Box<TemplateError>,
}

/// Offenders, one a line, at most this many.
const SHOWN: usize = 12;

struct Lines(Vec<String>);

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .take(SHOWN)
            .try_for_each(|line| write!(f, "\n  {line}"))?;
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

fn count_variables(number: usize) -> String {
    format!("the prompt uses {}", count(number, "variable"))
}

fn unknown(variable: &UnknownVariable) -> String {
    let at = &variable.used;
    let near = variable
        .nearest
        .as_ref()
        .map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    format!("{}:{}:{} `{}`{near}", at.file, at.line, at.column, at.name)
}

fn missing(variable: &MissingVariable) -> String {
    format!(
        "{}:{}:{} `{}` is missing in {}",
        variable.file,
        variable.line,
        variable.column,
        variable.name,
        and_list(&variable.cases, 4)
    )
}
