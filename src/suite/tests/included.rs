//! Files that suites name.

use super::*;

#[test]
fn tests_come_from_every_format_in_order() {
    let workspace = Workspace::new(&[
        (
            "evals/weather.yaml",
            "tests:\n- file://a.yaml\n- {id: inline}\n- file://sub/b.json\n- file://c.jsonl\n- file://d.csv\n",
        ),
        ("evals/a.yaml", "# tests\n- {id: y1}\n- id: y2\n"),
        (
            "evals/sub/b.json",
            "[\n  {\"id\": \"j1\",\n   \"vars\": {\"a\": 1.0}},\n  {\"id\": \"j2\"}\n]",
        ),
        (
            "evals/c.jsonl",
            "{\"id\": \"l1\"}\r\n\r\n{\"id\": \"l2\", \"assert\": [{\"type\": \"contains\", \"value\": 1.50}]}\n",
        ),
        ("evals/d.csv", "__id,city\nc1,北京\n"),
    ]);
    let suite = workspace.load().unwrap_or_else(|error| panic!("{error}"));
    let found: Vec<String> = suite
        .cases
        .iter()
        .map(|case| format!("{} {}", case.id, case.place))
        .collect();
    assert_eq!(
        found,
        [
            "y1 evals/a.yaml:2",
            "y2 evals/a.yaml:3",
            "inline evals/weather.yaml:3",
            "j1 evals/sub/b.json:2",
            "j2 evals/sub/b.json:4",
            "l1 evals/c.jsonl:1",
            "l2 evals/c.jsonl:3",
            "c1 evals/d.csv:2",
        ]
    );
    assert_eq!(
        brief(&suite.cases[6].asserts),
        [("contains".to_owned(), json!("1.50"))]
    );
}

#[test]
fn flaws_of_all_files_are_listed_together() {
    let workspace = Workspace::new(&[
        (
            "evals/weather.yaml",
            "tests: [file://a.jsonl, file://b.json, file://c.yaml, file://d.json, file://e.jsonl]\nx: 1\n",
        ),
        (
            "evals/a.jsonl",
            "{\"id\": \"a\"}\n{\"id\": \"b\"\n[1]\n{\"idd\": 1}\n",
        ),
        ("evals/b.json", "[{\"id\": \"c\"},\n{\"id\": \"a\", }]"),
        ("evals/c.yaml", "id: x\n"),
        ("evals/d.json", "[{\"id\": \"d\",\n\"id\": \"e\"}]"),
        ("evals/e.jsonl", "\n"),
    ]);
    let found = flaws_in(&workspace);
    assert_eq!(found.len(), 8, "{found:#?}");
    assert_eq!(found[0], "evals/weather.yaml:2: unknown key `x` in a suite");
    assert!(
        found[1].starts_with(
            "evals/a.jsonl:2: not valid JSON: EOF while parsing an object, at column "
        ),
        "{}",
        found[1]
    );
    assert_eq!(
        found[2],
        "evals/a.jsonl:3: `tests` is a list among its items, expected maps with `vars` and `assert`, or `file://` paths"
    );
    assert_eq!(
        found[3],
        "evals/a.jsonl:4: unknown key `idd` in a test, did you mean `id`?"
    );
    assert!(
        found[4].starts_with("evals/b.json:2: not valid JSON: key must be a string, at column 13"),
        "{}",
        found[4]
    );
    assert_eq!(
        found[5],
        "evals/c.yaml:1: `evals/c.yaml` is a map, expected a list of tests"
    );
    assert!(
        found[6] == "evals/d.json:2: not valid JSON: key `id` is given twice",
        "{}",
        found[6]
    );
    assert_eq!(found[7], "evals/e.jsonl:1: `evals/e.jsonl` has no test");
}

#[test]
fn a_path_stays_inside_the_workspace() {
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret.yaml"), "- {id: a}").expect("a file");
    let workspace = Workspace::new(&[("prompts/ok.yaml", "- {id: a}")]);
    let absolute = outside.path().join("secret.yaml");
    workspace.write(
        "evals/weather.yaml",
        format!("tests:\n- file://{}\n- file://../prompts/ok.yaml\n- file://none.csv\n- file://../prompts\n- ok.yaml\n- file://../prompts/ok.txt\n", absolute.display()).as_bytes(),
    );
    workspace.write("prompts/ok.txt", b"x");
    let found = flaws_in(&workspace);
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(
        found[0].ends_with("secret.yaml`: it lies outside the workspace"),
        "{}",
        found[0]
    );
    assert!(
        found[1].starts_with("evals/weather.yaml:4: cannot use `file://none.csv`: "),
        "{}",
        found[1]
    );
    assert!(
        found[2].starts_with("evals/weather.yaml:5: cannot use `file://../prompts`: "),
        "{}",
        found[2]
    );
    assert!(
        found[3].starts_with("evals/weather.yaml:6: `tests` is the text `ok.yaml`"),
        "{}",
        found[3]
    );
    assert_eq!(
        found[4],
        "evals/weather.yaml:7: cannot use `file://../prompts/ok.txt`: expected a file in YAML, JSON, JSONL or CSV"
    );
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out() {
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret.yaml"), "- {id: a}").expect("a file");
    let workspace = Workspace::new(&[("evals/weather.yaml", "tests: file://link/secret.yaml")]);
    std::os::unix::fs::symlink(outside.path(), workspace.0.path().join("evals/link"))
        .expect("a link");
    assert_eq!(
        flaws_in(&workspace),
        [
            "evals/weather.yaml:1: cannot use `file://link/secret.yaml`: it lies outside the workspace"
        ]
    );
}

#[test]
fn values_may_stand_in_files() {
    let workspace = Workspace::new(&[
        (
            "evals/weather.yaml",
            "tests:\n- vars: {text: file://text.txt, data: file://data.json}\n  assert: [{is-json: file://schema.yaml}, {equals: file://text.txt}]\n- vars: {script: file://x.py}\n",
        ),
        ("evals/text.txt", "晴\r\n雨\r\n"),
        ("evals/data.json", "{\"a\": [1]}"),
        ("evals/schema.yaml", "required: [a]"),
        ("evals/x.py", ""),
    ]);
    assert_eq!(
        flaws_in(&workspace),
        ["evals/weather.yaml:2: cannot use `file://x.py`: scripts are not supported"]
            .map(|text| text.replace(":2:", ":4:"))
    );
    workspace.write("evals/weather.yaml", b"tests:\n- vars: {text: file://text.txt, data: file://data.json}\n  assert: [{is-json: file://schema.yaml}, {equals: file://text.txt}]\n");
    let suite = workspace.load().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        vars(&suite.cases[0]),
        json!({"text": "晴\r\n雨", "data": {"a": [1]}})
    );
    assert_eq!(
        brief(&suite.cases[0].asserts),
        [
            ("is-json".to_owned(), json!({"required": ["a"]})),
            ("equals".to_owned(), json!("晴\r\n雨"))
        ]
    );
}
