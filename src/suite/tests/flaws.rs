//! What is wrong is said at once, with file and line.

use super::*;

#[test]
fn every_flaw_is_listed_with_its_line() {
    let found = flaws(
        r"models: gpt-5
reapeat: 2
repeat: 0
budget: cheap
pass: {rate: 90, raet: 1}
prompts: [x]
tests:
  - vars: {a: 1}
    asert: []
    provider: openai
  - vars: [a]
    threshold: 2
    split: test
    turns: [{role: bot, content: x}, {role: user}]
  - just text
  - id: ''
",
    );
    assert_eq!(
        found,
        [
            "evals/weather.yaml:1: `models` is the text `gpt-5`, expected `ENDPOINT/MODEL`, such as `openai/gpt-5-mini`",
            "evals/weather.yaml:2: unknown key `reapeat` in a suite, did you mean `repeat`?",
            "evals/weather.yaml:3: `repeat` is the number `0`, expected a whole number of at least 1",
            "evals/weather.yaml:4: `budget` is the text `cheap`, expected an amount in US dollars, such as `\"1.00\"`",
            "evals/weather.yaml:5: `rate` is the number `90`, expected a number from 0 to 1",
            "evals/weather.yaml:5: unknown key `raet` in `pass`, did you mean `rate`?",
            "evals/weather.yaml:6: key `prompts` in a suite is promptfoo's and not supported",
            "evals/weather.yaml:9: unknown key `asert` in a test, did you mean `assert`?",
            "evals/weather.yaml:10: key `provider` in a test is promptfoo's and not supported",
            "evals/weather.yaml:11: `vars` is a list, expected a map of variables",
            "evals/weather.yaml:12: `threshold` is the number `2`, expected a number from 0 to 1",
            "evals/weather.yaml:13: `split` is the text `test`, expected `holdout`, or no `split` at all",
            "evals/weather.yaml:14: `role` is the text `bot`, expected `system`, `user`, `model` or `tool`",
            "evals/weather.yaml:14: a turn has no `content`",
            "evals/weather.yaml:15: `tests` is the text `just text`, expected a test, or a path such as `file://cases.csv`",
            "evals/weather.yaml:16: `id` is the text ``, expected a text",
        ]
    );
}

#[test]
fn assertions_are_checked() {
    let found = flaws(
        r"tests:
  - assert:
      - {type: contians, value: x}
      - {type: llm-rubric, value: good}
      - {type: not-javascript, value: 'true'}
      - {type: contains, value: x, treshold: 1}
      - {type: contains, value: x, threshold: 1}
      - {type: equals, value: x, transform: output}
      - {value: x}
      - contains
      - {type: latency}
      - {cost: much}
      - {assert-set: []}
      - {not-assert-set: [{contains: x}]}
      - {assert-set: [{contains: x}], threshold: 3}
      - {contains: x, regex: y}
      - {contains: x, weight: -1}
",
    );
    assert_eq!(
        found,
        [
            "evals/weather.yaml:3: unknown assertion type `contians`, did you mean `contains`?",
            "evals/weather.yaml:4: assertion type `llm-rubric` is promptfoo's and not supported yet",
            "evals/weather.yaml:5: assertion type `not-javascript` is promptfoo's and not supported yet",
            "evals/weather.yaml:6: unknown key `treshold` in an assertion, did you mean `threshold`?",
            "evals/weather.yaml:7: `contains` takes no `threshold`",
            "evals/weather.yaml:8: key `transform` in an assertion is promptfoo's and not supported",
            "evals/weather.yaml:9: an assertion has no `type`",
            "evals/weather.yaml:10: `assert` is the text `contains` among its items, expected maps with `type` and `value`",
            "evals/weather.yaml:11: `latency` has no `threshold`",
            "evals/weather.yaml:12: `cost` is `much`, expected a number of at least 0",
            "evals/weather.yaml:13: `assert-set` has no `assert` with assertions",
            "evals/weather.yaml:14: unknown assertion type `not-assert-set`, did you mean `assert-set`?",
            "evals/weather.yaml:15: `threshold` is `3`, expected a number from 0 to 1",
            "evals/weather.yaml:16: an assertion has no `type`",
            "evals/weather.yaml:17: `weight` is the number `-1`, expected a number of at least 0",
        ]
    );
}

