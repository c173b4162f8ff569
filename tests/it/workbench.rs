//! The builder of every end-to-end test: a folder of its own, an empty environment, a clock that stands still.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The time of every test, unless it says otherwise.
pub(crate) const NOW: &str = "2026-11-24T08:00:00.000Z";

/// A workspace in a folder of its own.
pub(crate) struct Workbench {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What a command left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.stdout)?;
        if !self.stderr.is_empty() {
            write!(f, "--- stderr\n{}", self.stderr)?;
        }
        write!(f, "--- exit {}", self.code)
    }
}

impl Output {
    /// Demands an exit code, and shows everything when it is another.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n{self}");
        self
    }

    /// Reads stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }

    /// Demands that stderr holds a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr lacks `{text}`\n{self}");
        self
    }
}

impl Workbench {
    /// Makes an empty workspace.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("pw-")
            .tempdir()
            .expect("a temporary folder");
        let environment = [
            ("PW_TEST_CLOCK", NOW),
            ("PW_TEST_SEED", "1"),
            ("LANG", "C.UTF-8"),
            ("COLUMNS", "80"),
        ];
        let bench = Self {
            folder,
            environment: environment
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .to_vec(),
        };
        let home = bench.path("home").display().to_string();
        bench.env("HOME", &home)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// Writes a file of a workspace that is in use.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a written file");
    }

    /// Writes `pw.toml` with a scripted endpoint that answers by `rules`, at one dollar for a million tokens in and two out.
    pub(crate) fn scripted(self, rules: &str) -> Self {
        self.file("pw.toml", SCRIPTED).file("answers.yaml", rules)
    }

    /// Writes the smallest workspace that works: three cities, of which the script answers one wrongly.
    pub(crate) fn cities() -> Self {
        Self::new()
            .scripted(CITY_RULES)
            .file("prompts/city.hbs", "Weather in {{city}}?\n")
            .file("evals/city.yaml", CITY_SUITE)
    }

    /// Writes the same workspace with an endpoint at this address, priced, with its key.
    pub(crate) fn at_server(url: &str) -> Self {
        let settings = format!(
            "[defaults]\nmodel = \"shop/m\"\nconcurrency = 1\n[endpoints.shop]\nkind = \"openai\"\nbase_url = \"{url}\"\n\
             [prices.\"shop/m\"]\ninput = \"1\"\noutput = \"2\"\n"
        );
        Self::cities().file("pw.toml", settings)
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns a path below the workspace.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Returns the workspace.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Makes the command, for tests that need the process itself.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.program(&binary(), arguments)
    }

    /// Makes a command of another program in the same folder and environment.
    pub(crate) fn program(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.root()).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts the command.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().expect("pw starts")
    }

    /// Runs the command to its end.
    pub(crate) fn pw(&self, arguments: &[&str]) -> Output {
        finish(self.spawn(arguments))
    }

    /// Runs the command with something on its standard input.
    pub(crate) fn pw_with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .expect("pw starts");
        child
            .stdin
            .take()
            .expect("a pipe")
            .write_all(input.as_bytes())
            .expect("written");
        finish(child)
    }
}

/// Waits for a command's end.
pub(crate) fn finish(child: Child) -> Output {
    let output = child.wait_with_output().expect("pw ends");
    Output {
        code: exit_code(output.status),
        stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
    }
}

/// Returns the exit code as a shell shows it: 128 + the signal's number for a killed process.
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(-1)
}

const SCRIPTED: &str = r#"[defaults]
model = "scripted/parrot"

[endpoints.scripted]
kind = "scripted"
script = "answers.yaml"

[prices."scripted/parrot"]
input = "1"
output = "2"
"#;

const CITY_RULES: &str = r#"rules:
  - match: "briefly.*Wuhan"
    reply: "sunny"
    usage: { input_tokens: 10, output_tokens: 5 }
  - match: "Wuhan"
    reply: "unknown"
    usage: { input_tokens: 10, output_tokens: 5 }
  - match: "Weather"
    reply: "sunny"
    usage: { input_tokens: 10, output_tokens: 5 }
"#;

const CITY_SUITE: &str = r"defaultTest:
  assert: [{ type: contains, value: sunny }]
tests:
  - { id: beijing, vars: { city: Beijing } }
  - { id: wuhan, vars: { city: Wuhan } }
  - { id: lhasa, vars: { city: Lhasa } }
";

/// The program under test: the one that was built beside the tests, or the one that `PW_BINARY` names, such as a release
/// build.
pub(crate) fn binary() -> PathBuf {
    let named = std::env::var_os("PW_BINARY").filter(|path| !path.is_empty());
    named.map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_pw")), PathBuf::from)
}

/// Picodollars in a dollar.
const DOLLAR: i128 = 1_000_000_000_000;

/// Reads dollars exactly.
pub(crate) fn picos(text: &str) -> i128 {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<12}");
    assert_eq!(fraction.len(), 12, "finer than a picodollar: {text}");
    let read = |digits: &str| digits.parse::<i128>().expect("digits");
    sign * (read(whole) * DOLLAR + read(&fraction))
}

#[test]
fn amounts_are_read_exactly() {
    assert_eq!(picos("0"), 0);
    assert_eq!(picos("1.000000000001"), DOLLAR + 1);
    assert_eq!(picos("-0.5"), -DOLLAR / 2);
}
