//! The way of a suite: its file, the files it names, defaults, cases.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::domain::Place;
use crate::suite::build::Builder;
use crate::suite::draft::Draft;
use crate::suite::files::{self, Files, Found, SCHEME};
use crate::suite::reading::Reading;
use crate::suite::tree::{self, Data, Entry, Node};
use crate::suite::{
    Flaw, FlawKind, Suite, SuiteError, fingerprint, json_tree, known, settings, table,
};

/// Reads a suite and everything it names.
///
/// `file` is relative to `root`, or absolute. Files named by `file://` lie relative to the suite's own folder and inside the
/// workspace.
///
/// Errors: `Unreadable` when the suite's file cannot be read; else `Flawed` with every flaw of all files at once.
pub fn load(root: &Path, file: &Path) -> Result<Suite, SuiteError> {
    let path = root.join(file);
    let name = files::slashed(path.strip_prefix(root).unwrap_or(file));
    let bytes = fs::read(&path).map_err(|source| SuiteError::Unreadable {
        file: name.clone(),
        source,
    })?;
    let flawed = |line: usize, kind: FlawKind| SuiteError::Flawed {
        flaws: vec![Flaw {
            place: Place {
                file: name.clone(),
                line,
            },
            kind,
        }],
        file: name.clone(),
    };
    let text = files::decode(bytes).map_err(|kind| flawed(1, kind))?;
    let root_node = parse(&name, &text).map_err(|(line, kind)| flawed(line, kind))?;
    let entries = match &root_node.data {
        Data::Map(entries) => entries.as_slice(),
        // An empty file lacks its tests like any other suite without them.
        Data::Null => &[],
        _ => {
            let kind = FlawKind::Value {
                key: "suite".to_owned(),
                found: root_node.words(),
                expected: "a map with `tests`".to_owned(),
            };
            return Err(flawed(root_node.line, kind));
        }
    };
    let folder = path.parent().unwrap_or(root);
    Loading {
        files: Files::new(root, folder),
        reading: Reading::new(&name, &text),
        builder: Builder::default(),
    }
    .suite(entries)
}

/// Reads a file that may hold a suite.
fn parse(name: &str, text: &str) -> Result<Node, (usize, FlawKind)> {
    match files::ending(name).as_str() {
        "csv" | "jsonl" | "ndjson" => {
            let path = name.to_owned();
            let cause =
                "it holds tests, not a suite; name it under `tests` of a YAML suite".to_owned();
            Err((1, FlawKind::File { path, cause }))
        }
        "json" => json_tree::json(text),
        _ => tree::yaml(text),
    }
}

struct Loading<'a> {
    files: Files,
    reading: Reading<'a>,
    builder: Builder,
}

