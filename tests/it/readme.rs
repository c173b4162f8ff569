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

/// Commands that are not run, with the file that has to hold the same line, and why.
const NOT_RUN: [(&str, &str, &str); 2] = [
    ("cargo test --locked", ".ci/run", "this test is a part of it"),
    (
        "cargo install --locked --path .",
        "Cargo.toml",
        "it builds the program that is under test once more",
    ),
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
                let commands = block.commands();
                let not_run = |command: &String| NOT_RUN.iter().any(|(line, ..)| line == command);
                for command in commands.iter().filter(|command| !not_run(command)) {
                    shell.run(command);
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
        assert!(shell.requests().iter().any(|seen| sent(&seen.head)), "{bearer}");
    }
}

#[test]
fn what_is_not_run_stands_word_for_word_where_it_is_run() {
    let commands = Page::read(ENGLISH).commands();
    for (line, elsewhere, reason) in NOT_RUN {
        assert!(commands.iter().any(|command| command == line), "{line}: not on the page, {reason}");
        assert!(text(elsewhere).lines().any(|there| there == line), "{elsewhere} lacks `{line}`");
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

fn text(file: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(file)).unwrap()
}
