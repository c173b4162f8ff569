//! What a large ledger costs to read: `cargo bench --bench ledger [-- RUNS CASES PROMPTS]`; by default a million calls, of
//! 25 prompts with 40 revisions each and 1,000 cases.
//!
//! `pw eval` itself fills the ledger, revision after revision of a few prompts, on an endpoint that answers from a script.
//! Then each command is a whole process, best and median of [`ROUNDS`]; and the bytes of a call are those of the pages in use,
//! before and after its texts are pruned.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench prints its figures and stops where its own machinery fails"
)]

#[path = "../eval/process.rs"]
mod process;

use std::fs;
use std::path::Path;

use rusqlite::Connection;

/// Runs of each command.
const ROUNDS: usize = 7;
const GOAL: &str = "0.150 s";

const SETTINGS: &str = "[endpoints.fake]\nkind = \"scripted\"\nscript = \"script.yaml\"\n\
    [prices.\"fake/m\"]\ninput = \"1\"\noutput = \"2\"\n";
/// Half of the answers are right.
const SCRIPT: &str = "rules:\n  - match: \"[13579]，\"\n    reply: 晴，最高22度，最低12度\n  - match: 天气\n    reply: 多云\n";
const SUITE: &str =
    "defaultTest:\n  assert:\n    - type: contains\n      value: 晴\ntests: file://cases.csv\n";

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let [runs, cases, prompts] = numbers.try_into().unwrap_or([1_000, 1_000, 25]);
    let pw = Path::new(env!("CARGO_BIN_EXE_pw"));
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on a real disk");
    fill(pw, home.path(), [runs, cases, prompts]);

    println!(
        "{runs} runs of {cases} cases, {prompts} prompts, {:.0} bytes a call with texts",
        bytes(home.path()) / (runs * cases) as f64
    );
    process::print_heads();
    for command in [
        "cost",
        "cost --by prompt",
        "cost --by day",
        "log p0",
        "show",
        "show 1",
    ] {
        measure(pw, home.path(), command, ROUNDS, GOAL);
    }
    measure(pw, home.path(), "ledger check", 1, "");
    measure(pw, home.path(), "ledger prune --larger-than 0 --yes", 1, "");
    println!(
        "{:.0} bytes a call without texts (goal 500)",
        bytes(home.path()) / (runs * cases) as f64
    );
}

/// Runs every prompt in turn, each time with other words.
fn fill(pw: &Path, home: &Path, [runs, cases, prompts]: [usize; 3]) {
    let rows: Vec<String> = (0..cases).map(|row| format!("c{row},城市{row}")).collect();
    write(home, "pw.toml", SETTINGS);
    write(home, "script.yaml", SCRIPT);
    write(
        home,
        "evals/cases.csv",
        &format!("__id,city\n{}\n", rows.join("\n")),
    );
    for run in 0..runs {
        let (prompt, revision) = (format!("p{}", run % prompts), run / prompts);
        let text = format!(
            "---\nmodel: fake/m\nconfig:\n  temperature: 0\n---\n第{revision}版：请回答{{{{city}}}}，今天的天气情况\n"
        );
        write(home, &format!("prompts/{prompt}.hbs"), &text);
        write(home, &format!("evals/{prompt}.yaml"), SUITE);
        let _figures = process::run(
            pw,
            &["eval", &prompt, "--no-cache", "--concurrency", "64"],
            home,
        );
    }
}

fn write(home: &Path, path: &str, text: &str) {
    let path = home.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn measure(pw: &Path, home: &Path, command: &str, rounds: usize, goal: &str) {
    let words: Vec<&str> = command.split(' ').collect();
    let runs: Vec<process::Figures> = (0..rounds)
        .map(|_| process::run(pw, &words, home))
        .collect();
    process::print(&format!("pw {command}"), &runs, goal);
}

/// Bytes of the database that are in use: pages that pruning left free are taken off.
fn bytes(home: &Path) -> f64 {
    let ledger = Connection::open(home.join(".pw/ledger.db")).expect("a ledger");
    let number = |pragma: &str| -> f64 {
        let value = ledger.pragma_query_value(None, pragma, |row| row.get::<_, u32>(0));
        f64::from(value.expect("a number"))
    };
    (number("page_count") - number("freelist_count")) * number("page_size")
}
