//! Variables without a value, and which are none.

use std::collections::BTreeSet;

use serde_json::json;

use super::{fails, parse, text, vars};
use crate::domain::Place;
use crate::template::{RenderContext, TemplateError, fill};

fn names(prompt: &str) -> Vec<String> {
    let template = parse(prompt);
    template
        .uses()
        .iter()
        .map(|used| used.name.clone())
        .collect()
}

#[test]
fn every_use_is_found_wherever_it_stands() {
    let prompt = "{{a}}{{#if b}}{{else if c.d}}{{/if}}{{#each e}}{{/each}}{{json f}}{{media url=g}}{{#ifEquals h (lookup i j)}}{{/ifEquals}}{{#with k}}{{../l}}{{@root.m}}{{/with}}{{#each e}}{{#if ../n}}{{/if}}{{/each}}{{{o}}}";
    assert_eq!(
        names(prompt),
        [
            "a", "b", "c", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o"
        ]
    );
}

#[test]
fn scopes_and_parameters_are_no_case_variables() {
    assert_eq!(
        names("{{#each l as |x i|}}{{x.a}}{{i}}{{x}}{{this.y}}{{z}}{{@index}}{{/each}}"),
        ["l"]
    );
    assert_eq!(
        names("{{#with u as |p|}}{{p}}{{q}}{{#if r}}{{/if}}{{/with}}{{@state.s}}"),
        ["u"]
    );
    assert_eq!(names("{{#with this}}{{a}}{{/with}}{{json this}}"), ["a"]);
    assert_eq!(
        names("{{#each l}}{{#each m}}{{../n}}{{../../o}}{{/each}}{{/each}}"),
        ["l", "o"]
    );
}

#[test]
fn places_count_the_front_matter_and_characters() {
    let template = parse("---\nmodel: a/b\n---\n\n  中文 {{a}}\n{{#if b}}\n中{{else if c}}{{/if}}");
    let places: Vec<(usize, usize, bool)> = template
        .uses()
        .iter()
        .map(|used| (used.line, used.column, used.only_tested))
        .collect();
    assert_eq!(places, [(5, 6, false), (6, 1, true), (7, 2, true)]);
}

#[test]
fn a_missing_variable_is_named_with_all_others() {
    assert_eq!(
        fails(
            "{{city}}\n{{#if unit}}x{{/if}}{{json dayy}}",
            &json!({"citi": 1, "day": 2})
        ),
        "p.hbs:1:1: `city` has no value, did you mean `citi`?\np.hbs:2:1: `unit` has no value\np.hbs:2:21: `dayy` has no value, did you mean `day`?"
    );
}

#[test]
fn members_are_strict_where_they_are_used_and_free_where_they_are_tested() {
    let input = json!({"u": {"a": null}, "l": [{}], "k": "z"});
    assert_eq!(
        text(
            "x{{u.a}}{{#if u.b}}y{{/if}}{{#if (lookup u k)}}y{{/if}}{{#unless l.0.c.d}}n{{/unless}}",
            &input
        ),
        "xn"
    );
    for (prompt, path) in [
        ("{{u.b}}", "u.b"),
        ("{{json u.b}}", "u.b"),
        ("{{#each l}}{{this.b}}{{/each}}", "this.b"),
        ("{{#each u.b}}{{/each}}", "u.b"),
        ("{{#with u.b}}{{/with}}", "u.b"),
        ("{{#ifEquals u.b 1}}{{/ifEquals}}", "u.b"),
        ("{{media url=u.b}}", "u.b"),
        ("{{lookup u k}}", "u[\"z\"]"),
        (
            "{{#if (lookup u.b k)}}{{else}}{{lookup u.b k}}{{/if}}",
            "u.b",
        ),
        ("{{@root.u.b}}", "@root.u.b"),
    ] {
        let found = fails(prompt, &input);
        assert!(
            found.ends_with(&format!(": `{path}` has no value")),
            "{prompt}: {found}"
        );
    }
    assert_eq!(
        fails("{{l.length}}", &input),
        "p.hbs:1:1: `length` is asked of a list, whose members are numbers from 0"
    );
}

