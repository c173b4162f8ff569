//! The READMEs: every command is run, every name exists, both say the same, the screens are what a run shows.

mod page;
mod screen;
mod shell;

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::readme::page::Page;
use crate::readme::shell::Shell;
use crate::workbench::Workbench;

/// The repository, which is a workspace.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

const ENGLISH: &str = "README.md";
const CHINESE: &str = "README.zh-CN.md";

/// A command that is not run here: another file holds it.
struct Elsewhere {
    command: &'static str,
    why: &'static str,
    file: &'static str,
    holds: &'static str,
}

const ELSEWHERE: [Elsewhere; 10] = [
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
        command: "cargo bench --bench embedded",
        why: "it builds and measures for minutes",
        file: "benches/embedded.rs",
        holds: "`cargo bench --bench embedded`",
    },
];

/// What stands in backticks and is neither a command, a flag, a file nor a word of the sources: no shipped prompt has a
/// partial, and an answer is an example.
const NOTATION: [&str; 3] = [
    "prompts/_NAME.hbs",
    "{{>NAME}}",
    r#"{"city": "北京", "weather": "晴", "high": 4, "low": -3}"#,
];

/// Returns a copy of the workspace that the repository is.
fn shipped() -> Workbench {
    let bench = Workbench::new();
    for folder in ["prompts", "evals"] {
        for entry in fs::read_dir(Path::new(ROOT).join(folder)).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            bench.write(&name, fs::read(entry.path()).unwrap());
        }
    }
    bench
}

#[test]
fn every_command_of_the_english_page_runs() {
    runs(ENGLISH, "C.UTF-8");
}

#[test]
fn every_command_of_the_chinese_page_runs() {
    runs(CHINESE, "zh_CN.UTF-8");
}

/// Does what a page says, from its first block to its last.
fn runs(file: &'static str, locale: &str) {
    let page = Page::read(file);
    let mut shell = Shell::open(locale);
    for block in &page.blocks {
        match (block.language.as_str(), &block.file) {
            ("sh", None) => {
                let mut commands = block.commands();
                commands.retain(|command| ELSEWHERE.iter().all(|one| one.command != command));
                for command in commands {
                    shell.run(&command);
                }
            }
            (_, Some(file)) => shell.write(block, file),
            (language, None) => panic!("{}: what is a block of `{language}`?", page.file),
        }
    }
    // What was meant for a provider went out with its key.
    for key in ["sk-...", "..."] {
        let bearer = format!("authorization: Bearer {key}\r\n");
        let sent = |head: &str| head.to_lowercase().contains(&bearer.to_lowercase());
        assert!(
            shell.requests().iter().any(|seen| sent(&seen.head)),
            "{bearer}"
        );
    }
}

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

#[test]
fn both_pages_name_the_same_commands() {
    let value = Regex::new("(--set [a-z]+=)('[^']*'|[^ ]+)").unwrap();
    let [english, chinese] = [ENGLISH, CHINESE].map(|file| {
        let commands = Page::read(file).commands();
        let own = |command: &String| value.replace_all(command, "$1").into_owned();
        commands.iter().map(own).collect::<Vec<_>>()
    });
    assert_eq!(english, chinese);
}

#[test]
fn exit_codes_are_those_of_the_code() {
    let constant = Regex::new(r"(?m)^pub const [A-Z]+: u8 = (\d+);").unwrap();
    let source = text("src/commands/exit.rs");
    let codes = constant.captures_iter(&source);
    let codes: Vec<u8> = codes.map(|code| code[1].parse().unwrap()).collect();
    assert!(codes.contains(&0) && codes.contains(&143), "{codes:?}");
    for file in [ENGLISH, CHINESE] {
        assert_eq!(Page::read(file).exit_codes(), codes, "{file}");
    }
}

#[test]
fn links_lead_to_files() {
    for file in [ENGLISH, CHINESE] {
        let links = Page::read(file).links();
        assert!(!links.is_empty(), "{file}");
        for link in links {
            assert!(Path::new(ROOT).join(&link).exists(), "{file}: no `{link}`");
        }
    }
}

#[test]
fn what_stands_in_backticks_exists() {
    let bench = Workbench::new();
    let help = |command: &str| bench.pw(&["help", command]).code(0).stdout;
    let (of_eval, sources) = (help("eval"), sources());
    for file in [ENGLISH, CHINESE] {
        for name in Page::read(file).names() {
            let shipped = name
                .replace("NAME", "weather")
                .replace("VARIANT", "detailed");
            let words: Vec<&str> = name.split(' ').collect();
            let exists = match words[..] {
                ["pw", command, ..] => help(command).contains("Usage: pw"),
                [flag, ..] if flag.starts_with("--") => of_eval.contains(flag),
                _ => sources.contains(&name) || Path::new(ROOT).join(shipped).exists(),
            };
            assert!(
                exists || NOTATION.contains(&name.as_str()),
                "{file}: what is `{name}`?"
            );
        }
    }
}

/// Returns everything that the program is made from.
fn sources() -> String {
    let mut folders = vec![Path::new(ROOT).join("src")];
    let mut all = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(path) {
                all += &text;
            }
        }
    }
    all
}

fn text(file: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(file)).unwrap()
}
