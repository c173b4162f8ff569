use insta::assert_snapshot;
use serde_json::Value;

use super::*;
use crate::domain::{Media, Part, unit};
use crate::report::fixture::{break_row, troubled, weather};

fn parsed(runs: &[Facts]) -> Value {
    serde_json::from_str(&json(runs, 0, &[])).expect("JSON")
}

#[test]
#[expect(clippy::too_many_lines, reason = "the whole report, key by key")]
fn every_key_stands_in_its_place() {
    let mut facts = weather();
    facts.results.truncate(2);
    break_row(&mut facts.results[1], 1, "rate limit", false);
    facts.comparisons.remove(0);
    facts.comparisons[0].flipped.truncate(1);
    facts.variants.truncate(1);
    facts.gates = troubled().gates;
    facts.gates.truncate(1);
    facts.tags.insert("branch".to_owned(), "main".to_owned());
    assert_snapshot!(json(&[facts], 3, &["no cap".to_owned()]), @r#"
    {
      "schema": "pw.eval/v1",
      "pw": "0.1.0",
      "exit_code": 3,
      "warnings": [
        "no cap"
      ],
      "runs": [
        {
          "id": "0199a000-0000-7000-8000-000000000007",
          "status": "finished",
          "started_at": "2026-11-24T08:00:00Z",
          "finished_at": "2026-11-24T08:00:09Z",
          "seed": 1,
          "resumed_from": null,
          "tags": {
            "branch": "main"
          },
          "note": null,
          "prompt": "weather",
          "suite": "evals/weather.yaml",
          "git": {
            "commit": "0123456789abcdef",
            "dirty": true
          },
          "totals": {
            "calls": 48,
            "cached": 0,
            "carried": 0,
            "attempts": 48,
            "usage": {
              "input_tokens": 1540,
              "cached_input_tokens": 0,
              "output_tokens": 770,
              "reasoning_tokens": 0
            },
            "billed_usd": "0.003660000000",
            "imputed_usd": "0.000000000000",
            "held_usd": "0.000000000000",
            "lost_usd": "0.000000000000",
            "saved_usd": "0.000000000000",
            "by_purpose": {
              "eval": "0.003660000000"
            }
          },
          "budget": null,
          "variants": [
            {
              "variant": null,
              "revision": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
              "iteration": 3,
              "model": "scripted/weather",
              "cases": 24,
              "trials": 24,
              "passed": 11,
              "failed": 13,
              "unscored": 0,
              "errors": 0,
              "skipped": 0,
              "cut": 0,
              "pass_rate": 0.4583333333333333,
              "interval": [
                0.279,
                0.649
              ],
              "interval_method": "wilson",
              "score": 0.625,
              "metrics": {
                "语气": 0.5
              },
              "billed_usd": "0.001830000000",
              "imputed_usd": "0.000000000000",
              "usd_per_1k_calls": "0.048800000000",
              "latency_ms": {
                "p50": 8,
                "p95": 21
              }
            }
          ],
          "comparisons": [
            {
              "reference": {
                "variant": null,
                "model": "scripted/weather",
                "revision": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                "run": "0199a000-0000-7000-8000-000000000005"
              },
              "candidate": {
                "variant": null,
                "model": "scripted/weather",
                "revision": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "run": "0199a000-0000-7000-8000-000000000007"
              },
              "kind": "previous",
              "metric": "pass",
              "pairs": 24,
              "dropped": 0,
              "discordant": {
                "better": 2,
                "worse": 1
              },
              "difference": 0.041666666666666664,
              "interval": [
                -0.14,
                0.23
              ],
              "method": "mcnemar-exact",
              "p_value": 1.0,
              "p_adjusted": null,
              "verdict": "INCONCLUSIVE",
              "cases_more": 516,
              "usd_more": "0.078700000000",
              "flipped": [
                {
                  "case": "chengdu-03",
                  "now": "fail",
                  "reason": "expected `最低` in “今天成都阴天，气温17°C到21°C”, found neither it nor `low`"
                }
              ]
            }
          ],
          "gates": [
            {
              "gate": "rate",
              "of": null,
              "required": 0.9,
              "found": 0.8996,
              "met": false
            }
          ],
          "results": [
            {
              "variant": null,
              "model": "scripted/weather",
              "case": "beijing-01",
              "repeat": 1,
              "vars": {
                "city": "beijing-01",
                "days": 2
              },
              "messages": [
                {
                  "role": "system",
                  "content": "你是天气助手。只用一句话回答。"
                },
                {
                  "role": "user",
                  "content": "beijing-01今天天气怎么样？"
                }
              ],
              "output": "今天成都阴天，气温17°C到21°C",
              "outcome": "answered",
              "finish_reason": "stop",
              "model_returned": "weather-2026",
              "pass": true,
              "score": 1.0,
              "assertions": [
                {
                  "type": "contains",
                  "metric": null,
                  "weight": 1.0,
                  "pass": true,
                  "score": 1.0,
                  "reason": "found `最低`"
                },
                {
                  "type": "latency",
                  "metric": "speed",
                  "weight": 0.5,
                  "pass": true,
                  "score": 1.0,
                  "reason": "9 ms, at most 1000 ms"
                }
              ],
              "usage": {
                "input_tokens": 32,
                "output_tokens": 16
              },
              "billed_usd": "0.000076250000",
              "imputed_usd": "0.000000000000",
              "cost_usd": "0.000076250000",
              "price": {
                "source": "pw.toml",
                "from": "2026-10-01"
              },
              "cached": false,
              "attempts": 1,
              "latency_ms": 9,
              "error": null
            },
            {
              "variant": null,
              "model": "scripted/weather",
              "case": "beijing-02",
              "repeat": 1,
              "vars": {
                "city": "beijing-02",
                "days": 2
              },
              "messages": [
                {
                  "role": "system",
                  "content": "你是天气助手。只用一句话回答。"
                },
                {
                  "role": "user",
                  "content": "beijing-02今天天气怎么样？"
                }
              ],
              "output": null,
              "outcome": "error",
              "finish_reason": null,
              "model_returned": null,
              "pass": null,
              "score": null,
              "assertions": [],
              "usage": null,
              "billed_usd": "0.000000000000",
              "imputed_usd": "0.000000000000",
              "cost_usd": null,
              "price": null,
              "cached": false,
              "attempts": 1,
              "latency_ms": null,
              "error": {
                "fault": "F1",
                "status": 429,
                "message": "rate limit"
              }
            }
          ]
        }
      ]
    }
    "#);
}

#[test]
fn results_keep_trial_order_and_money_its_twelve_places() {
    let value = parsed(&[weather()]);
    let results = value["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 48);
    assert_eq!(results[0]["case"], "beijing-01");
    assert_eq!(results[9]["case"], "深圳🌞-01");
    assert_eq!(results[47]["variant"], "detailed");
    assert_eq!(results[47]["billed_usd"], "0.000076250000");
    assert_eq!(results[47]["cost_usd"], "0.000076250000");
}

#[test]
fn the_cost_of_an_answer_is_the_exact_sum_of_both_kinds() {
    let mut facts = weather();
    facts.results.truncate(1);
    facts.results[0].answer_cost.billed = Usd::MAX;
    facts.results[0].answer_cost.imputed = Usd::MAX;
    let cost = parsed(&[facts])["runs"][0]["results"][0]["cost_usd"].clone();
    assert_eq!(cost, "18446744.073709551614");
}

#[test]
fn usage_has_the_names_of_the_totals_and_only_what_was_reported() {
    let mut facts = weather();
    facts.results.truncate(2);
    for (row, used) in facts.results.iter_mut().zip([true, false]) {
        if let crate::domain::Outcome::Answered { answer } = &mut row.outcome {
            let usage = answer.usage.as_mut().expect("a usage");
            usage.set(unit::CACHE_READ, 12);
            usage.set(unit::INPUT_AUDIO, 3);
            answer.usage = answer.usage.take().filter(|_| used);
        }
    }
    let value = parsed(&[facts]);
    let usage = |i: usize| value["runs"][0]["results"][i]["usage"].to_string();
    assert_eq!(
        usage(0),
        r#"{"input_tokens":32,"cached_input_tokens":12,"output_tokens":16,"input_audio_tokens":3}"#
    );
    assert_eq!(usage(1), "null");
}

#[test]
fn media_are_kept_as_parts() {
    let mut facts = weather();
    facts.results.truncate(1);
    facts.results[0].messages[1].content.push(Part::Media {
        media: Media {
            url: "https://example.org/sky.png".to_owned(),
            content_type: None,
        },
    });
    let content = parsed(&[facts])["runs"][0]["results"][0]["messages"][1]["content"].to_string();
    assert_eq!(
        content,
        r#"[{"text":"beijing-01今天天气怎么样？"},{"media":{"url":"https://example.org/sky.png"}}]"#
    );
}

#[test]
fn hostile_characters_are_escaped_and_not_lost() {
    let hostile = "a\u{1b}[2J\u{9b}\u{202e}\u{200b}\u{e0041}\u{7f}晴";
    let mut facts = weather();
    facts.note = Some(hostile.to_owned());
    let text = json(&[facts.clone()], 0, &[]);
    assert!(!text.contains(safe::is_hostile));
    assert!(
        text.contains(r#""a\u001b[2J\u009b\u202e\u200b\udb40\udc41\u007f晴""#),
        "{}",
        &text[..900]
    );
    assert_eq!(parsed(&[facts])["runs"][0]["note"], hostile);
}

#[test]
fn warnings_of_all_runs_come_once() {
    let mut facts = weather();
    facts.warnings = vec!["b".to_owned(), "a".to_owned()];
    let text = json(&[facts.clone(), facts], 0, &["a".to_owned()]);
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["warnings"].to_string(), r#"["a","b"]"#);
    assert_eq!(value["runs"].as_array().expect("runs").len(), 2);
}

#[test]
fn what_is_no_number_is_null() {
    let mut facts = weather();
    facts.variants[0].score = Some(f64::NAN);
    facts.git = None;
    facts.finished_at = None;
    let run = parsed(&[facts])["runs"][0].clone();
    assert_eq!(run["variants"][0]["score"], Value::Null);
    assert_eq!(
        (&run["git"], &run["finished_at"], &run["budget"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn ten_thousand_results_are_written_in_one_pass() {
    let mut facts = weather();
    let row = facts.results[0].clone();
    facts.results = vec![row; 10_000];
    assert_eq!(
        parsed(&[facts])["runs"][0]["results"]
            .as_array()
            .map(Vec::len),
        Some(10_000)
    );
}
