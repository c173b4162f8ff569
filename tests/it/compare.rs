//! `pw compare` as a command: reports, solving, mistakes, exit codes.

use crate::workbench::Workbench;

const SUPPORT: &str = include_str!("../../evals/support.compare.toml");

fn bench() -> Workbench {
    Workbench::new().file("support.toml", SUPPORT)
}

#[test]
fn a_file_gives_a_recommendation_and_its_json_twice_the_same() {
    let bench = bench();
    let text = bench.pw(&["compare", "support.toml"]).code(0);
    assert!(text.stdout.contains("Stay with the prompt"), "{text}");
    assert_eq!(text.stderr, "");
    let once = bench
        .pw(&["compare", "support.toml", "--format", "json"])
        .code(0);
    let again = bench
        .pw(&["compare", "support.toml", "--format", "json"])
        .code(0);
    assert_eq!(once.stdout, again.stdout);
    assert_eq!(once.json()["recommendation"]["path"], "prompt");
    let zh = bench.pw(&["compare", "support.toml", "--lang", "zh"]);
    assert!(zh.code(0).stdout.contains("建议继续用提示词"));
}

#[test]
fn solving_gives_the_value_that_leaves_no_gain() {
    let bench = bench();
    let solved = bench
        .pw(&[
            "compare",
            "support.toml",
            "--solve",
            "error_cost_usd",
            "--format",
            "json",
        ])
        .code(0)
        .json();
    let value = solved["solved"]["value"].as_f64().expect("a value");
    let line = "error_cost_usd = { dist = \"pert\", low = 0.1, mode = 0.5, high = 1.2 }";
    let text = SUPPORT;
    assert!(text.contains(line));
    bench.write(
        "there.toml",
        text.replace(line, &format!("error_cost_usd = {value:e}")),
    );
    let there = bench
        .pw(&["compare", "there.toml", "--format", "json"])
        .code(0)
        .json();
    let gain = there["comparison"]["gain_usd"].as_f64().expect("a gain");
    let total = there["prompt"]["total_usd"].as_f64().expect("a total");
    assert!(gain.abs() < 1e-9 * total, "{gain}");
}

#[test]
fn mistakes_are_usage_errors_and_print_no_number() {
    let bench = bench();
    let text = SUPPORT;
    bench.write("typo.toml", text.replace("volume =", "volum ="));
    let failed = bench
        .pw(&["compare", "typo.toml"])
        .code(2)
        .says("unknown key `volum` at `typo.toml:")
        .says("did you mean `volume`?");
    assert_eq!(failed.stdout, "");
    bench
        .pw(&["compare", "nowhere.toml"])
        .code(2)
        .says("cannot read `nowhere.toml`");
    bench
        .pw(&["compare", "support.toml", "--solve", "volum"])
        .code(2)
        .says("did you mean `volume`?");
    let priced = "price = { input = 0.4, cached_input = 0.1, output = 1.6 }";
    bench.write(
        "model.toml",
        text.replace(priced, "model = \"openai/gpt-nothing\""),
    );
    bench
        .pw(&["compare", "model.toml"])
        .code(2)
        .says("`prompt.model` at `model.toml:")
        .says("hint: `pw prices list TEXT` finds names");
    bench.write(
        "known.toml",
        text.replace(priced, "model = \"openai/gpt-4.1-mini\""),
    );
    let known = bench
        .pw(&["compare", "known.toml", "--format", "json"])
        .code(0)
        .json();
    let inputs = known["inputs"].as_array().expect("inputs").iter();
    let mut prices = inputs.filter(|line| line["provenance"] == "book");
    assert_eq!(
        prices.next().map(|line| line["value"].clone()),
        Some(0.4.into())
    );
}