#[test]
fn an_id_is_given_once() {
    assert_eq!(
        flaws(
            "tests:\n- {id: a}\n- {id: b}\n- {id: a}\n- {id: x, matrix: {m: [1]}}\n- {id: 'x[m=1]'}\n"
        ),
        [
            "evals/weather.yaml:4: id `a` is given twice, first at evals/weather.yaml:2",
            "evals/weather.yaml:6: id `x[m=1]` is given twice, first at evals/weather.yaml:5",
        ]
    );
}

#[test]
fn a_suite_without_tests_is_none() {
    for text in ["", "description: x", "tests: []", "tests:"] {
        assert_eq!(
            flaws(text),
            ["evals/weather.yaml:1: the suite has no `tests`"],
            "{text}"
        );
    }
    assert_eq!(
        flaws("[1]"),
        ["evals/weather.yaml:1: `suite` is a list, expected a map with `tests`"]
    );
}

#[test]
fn what_is_no_yaml_is_said_with_its_line() {
    let found = flaws("tests:\n  - vars: {a: 1\n  - b: [\n");
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("evals/weather.yaml:3: not valid YAML: "),
        "{}",
        found[0]
    );
    let doubled = flaws("tests:\n- vars: {a: 1}\n  vars: {a: 2}\n");
    assert!(
        doubled[0].starts_with("evals/weather.yaml:3: not valid YAML: "),
        "{}",
        doubled[0]
    );
}

#[test]
fn what_cannot_be_filled_in_is_named() {
    assert_eq!(
        flaws(
            "defaultTest:\n  assert: [{contains: '{{hihg}}'}]\ntests:\n- vars: {high: 1}\n- vars: {hihg: 2}\n- vars: {hihg: [1]}\n  assert: [{equals: 'x{{hihg}}'}]\n"
        ),
        [
            "evals/weather.yaml:4: cannot fill in `{{hihg}}`: the case has no `hihg`, did you mean `high`?",
            "evals/weather.yaml:7: cannot fill in `x{{hihg}}`: `hihg` is a list, which has no one form as text: use `{{json hihg}}`",
        ]
    );
}

#[test]
fn a_variable_is_not_both_fixed_and_multiplied() {
    assert_eq!(
        flaws("tests:\n- {vars: {unit: C}, matrix: {unit: [F]}}\n- {matrix: {unit: [], a: 1}}\n"),
        [
            "evals/weather.yaml:2: variable `unit` is given twice",
            "evals/weather.yaml:3: `unit` is an empty list, expected a list with at least one value",
            "evals/weather.yaml:3: `a` is the number `1`, expected a list of values",
        ]
    );
    let values = format!("[{}]", ["1"; 400].join(","));
    let found = flaws(&format!("tests:\n- matrix: {{a: {values}, b: {values}}}\n"));
    assert_eq!(
        found,
        [
            "evals/weather.yaml:2: `matrix` makes 160000 cases of one test, at most 100000 are allowed"
        ]
    );
}

#[test]
fn a_missing_suite_is_unreadable() {
    let error = Workspace::new(&[]).load().expect_err("no file");
    assert_eq!(error.to_string(), "cannot read suite `evals/weather.yaml`");
}

#[test]
fn the_message_counts_what_it_does_not_list() {
    let many = "- {id: ''}\n".repeat(60);
    let error = Workspace::new(&[("evals/weather.yaml", &format!("tests:\n{many}"))])
        .load()
        .expect_err("flaws");
    let text = error.to_string();
    assert!(
        text.starts_with(
            "suite `evals/weather.yaml` has 60 flaws\n  evals/weather.yaml:2: `id` is"
        ),
        "{text}"
    );
    assert!(text.ends_with("\n  and 10 more"), "{text}");
    assert_eq!(text.lines().count(), 52);
}

#[test]
fn a_few_aliases_cannot_become_a_million_nodes() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.extend([format!("a{level}: &a{level} [{aliases}]\n")]);
    }
    let found = flaws(&text);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("not valid YAML"), "{}", found[0]);
}
