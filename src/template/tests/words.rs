//! The words of errors that people make often.

use super::refused;

fn check(prompt: &str, expect: &str) {
    assert_eq!(refused(prompt), format!("p.hbs:{expect}"), "{prompt}");
}

#[test]
fn lines_count_the_front_matter() {
    check(
        "---\nmodel: a/b\n---\n\nhi\n  {{#each l}}\n",
        "6:3: the block `{{#each l}}` that opens here is never closed with `{{/each}}`",
    );
    check(
        "---\nmodel: a/b\n---\n{{#if a}}\n{{/each}}",
        "5:1: `{{/each}}` cannot close the block `{{#if a}}` of line 4: expected `{{/if}}`",
    );
}

#[test]
fn all_flaws_are_named_at_once() {
    assert_eq!(
        refused("{{foo a}}\n{{#user}}{{/user}}\n{{role \"System\"}}\n{{>p}}"),
        "p.hbs:1:1: `foo` is not a helper\n\
         p.hbs:2:1: `{{#user}}` is not a block helper: write `{{#if user}}` for a condition, `{{#each user}}` for a list, `{{#with user}}` for an object\n\
         p.hbs:3:1: `System` is not a role: expected system, user, model or tool\n\
         p.hbs:4:1: the partial `p` does not exist"
    );
}

#[test]
fn habits_of_other_languages_are_answered() {
    check(
        "{{^a}}x{{/a}}",
        "1:1: `{{^a}}` is not supported: write `{{#unless a}}…{{/unless}}`, or `{{else}}` within a block",
    );
    check(
        "{{elsewhere}}",
        "1:1: names that begin with `else` are kept by Handlebars: write `{{this.elsewhere}}` for the variable",
    );
    check(
        "a {{.}}",
        "1:3: `{{.}}`: write `this` instead of `.`, `../this` instead of `..`",
    );
    check(
        "{{json ..}}",
        "1:1: `{{json ..}}`: write `this` instead of `.`, `../this` instead of `..`",
    );
    check(
        "{{\"a\": 1}}",
        "1:1: `{{\"a\": 1}}` begins with a literal, expected a name; a literal `{{` is written `\\{{`",
    );
    check(
        "{{#if a == b}}{{/if}}",
        "1:1: `{{#if a == b}}`: Handlebars has no operator `==`; compare with `{{#ifEquals a b}}…{{/ifEquals}}`",
    );
    check(
        "{{#if a && b}}{{/if}}",
        "1:1: `{{#if a && b}}`: Handlebars has no operator `&&`; compare with `{{#ifEquals a b}}…{{/ifEquals}}`",
    );
    check(
        "{{ name | upper }}",
        "1:1: `{{ name | upper }}`: Handlebars has no filters (`|`)",
    );
    check(
        "{{}}",
        "1:1: `{{}}` is empty; a literal `{{` is written `\\{{`",
    );
    check(
        "{{~! x }}",
        "1:1: a comment cannot strip whitespace: write `{{! … }}` without `~`",
    );
    check(
        "{{{{raw}}}}{{{{/raw}}}}",
        "1:1: raw blocks `{{{{…}}}}` are not supported: write a literal `{{` as `\\{{`",
    );
    check(
        "{{role “system”}}",
        "1:1: `“system”` has typographic quotes: write straight ones, `\"`",
    );
    check(
        "hi {{city",
        "1:4: `{{city` is never closed with `}}`; a literal `{{` is written `\\{{`",
    );
    check(
        "hi {{city\n{{name}}",
        "1:4: `{{city…` is never closed with `}}`; a literal `{{` is written `\\{{`",
    );
    check(
        "{{*x}}",
        "1:1: `*x` is not supported: expected `{{#*inline \"name\"}}…{{/inline}}`",
    );
}

#[test]
fn helpers_are_checked_before_any_value() {
    check(
        "{{jsn a}}",
        "1:1: `jsn` is not a helper, did you mean `json`?",
    );
    check(
        "{{#iff a}}{{/iff}}",
        "1:1: `{{#iff}}` is not a block helper: write `{{#if iff}}` for a condition, `{{#each iff}}` for a list, `{{#with iff}}` for an object, did you mean `if`?",
    );
    check(
        "{{json}}",
        "1:1: the helper `json` is written `{{json value indent=2}}`; a variable of that name is `{{this.json}}`",
    );
    check(
        "{{#if a b}}{{/if}}",
        "1:1: the helper `if` is written `{{#if value}}…{{/if}}`; a variable of that name is `{{this.if}}`",
    );
    check(
        "{{media url=a type=b}}",
        "1:1: the helper `media` is written `{{media url=address contentType=type}}`; a variable of that name is `{{this.media}}`",
    );
    check(
        "{{json (role \"user\")}}",
        "1:1: the helper `role` gives no value and cannot stand between parentheses",
    );
    check("{{#if (eq a b)}}{{/if}}", "1:1: `eq` is not a helper");
    check(
        "{{if a}}",
        "1:1: the helper `if` is written `{{#if value}}…{{/if}}`; a variable of that name is `{{this.if}}`",
    );
}
