//! Whole workspaces in temporary folders.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::domain::PromptName;

fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn workspace(folder: &TempDir) -> Workspace {
    Workspace::discover(folder.path(), Some(Path::new(""))).expect("a workspace")
}

/// Lists `name: variant variant`, a star for prompts that were not named.
fn chosen(workspace: &Workspace, targets: &[&str]) -> Result<Vec<String>, String> {
    let targets: Vec<String> = targets.iter().map(|target| (*target).to_owned()).collect();
    let prompts = workspace
        .prompts(&targets)
        .map_err(|error| error.to_string())?;
    Ok(prompts
        .iter()
        .map(|prompt| {
            let variants: Vec<&str> = prompt
                .variants
                .iter()
                .map(|file| file.variant.as_str())
                .collect();
            let star = if prompt.named { "" } else { "*" };
            format!("{star}{}: {}", prompt.name, variants.join(","))
        })
        .collect())
}

const FILES: &[(&str, &str)] = &[
    ("prompts/weather.hbs", "{{city}}"),
    ("prompts/weather.short.hbs", "s"),
    ("prompts/weather.detailed.hbs", "d"),
    ("prompts/sub/天气.prompt", "晴"),
    ("prompts/_city.hbs", "c"),
    ("prompts/sub/_x.hbs", "x"),
    ("prompts/.hidden.hbs", ""),
    ("prompts/notes.md", ""),
    ("evals/weather.yaml", ""),
    ("evals/sub/天气.yml", ""),
];

#[test]
fn the_root_is_the_nearest_pw_toml_then_the_nearest_furnished_folder() {
    let folder = tree(&[
        ("pw.toml", ""),
        ("inner/prompts/a.hbs", ""),
        ("inner/evals/a.yaml", ""),
    ]);
    let root = |start: &str, explicit: Option<&str>| {
        let found = Workspace::discover(&folder.path().join(start), explicit.map(Path::new));
        found
            .map(|workspace| workspace.root().to_owned())
            .map_err(|error| error.to_string())
    };
    assert_eq!(root("inner/prompts", None), Ok(folder.path().to_owned()));
    assert_eq!(root("", Some("inner")), Ok(folder.path().join("inner")));
    let missing = folder.path().join("none").display().to_string();
    assert_eq!(
        root("", Some("none")),
        Err(format!(
            "`{missing}` is no folder, expected the folder of a workspace"
        ))
    );
    fs::remove_file(folder.path().join("pw.toml")).expect("a file");
    assert_eq!(root("inner/prompts", None), Ok(folder.path().join("inner")));
    let bare = tree(&[]);
    let found = Workspace::discover(bare.path(), None).expect("a workspace");
    assert_eq!(found.root(), bare.path());
    assert_eq!(found.ledger_path(), bare.path().join(".pw/ledger.db"));
}

#[test]
fn targets_mean_prompts_variants_and_folders() {
    let folder = tree(FILES);
    let workspace = workspace(&folder);
    let all = ["*sub/天气: ", "*weather: ,detailed,short"];
    let weather = "weather: ,detailed,short";
    for (targets, expected) in [
        (&[][..], &all[..]),
        (&["."], &all),
        (&["prompts"], &all),
        (&["weather"], &[weather]),
        (&["prompts/weather.hbs"], &[weather]),
        (&["./prompts/weather"], &[weather]),
        (&["weather.hbs"], &[weather]),
        (&["prompts/weather.detailed.hbs"], &["weather: detailed"]),
        (
            &["weather.short", "weather.detailed"],
            &["weather: detailed,short"],
        ),
        (&["weather.short", "weather"], &[weather]),
        (&["prompts/sub"], &["*sub/天气: "]),
        (&["sub/天气", "weather"], &["sub/天气: ", weather]),
    ] {
        assert_eq!(
            chosen(&workspace, targets),
            Ok(expected.iter().map(|line| (*line).to_owned()).collect()),
            "{targets:?}"
        );
    }
    let inner = Workspace::discover(&folder.path().join("prompts/sub"), None).expect("a workspace");
    assert_eq!(
        chosen(&inner, &["../weather.hbs"]),
        Ok(vec![weather.to_owned()])
    );
}