impl Loading<'_> {
    fn suite(mut self, entries: &[Entry]) -> Result<Suite, SuiteError> {
        let mut suite = Suite {
            file: self.reading.file.to_owned(),
            description: None,
            cases: Vec::new(),
            models: Vec::new(),
            judge: None,
            repeat: 1,
            budget: None,
            gates: Vec::new(),
            hash: String::new(),
            value_vars: BTreeSet::new(),
            warnings: Vec::new(),
        };
        let mut tests = None;
        for entry in entries {
            match entry.key.as_str() {
                // Read last, when `defaultTest` is known.
                "tests" => tests = Some(entry),
                _ => self.setting(&mut suite, entry),
            }
        }
        match tests {
            Some(entry) => self.tests(entry),
            None => self.no_tests(1),
        }
        self.finish(suite)
    }

    fn setting(&mut self, suite: &mut Suite, entry: &Entry) {
        let reading = &mut self.reading;
        match entry.key.as_str() {
            "description" => suite.description = reading.text_of(entry),
            "models" => suite.models = settings::models(entry, reading),
            "judge" => suite.judge = settings::judge(entry, reading),
            "repeat" => suite.repeat = settings::repeat(entry, reading).unwrap_or(1),
            "budget" => suite.budget = settings::budget(entry, reading),
            "pass" => suite.gates = settings::gates(entry, reading),
            "defaultTest" => {
                let kind = ("`defaultTest`", known::DEFAULT_TEST);
                let entries = reading.entries_of(entry, "a map");
                self.builder.default = Draft::of(entries, entry.line, kind, reading, &self.files);
            }
            _ => reading.unknown(entry, "a suite", known::SUITE),
        }
    }

    fn tests(&mut self, entry: &Entry) {
        match &entry.node.data {
            Data::Text(path) => self.include(path, entry.line),
            Data::List(items) if !items.is_empty() => {
                for item in items {
                    match &item.data {
                        Data::Text(path) => self.include(path, item.line),
                        _ => {
                            self.builder
                                .add_all(Draft::read(item, &mut self.reading, &self.files));
                        }
                    }
                }
            }
            Data::List(_) | Data::Null => self.no_tests(entry.line),
            _ => self
                .reading
                .unexpected(entry, "a list of tests or a `file://` path"),
        }
    }

    fn no_tests(&mut self, line: usize) {
        let kind = FlawKind::Missing {
            owner: "the suite".to_owned(),
            missing: "`tests`".to_owned(),
        };
        self.reading.flaw(line, kind);
    }

    /// Adds the tests of a file; its flaws are its own.
    fn include(&mut self, written: &str, line: usize) {
        if !written.starts_with(SCHEME) {
            let kind = FlawKind::Value {
                key: "tests".to_owned(),
                found: format!("the text `{}`", tree::shortened(written)),
                expected: format!("a test, or a path such as `{SCHEME}cases.csv`"),
            };
            return self.reading.flaw(line, kind);
        }
        match self.files.read(written) {
            Ok(found) => self.add_file(&found, written, line),
            Err(kind) => self.reading.flaw(line, kind),
        }
    }

    fn add_file(&mut self, found: &Found, written: &str, line: usize) {
        let mut reading = Reading::new(&found.name, &found.text);
        match files::ending(&found.name).as_str() {
            "csv" => table::read(&mut reading, |draft| self.builder.add(draft)),
            "jsonl" | "ndjson" => self.add_lines(&mut reading),
            "json" => self.add_list(json_tree::json(&found.text), &mut reading),
            "yaml" | "yml" => self.add_list(tree::yaml(&found.text), &mut reading),
            _ => {
                let cause = "expected a file in YAML, JSON, JSONL or CSV".to_owned();
                self.reading.flaw(
                    line,
                    FlawKind::File {
                        path: written.to_owned(),
                        cause,
                    },
                );
            }
        }
        self.builder.flaws.append(&mut reading.flaws);
    }

    fn add_list(&mut self, parsed: Result<Node, (usize, FlawKind)>, reading: &mut Reading<'_>) {
        match parsed {
            Ok(Node {
                data: Data::List(items),
                ..
            }) if !items.is_empty() => {
                for item in &items {
                    self.builder
                        .add_all(Draft::read(item, reading, &self.files));
                }
            }
            Ok(node) => {
                let kind = FlawKind::Value {
                    key: reading.file.to_owned(),
                    found: node.words(),
                    expected: "a list of tests".to_owned(),
                };
                reading.flaw(node.line, kind);
            }
            Err((line, kind)) => reading.flaw(line, kind),
        }
    }

    /// Adds one test for each line that is not blank.
    fn add_lines(&mut self, reading: &mut Reading<'_>) {
        let mut found = false;
        for (index, line) in reading.text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            found = true;
            let mut one = Reading {
                lines_before: index,
                ..Reading::new(reading.file, line)
            };
            match json_tree::json(line) {
                Ok(node) => self
                    .builder
                    .add_all(Draft::read(&node, &mut one, &self.files)),
                Err((line, kind)) => one.flaw(line, kind),
            }
            reading.flaws.append(&mut one.flaws);
        }
        if !found {
            let owner = format!("`{}`", reading.file);
            reading.flaw(
                1,
                FlawKind::Missing {
                    owner,
                    missing: "test".to_owned(),
                },
            );
        }
    }

    fn finish(mut self, mut suite: Suite) -> Result<Suite, SuiteError> {
        let mut flaws = self.reading.flaws;
        flaws.append(&mut self.builder.flaws);
        if !flaws.is_empty() {
            // The suite's own flaws first, then file by file.
            flaws.sort_by(|a, b| {
                let key = |flaw: &Flaw| {
                    (
                        flaw.place.file != suite.file,
                        flaw.place.file.clone(),
                        flaw.place.line,
                    )
                };
                key(a).cmp(&key(b))
            });
            return Err(SuiteError::Flawed {
                file: suite.file,
                flaws,
            });
        }
        suite.warnings = self.builder.warnings();
        suite.hash = fingerprint::of(&self.builder.cases);
        suite.cases = self.builder.cases;
        suite.value_vars = self.builder.value_vars;
        Ok(suite)
    }
}
