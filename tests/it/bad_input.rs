//! Wrong input: one clear error that says where, the right exit code, and nothing sent.

use crate::fault_server::{Behaviour, FaultServer};
use crate::workbench::Workbench;

/// Demands exit 2, one `error:` and these words, with one file of the workspace replaced.
#[track_caller]
fn refuses(path: &str, text: &str, words: &[&str]) {
    let server = FaultServer::ok();
    let bench = Workbench::at_server(&server.url()).file(path, text);
    let output = bench.pw(&["eval", "city"]).code(2);
    assert!(output.stderr.starts_with("error:"), "{output}");
    assert_eq!(output.stderr.matches("error:").count(), 1, "{output}");
    for word in words {
        assert!(output.stderr.contains(word), "lacks `{word}`\n{output}");
    }
    assert_eq!(server.requests().len(), 0, "{output}");
}

#[test]
fn suites_that_cannot_be_used() {
    let suite = "evals/city.yaml";
    refuses(suite, "tests: []\n", &[suite]);
    refuses(suite, "tests: [\n", &[suite]);
    refuses(
        suite,
        "test: [{ vars: { city: a } }]\n",
        &[suite, "`test`", "`tests`"],
    );
    refuses(suite, "tests: 7\n", &[suite, "`tests`"]);
    let twice = "tests:\n  - { id: a, vars: { city: a } }\n  - { id: a, vars: { city: b } }\n";
    refuses(suite, twice, &[suite, "`a`", "twice"]);
    refuses(
        suite,
        "tests: [{ vars: { town: a } }]\n",
        &["`city`", "prompts/city.hbs"],
    );
    let lacks = "tests:\n  - { id: a, vars: { city: a } }\n  - { id: b, vars: {} }\n";
    refuses(suite, lacks, &["`city`", "lack"]);
}

#[test]
fn prompts_that_cannot_be_used() {
    let prompt = "prompts/city.hbs";
    refuses(prompt, "---\nmodel: a/b\nhello {{city}}", &[prompt]);
    let nested = format!(
        "{}x{}",
        "{{#if city}}".repeat(20_000),
        "{{/if}}".repeat(20_000)
    );
    refuses(prompt, &nested, &[prompt]);
}

#[test]
fn names_that_nobody_knows() {
    let bench = Workbench::cities();
    let refused = |flags: &[&str], words: &str| {
        let arguments = [&["eval", "city"], flags].concat();
        bench.pw(&arguments).code(2).says("error:").says(words);
    };
    refused(&["--filter", "zzz"], "--filter");
    refused(&["--case", "wuhann"], "did you mean `wuhan`");
    refused(&["--model", "scriptd/parrot"], "did you mean `scripted`");
    refused(&["--model", "scripted/other"], "no price is known");
    refused(&["--suite", "evals/none.yaml"], "evals/none.yaml");
    refused(&["--model", "openai/gpt-5-mini"], "OPENAI_API_KEY");
    bench.pw(&["eval", "nothing"]).code(2).says("`nothing`");
}

#[test]
fn servers_that_are_none() {
    let page = Behaviour::answer(200, "Content-Type: text/html\r\n", b"<html>hello</html>");
    let html = FaultServer::start(move |_| page.clone());
    let dead = "http://127.0.0.1:1/v1".to_owned();
    for url in [html.url(), dead] {
        Workbench::at_server(&url)
            .pw(&["eval", "city"])
            .code(1)
            .says("error:");
    }
}

#[test]
fn a_file_in_place_of_the_ledgers_folder() {
    let bench = Workbench::cities().file(".pw", "in the way");
    bench
        .pw(&["eval", "city"])
        .code(1)
        .says("error:")
        .says(".pw");
}
