//! Commands of the READMEs that their test does not run: why, and which other file holds them.

use std::path::Path;

use crate::readme::page::Page;
use crate::readme::{ENGLISH, ROOT, text};

/// A command that the test does not run.
pub(crate) struct Elsewhere {
    pub(crate) command: &'static str,
    /// Why it is not run.
    why: &'static str,
    /// The file that runs it, or says when to.
    file: &'static str,
    /// How it stands there.
    holds: &'static str,
}

/// All of them; any other command of the pages is run.
pub(crate) const ELSEWHERE: [Elsewhere; 12] = [
    Elsewhere {
        command: "cargo test --locked",
        why: "this test is a part of it",
        file: ".ci/run",
        holds: "\ncargo test --locked\n",
    },
    Elsewhere {
        command: "cargo install --locked --path .",
        why: "it builds once more what is under test here",
        file: "Cargo.toml",
        holds: "[[bin]]\nname = \"pw\"\n",
    },
    Elsewhere {
        command: "python3 -m venv .venv-llama",
        why: "it is for the next one",
        file: ".ci/run",
        holds: " python3 -m venv .venv-llama\n",
    },
    Elsewhere {
        command: ".venv-llama/bin/pip install xllamacpp==2026.10.11549",
        why: "it installs a package",
        file: ".ci/run",
        holds: " xllamacpp==2026.10.11549\n",
    },
    Elsewhere {
        command: ".venv-llama/bin/python tests/llama/serve.py src/provider/embedded/weather.gguf 8080",
        why: "it needs that package, and serves until it is killed",
        file: ".ci/run",
        holds: " .venv-llama/bin/python tests/llama/serve.py src/provider/embedded/weather.gguf ",
    },
    Elsewhere {
        command: "python3 verify.py ledger.jsonl",
        why: "the tests need nothing but Rust; that one is left out where there is no Python",
        file: "tests/it/ledger_life.rs",
        holds: "Command::new(\"python3\")",
    },
    Elsewhere {
        command: "PW_SIMULATE=1 cargo test --test it simulation -- --nocapture",
        why: "it takes half a minute",
        file: "tests/it/simulation.rs",
        holds: "`PW_SIMULATE=1 cargo test --test it simulation -- --nocapture`",
    },
    Elsewhere {
        command: "PW_CAMPAIGN=1 cargo test --test it campaign:: -- --nocapture",
        why: "it takes minutes",
        file: "tests/it/campaign.rs",
        holds: "`PW_CAMPAIGN=1 cargo test --test it campaign:: -- --nocapture`",
    },
    Elsewhere {
        command: "tests/sabotage/run.sh",
        why: "it builds six programs that are wrong",
        file: "tests/it/campaign.rs",
        holds: "`tests/sabotage/run.sh`",
    },
    Elsewhere {
        command: "cargo bench --bench eval",
        why: "it builds and measures for minutes",
        file: "benches/eval/main.rs",
        holds: "`cargo bench --bench eval`",
    },
    Elsewhere {
        command: "cargo bench --bench ledger",
        why: "it fills a ledger with a million calls",
        file: "benches/ledger/main.rs",
        holds: "`cargo bench --bench ledger",
    },
    Elsewhere {
        command: "cargo bench --bench embedded",
        why: "it builds and measures for minutes",
        file: "benches/embedded.rs",
        holds: "`cargo bench --bench embedded`",
    },
];

#[test]
fn what_is_not_run_is_held_by_another_file() {
    let commands = Page::read(ENGLISH).commands();
    for Elsewhere {
        command,
        why,
        file,
        holds,
    } in ELSEWHERE
    {
        assert!(
            commands.iter().any(|one| one == command),
            "`{command}` is not on the page any more ({why})"
        );
        assert!(
            text(file).contains(holds),
            "`{file}` does not hold `{command}`"
        );
        let words = command.split(' ');
        let mut files = words.filter(|word| word.contains('/') && !word.starts_with(".venv"));
        assert!(
            files.all(|file| Path::new(ROOT).join(file).exists()),
            "`{command}` names a file that is not there"
        );
    }
}