#[test]
fn a_variable_may_be_absent_by_default_or_by_schema() {
    let prompt = "---\ninput:\n  default: {unit: C}\n  schema:\n    city: string\n    note?: string\n    users?(array):\n      name: string\n      nick?: string\n---\n{{city}} {{unit}}{{note}}{{#if note}}!{{/if}}{{#each users}}{{name}}{{nick}}{{/each}}{{other}}";
    let template = parse(prompt);
    let missing = |input| {
        let missing: Vec<String> = template
            .missing(&vars(&input))
            .iter()
            .map(|used| used.name.clone())
            .collect();
        missing
    };
    assert_eq!(missing(json!({})), ["city", "other"]);
    assert_eq!(missing(json!({"city": null, "other": 1})), [""; 0]);
    let known = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let unknown = template.unknown(&known(&["city", "othr"]));
    assert_eq!(unknown.len(), 1);
    assert_eq!(
        (unknown[0].used.name.as_str(), unknown[0].nearest.as_deref()),
        ("other", Some("othr"))
    );
    assert_eq!(
        text(
            prompt,
            &json!({"city": "Oslo", "other": "", "users": [{"name": "a"}]})
        ),
        "Oslo Ca"
    );
    assert_eq!(
        text(prompt, &json!({"city": "Oslo", "other": "", "unit": "F"})),
        "Oslo F"
    );
    assert_eq!(template.inputs(&vars(&json!({"a": 1})))["unit"], "C");
    let error = template
        .check(&vars(
            &json!({"city": 5, "users": [{"nick": "x"}], "extra": 1}),
        ))
        .expect_err("two problems");
    let TemplateError::Input { problems, .. } = &error else {
        panic!("{error}");
    };
    let paths: Vec<&str> = problems
        .iter()
        .map(|problem| problem.path.as_str())
        .collect();
    assert_eq!(paths, ["city", "users.0"]);
    assert!(
        template
            .check(&vars(&json!({"city": "x", "other": 1, "extra": 1})))
            .is_ok()
    );
}

#[test]
fn values_of_suites_are_filled_strictly() {
    let place = Place {
        file: "evals/w.yaml".to_owned(),
        line: 7,
    };
    let input = vars(&json!({"high": 12.0, "l": [1]}));
    let filled = |text: &str| fill(text, &input, &place).map_err(|error| error.to_string());
    assert_eq!(filled("no tag } {"), Ok("no tag } {".to_owned()));
    assert_eq!(filled("{{high}}°C {{json l}}"), Ok("12°C [1]".to_owned()));
    assert_eq!(
        filled("a {{hihg}}"),
        Err("evals/w.yaml:7:3: `hihg` has no value, did you mean `high`?".to_owned())
    );
    assert_eq!(
        filled("{{role \"user\"}}"),
        Err("evals/w.yaml:7:1: the helper `role` belongs in a prompt, not in a value".to_owned())
    );
    assert_eq!(
        filled("{{>p}}"),
        Err("evals/w.yaml:7:1: the partial `p` does not exist".to_owned())
    );
    assert_eq!(filled("{{high"), Err("evals/w.yaml:7:1: `{{high` is never closed with `}}`; a literal `{{` is written `\\{{`".to_owned()));
}

#[test]
fn threads_render_one_template_at_once() {
    let template = parse("{{#each l}}{{this}}{{/each}}{{n}}");
    std::thread::scope(|scope| {
        for n in 0..4 {
            let template = template.clone();
            scope.spawn(move || {
                for _ in 0..50 {
                    let messages = template
                        .render(
                            &vars(&json!({"l": [1, 2], "n": n})),
                            &RenderContext::default(),
                        )
                        .expect("messages");
                    assert_eq!(messages[0].plain_text(), format!("12{n}"));
                }
            });
        }
    });
}
