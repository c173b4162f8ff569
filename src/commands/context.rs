//! What a command writes to and reads from; tests hand in their own.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::commands::clock::{FixedClock, SystemClock};
use crate::config::{Environment, Settings};
use crate::domain::{Clock, FailPoint};

/// A command's surroundings. stdout holds the report only; progress, warnings and hints go to stderr.
pub struct Context {
    /// The report.
    pub out: Box<dyn Write>,
    /// Everything else.
    pub err: Box<dyn Write>,
    /// The environment, read once.
    pub environment: Environment,
    /// The folder the command was started in.
    pub folder: PathBuf,
    /// Whether stdout is a terminal.
    pub out_is_terminal: bool,
    /// Whether stderr is a terminal.
    pub err_is_terminal: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The command line, as typed.
    pub command_line: String,
}

/// Columns of a report that goes to no terminal.
const WIDTH_OF_A_PIPE: usize = 80;

impl Context {
    /// Takes the process's own streams, environment and folder.
    ///
    /// Errors: the current folder cannot be read.
    pub fn from_process() -> io::Result<Self> {
        let environment = Environment::from_process();
        let clock: Arc<dyn Clock> = match environment.seams().ok().and_then(|seams| seams.clock) {
            Some(time) => Arc::new(FixedClock(time)),
            None => Arc::new(SystemClock),
        };
        let out_is_terminal = io::stdout().is_terminal();
        Ok(Self {
            out: Box::new(io::BufWriter::new(io::stdout())),
            err: Box::new(io::stderr()),
            folder: std::env::current_dir()?,
            out_is_terminal,
            err_is_terminal: io::stderr().is_terminal(),
            width: if out_is_terminal {
                terminal_width(&environment)
            } else {
                columns(&environment).unwrap_or(WIDTH_OF_A_PIPE)
            },
            command_line: std::env::args().skip(1).collect::<Vec<_>>().join(" "),
            environment,
            clock,
        })
    }
}

/// Returns what is called at each step of a call: nothing, or, where a test asks for it by `NAME` or `NAME:COUNT`, the end
/// of the process at the time numbered COUNT it gets there.
pub(crate) fn fail_point(settings: &Settings) -> FailPoint {
    let Some(asked) = settings.seams.fail_point.clone() else {
        return Arc::new(|_| {});
    };
    let (name, count) = asked
        .split_once(':')
        .map_or((asked.as_str(), 1), |(name, count)| {
            (name, count.parse().unwrap_or(1))
        });
    let (name, left) = (name.to_owned(), AtomicUsize::new(count));
    Arc::new(move |step| {
        if step == name && left.fetch_sub(1, Ordering::Relaxed) == 1 {
            std::process::abort();
        }
    })
}

/// Returns the columns of the terminal: the user's COLUMNS, else what the terminal says.
fn terminal_width(environment: &Environment) -> usize {
    let asked = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns(environment)
        .or_else(asked)
        .unwrap_or(WIDTH_OF_A_PIPE)
}

fn columns(environment: &Environment) -> Option<usize> {
    environment
        .get("COLUMNS")?
        .parse()
        .ok()
        .filter(|columns| *columns > 0)
}
