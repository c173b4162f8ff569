//! The commands around the main loop.

use std::process::{Command, Stdio};

use crate::workbench::{Workbench, binary};

#[test]
fn init_never_overwrites_and_its_workspace_runs() {
    let bench = Workbench::new();
    bench.pw(&["init"]).code(0);
    bench.write("prompts/weather.hbs", "mine {{city}}");
    let again = bench.pw(&["init"]).code(0);
    assert!(again.stdout.contains("kept prompts/weather.hbs"), "{again}");
    let kept = std::fs::read_to_string(bench.path("prompts/weather.hbs")).unwrap();
    assert_eq!(kept, "mine {{city}}");
}

#[test]
fn every_command_has_help() {
    let bench = Workbench::new();
    for command in [
        "init",
        "eval",
        "try",
        "render",
        "models",
        "config",
        "resume",
        "rescore",
        "show",
        "diff",
        "compare",
        "ledger",
        "trust",
        "completions",
    ] {
        let help = bench.pw(&[command, "--help"]).code(0);
        assert!(help.stdout.contains("Usage: pw"), "{help}");
    }
}

#[test]
fn a_recorded_run_is_shown_compared_and_exported() {
    let bench = Workbench::cities();
    let first = bench.pw(&["eval", "city"]).code(0);
    assert_eq!(bench.pw(&["show"]).code(0).stdout, first.stdout);
    let case = bench.pw(&["show", "--case", "wuhan"]).code(0).stdout;
    assert!(
        case.contains("Weather in Wuhan?") && case.contains("unknown"),
        "{case}"
    );
    let failed = bench.pw(&["show", "--failed"]).code(0).stdout;
    assert!(
        failed.contains("wuhan") && !failed.contains("lhasa"),
        "{failed}"
    );
    bench.write("prompts/city.hbs", "Weather, briefly: {{city}}?\n");
    bench.pw(&["eval", "city"]).code(0);
    let diff = bench.pw(&["diff", "1", "2"]).code(0).stdout;
    assert!(diff.contains("wuhan"), "{diff}");
    assert_eq!(bench.pw(&["ledger", "check"]).code(0).stdout, "");
    let export = bench.pw(&["ledger", "export"]).code(0).stdout;
    assert!(export.lines().count() >= 6, "{export}");
    for line in export.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn small_commands_say_what_they_should() {
    let bench = Workbench::cities();
    let said = |arguments: &[&str], words: &str| {
        let output = bench.pw(arguments).code(0);
        assert!(output.stdout.contains(words), "lacks `{words}`\n{output}");
    };
    said(&["render", "city", "--case", "wuhan"], "Weather in Wuhan?");
    said(
        &["render", "city", "--set", "city=Rome"],
        "Weather in Rome?",
    );
    said(&["try", "city", "--set", "city=Rome"], "sunny");
    said(&["config"], "scripted/parrot");
    said(&["config", "path"], "pw.toml");
    said(&["models", "scripted"], "parrot");
    said(&["ledger", "path"], "ledger.db");
    said(&["completions", "bash"], "complete");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let bench = Workbench::cities();
    bench
        .pw(&["eval", "city", "--repeat", "400", "--quiet"])
        .code(0);
    for arguments in [["ledger", "export"], ["show", "--failed"]] {
        let mut child = bench
            .command(&arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = crate::workbench::finish(child).code(0);
        assert_eq!(output.stderr, "", "{output}");
    }
    let pipe = format!("{} eval city --quiet | head -1", binary().display());
    let piped = Command::new("sh")
        .args(["-c", &pipe])
        .current_dir(bench.root())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&piped.stderr), "");
}
