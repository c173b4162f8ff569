//! Commands run as a reader would type them, one after another, in a copy of the shipped workspace.
//!
//! Each is given to `sh` as it stands. Of what it reaches, three things are stand-ins: `cargo run --release --` starts the
//! program under test, `curl` brings the price file that is compiled in, and the addresses of providers lead to a server of
//! the test.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use regex::Regex;

use crate::fault_server::{Behaviour, FaultServer, Seen};
use crate::readme::page::Block;
use crate::readme::{ROOT, shipped};
use crate::workbench::{Workbench, binary, finish};

/// What `cargo` does here.
const CARGO: &str = "#!/bin/sh
[ \"$1 $2 $3\" = 'run --release --' ] || { echo \"cargo $* is not run here\" >&2; exit 97; }
shift 3
exec pw \"$@\"
";

/// What `curl` does here.
const CURL: &str = "#!/bin/sh
[ \"$*\" = '-sSO https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json' ] || { echo \"curl $* is not run here\" >&2; exit 97; }
exec cp 'ROOT/src/pricing/data/data.json' .
";

/// The address that the pages take for an example.
const EXAMPLE: &str = "https://llm.example.com";

/// Properties of a llama.cpp server.
const PROPS: &str = r#"{"total_slots":4,"model_path":"/m/a.gguf","build_info":"b1","default_generation_settings":{"n_ctx":512}}"#;

/// A shell whose folder and variables last from command to command.
pub(crate) struct Shell {
    bench: Workbench,
    server: FaultServer,
    /// The hash that `pw trust` told last.
    hash: String,
}

impl Shell {
    /// Opens a shell for a reader of this language.
    pub(crate) fn open(locale: &str) -> Self {
        let server = FaultServer::start_by(|_, seen| answer(seen));
        let bench = shipped().env("LANG", locale);
        let tools = bench.path("home/bin");
        bench.write("home/bin/cargo", CARGO);
        bench.write("home/bin/curl", CURL.replace("ROOT", ROOT));
        for tool in ["cargo", "curl"] {
            fs::set_permissions(tools.join(tool), fs::Permissions::from_mode(0o755)).unwrap();
        }
        symlink(binary(), tools.join("pw")).unwrap();
        bench.write("home/.config/pw/config.toml", diverted(&server.url()));
        bench.write("home/state", "");
        let path = format!("{}:/usr/bin:/bin", tools.display());
        Self {
            bench: bench.env("PATH", &path),
            server,
            hash: String::new(),
        }
    }

    /// Writes the file that a block shows; settings are added to those that are there.
    pub(crate) fn write(&self, block: &Block, file: &str) {
        let path = self.folder().join(file);
        let mut text = block.text.clone();
        if file == "pw.toml" {
            text.insert_str(0, &fs::read_to_string(&path).unwrap_or_default());
        }
        fs::write(path, text).unwrap();
    }

    /// Runs a command and demands that it succeeds.
    pub(crate) fn run(&mut self, command: &str) {
        if command.starts_with("pw eval") {
            self.divert_example();
        }
        let state = self.bench.path("home/state");
        let script = format!(
            "trap : INT; . '{state}'\n{}\ncode=$?\n{{ export -p; echo \"cd '$PWD'\"; }} >'{state}'; exit $code\n",
            command.replace("HASH", &self.hash),
            state = state.display(),
        );
        let shell = self.bench.program(Path::new("/bin/sh"), &["-c", &script]);
        let output = finish(started(shell, command.contains("--watch")));
        assert_eq!(output.code, 0, "`{command}` fails\n{output}");
        let hash = Regex::new("--hash ([0-9a-f]+)").unwrap();
        if let Some(told) = hash.captures(&output.stderr) {
            told[1].clone_into(&mut self.hash);
        }
    }

    /// Returns the requests that reached the test's server.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.server.requests()
    }

    /// Leads the example's address to the test's server. Not before a model is asked: nobody has to confirm a loopback.
    fn divert_example(&self) {
        let path = self.folder().join("pw.toml");
        if let Ok(settings) = fs::read_to_string(&path) {
            let here = format!("http://{}", self.server.authority());
            fs::write(path, settings.replace(EXAMPLE, &here)).unwrap();
        }
    }

    fn folder(&self) -> PathBuf {
        let state = fs::read_to_string(self.bench.path("home/state")).unwrap();
        let folder = Regex::new("(?m)^cd '(.+)'$").unwrap();
        let folder = folder.captures(&state).map(|found| found[1].to_owned());
        folder.map_or_else(|| self.bench.root().to_owned(), PathBuf::from)
    }
}

/// Settings of the user's own: what a workspace says about keys and hosts would have to be confirmed first.
fn diverted(url: &str) -> String {
    format!(
        "[endpoints.openai]\nbase_url = \"{url}\"\nprices = \"openai\"\n[endpoints.local]\nbase_url = \"{url}\"\n"
    )
}

/// Answers as a provider or a llama.cpp server would.
fn answer(seen: &Seen) -> Behaviour {
    match seen.path.as_str() {
        "/health" => Behaviour::json(r#"{"status":"ok"}"#),
        "/props" => Behaviour::json(PROPS),
        "/v1/models" => Behaviour::json(r#"{"data":[{"id":"m"}]}"#),
        _ => Behaviour::ok(),
    }
}

/// Starts a shell; what watches is interrupted, as by Ctrl-C, once it says how.
fn started(mut shell: Command, watches: bool) -> Child {
    let mut child = shell.process_group(0).spawn().unwrap();
    if watches {
        let told = BufReader::new(child.stderr.as_mut().unwrap());
        let waits = told.lines().any(|line| line.unwrap().contains("Ctrl-C"));
        assert!(waits, "`--watch` ends by itself");
        let group = format!("-{}", child.id());
        let kill = Command::new("kill").args(["-INT", "--", &group]).status();
        assert!(kill.unwrap().success());
    }
    child
}
