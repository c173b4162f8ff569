//! The report on the screen and as JSON.

use jiff::civil::date;

use super::{Solved, compare, compare_json};
use crate::economics::{Comparison, Inputs, read};
use crate::report::layout::width;
use crate::report::text::Lang;
use crate::report::view::View;

const SUPPORT: &str = include_str!("../../../evals/support.compare.toml");

fn inputs(text: &str) -> Inputs {
    read(text, "support.toml", date(2026, 11, 28), &|model, _| {
        Err(format!("no price of `{model}`"))
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

fn screen(text: &str, lang: Lang) -> String {
    let inputs = inputs(text);
    let comparison = Comparison::of(&inputs);
    let view = View {
        lang,
        ..View::plain()
    };
    compare("support.toml", &inputs, &comparison, None, &view)
}

#[test]
fn the_support_desk_in_english() {
    insta::assert_snapshot!(screen(SUPPORT, Lang::En));
}

#[test]
fn the_support_desk_in_chinese() {
    insta::assert_snapshot!(screen(SUPPORT, Lang::Zh));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let closed = format!("{SUPPORT}available_until = 2026-11-01\nbase_model_until = 2027-01-14\n");
    let curve = SUPPORT.replace(
        "iterations = 30 ",
        "curve = [[0, 280, 400], [1, 313, 400], [3, 339, 400], [7, 357, 400], [15, 368, 400]]\niterations = 30 ",
    );
    for text in [SUPPORT, &closed, &curve] {
        for lang in [Lang::En, Lang::Zh] {
            for line in screen(text, lang).lines() {
                assert!(width(line) <= 80, "{line}");
            }
        }
    }
}

/// A gate that is missed comes first, and the number after it is called hypothetical.
#[test]
fn what_cannot_be_had_is_said_before_any_number() {
    let closed = format!("{SUPPORT}available_until = 2026-11-01\n");
    let shown = screen(&closed, Lang::En);
    let lines: Vec<&str> = shown.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines[1],
        "Fine-tuning cannot be had; what follows is hypothetical."
    );
    assert!(
        lines[2].contains("jobs are accepted before 2026-11-01"),
        "{}",
        lines[2]
    );
    assert!(lines[3].starts_with("Stay with the prompt: fine-tuning cannot be had."));
}

#[test]
fn the_same_file_and_seed_give_the_same_bytes() {
    let report = |text: &str| {
        let inputs = inputs(text);
        let solved = Solved {
            key: "volume".to_owned(),
            value: 1.5,
        };
        compare_json(&inputs, &Comparison::of(&inputs), Some(&solved))
    };
    let once = report(SUPPORT);
    assert_eq!(once, report(SUPPORT));
    assert_ne!(once, report(&SUPPORT.replace("seed = 1", "seed = 2")));
}

#[test]
fn the_json_has_every_name_of_the_interface() {
    let inputs = inputs(SUPPORT);
    let report = compare_json(&inputs, &Comparison::of(&inputs), None);
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["schema"], "pw.compare/v1");
    assert_eq!(report["as_of"], "2026-11-24");
    for (table, names) in [
        (
            "prompt",
            "request_usd investment_usd fixed_usd tokens_usd error_usd hosting_usd maintenance_usd total_usd \
             usd_per_correct equivalent_monthly_usd cash_flow curve",
        ),
        (
            "finetune",
            "labels_usd training_usd gpu_hours memory_gb gpus total_usd curve",
        ),
        (
            "comparison",
            "gain_usd break_even_volume case payback_month",
        ),
        (
            "uncertainty",
            "exact draws p_finetune_wins standard_error mean_gain_usd p5_usd p50_usd p95_usd regret_prompt_usd \
             regret_finetune_usd evpi_usd evppi evsi tornado",
        ),
        ("recommendation", "path sentence next_measurement"),
    ] {
        let table = report[table].as_object().expect(table);
        for name in names.split(' ').filter(|name| !name.is_empty()) {
            assert!(table.contains_key(name), "{name}");
        }
    }
    assert_eq!(
        report["prompt"]["cash_flow"].as_array().map(Vec::len),
        Some(13)
    );
    let given = report["inputs"].as_array().expect("inputs");
    let hit = given.iter().find(|line| line["key"] == "prompt.cache_hit");
    let hit = hit.expect("an input");
    assert_eq!(hit["dist"]["dist"], "pert");
    assert_eq!(hit["provenance"], "yours");
    assert!(
        hit["source"]
            .as_str()
            .is_some_and(|at| at.starts_with("support.toml:"))
    );
    let total = |path: &str| report[path]["total_usd"].as_f64().expect("a total");
    let gain = report["comparison"]["gain_usd"].as_f64().expect("a gain");
    assert!((total("prompt") - total("finetune") - gain).abs() < 1e-6);
}
