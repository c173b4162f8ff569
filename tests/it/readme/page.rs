//! A README as its test reads it: blocks of code, what stands in backticks, links, exit codes.

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::readme::ROOT;

/// A README.
pub(crate) struct Page {
    pub(crate) file: &'static str,
    /// Blocks of code, in their order.
    pub(crate) blocks: Vec<Block>,
    /// What is outside of them.
    prose: String,
}

/// A block of code: ```` ```sh ```` holds commands, ```` ```yaml evals/sky.yaml ```` what a file holds.
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) file: Option<String>,
    pub(crate) text: String,
}

impl Page {
    /// Reads a file of the repository.
    pub(crate) fn read(file: &'static str) -> Self {
        let text = fs::read_to_string(Path::new(ROOT).join(file)).unwrap();
        let mut page = Self {
            file,
            blocks: Vec::new(),
            prose: String::new(),
        };
        let mut inside = false;
        for line in text.lines() {
            match (line.strip_prefix("```"), inside) {
                (Some(info), false) => page.blocks.push(Block::new(info)),
                (None, false) => page.prose.extend([line, "\n"]),
                (None, true) => page.blocks.last_mut().unwrap().text.extend([line, "\n"]),
                (Some(_), true) => {}
            }
            inside ^= line.starts_with("```");
        }
        assert!(!inside, "{file}: a block of code has no end");
        page
    }

    /// Lists every command of the page.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.blocks.iter().flat_map(Block::commands).collect()
    }

    /// Lists what stands in backticks.
    pub(crate) fn names(&self) -> Vec<String> {
        self.found("`([^`\n]+)`")
    }

    /// Lists where the links to files of the repository lead.
    pub(crate) fn links(&self) -> Vec<String> {
        let mut links = self.found(r"\]\(([^)#\s]+)[^)]*\)");
        links.retain(|link| !link.contains("://"));
        links
    }

    /// Lists the exit codes: rows of a table that begin with numbers.
    pub(crate) fn exit_codes(&self) -> Vec<u8> {
        let first_cells = self.found(r"(?m)^\| ([0-9, ]+) \|");
        let codes = first_cells.iter().flat_map(|cell| cell.split(", "));
        codes.map(|code| code.parse().unwrap()).collect()
    }

    fn found(&self, pattern: &str) -> Vec<String> {
        let pattern = Regex::new(pattern).unwrap();
        let found = pattern.captures_iter(&self.prose);
        found.map(|found| found[1].to_owned()).collect()
    }
}

impl Block {
    fn new(info: &str) -> Self {
        let mut words = info.split(' ');
        Self {
            language: words.next().unwrap_or_default().to_owned(),
            file: words.next().map(str::to_owned),
            text: String::new(),
        }
    }

    /// Lists the commands of a block of them, without what is said about them.
    pub(crate) fn commands(&self) -> Vec<String> {
        if self.language != "sh" {
            return Vec::new();
        }
        let remark = Regex::new(r"(^|\s+)# .*$").unwrap();
        let joined = self.text.replace("\\\n", " ");
        let lines = joined.lines().map(|line| remark.replace(line, ""));
        let commands = lines.filter(|line| !line.trim().is_empty());
        commands.map(std::borrow::Cow::into_owned).collect()
    }
}
