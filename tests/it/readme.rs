//! The READMEs: every command is run, every name exists, both say the same, the screens are what a run shows.

mod elsewhere;
mod page;
mod screen;
mod shell;

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::readme::elsewhere::ELSEWHERE;
use crate::readme::page::Page;
use crate::readme::shell::Shell;
use crate::workbench::Workbench;

/// The repository, which is a workspace.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

const ENGLISH: &str = "README.md";
const CHINESE: &str = "README.zh-CN.md";

/// What stands in backticks and is neither a command, a flag, a file nor a word of the sources: no shipped prompt has a
/// partial, and an answer is an example.
const NOTATION: [&str; 3] = [
    "prompts/_NAME.hbs",
    "{{>NAME}}",
    r#"{"city": "北京", "weather": "晴", "high": 4, "low": -3}"#,
];

/// Returns a copy of the workspace that the repository is.
pub(crate) fn shipped() -> Workbench {
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

/// Returns a file as both pages show it.
pub(crate) fn file(name: &str) -> String {
    let [english, chinese] = [ENGLISH, CHINESE].map(|page| {
        let shown = Page::read(page).blocks.into_iter();
        let mut shown = shown.filter(|block| block.file.as_deref() == Some(name));
        shown.next().expect(name).text
    });
    assert_eq!(english, chinese, "`{name}` of both pages");
    english
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