#[test]
fn a_prompt_brings_its_text_and_a_path_that_people_know() {
    let folder = tree(FILES);
    let prompts = workspace(&folder)
        .prompts(&["sub/天气".to_owned()])
        .expect("a prompt");
    let file = &prompts[0].variants[0];
    assert_eq!(
        (file.display.as_str(), file.source.as_str()),
        ("prompts/sub/天气.prompt", "晴")
    );
    assert_eq!(file.path, folder.path().join("prompts/sub/天气.prompt"));
}

#[test]
fn targets_that_mean_nothing_are_named_with_the_nearest() {
    let folder = tree(FILES);
    let workspace = workspace(&folder);
    let error = |targets: &[&str]| chosen(&workspace, targets).unwrap_err();
    assert_eq!(
        error(&["wether"]),
        "found no prompt `wether`, did you mean `weather`?"
    );
    assert_eq!(
        error(&["prompts/wether.hbs"]),
        "found no prompt `prompts/wether.hbs`, did you mean `weather`?"
    );
    assert_eq!(
        error(&["zebra"]),
        "found no prompt `zebra`, expected one of `sub/天气` and `weather`"
    );
    assert_eq!(
        error(&["wether", "weather", "zebra"]),
        "found no prompt for 2 targets\n  found no prompt `wether`, did you mean `weather`?\n  found no prompt `zebra`"
    );
    assert_eq!(
        error(&["prompts/_city.hbs"]),
        "`prompts/_city.hbs` is a partial, expected a prompt, `prompts/NAME.hbs` or `.prompt`"
    );
    assert_eq!(
        error(&["evals/weather.yaml"]),
        "`evals/weather.yaml` is outside of `prompts/`, expected a prompt, `prompts/NAME.hbs` or `.prompt`"
    );
    assert_eq!(
        error(&["prompts/notes.md"]),
        "`prompts/notes.md` is of another ending, expected a prompt, `prompts/NAME.hbs` or `.prompt`"
    );
    assert_eq!(
        error(&["evals"]),
        "found no prompt in `evals`, expected `NAME.hbs` files below `prompts/`"
    );
    let bare = tree(&[]);
    let root = bare.path().display();
    let found = Workspace::discover(bare.path(), Some(Path::new("."))).expect("a workspace");
    assert_eq!(
        chosen(&found, &["a"]),
        Err(format!("found no folder `prompts` in `{root}`"))
    );
}

#[test]
fn two_files_of_one_meaning_and_bad_names_are_mistakes_of_those_who_want_them() {
    let folder = tree(&[
        ("prompts/a.hbs", ""),
        ("prompts/b.hbs", ""),
        ("prompts/b.prompt", ""),
        ("prompts/c%.hbs", ""),
        ("prompts/_p.hbs", ""),
        ("prompts/_p.prompt", ""),
    ]);
    let workspace = workspace(&folder);
    assert_eq!(chosen(&workspace, &["a"]), Ok(vec!["a: ".to_owned()]));
    assert_eq!(
        chosen(&workspace, &["b"]),
        Err(
            "`prompts/b.hbs` and `prompts/b.prompt` all mean the prompt `b`, expected one of them"
                .to_owned()
        )
    );
    assert_eq!(
        chosen(&workspace, &[]),
        Err("the name of `prompts/c%.hbs` has `%`, `\\` or `:` in it".to_owned())
    );
    assert_eq!(
        workspace.partials().unwrap_err().to_string(),
        "`prompts/_p.hbs` and `prompts/_p.prompt` all mean the partial `p`, expected one of them"
    );
}

#[test]
fn partials_are_named_by_folder() {
    let folder = tree(FILES);
    let partials = workspace(&folder).partials().expect("partials");
    let found: Vec<(&str, &str, &str)> = partials
        .iter()
        .map(|(name, partial)| (name.as_str(), partial.file.as_str(), partial.text.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("city", "prompts/_city.hbs", "c"),
            ("sub/x", "prompts/sub/_x.hbs", "x")
        ]
    );
    assert_eq!(workspace(&tree(&[])).partials().expect("none").len(), 0);
}

