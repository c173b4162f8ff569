//! The invariants of the map in `src/lib.rs`, held against every file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// Rooms and their ranks, as `src/lib.rs` draws them.
const RANKS: [(&str, u8); 17] = [
    ("domain", 0),
    ("stats", 1),
    ("template", 1),
    ("pricing", 1),
    ("summary", 2),
    ("economics", 2),
    ("report", 3),
    ("config", 3),
    ("workspace", 3),
    ("suite", 3),
    ("provider", 3),
    ("ledger", 3),
    ("call", 4),
    ("scorer", 5),
    ("engine", 6),
    ("train", 7),
    ("commands", 8),
];

/// What ranks 0 to 2 must not touch, as the start of a path.
const IMPURE: [&str; 10] = [
    "std::fs",
    "std::env",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "std::time::Instant",
    "tokio",
    "Timestamp::now",
];

/// `provider/exchange.rs` needs the local time for a `Retry-After` date in an answer without a `Date` of its own (fault F2).
const TELLS_TIME: [&str; 2] = ["commands/clock.rs", "provider/exchange.rs"];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    rust_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found.sort();
    found
}

fn room_of(path: &Path) -> Option<&'static (&'static str, u8)> {
    let below = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .expect("a file below src");
    let room = below.components().next()?.as_os_str().to_str()?;
    RANKS.iter().find(|(name, _)| *name == room)
}

/// Every path a file names outside its tests, with `use` trees spread out.
#[derive(Default)]
struct Paths {
    found: Vec<String>,
    asynchronous: bool,
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

fn spread(prefix: &str, tree: &syn::UseTree, found: &mut Vec<String>) {
    let join = |name: &dyn std::fmt::Display| {
        if prefix.is_empty() {
            name.to_string()
        } else {
            format!("{prefix}::{name}")
        }
    };
    match tree {
        syn::UseTree::Path(path) => spread(&join(&path.ident), &path.tree, found),
        syn::UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|item| spread(prefix, item, found)),
        syn::UseTree::Name(name) => found.push(join(&name.ident)),
        syn::UseTree::Rename(name) => found.push(join(&name.ident)),
        syn::UseTree::Glob(_) => found.push(join(&"*")),
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        spread("", &item.tree, &mut self.found);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        self.found.push(segments.join("::"));
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let text = mac.tokens.to_string().replace(" :: ", "::");
        let paths = text
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .filter(|word| word.contains("::"));
        self.found.extend(paths.map(str::to_owned));
        self.visit_path(&mac.path);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.asynchronous |= signature.asyncness.is_some();
        syn::visit::visit_signature(self, signature);
    }
}

fn paths_of(path: &Path) -> Paths {
    let text = fs::read_to_string(path).expect("a source file");
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths = Paths::default();
    paths.visit_file(&file);
    paths
}

fn is_test_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs")
        || path.components().any(|part| part.as_os_str() == "tests")
}

#[test]
fn rooms_import_only_from_lower_ranks() {
    let ranks: BTreeMap<&str, u8> = RANKS.into_iter().collect();
    let mut upward = Vec::new();
    for file in sources().iter().filter(|file| !is_test_file(file)) {
        let Some((room, rank)) = room_of(file) else {
            continue;
        };
        for path in paths_of(file).found {
            let Some(target) = path
                .strip_prefix("crate::")
                .and_then(|rest| rest.split("::").next())
            else {
                continue;
            };
            match ranks.get(target) {
                Some(_) if target == *room => {}
                Some(other) if other < rank => {}
                Some(other) => upward.push(format!(
                    "{}: `{room}` (rank {rank}) uses `{path}` (rank {other})",
                    file.display()
                )),
                None => upward.push(format!("{}: `{path}` is in no room", file.display())),
            }
        }
    }
    assert!(upward.is_empty(), "{}", upward.join("\n"));
}

#[test]
fn ranks_zero_to_two_are_pure() {
    let mut impure = Vec::new();
    for file in sources().iter().filter(|file| !is_test_file(file)) {
        let Some((room, _)) = room_of(file).filter(|(_, rank)| *rank <= 2) else {
            continue;
        };
        let paths = paths_of(file);
        let touched = paths.found.iter().filter(|path| {
            IMPURE
                .iter()
                .any(|start| path.starts_with(start) || path.ends_with(start))
        });
        impure.extend(touched.map(|path| format!("{}: `{room}` touches `{path}`", file.display())));
        if paths.asynchronous {
            impure.push(format!(
                "{}: `{room}` has an async function",
                file.display()
            ));
        }
    }
    assert!(impure.is_empty(), "{}", impure.join("\n"));
}

#[test]
fn one_room_reads_the_environment_and_one_file_asks_the_time() {
    let mut strays = Vec::new();
    for file in sources().iter().filter(|file| !is_test_file(file)) {
        let room = room_of(file).map_or("main", |(room, _)| room);
        for path in paths_of(file).found {
            let environment =
                (path.contains("env::var") || path.contains("env::vars")) && room != "config";
            let time = (path.ends_with("Timestamp::now") || path.ends_with("SystemTime::now"))
                && !TELLS_TIME.iter().any(|place| file.ends_with(place));
            if environment || time {
                strays.push(format!("{}: {path}", file.display()));
            }
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn every_room_is_on_the_map_and_every_test_file_runs() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(manifest.join("src"))
        .expect("src")
        .filter_map(Result::ok)
        // `bin` holds programs of their own, which stand above every room.
        .filter(|entry| entry.path().is_dir() && entry.file_name() != "bin")
    {
        let name = entry.file_name();
        assert!(
            RANKS.iter().any(|(room, _)| name == *room),
            "the room `{}` has no rank",
            name.display()
        );
    }
    let main = fs::read_to_string(manifest.join("tests/it/main.rs")).expect("tests/it/main.rs");
    for entry in fs::read_dir(manifest.join("tests/it"))
        .expect("tests/it")
        .filter_map(Result::ok)
    {
        let file = entry.file_name().to_string_lossy().into_owned();
        if let Some(module) = file.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(
                main.contains(&format!("mod {module};")),
                "tests/it/main.rs forgot `mod {module};`"
            );
        }
    }
}
