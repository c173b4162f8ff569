//! Errors classified once: which exit code, which hint. Nothing else writes `error:` or `hint:`.

use std::error::Error;
use std::io::{self, Write};

use crate::call::PayerError;
use crate::commands::exit;
use crate::config::ConfigError;
use crate::domain::ModelRefError;
use crate::economics::{InputsError, NoSolution};
use crate::engine::PlanError;
use crate::ledger::LedgerError;
use crate::pricing::PricingError;
use crate::provider::ProviderError;
use crate::suite::SuiteError;
use crate::template::TemplateError;
use crate::workspace::WorkspaceError;

/// A command that ends without its result.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// What happened; `None` ends quietly (a pipe closed early).
    pub error: Option<Box<dyn Error + Send + Sync>>,
    /// What to do next.
    pub hints: Vec<String>,
}

impl Failure {
    /// Makes a failure of usage or configuration: nothing was sent.
    pub fn usage(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            code: exit::USAGE,
            error: Some(error.into()),
            hints: Vec::new(),
        }
    }

    /// Makes a failure of the environment or a provider.
    pub fn environment(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            code: exit::FAILURE,
            error: Some(error.into()),
            hints: Vec::new(),
        }
    }

    /// Makes a failure of a budget.
    pub fn budget(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            code: exit::BUDGET,
            error: Some(error.into()),
            hints: Vec::new(),
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds what to do next, if there is something.
    #[must_use]
    pub fn hint_if(mut self, hint: Option<impl Into<String>>) -> Self {
        self.hints.extend(hint.map(Into::into));
        self
    }

    /// Writes the error, its causes and the hints, and returns the exit code.
    pub fn render(&self, err: &mut dyn Write) -> u8 {
        let Some(error) = &self.error else {
            return self.code;
        };
        // There is nowhere left to report that stderr is closed.
        write_chain(error.as_ref(), err).ok();
        for hint in &self.hints {
            writeln!(err, "hint: {hint}").ok();
        }
        self.code
    }
}

fn write_chain(error: &(dyn Error + 'static), err: &mut dyn Write) -> io::Result<()> {
    writeln!(err, "error: {error}")?;
    let mut shown = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let text = source.to_string();
        if !shown.contains(&text) {
            writeln!(err, "  because: {text}")?;
        }
        shown = text;
        cause = source.source();
    }
    Ok(())
}

impl From<io::Error> for Failure {
    /// Writing to a closed pipe ends quietly with success, as every reader of `| head` expects.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self {
                code: exit::SUCCESS,
                error: None,
                hints: Vec::new(),
            };
        }
        Self::environment(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error).hint("`pw config path` lists the files that were read")
    }
}

impl From<ModelRefError> for Failure {
    fn from(error: ModelRefError) -> Self {
        Self::usage(error)
    }
}

impl From<WorkspaceError> for Failure {
    fn from(error: WorkspaceError) -> Self {
        let hint = match &error {
            WorkspaceError::NoSuite { .. } => Some(
                "write it, or name another with --suite FILE or `pw.suite` in the front matter",
            ),
            WorkspaceError::NoPrompts { .. } => {
                Some("`pw init` writes a workspace that runs at once")
            }
            _ => None,
        };
        let failure = Self::usage(error);
        failure.hint_if(hint)
    }
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        Self::usage(error).hint("nothing was sent")
    }
}

impl From<SuiteError> for Failure {
    fn from(error: SuiteError) -> Self {
        Self::usage(error).hint("nothing was sent")
    }
}

impl From<InputsError> for Failure {
    fn from(error: InputsError) -> Self {
        let priceless = error.is_about_prices();
        Self::usage(error).hint_if(priceless.then_some(
            "`pw prices list TEXT` finds names; or write what it costs: price = { input = 0.4, output = 1.6 }",
        ))
    }
}

impl From<NoSolution> for Failure {
    fn from(error: NoSolution) -> Self {
        Self::usage(error)
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let hint = match &error {
            PlanError::Unknown { .. } => {
                "nothing was sent; correct the name in the prompt, or give it to the cases"
            }
            PlanError::Missing { .. } => {
                "nothing was sent; add it to these cases, or declare it optional: `input: {schema: {name?: string}}`"
            }
            PlanError::Cases { .. } => "nothing was sent",
        };
        Self::usage(error).hint(hint)
    }
}

impl From<PricingError> for Failure {
    /// An unknown price is a mistake of configuration, never $0: the lines to paste are the hint.
    fn from(error: PricingError) -> Self {
        let lines = error.lines_to_paste();
        let failure = Self::usage(error)
            .hint("nothing was sent: a call without a price cannot be held against a budget");
        failure.hint_if(lines.map(|lines| {
            format!(
                "declare it in pw.toml:
{lines}"
            )
        }))
    }
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        Self::usage(error)
    }
}

impl From<PayerError> for Failure {
    fn from(error: PayerError) -> Self {
        match error {
            PayerError::Provider(error) => Self::usage(error),
            unreachable @ PayerError::Unreachable { .. } => Self::environment(unreachable)
                .hint("nothing was sent; `pw models` shows which endpoints answer"),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        if let LedgerError::Io { source, .. } = &error
            && source.kind() == io::ErrorKind::BrokenPipe
        {
            return Self::from(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        if matches!(error, LedgerError::Exists { .. } | LedgerError::Own { .. }) {
            return Self::usage(error);
        }
        if matches!(error, LedgerError::GoneOnWith { .. }) {
            return Self::usage(error).hint(
                "nothing was sent; wait for its end, then `pw resume` goes on with what it leaves",
            );
        }
        let hint = match &error {
            LedgerError::Newer { .. } => {
                Some("the ledger is untouched; use the newer `pw` that wrote it")
            }
            LedgerError::UnknownRun { .. } => {
                Some("`pw show` shows the last run; runs are numbered from 1")
            }
            LedgerError::Broken { .. } => Some("nothing was changed"),
            LedgerError::TailLost { .. } => Some(
                "put the missing `-wal` file back beside it, or a backup in its place; `pw ledger check` says more",
            ),
            LedgerError::Stopped { .. } => Some(
                "paid answers that it did not take are kept beside it and booked at the next start; `pw resume` goes on",
            ),
            _ => None,
        };
        let failure = Self::environment(error);
        failure.hint_if(hint)
    }
}