#[test]
fn a_suite_is_declared_or_has_the_prompts_name() {
    let folder = tree(FILES);
    let workspace = workspace(&folder);
    let suite = |name: &str, declared| {
        let found = workspace.suite_path(&PromptName(name.to_owned()), declared);
        found
            .map(|path| workspace.display(&path))
            .map_err(|error| error.to_string())
    };
    assert_eq!(suite("weather", None), Ok("evals/weather.yaml".to_owned()));
    assert_eq!(suite("sub/天气", None), Ok("evals/sub/天气.yml".to_owned()));
    assert_eq!(
        suite("other", Some("evals/weather.yaml")),
        Ok("evals/weather.yaml".to_owned())
    );
    assert_eq!(
        suite("weathers", None),
        Err("prompt `weathers` has no suite: found no `evals/weathers.yaml`, did you mean `evals/weather.yaml`?".to_owned())
    );
    assert_eq!(
        suite("other", Some("evals/none.yaml")),
        Err("prompt `other` has no suite: found no `evals/none.yaml`".to_owned())
    );
    assert_eq!(
        suite("other", Some("../weather.yaml")),
        Err(
            "`../weather.yaml` leads out of the workspace, expected a file inside of it".to_owned()
        )
    );
    fs::write(folder.path().join("evals/weather.yml"), "").expect("a file");
    assert_eq!(
        suite("weather", None),
        Err("`evals/weather.yaml` and `evals/weather.yml` all mean the suite of `weather`, expected one of them".to_owned())
    );
}

#[test]
fn what_is_no_text_is_refused() {
    let folder = tree(&[("prompts/big.hbs", &"x".repeat((256 << 10) + 1))]);
    fs::write(folder.path().join("prompts/bytes.hbs"), b"ok\n\xff").expect("a file");
    fs::create_dir(folder.path().join("prompts/folder.hbs")).expect("a folder");
    let workspace = workspace(&folder);
    assert_eq!(
        chosen(&workspace, &["big"]),
        Err("`prompts/big.hbs` is larger than 262144 bytes".to_owned())
    );
    assert_eq!(
        chosen(&workspace, &["bytes"]),
        Err("`prompts/bytes.hbs` is not UTF-8 at line 2, byte 3".to_owned())
    );
    let read = |path| {
        workspace
            .read_text(Path::new(path))
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        read("prompts/folder.hbs"),
        Err("`prompts/folder.hbs` is no regular file".to_owned())
    );
    assert_eq!(read("none"), Err("cannot read `none`".to_owned()));
    assert_eq!(
        read("prompts/big.hbs").map(|text| text.len()),
        Ok((256 << 10) + 1)
    );
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_outside_and_circles_end() {
    use std::os::unix::fs::symlink;

    let outside = tree(&[("secret.hbs", "canary"), ("folder/x.hbs", "canary")]);
    let folder = tree(&[
        ("prompts/a.hbs", "a"),
        ("prompts/sub/b.hbs", "b"),
        ("evals/a.yaml", ""),
    ]);
    let at = |path: &str| folder.path().join(path);
    symlink(outside.path().join("secret.hbs"), at("prompts/out.hbs")).expect("a link");
    symlink("a.hbs", at("prompts/same.hbs")).expect("a link");
    symlink("..", at("prompts/sub/up")).expect("a link");
    let workspace = workspace(&folder);
    assert_eq!(
        chosen(&workspace, &["prompts/out.hbs"]),
        Err(
            "`prompts/out.hbs` leads out of the workspace, expected a file inside of it".to_owned()
        )
    );
    assert_eq!(
        chosen(&workspace, &["prompts/same.hbs"]),
        Ok(vec!["same: ".to_owned()])
    );
    assert_eq!(
        chosen(&workspace, &["prompts/sub"]),
        Ok(vec!["*sub/b: ".to_owned()])
    );
    let secret = outside.path().join("secret.hbs");
    assert_eq!(
        workspace
            .read_text(&secret)
            .map_err(|error| error.to_string()),
        Err(format!(
            "`{}` leads out of the workspace, expected a file inside of it",
            secret.display()
        ))
    );
    symlink(outside.path().join("folder"), at("prompts/far")).expect("a link");
    assert_eq!(
        chosen(&workspace, &["a"]),
        Err("`prompts/far` leads out of the workspace, expected a file inside of it".to_owned())
    );
}
