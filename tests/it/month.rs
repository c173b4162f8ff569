//! A month of work, made through the ordinary commands: forty iterations of one prompt and a second prompt beside it. What
//! `pw log` and `pw cost` say of it adds up, on the screen and on their pages, which are left below the target folder for
//! people to look at.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::workbench::Workbench;

const ITERATIONS: u64 = 40;
const CASES: u64 = 24;
const HELD_OUT: u64 = 8;

/// A number that looks drawn and is the same everywhere (the mixing step of `SplitMix64`).
fn drawn(seed: u64) -> u64 {
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Tells whether an iteration fails a case: ever fewer do, until nothing moves any more.
fn fails(iteration: u64, case: u64) -> bool {
    let hard = drawn(case * 7_919 + 1) % 100;
    let luck = drawn(iteration * 104_729 + case) % 16;
    hard + luck > 30 + 4 * iteration.min(14)
}

fn rules() -> String {
    let mut rules = "rules:\n".to_owned();
    for iteration in 1..=ITERATIONS {
        let failing: Vec<String> = (0..CASES + HELD_OUT)
            .filter(|case| fails(iteration, *case))
            .map(|case| case.to_string())
            .collect();
        if failing.is_empty() {
            continue;
        }
        let tokens = 300 + 12 * iteration;
        let _ = write!(
            rules,
            "  - match: \"step {iteration}\\\\. .*note ({})\\\\.\"\n    reply: unknown\n    usage: {{ input_tokens: {tokens}, output_tokens: 9 }}\n",
            failing.join("|")
        );
    }
    rules
        + "  - match: note\n    reply: sunny\n    usage: { input_tokens: 420, output_tokens: 12 }\n"
}

fn suite() -> String {
    let mut suite =
        "defaultTest:\n  assert: [{ type: contains, value: sunny }]\ntests:\n".to_owned();
    for case in 0..CASES + HELD_OUT {
        let split = if case < CASES { "" } else { ", split: holdout" };
        let _ = writeln!(
            suite,
            "  - {{ id: case-{case}, vars: {{ n: {case} }}{split} }}"
        );
    }
    suite
}

/// Two or three edits a session, twelve minutes apart; two sessions in three days.
fn clock(iteration: u64) -> String {
    let session = (iteration - 1) / 2;
    let (day, minute) = (1 + session * 3 / 2, 12 * ((iteration - 1) % 2));
    format!("2026-11-{day:02}T09:{minute:02}:00.000Z")
}

fn month() -> Workbench {
    let mut bench = Workbench::new()
        .scripted(&rules())
        .file("evals/天气.yaml", suite())
        .file("evals/triage.yaml", suite());
    for iteration in 1..=ITERATIONS {
        bench = bench.env("PW_TEST_CLOCK", &clock(iteration));
        let prompt = format!("step {iteration}. Be brief. Weather of note {{{{n}}}}.\n");
        bench.write("prompts/天气.hbs", prompt);
        bench.pw(&["eval", "天气", "--quiet"]).code(0);
        if iteration % 5 == 0 {
            let prompt = format!("step {}. Triage note {{{{n}}}}.\n", iteration / 2);
            bench.write("prompts/triage.hbs", prompt);
            bench.pw(&["eval", "triage", "--quiet"]).code(0);
        }
    }
    bench
}

fn usd(value: &serde_json::Value) -> f64 {
    value
        .as_str()
        .expect("an amount")
        .parse()
        .expect("a number")
}

#[test]
fn a_month_of_forty_iterations_adds_up_and_is_told() {
    let bench = month();
    let log = bench
        .pw(&["log", "天气", "--format", "json"])
        .code(0)
        .json();
    let series = &log["series"][0];
    let iterations = series["iterations"].as_array().unwrap();
    assert_eq!(iterations.len(), 40);
    assert_eq!(iterations[0]["cases"], CASES);
    assert_eq!(iterations[0]["held_out_cases"], HELD_OUT);
    let last = &iterations[39];
    assert_eq!(last["billed_so_far_usd"], series["billed_usd"]);
    let cost = bench.pw(&["cost", "--format", "json"]).code(0).json();
    let own = cost["groups"].as_array().unwrap().iter();
    let own = own.clone().find(|group| group["name"] == "天气").unwrap();
    assert_eq!(own["billed_usd"], series["billed_usd"]);
    assert!(usd(&cost["total"]["billed_usd"]) > usd(&own["billed_usd"]));

    let text = bench.pw(&["log", "天气"]).code(0).stdout;
    assert!(text.contains("plateau: the last "), "{text}");
    assert!(text.contains("the next point costs $"), "{text}");
    assert!(text.contains("held out: iteration"), "{text}");
    for lang in ["en", "zh"] {
        for command in [&["log", "天气"][..], &["cost"], &["cost", "--by", "day"]] {
            let text = bench
                .pw(&[command, &["--lang", lang]].concat())
                .code(0)
                .stdout;
            for line in text.lines() {
                let wide = unicode_width::UnicodeWidthStr::width(line);
                assert!(wide <= 80, "{wide} columns: {line}");
            }
        }
    }
    let plain = Workbench::env(bench, "LC_ALL", "C");
    let text = plain.pw(&["cost", "--by", "day"]).code(0).stdout;
    assert!(text.contains(" ####") && !text.contains('█'), "{text}");
    keep(&plain.env("LC_ALL", "C.UTF-8"));
}

/// Leaves the reports where they can be looked at.
fn keep(bench: &Workbench) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("month");
    fs::create_dir_all(&folder).unwrap();
    for lang in ["en", "zh"] {
        for (name, command) in [
            ("log", &["log", "天气"][..]),
            ("cost", &["cost"][..]),
            ("cost-day", &["cost", "--by", "day"][..]),
            ("cost-week", &["cost", "--by", "week"][..]),
        ] {
            let output = format!("{name}.{lang}.html");
            let flags = ["--lang", lang, "--output", &output];
            let text = bench.pw(&[command, &flags].concat()).code(0).stdout;
            let page = fs::read_to_string(bench.path(&output)).unwrap();
            assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<svg"));
            assert!(!page.contains("NaN") && !page.contains("://"), "{output}");
            fs::write(folder.join(&output), page).unwrap();
            fs::write(folder.join(format!("{name}.{lang}.txt")), text).unwrap();
        }
    }
}

#[test]
fn an_ending_that_names_no_form_is_refused_before_anything_is_read() {
    let bench = Workbench::cities();
    for command in ["log", "cost"] {
        bench.pw(&[command, "--output", "report.pdf"]).code(2).says(
            "found `--output report.pdf`, expected a name that ends in .txt, .json, .csv or .html",
        );
    }
    bench.pw(&["eval", "city"]).code(0);
    let stdout = bench
        .pw(&["cost", "--output", "cost.csv", "--format", "html"])
        .code(0)
        .stdout;
    assert!(stdout.starts_with("<!DOCTYPE html>"), "{stdout}");
    assert!(
        fs::read_to_string(bench.path("cost.csv"))
            .unwrap()
            .starts_with("name,billed_usd")
    );
    bench
        .pw(&["cost", "--output", "nowhere/cost.csv"])
        .code(1)
        .says("cannot write the report to `nowhere/cost.csv`");
}
