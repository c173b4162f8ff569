//! What can be wrong with a suite.

use std::fmt;
use std::io;

use crate::domain::{Place, count};

/// How many flaws a message lists before it counts the rest.
const LISTED: usize = 50;

/// Why a suite cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// The suite's own file cannot be read.
    #[error("cannot read suite `{file}`")]
    Unreadable {
        /// The file, relative to the workspace.
        file: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The suite or a file it names is wrong; every flaw that was found is listed.
    #[error("suite `{file}` has {}{}", count(flaws.len(), "flaw"), listed(flaws))]
    Flawed {
        /// The suite's file, relative to the workspace.
        file: String,
        /// The flaws, in the order of the files.
        flaws: Vec<Flaw>,
    },
}

fn listed(flaws: &[Flaw]) -> String {
    let mut lines: Vec<String> = flaws
        .iter()
        .take(LISTED)
        .map(|flaw| format!("\n  {flaw}"))
        .collect();
    if flaws.len() > LISTED {
        lines.push(format!("\n  and {} more", flaws.len() - LISTED));
    }
    lines.concat()
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{place}: {kind}")]
pub struct Flaw {
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub kind: FlawKind,
}

/// What can be wrong at one place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FlawKind {
    /// A key that no one reads.
    #[error("unknown key `{key}` in {owner}{}", Meant(*nearest))]
    UnknownKey {
        /// The key as written.
        key: String,
        /// What it stands in, such as `a test`.
        owner: &'static str,
        /// The known key that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A key that promptfoo reads and that would change the result.
    #[error("key `{key}` in {owner} is promptfoo's and not supported")]
    UnsupportedKey {
        /// The key as written.
        key: String,
        /// What it stands in.
        owner: &'static str,
    },
    /// A type of assertion that no one knows.
    #[error("unknown assertion type `{name}`{}", Meant(*nearest))]
    UnknownType {
        /// The type as written.
        name: String,
        /// The known type that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A type of assertion that promptfoo has.
    #[error("assertion type `{name}` is promptfoo's and not supported yet")]
    UnsupportedType {
        /// The type as written.
        name: String,
    },
    /// A text in an `__expected` cell that reads like a type of assertion and is none.
    #[error("`{name}:` is no assertion type{}; to expect this very text write `equals: {cell}`", Meant(*nearest))]
    NoType {
        /// What stands before the colon.
        name: String,
        /// The start of the cell.
        cell: String,
        /// The known type that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A value of the wrong kind or outside its range.
    #[error("`{key}` is {found}, expected {expected}")]
    Value {
        /// The key.
        key: String,
        /// What was found, in words.
        found: String,
        /// What would be right.
        expected: String,
    },
    /// Something that must be there is not.
    #[error("{owner} has no {missing}")]
    Missing {
        /// What lacks it.
        owner: String,
        /// What is lacking.
        missing: String,
    },
    /// An id, a column or a variable that is given twice.
    #[error("{what} `{name}` is given twice{}", First(first))]
    Twice {
        /// What it is: `id`, `column`, `variable`, `model`.
        what: &'static str,
        /// Its name.
        name: String,
        /// Where it stands first, if elsewhere.
        first: Option<Place>,
    },
    /// A field that this type of assertion does not read.
    #[error("`{name}` takes no `{field}`")]
    UselessField {
        /// The type of assertion.
        name: String,
        /// The field.
        field: &'static str,
    },
    /// A value of an assertion whose variables cannot be filled in.
    #[error("cannot fill in `{text}`: {cause}")]
    Fill {
        /// The text, bounded.
        text: String,
        /// Why.
        cause: String,
    },
    /// A file that is not well-formed.
    #[error("not valid {format}: {cause}")]
    Syntax {
        /// YAML, JSON, CSV or UTF-8.
        format: &'static str,
        /// What the parser said.
        cause: String,
    },
    /// A record that has more or fewer cells than the header.
    #[error("record has {}, the header has {columns}", count(*cells, "cell"))]
    Ragged {
        /// Cells found.
        cells: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// A file that cannot be used.
    #[error("cannot use `{path}`: {cause}")]
    File {
        /// The path as written.
        path: String,
        /// Why.
        cause: String,
    },
    /// A product of variables that is too large to be meant.
    #[error("`matrix` makes {cases} cases of one test, at most {most} are allowed")]
    Matrix {
        /// The size of the product.
        cases: usize,
        /// The limit.
        most: usize,
    },
}

struct Meant(Option<&'static str>);

impl fmt::Display for Meant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .map_or(Ok(()), |name| write!(f, ", did you mean `{name}`?"))
    }
}

struct First<'a>(&'a Option<Place>);

impl fmt::Display for First<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .as_ref()
            .map_or(Ok(()), |place| write!(f, ", first at {place}"))
    }
}
