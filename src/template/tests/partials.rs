//! Partials: what they see, what they hide, what is refused.

use std::collections::BTreeSet;

use serde_json::json;

use super::{partials, try_text};
use crate::template::Template;

fn check(prompt: &str, known: &[(&str, &str)], input: &serde_json::Value, expect: &str) {
    match try_text(prompt, &partials(known), input) {
        Ok(text) => assert_eq!(text, expect, "{prompt}"),
        Err(error) => panic!("{prompt}: {error}"),
    }
}

fn uses(prompt: &str, known: &[(&str, &str)]) -> Vec<String> {
    let template = Template::parse("p.hbs", prompt, &partials(known));
    template
        .unwrap_or_else(|error| panic!("{prompt}: {error}"))
        .uses()
        .iter()
        .map(|used| format!("{} {}:{}:{}", used.name, used.file, used.line, used.column))
        .collect()
}

#[test]
fn a_partial_sees_the_callers_variables_and_its_arguments() {
    let input = json!({"a": 1, "u": {"a": 2, "b": 3}, "l": [{"a": 4}]});
    check("{{>天气}}", &[("天气", "<{{a}}>")], &input, "<1>");
    check(
        "{{>p u}} {{>p a=\"x\"}} {{>p u a=9}}",
        &[("p", "{{a}}")],
        &input,
        "2 x 9",
    );
    check(
        "{{#each l}}{{>p}}{{@index}}{{/each}}",
        &[("p", "{{a}}{{@index}}")],
        &input,
        "400",
    );
    check(
        "a\n  {{>p}}\nb",
        &[("p", "{{a}}\nx\n")],
        &input,
        "a\n  1\n  x\nb",
    );
    check("{{> 'my p'}}", &[("my p", "q")], &input, "q");
}

#[test]
fn blocks_of_partials_have_a_fallback_and_fill_a_layout() {
    let input = json!({"a": 1});
    check("{{#>none}}f{{a}}{{/none}}", &[], &input, "f1");
    check(
        "{{#>p}}c{{a}}{{/p}}",
        &[("p", "<{{> @partial-block}}|{{> @partial-block}}>")],
        &input,
        "<c1|c1>",
    );
    check(
        "{{#*inline \"n\"}}[{{a}}]{{/inline}}{{>n}}{{>n a=2}}",
        &[],
        &input,
        "[1][2]",
    );
    check(
        "{{#>p}}{{#*inline \"n\"}}N{{/inline}}{{/p}}",
        &[("p", "<{{>n}}>")],
        &input,
        "<N>",
    );
}

#[test]
fn variables_are_found_through_partials_with_their_place() {
    let known: &[(&str, &str)] = &[
        ("p", "---\nmodel: x\n---\n\nhi {{city}}{{>q x=deep}}"),
        ("q", "{{x}}{{y}}"),
        ("unused", "{{no}}"),
    ];
    assert_eq!(
        uses("{{first}}\n{{>p}}", known),
        [
            "first p.hbs:1:1",
            "city prompts/_p.hbs:5:4",
            "deep prompts/_p.hbs:5:12",
            "y prompts/_q.hbs:1:6"
        ]
    );
    assert_eq!(
        uses("{{>q user}}{{#each l}}{{>q}}{{/each}}", known),
        ["user p.hbs:1:1", "l p.hbs:1:12"]
    );
    assert_eq!(
        uses("{{#*inline \"i\"}}{{inner}}{{/inline}}{{>i}}", known),
        ["inner p.hbs:1:17"]
    );
    let template = Template::parse("p.hbs", "{{first}}{{>p}}", &partials(known)).expect("a prompt");
    let reached: Vec<&String> = template.text().partials.keys().collect();
    assert_eq!(reached, ["p", "q"]);
    assert_eq!(template.text().partials["p"], "hi {{city}}{{>q x=deep}}");
    assert_eq!(
        template.front().warnings[0].to_string(),
        "prompts/_p.hbs:1:1: front matter of the partial `p` is not read"
    );
    assert_eq!(
        template.unknown(&BTreeSet::from([
            "first".to_owned(),
            "citi".to_owned(),
            "deep".to_owned(),
            "y".to_owned()
        ]))[0]
            .to_string(),
        "prompts/_p.hbs:5:4: `city` has no value, did you mean `citi`?"
    );
}

#[test]
fn errors_in_partials_name_the_partials_file() {
    let error = |prompt: &str, known: &[(&str, &str)]| {
        try_text(prompt, &partials(known), &json!({"l": [1]}))
            .expect_err(prompt)
            .to_string()
    };
    assert_eq!(
        error("{{>weathr}}", &[("weather", "x")]),
        "p.hbs:1:1: the partial `weathr` does not exist, did you mean `weather`?"
    );
    assert_eq!(
        error("{{>p}}", &[("p", "a\n{{#if l}}")]),
        "prompts/_p.hbs:2:1: the block `{{#if l}}` that opens here is never closed with `{{/if}}`"
    );
    assert_eq!(
        error("{{>p}}", &[("p", "a\n{{#if l}}{{l}}{{/if}}")]),
        "prompts/_p.hbs:2:10: `l` is a list, which has no one form as text: use `{{json l}}`"
    );
    assert_eq!(
        error("{{#>p}}{{l}}{{/p}}", &[("p", "a\n{{> @partial-block}}")]),
        "p.hbs:1:8: `l` is a list, which has no one form as text: use `{{json l}}`"
    );
    assert_eq!(
        error("{{>(lookup l 0)}}", &[]),
        "p.hbs:1:1: the name of a partial must be written out, not computed"
    );
    assert_eq!(
        error("{{>p l.x}}", &[("p", "x")]),
        "p.hbs:1:1: `x` is asked of a list, whose members are numbers from 0"
    );
}

#[test]
fn circles_are_refused_before_anything_is_rendered() {
    let error = |prompt: &str, known: &[(&str, &str)]| {
        try_text(prompt, &partials(known), &json!({"t": {"c": []}}))
            .expect_err(prompt)
            .to_string()
    };
    assert_eq!(
        error(
            "{{>a}}",
            &[("a", "{{>b}}"), ("b", "{{#if x}}\n{{>a}}{{/if}}")]
        ),
        "prompts/_b.hbs:2:1: partials include each other in a circle: a → b → a"
    );
    assert_eq!(
        error("{{>t t}}", &[("t", "{{#each c}}{{>t}}{{/each}}")]),
        "prompts/_t.hbs:1:12: partials include each other in a circle: t → t"
    );
    assert!(error("{{#*inline \"i\"}}{{>i}}{{/inline}}{{>i}}", &[]).ends_with("i → i"));
    assert!(
        error(
            "{{#*inline \"i\"}}{{>p}}{{/inline}}{{>p}}",
            &[("p", "{{>i}}")]
        )
        .contains("in a circle")
    );
}
